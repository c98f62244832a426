//! Whole answers, by each version of HTTP and by TLS.

use std::sync::Arc;

use bytes::Bytes;
use cassette_tests::{Connection, RawServer, Sandbox, Server, TlsServer, echo, json};
use cassette_tower::CassetteLayer;
use http::{Request, StatusCode, Version};
use http_body_util::Full;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use tower::Layer;

use crate::see::ask;
use crate::{FILE, client, get, http2, record, replay, twice};

fn post(url: &str) -> Request<Full<Bytes>> {
    Request::post(url).body(Full::from("a question")).unwrap()
}

#[tokio::test]
async fn a_request_is_recorded_and_replayed_without_the_server() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let url = server.url("/items?page=2");
    let live = record(&sandbox, async {
        ask(&client(), post(&url)).await.unwrap()
    });
    let live = live.await.unwrap();
    assert!(live.text().contains("a question"), "{live:?}");
    assert_eq!(server.hits(), 1);
    server.stop();
    assert_eq!(sandbox.requested(FILE), ["/items?page=2"]);
    let replayed = replay(&sandbox, async {
        ask(&client(), post(&url)).await.unwrap()
    });
    assert_eq!(replayed.await.unwrap(), live);
}

#[tokio::test]
async fn http_2_is_recorded_and_replayed() {
    let (sandbox, server) = (Sandbox::new(), Server::start(json(201, "[1]")));
    let client = CassetteLayer::new().layer(http2());
    let request = async || ask(&client, get(server.url("/"))).await.unwrap();
    let seen = twice(&sandbox, request).await;
    assert_eq!(seen.version, Version::HTTP_2);
    assert_eq!(
        (seen.status, seen.text()),
        (StatusCode::CREATED, "[1]".into())
    );
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn https_is_recorded_and_replayed_without_the_server() {
    let (sandbox, server) = (Sandbox::new(), TlsServer::start(json(200, "[1]")));
    let mut roots = RootCertStore::empty();
    roots.add(server.certificate().to_vec().into()).unwrap();
    let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_only()
        .enable_http1()
        .build();
    let client = Client::builder(TokioExecutor::new()).build::<_, Full<Bytes>>(connector);
    let client = CassetteLayer::new().layer(client);
    let url = server.url("/items");
    let recorded = record(&sandbox, async { ask(&client, get(&url)).await.unwrap() });
    let recorded = recorded.await.unwrap();
    assert_eq!((recorded.text(), server.hits()), ("[1]".to_owned(), 1));
    server.stop();
    let stored = &sandbox.cassette(FILE)["interactions"][0]["request"]["url"];
    assert_eq!(stored, &url);
    let replayed = replay(&sandbox, async { ask(&client, get(&url)).await.unwrap() });
    assert_eq!(replayed.await.unwrap(), recorded);
}

#[tokio::test]
async fn what_is_between_two_neighbours_only_is_sent_but_neither_recorded_nor_returned() {
    let server = RawServer::start(async |mut connection: Connection| {
        connection.request().await;
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nkeep-alive: timeout=5\r\n\
            connection: keep-alive, x-hop\r\nx-hop: 1\r\nx-end: 2\r\n\r\nok";
        connection.write(head).await;
        connection.closed().await;
    });
    let sandbox = Sandbox::new();
    let seen = twice(&sandbox, async || {
        let mut request = post(&server.url("/"));
        let host = request.uri().authority().unwrap().to_string();
        let own = [
            ("connection", "x-own"),
            ("content-length", "10"),
            ("host", &host),
            ("x-own", "1"),
        ];
        for (name, value) in own.into_iter().chain([("x-all", "2")]) {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        ask(&client(), request).await.unwrap()
    })
    .await;
    let names: Vec<_> = seen.headers.keys().map(http::HeaderName::as_str).collect();
    assert_eq!(names, ["content-length", "x-end"]);
    assert_eq!(server.requests()[0].header("x-own"), Some("1"));
    let stored = &sandbox.cassette(FILE)["interactions"][0];
    assert_eq!(
        stored["request"]["headers"],
        serde_json::json!({ "x-all": "2" })
    );
    let headers = stored["response"]["headers"].as_object().unwrap();
    assert!(!headers.contains_key("x-hop") && headers.contains_key("x-end"));
}

#[tokio::test]
async fn what_a_client_of_reqwest_has_recorded_is_replayed_to_hyper() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let url = server.url("/items");
    let recorded = record(&sandbox, async {
        let request = cassette_reqwest::client().post(&url).body("a question");
        request.send().await.unwrap().text().await.unwrap()
    });
    let recorded = recorded.await.unwrap();
    server.stop();
    let replayed = replay(&sandbox, async {
        ask(&client(), post(&url)).await.unwrap()
    });
    assert_eq!(replayed.await.unwrap().text(), recorded);
}
