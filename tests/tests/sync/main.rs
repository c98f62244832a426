//! `#[cassette]` on functions that are not `async`, and what else works without a runtime.
//!
//! They ask with `reqwest::blocking`, and most are run by a test that looks at what they left.

mod failures;
mod harness;
mod scopes;
mod subjects;
mod threads;
mod unrecorded;

use cassette_reqwest::blocking_client_builder;

fn get(url: &str) -> reqwest::Result<String> {
    let client = blocking_client_builder().build()?;
    client.get(url).send()?.text()
}
