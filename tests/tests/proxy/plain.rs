//! A plain client of reqwest.

use cassette_reqwest::{Proxy, ThroughCassette, current, plain_client_builder};
use cassette_tests::{Refusing, Sandbox, Server, TlsServer, echo, json};
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
    let answer = client.get(server.url("/")).send().await.unwrap();
    assert_eq!(answer.status(), 501);
    let text = answer.text().await.unwrap();
    assert!(text.contains("no cassette is in use here"), "{text}");
    let refusing = Refusing::new();
    let secure = refusing.url("/").replace("http:", "https:");
    let error = client.get(secure).send().await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    assert_eq!(server.hits(), 0);
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
