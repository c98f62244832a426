//! Clients that do not trust the proxy's certificate: the test that fails for it is told what to do.

use cassette_reqwest::Result;
use cassette_tests::{Sandbox, TlsServer, json};
use reqwest::{Client, Proxy};

use crate::raw_client::RawClient;
use crate::{proxy, record, replay};

/// Records a request of a client that trusts, then replays this. Returns what the test is told that misses the
/// answer.
async fn told(ask: impl AsyncFn(u16)) -> String {
    let (sandbox, server) = (Sandbox::new(), TlsServer::start(json(200, "1")));
    let (pem, url) = (server.certificate_pem(), server.url("/"));
    let recorded = record(&sandbox, async {
        proxy().trust(pem).unwrap();
        crate::client().get(url).send().await.unwrap();
    });
    recorded.await.unwrap();
    let failed: Result<()> = replay(&sandbox, ask(server.port())).await;
    let text = failed.unwrap_err().to_string();
    let (_, told) = text.split_once("a client did not take").expect(&text);
    format!("a client did not take{told}")
}

#[tokio::test]
async fn one_that_says_so() {
    let told = told(async |port| {
        let through = Proxy::all(proxy().url()).unwrap();
        let client = Client::builder().tls_certs_only([]).proxy(through);
        let request = client
            .build()
            .unwrap()
            .get(format!("https://127.0.0.1:{port}/"));
        assert!(request.send().await.unwrap_err().is_connect());
    });
    insta::assert_snapshot!(told.await, @"
    a client did not take the test's proxy for 127.0.0.1 (received fatal alert: UnknownCA): it does not trust its certificate

    help: build a client of reqwest with `cassette_reqwest::plain_client_builder()`
    help: give another program `Proxy::env()`, and any other client the certificate, `cassette_proxy::certificate_pem()`
    ");
}

#[tokio::test]
async fn one_that_only_closes_the_connection() {
    let told = told(async |port| {
        let mut client = RawClient::tunnel(&proxy(), &format!("127.0.0.1:{port}")).await;
        // The beginning of a handshake.
        client.send([22, 3, 1, 2, 0, 1]).await;
        client.shut().await;
        client.rest().await;
    });
    let told = told.await;
    assert!(
        told.contains("(it closed the connection instead of agreeing on TLS)"),
        "{told}"
    );
}
