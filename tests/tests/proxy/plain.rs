//! A plain client of reqwest.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use cassette_reqwest::{Proxy, ThroughCassette, current, plain_client_builder};
use cassette_tests::{Sandbox, Server, TlsServer, echo, json};
use http::Request;
use reqwest::{Client, Response};

use crate::{FILE, record, replay};

async fn text(response: reqwest::Result<Response>) -> String {
    response.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn its_requests_are_recorded_and_replayed_without_the_server() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let url = server.url("/items?page=2");
    let ask = async || {
        let client = plain_client_builder().build().unwrap();
        text(client.post(&url).body("a question").send().await).await
    };
    let live = record(&sandbox, ask()).await.unwrap();
    assert!(live.contains("a question"), "{live}");
    assert_eq!(server.hits(), 1);
    server.stop();
    assert_eq!(sandbox.requested(FILE), ["/items?page=2"]);
    assert_eq!(replay(&sandbox, ask()).await.unwrap(), live);
}

#[tokio::test]
async fn https_is_recorded_and_replayed_without_the_server() {
    let (sandbox, server) = (Sandbox::new(), TlsServer::start(json(200, "[1]")));
    let url = server.url("/items");
    let ask = async || {
        let client = plain_client_builder().build().unwrap();
        text(client.get(&url).send().await).await
    };
    let recorded = record(&sandbox, async {
        let proxy = Proxy::start(&current().unwrap()).unwrap();
        proxy.trust(server.certificate_pem()).unwrap();
        ask().await
    });
    assert_eq!(recorded.await.unwrap(), "[1]");
    assert_eq!(server.hits(), 1);
    let stored = &sandbox.cassette(FILE)["interactions"][0]["request"]["url"];
    assert_eq!(stored, &url);
    server.stop();
    assert_eq!(replay(&sandbox, ask()).await.unwrap(), "[1]");
}

#[tokio::test]
async fn a_client_without_a_cassette_does_not_reach_the_network() {
    let server = Server::start(echo);
    let client = Client::builder().through_cassette().build().unwrap();
    let secure = TlsServer::start(echo);
    for url in [server.url("/"), secure.url("/")] {
        let answer = client.get(url).send().await.unwrap();
        assert_eq!(answer.status(), 501);
        let text = answer.text().await.unwrap();
        assert!(text.contains("no cassette is in use here"), "{text}");
    }
    assert_eq!((server.hits(), secure.hits()), (0, 0));
}

#[tokio::test]
async fn a_miss_is_an_answer_with_the_report_and_fails_the_test() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let ask = async |path: &str| {
        let client = plain_client_builder().build().unwrap();
        client.get(server.url(path)).send().await.unwrap()
    };
    record(&sandbox, ask("/a")).await.unwrap();
    let mut said = String::new();
    let missed = replay(&sandbox, async {
        let answer = ask("/b").await;
        assert_eq!(answer.status(), 501);
        said = answer.text().await.unwrap();
    });
    let error = missed.await.unwrap_err();
    assert!(error.is_unmatched(), "{error}");
    assert!(
        error.to_string().starts_with(said.trim_end()),
        "{said}\n{error}"
    );
    assert!(said.contains("closest is interaction 1"), "{said}");
}

#[tokio::test]
async fn http_2_is_spoken_with_the_client_in_a_replay_as_well() {
    let (sandbox, server) = (Sandbox::new(), TlsServer::start(echo));
    let url = server.url("/");
    let ask = async || {
        let client = plain_client_builder().build().unwrap();
        client.get(&url).send().await.unwrap().version()
    };
    let recorded = record(&sandbox, async {
        let proxy = Proxy::start(&current().unwrap()).unwrap();
        proxy.trust(server.certificate_pem()).unwrap();
        ask().await
    });
    assert_eq!(recorded.await.unwrap(), http::Version::HTTP_2);
    server.stop();
    assert_eq!(
        replay(&sandbox, ask()).await.unwrap(),
        http::Version::HTTP_2
    );
}

#[tokio::test]
async fn each_attempt_of_its_retries_is_an_interaction() {
    let (sandbox, server) = (Sandbox::new(), Server::start(busy_first()));
    let url = server.url("/");
    let ask = async || {
        let policy = reqwest::retry::for_host("127.0.0.1")
            .max_retries_per_request(2)
            .classify_fn(|attempt| match attempt.status() {
                Some(http::StatusCode::SERVICE_UNAVAILABLE) => attempt.retryable(),
                _ => attempt.success(),
            });
        let client = plain_client_builder().retry(policy).build().unwrap();
        client.get(&url).send().await.unwrap().status()
    };
    assert_eq!(record(&sandbox, ask()).await.unwrap(), 200);
    assert_eq!(server.hits(), 2);
    server.stop();
    assert_eq!(sandbox.requested(FILE), ["/", "/"]);
    assert_eq!(replay(&sandbox, ask()).await.unwrap(), 200);
}

/// Refuses the first request, and answers the next.
fn busy_first() -> impl Fn(Request<Bytes>) -> http::Response<Bytes> {
    let is_first = AtomicBool::new(true);
    move |_| {
        let status = match is_first.swap(false, Ordering::SeqCst) {
            true => 503,
            false => 200,
        };
        let response = http::Response::builder().status(status);
        response.body(Bytes::new()).unwrap()
    }
}
