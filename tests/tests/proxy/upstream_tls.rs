//! Servers that the proxy cannot agree with on TLS while recording.

use cassette_tests::{Identity, RawServer, Sandbox, TlsServer, chunks};
use http::Response;

use crate::{FILE, client, proxy, record, replay};

fn showing(identity: Identity) -> TlsServer {
    TlsServer::start_as(identity, async |_| Response::new(chunks(["1"])))
}

/// Expects a request to fail in both runs. Returns what is stored, and what a test that fails for it is told.
async fn check(url: &str, trusted: Option<&str>) -> String {
    let sandbox = Sandbox::new();
    let ask = async || {
        trusted.iter().for_each(|pem| proxy().trust(pem).unwrap());
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
    // Another one, as a system may have none.
    let other = cassette_proxy::certificate_pem().unwrap();
    let told = check(&server.url("/"), Some(other)).await;
    insta::assert_snapshot!(told, @"
    connect: invalid peer certificate: UnknownIssuer; so the proxy broke its client's connection off

    help: trust the server's certificate while recording: `Proxy::start(&current()?)?.trust(pem)?`
    ");
    assert_eq!(server.hits(), 0);
}

#[tokio::test]
async fn a_certificate_that_has_expired() {
    let server = showing(Identity {
        expired: true,
        ..Identity::default()
    });
    let told = check(&server.url("/"), Some(&server.certificate_pem())).await;
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
    let told = check(&server.url("/"), Some(&server.certificate_pem())).await;
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

/// As in a small container: it is TLS alone that needs them.
#[cfg(target_os = "linux")]
mod without_certificates {
    use cassette_reqwest::{Config, Mode, scope};
    use cassette_tests::{Child, Server, echo, url_of_parent};

    use super::*;

    #[tokio::test]
    #[ignore = "run by its parent"]
    async fn asks_with_and_without_tls() {
        let asked = scope("c", Config::new().mode(Mode::Record), async {
            let answer = client().get(url_of_parent("/")).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            let secure = client().get("https://127.0.0.1:1/").send();
            secure.await.unwrap_err();
        });
        asked.await.unwrap();
    }

    #[tokio::test]
    async fn a_system_that_has_none_reaches_servers_without_tls_and_says_what_to_do() {
        let (sandbox, server) = (Sandbox::new(), Server::start(echo));
        let (file, folder) = (sandbox.path().join("none.pem"), sandbox.path().join("none"));
        std::fs::write(&file, "").unwrap();
        std::fs::create_dir(&folder).unwrap();
        let test = "upstream_tls::without_certificates::asks_with_and_without_tls";
        let child = Child::exactly(test, &sandbox, &server.url(""));
        let child = child.variable("SSL_CERT_FILE", file.to_str().unwrap());
        let child = child.variable("SSL_CERT_DIR", folder.to_str().unwrap());
        child.run().expect_passed(1);
        assert_eq!(server.hits(), 1);
        // What is left unasked fails the replay.
        let failed = replay(&sandbox, async {
            let secure = client().get("https://127.0.0.1:1/").send();
            secure.await.unwrap_err();
        });
        let error = failed.await.unwrap_err().to_string();
        let (_, told) = error.split_once("no answer came from ").unwrap();
        insta::assert_snapshot!(told, @"
        127.0.0.1:1: unexpected error: No CA certificates were loaded from the system; so the proxy broke its client's connection off

        help: give this system certificates, such as the package `ca-certificates`
        help: trust the server's certificate while recording: `Proxy::start(&current()?)?.trust(pem)?`
        ");
    }
}
