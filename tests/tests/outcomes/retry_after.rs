//! `retry-after`: a replay waits for nobody.

use bytes::Bytes;
use cassette_reqwest::client;
use cassette_tests::{Sandbox, Server};
use http::Response;

use crate::{FILE, record, replay};

const DATE: &str = "Fri, 31 Dec 1999 23:59:59 GMT";

async fn retry_after(url: String, status: u16) -> Vec<String> {
    let response = client().get(url).send().await.unwrap();
    assert_eq!(response.status(), status);
    let values = response.headers().get_all("retry-after").iter();
    values
        .map(|value| value.to_str().unwrap().to_owned())
        .collect()
}

/// Expects the header in the recording run and in the file as the server sent it, and as 0 in a
/// replay.
#[track_caller]
fn check(status: u16, value: &'static str) {
    let server = Server::start(move |_| {
        let response = Response::builder()
            .status(status)
            .header("retry-after", value);
        response.body(Bytes::new()).unwrap()
    });
    let sandbox = Sandbox::new();
    let asks = || retry_after(server.url("/"), status);
    assert_eq!(record(&sandbox, asks()), [value]);
    let stored = &sandbox.cassette(FILE)["interactions"][0]["response"]["headers"];
    assert_eq!(stored["retry-after"], value);
    assert_eq!(replay(&sandbox, asks()).0, ["0"]);
}

#[test]
fn it_is_0_in_a_replay_and_stays_in_the_file() {
    check(429, "120");
    check(503, DATE);
    check(301, "1");
    check(429, "soon");
}

#[test]
fn an_answer_without_it_has_none() {
    let server = Server::start(cassette_tests::json(429, "{}"));
    let sandbox = Sandbox::new();
    let asks = || retry_after(server.url("/"), 429);
    assert_eq!(record(&sandbox, asks()), [""; 0]);
    assert_eq!(replay(&sandbox, asks()).0, [""; 0]);
}
