//! What only shows in a process of its own: the harness's verdict, notices past its capture, the
//! environment, kills, locks, and disks that are full.
//!
//! The children are tests of this binary, marked `#[ignore = "run by its parent"]`.

mod disks;
mod environment;
mod holding;
mod kills;
mod locks;
mod panics;
mod reports;

use std::time::Duration;

use cassette_reqwest::{cassette, client};
use cassette_tests::{Child, Sandbox, Server, echo, masked, url_of_parent};
use reqwest_middleware::Result;

/// How long a parent waits for a sign of its child before it takes it for lost.
const PATIENCE: Duration = Duration::from_secs(60);

async fn get(path: &str) -> Result<String> {
    let request = client()
        .get(url_of_parent(path))
        .bearer_auth("hunter2-hunter2");
    Ok(request.send().await?.text().await?)
}

/// Passes when `answer` comes; tells its parent that its body runs.
#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
async fn asks_once() {
    let sign = reqwest::get(url_of_parent("/the-body-runs")).await;
    assert!(sign.is_ok() || sign.is_err_and(|error| error.is_connect()));
    get("/users").await.unwrap();
}

const ASKS_ONCE: &str = "process/asks_once.json";

#[test]
fn what_one_process_records_another_replays_without_the_server() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let origin = server.url("");
    let child = || Child::exactly("asks_once", &sandbox, &origin);
    let recorded = child().run();
    recorded.expect_passed(1);
    insta::assert_snapshot!(masked(&recorded.stderr, &sandbox, &origin), @"cassette: recorded 1 interaction into [sandbox]/process/asks_once.json");
    assert_eq!(server.paths(), ["/the-body-runs", "/users"]);
    assert_eq!(sandbox.files(), [ASKS_ONCE]);
    let cassette = sandbox.read(ASKS_ONCE);
    server.stop();

    let replayed = child().run();
    replayed.expect_passed(1);
    assert_eq!(replayed.stderr, "", "a quiet replay says nothing");
    assert_eq!(sandbox.read(ASKS_ONCE), cassette);
}
