//! A test in a process of its own, for what goes past the capture.

use cassette_core::Config;
use cassette_reqwest::{client, scope};
use cassette_tests::{Child, parent_variable, url_of_parent};

use crate::bench::Bench;

/// Sends what its parent says, with the scheme, host and port of the parent's server before it.
#[tokio::test]
#[ignore = "run by its parent"]
async fn asks() {
    let asks = async {
        for path in parent_variable("TEST_ASKS").split_whitespace() {
            let _ = client().get(url_of_parent(path)).send().await;
        }
    };
    scope("c", Config::new(), asks).await.unwrap();
}

/// Prepares a test that asks for these paths in this mode.
pub(crate) fn asking(bench: &Bench, mode: &str, asks: &str) -> Child {
    let child = bench.child("notices::asks").variable("TEST_ASKS", asks);
    child.variable("CASSETTE_MODE", mode)
}
