//! Tests of the server that speaks TLS.

use cassette_tests::{TlsServer, json};
use reqwest::{Certificate, Client};

fn trusting(certificates: &[&[u8]]) -> Client {
    let certificates = certificates.iter().map(|der| Certificate::from_der(der));
    Client::builder()
        .tls_certs_only(certificates.map(Result::unwrap))
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_client_that_does_not_trust_the_certificate_does_not_connect() {
    let server = TlsServer::start(json(200, "1"));
    let request = trusting(&[]).get(server.url("/"));
    let error = request.send().await.unwrap_err();
    assert!(error.is_connect() && !error.is_timeout(), "{error:?}");
    let text = format!("{error:?}");
    assert!(text.contains("InvalidCertificate(UnknownIssuer)"), "{text}");
    assert_eq!(server.hits(), 0);
}

#[tokio::test]
async fn a_client_that_was_told_to_trust_the_certificate_connects() {
    let server = TlsServer::start(json(200, "1"));
    let answer = trusting(&[server.certificate()]).get(server.url("/"));
    let answer = answer.send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "1");
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn a_client_that_trusts_everyone_connects() {
    let server = TlsServer::start(json(200, "1"));
    let client = Client::builder()
        .tls_danger_accept_invalid_certs(true)
        .build()
        .unwrap();
    let answer = client.get(server.url("/")).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "1");
}
