//! `#[cassette]` on functions of every shape, run in this process.
//!
//! Most of them carry no `#[tokio::test]`, so that a test can run them, and look at what they left.

mod changes;
mod failures;
mod stragglers;
mod subjects;
mod tasks;

use cassette_reqwest::client;
use reqwest_middleware::Result;

async fn get(url: String) -> Result<String> {
    Ok(client().get(url).send().await?.text().await?)
}
