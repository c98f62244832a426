//! Servers that the proxy cannot agree with on TLS while recording.

use cassette_tests::{Identity, RawServer, Sandbox, TlsServer, chunks};
use http::Response;

use crate::{FILE, client, proxy, record, replay};

fn showing(identity: Identity) -> TlsServer {
    TlsServer::start_as(identity, async |_| Response::new(chunks(["1"])))
}

/// Expects a request to fail in both runs. Returns what is stored, and what a test that fails for it is told.
async fn check(url: &str, trusted: Option<&TlsServer>) -> String {
    let sandbox = Sandbox::new();
    let ask = async || {
        let pem = trusted.map(TlsServer::certificate_pem);
        pem.iter().for_each(|pem| proxy().trust(pem).unwrap());
        client().get(url).send().await.unwrap_err();
    };
    record(&sandbox, ask()).await.unwrap();
    let stored = sandbox.cassette(FILE)["interactions"][0]["error"].clone();
    replay(&sandbox, ask()).await.unwrap();
    let failed = replay(&sandbox, async {
        ask().await;
        client()
            .get("http://a.invalid/missed")
            .send()
            .await
            .unwrap();
    });
    let error = failed.await.unwrap_err().to_string();
    let (_, told) = error.split_once("no answer came from 127.0.0.1:").unwrap();
    let (_, told) = told.split_once(": ").unwrap();
    format!("{}: {told}", stored["kind"].as_str().unwrap())
}

#[tokio::test]
async fn a_certificate_that_nobody_told_it_to_trust() {
    let server = showing(Identity::default());
    let told = check(&server.url("/"), None).await;
    insta::assert_snapshot!(told, @"
    connect: invalid peer certificate: UnknownIssuer; so the proxy broke its client's connection off

    help: trust the server's certificate while recording: `Proxy::start(&session)?.trust(pem)?`
    ");
    assert_eq!(server.hits(), 0);
}

#[tokio::test]
async fn a_certificate_that_has_expired() {
    let server = showing(Identity {
        expired: true,
        ..Identity::default()
    });
    let told = check(&server.url("/"), Some(&server)).await;
    assert!(
        told.starts_with("connect: invalid peer certificate: certificate expired"),
        "{told}"
    );
}

#[tokio::test]
async fn a_certificate_for_another_name() {
    let server = showing(Identity {
        name: Some("other.test"),
        ..Identity::default()
    });
    let told = check(&server.url("/"), Some(&server)).await;
    assert!(
        told.starts_with("connect: invalid peer certificate: certificate not valid for name"),
        "{told}"
    );
}

#[tokio::test]
async fn a_server_that_speaks_no_tls() {
    let server = RawServer::start(async |mut connection| {
        connection.write("HTTP/1.1 400 Bad Request\r\n\r\n").await;
        connection.closed().await;
    });
    let url = server.url("/").replace("http:", "https:");
    let told = check(&url, None).await;
    assert!(
        told.starts_with("connect: received corrupt message"),
        "{told}"
    );
}

#[tokio::test]
async fn a_server_that_closes_instead_of_agreeing() {
    let server = RawServer::start(async |_| ());
    let url = server.url("/").replace("http:", "https:");
    let told = check(&url, None).await;
    assert!(told.starts_with("connect: "), "{told}");
}

#[tokio::test]
async fn what_holds_no_certificate_is_refused() {
    let sandbox = Sandbox::new();
    let recorded = record(&sandbox, async {
        let none = proxy().trust("no certificate").unwrap_err().to_string();
        let broken = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
        [none, proxy().trust(broken).unwrap_err().to_string()]
    });
    let [none, broken] = recorded.await.unwrap();
    assert_eq!(none, "no certificates in PEM: there is none in it");
    assert!(broken.starts_with("no certificates in PEM: "), "{broken}");
}

#[tokio::test]
async fn a_server_can_be_trusted_after_it_was_not() {
    let (sandbox, server) = (Sandbox::new(), showing(Identity::default()));
    let recorded = record(&sandbox, async {
        client().get(server.url("/")).send().await.unwrap_err();
        proxy().trust(server.certificate_pem()).unwrap();
        let answer = client().get(server.url("/")).send().await.unwrap();
        answer.text().await.unwrap()
    });
    assert_eq!(recorded.await.unwrap(), "1");
}
