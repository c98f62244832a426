//! Clients without middleware: plain ones and blocking ones, through a proxy.

use cassette_core::Mode;
use cassette_reqwest::reqwest_0_12::{blocking_client_builder, plain_client_builder};
use cassette_reqwest::scope_sync;
use cassette_tests::{Sandbox, Server, echo};

use crate::{FILE, record, replay};

#[tokio::test]
async fn a_plain_client_is_recorded_and_replayed() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let url = server.url("/items?page=2");
    let ask = async || {
        let client = plain_client_builder().build().unwrap();
        let answer = client.post(&url).body("a question").send().await;
        answer.unwrap().text().await.unwrap()
    };
    let live = record(&sandbox, ask()).await.unwrap();
    assert_eq!(server.hits(), 1);
    server.stop();
    assert_eq!(sandbox.requested(FILE), ["/items?page=2"]);
    assert_eq!(replay(&sandbox, ask()).await.unwrap(), live);
}

#[tokio::test]
async fn a_plain_client_is_the_tests_that_calls_and_without_one_is_refused() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let client = plain_client_builder().build().unwrap();
    let ask = async |path: &str| {
        let answer = client.get(server.url(path)).send().await.unwrap();
        answer.text().await.unwrap()
    };
    for path in ["/a", "/b"] {
        record(&sandbox, ask(path)).await.unwrap();
        assert_eq!(sandbox.requested(FILE), [path]);
    }
    let refused = ask("/c").await;
    assert!(
        refused.starts_with("no cassette is in use here"),
        "{refused}"
    );
    assert_eq!(server.paths(), ["/a", "/b"]);
}

#[test]
fn a_blocking_client_is_recorded_and_replayed() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let url = server.url("/items");
    let ask = |mode| {
        scope_sync("c", sandbox.config(mode), || {
            let client = blocking_client_builder().build().unwrap();
            client.get(&url).send().unwrap().text().unwrap()
        })
    };
    let live = ask(Mode::Record).unwrap();
    assert_eq!(server.hits(), 1);
    server.stop();
    assert_eq!(ask(Mode::Replay).unwrap(), live);
}

/// Which certificates it trusts is up to features of reqwest 0.12 that this library does not switch on.
#[cfg(feature = "interop")]
mod tls {
    use cassette_reqwest::{Proxy, certificate_pem, current};
    use cassette_tests::TlsServer;

    use super::*;
    use crate::reqwest::{Certificate, Client};

    fn client() -> Client {
        let certificate = Certificate::from_pem(certificate_pem().unwrap().as_bytes()).unwrap();
        let builder = plain_client_builder().add_root_certificate(certificate);
        builder.build().unwrap()
    }

    async fn ask(client: Client, url: &str) -> reqwest_0_12::Result<String> {
        client.get(url).send().await?.text().await
    }

    #[tokio::test]
    async fn https_is_recorded_and_replayed_with_the_certificate() {
        let (sandbox, server) = (Sandbox::new(), TlsServer::start(echo));
        let url = server.url("/items");
        let recorded = record(&sandbox, async {
            let proxy = Proxy::start(&current().unwrap()).unwrap();
            proxy.trust(server.certificate_pem()).unwrap();
            ask(client(), &url).await.unwrap()
        });
        let live = recorded.await.unwrap();
        assert_eq!(server.hits(), 1);
        server.stop();
        let replayed = replay(&sandbox, async { ask(client(), &url).await.unwrap() });
        assert_eq!(replayed.await.unwrap(), live);
    }

    #[tokio::test]
    async fn without_the_certificate_it_fails_to_connect() {
        let (sandbox, server) = (Sandbox::new(), TlsServer::start(echo));
        let url = server.url("/");
        let plain = plain_client_builder().build().unwrap();
        let error = record(&sandbox, ask(plain, &url)).await.unwrap();
        assert!(error.unwrap_err().is_connect());
        assert_eq!(server.hits(), 0);
    }
}

#[cfg(not(feature = "interop"))]
#[tokio::test]
async fn https_without_tls_does_not_reach_the_server_and_says_why() {
    let (sandbox, server) = (Sandbox::new(), cassette_tests::TlsServer::start(echo));
    let plain = plain_client_builder().build().unwrap();
    let recorded = record(&sandbox, async {
        let answer = plain.get(server.url("/")).send().await.unwrap();
        assert_eq!(answer.status(), 400);
        answer.text().await.unwrap()
    });
    insta::assert_snapshot!(recorded.await.unwrap(), @"
    an https address was asked for without TLS

    help: enable a TLS feature of the client, such as `rustls-tls` of reqwest 0.12
    ");
    assert_eq!(server.hits(), 0);
}
