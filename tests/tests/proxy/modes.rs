//! What else a run can do than record and replay.

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use cassette_core::Mode;
use cassette_reqwest::{blocking_client_builder, scope, scope_sync};
use cassette_tests::{Sandbox, Server, count};
use http::{Request, Response};

use crate::{FILE, client, record};

async fn get(url: &str) -> String {
    let answer = client().get(url).send().await.unwrap();
    answer.text().await.unwrap()
}

#[tokio::test]
async fn live_sends_every_request_and_leaves_no_file() {
    let (sandbox, server) = (Sandbox::new(), Server::start(count()));
    let url = server.url("/");
    let to_server = url.clone();
    let elsewhere = Server::start(move |_: Request<Bytes>| {
        let response = Response::builder().status(302);
        let response = response.header("location", &to_server);
        response.body(Bytes::new()).unwrap()
    });
    let live = || sandbox.config(Mode::Live);
    assert_eq!(scope("c", live(), get(&url)).await.unwrap(), "0");
    let led = scope("c", live(), get(&elsewhere.url("/"))).await;
    assert_eq!(led.unwrap(), "1");
    assert_eq!(sandbox.files().len(), 0);
}

#[test]
fn live_does_so_with_a_blocking_client() {
    let (sandbox, server) = (Sandbox::new(), Server::start(count()));
    let ask = || {
        let client = blocking_client_builder().build().unwrap();
        client.get(server.url("/")).send().unwrap().text().unwrap()
    };
    for number in ["0", "1"] {
        let asked = scope_sync("c", sandbox.config(Mode::Live), ask);
        assert_eq!(asked.unwrap(), number);
    }
    assert_eq!(sandbox.files().len(), 0);
}

#[tokio::test]
async fn update_records_what_is_missing_and_replays_the_rest() {
    let (sandbox, server) = (Sandbox::new(), Server::start(count()));
    let (first, second) = (server.url("/first"), server.url("/second"));
    record(&sandbox, get(&first)).await.unwrap();
    let both = async { (get(&first).await, get(&second).await) };
    let seen = scope("c", sandbox.config(Mode::Update), both).await;
    assert_eq!(seen.unwrap(), ("0".to_owned(), "1".to_owned()));
    assert_eq!(sandbox.requested(FILE), ["/first", "/second"]);
}

#[tokio::test]
async fn verify_answers_from_the_cassette_and_tells_what_the_server_says_now() {
    let (sandbox, now) = (Sandbox::new(), AtomicUsize::new(0));
    let server = Server::start(move |_: Request<Bytes>| {
        let text = match now.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => "then",
            _ => "now",
        };
        Response::new(Bytes::from(text))
    });
    let url = server.url("/");
    record(&sandbox, get(&url)).await.unwrap();
    let mut seen = String::new();
    let mut verify = async || {
        let verified = async { seen = get(&url).await };
        let verified = scope("c", sandbox.config(Mode::Verify), verified).await;
        assert_eq!(seen, "then");
        verified
    };
    verify().await.unwrap();
    let error = verify().await.unwrap_err();
    assert!(error.is_drifted(), "{error}");
    assert_eq!(server.hits(), 3);
}
