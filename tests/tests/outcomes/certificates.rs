//! A server whose certificate nobody trusts.

use std::time::Duration;

use cassette_reqwest::client_with;
use cassette_tests::{Sandbox, TlsServer, echo};
use reqwest::Client;

use crate::told::{innermost, told};
use crate::{FILE, record, replay};

#[test]
fn an_invalid_certificate_is_refused_again() {
    let (sandbox, server) = (Sandbox::new(), TlsServer::start(echo));
    let url = server.url("/?api_key=s3cret");
    let asks = async || {
        let builder = Client::builder().no_proxy().tls_certs_only([]);
        client_with(builder)
            .unwrap()
            .get(&url)
            .send()
            .await
            .unwrap_err()
    };
    let live = record(&sandbox, asks());
    assert!(live.is_connect() && !live.is_timeout(), "{live:?}");
    let error = &sandbox.cassette(FILE)["interactions"][0]["error"];
    assert_eq!(error["kind"], "connect");
    assert_eq!(error["message"], innermost(&live));
    assert!(!sandbox.read(FILE).contains("s3cret"));
    server.stop();
    let (again, took) = replay(&sandbox, asks());
    assert_eq!(told(&again), told(&live));
    assert_eq!(innermost(&again), innermost(&live));
    assert_eq!(took, Duration::ZERO);
}
