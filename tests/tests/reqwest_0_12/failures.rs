//! Failures, which come back as 0.12's own errors.

use std::time::Duration;

use cassette_reqwest::reqwest_0_12::client;
use cassette_tests::{RawServer, Refusing, Sandbox, Server};

use crate::reqwest_middleware::{Error, Result};
use crate::{FILE, record, replay};

/// The answers of reqwest's predicates: timeout, connect, body.
fn predicates(error: &Error) -> [bool; 3] {
    let Error::Reqwest(error) = error else {
        panic!("{error:?}")
    };
    [
        error.is_timeout(),
        error.is_connect(),
        error.is_body() || error.is_decode(),
    ]
}

/// Expects a failure of this kind in the file, and the same answers in a replay.
async fn check(ask: impl AsyncFn() -> Result<String>, kind: &str, answers: [bool; 3]) {
    let sandbox = Sandbox::new();
    let live = record(&sandbox, ask()).await.unwrap().unwrap_err();
    assert_eq!(predicates(&live), answers, "{live:?}");
    let stored = sandbox.cassette(FILE);
    let interaction = &stored["interactions"][0];
    let (whole, broken) = (
        &interaction["error"],
        &interaction["response"]["body"]["truncated"],
    );
    let stored = if whole.is_null() { broken } else { whole };
    assert_eq!(stored["kind"], kind, "{interaction}");
    let again = replay(&sandbox, ask()).await.unwrap().unwrap_err();
    assert_eq!(predicates(&again), answers, "{again:?}");
}

#[tokio::test]
async fn a_refused_connection() {
    let refusing = Refusing::new();
    let url = refusing.url("/");
    let ask = async || Ok(client().get(&url).send().await?.text().await?);
    check(ask, "connect", [false, true, false]).await;
}

#[tokio::test]
async fn a_time_limit() {
    let server = Server::start_async(|_| std::future::pending());
    let url = server.url("/");
    let ask = async || {
        let request = client().get(&url).timeout(Duration::from_millis(50));
        Ok(request.send().await?.text().await?)
    };
    check(ask, "timeout", [true, false, false]).await;
}

#[tokio::test]
async fn a_host_that_is_not_there() {
    let ask = async || {
        let request = client().get("http://nowhere.invalid/");
        Ok(request.send().await?.text().await?)
    };
    check(ask, "dns", [false, true, false]).await;
}

#[tokio::test]
async fn a_body_that_breaks_off() {
    let server = RawServer::start(async |mut connection| {
        connection.request().await;
        let begin = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
        connection.write(begin).await;
    });
    let url = server.url("/");
    let ask = async || Ok(client().get(&url).send().await?.text().await?);
    check(ask, "closed", [false, false, true]).await;
}
