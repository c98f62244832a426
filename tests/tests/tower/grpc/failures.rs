//! Calls that nobody answers.

use std::io;

use cassette_tests::{Refusing, Sandbox, Server, masked};
use tonic::Code;

use crate::grpc::{all, server, words};
use crate::see::kind;
use crate::{record, replay};

#[tokio::test]
async fn a_message_that_was_not_recorded_is_an_error_with_the_report() {
    let (sandbox, server) = (Sandbox::new(), server::words());
    let url = server.url("");
    let recorded = record(&sandbox, async {
        all(words(&url, "a").await.unwrap().into_inner()).await;
    });
    recorded.await.unwrap();
    let mut said = String::new();
    let missed = replay(&sandbox, async {
        let status = words(&url, "b").await.unwrap_err();
        said = status.message().to_owned();
    });
    assert!(missed.await.unwrap_err().is_unmatched());
    insta::assert_snapshot!(masked(&said, &sandbox, &url), @r#"
    no recorded interaction matches this request

        POST http://server/test.Text/Words
        cassette: [sandbox]/c.json (1 interaction, 0 already played)
        mode: replay   matching on: method, url, body

    closest is interaction 1; it differs in 1 place

        body line 2    recorded: \u{1}a    actual: \u{1}b

    help: to record again, run it with `CASSETTE_MODE=record`
    help: to ignore the body, write `#[cassette(match_body = false)]`
    "#);
}

#[tokio::test]
async fn without_a_cassette_a_call_is_refused_and_never_sent() {
    let server: Server = server::words();
    let status = words(&server.url(""), "a").await.unwrap_err();
    let said = status.message();
    assert!(said.starts_with("no cassette is in use here"), "{said}");
    assert_eq!(server.hits(), 0);
}

/// tonic knows its own errors only, so a replay has another code; the cause is the same.
#[tokio::test]
async fn a_refused_connection_is_found_among_the_causes_again() {
    let (sandbox, refusing) = (Sandbox::new(), Refusing::new());
    let url = refusing.url("");
    let ask = async || words(&url, "a").await.unwrap_err();
    let recorded = record(&sandbox, ask()).await.unwrap();
    let replayed = replay(&sandbox, ask()).await.unwrap();
    for (status, code) in [(recorded, Code::Unavailable), (replayed, Code::Unknown)] {
        assert_eq!(status.code(), code);
        assert_eq!(kind(&status), io::ErrorKind::ConnectionRefused);
    }
}
