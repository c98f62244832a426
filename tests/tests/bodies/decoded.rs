//! Compressed bodies that the client decodes before the test, and the cassette, gets them.

use cassette_tests::Sandbox;
use serde_json::json;

use crate::case::both_runs;
use crate::coders::{Coder, gzip_in_pieces};
use crate::encodings::coded;
use crate::see::see;
use crate::servers::raw;
use cassette_tests::{chunk, last_chunk};

const CONTENT: &[u8] = br#"{"price":1.10,"api":"v1"}"#;

/// The client decodes zlib's format only: it takes `deflate` at its word.
const CODERS: [Coder; 3] = [Coder::Gzip, Coder::Zlib, Coder::Brotli];

async fn check(coder: Coder) -> Sandbox {
    let headers = format!("content-encoding: {}\r\n", coder.name());
    let (sandbox, seen) = both_runs(coded(&headers, coder.encode(CONTENT)), async |asker| {
        [
            see(asker.get("/sized")).await,
            see(asker.get("/chunked")).await,
        ]
    })
    .await;
    for seen in seen {
        assert_eq!((&seen.body[..], seen.length), (CONTENT, None), "{coder:?}");
        assert_eq!(seen.header("content-encoding"), None);
        assert_eq!(seen.header("content-length"), None);
    }
    sandbox
}

#[tokio::test]
async fn what_the_client_decodes_is_recorded_decoded() {
    for coder in CODERS {
        let sandbox = check(coder).await;
        let response = &sandbox.cassette("c.json")["interactions"][0]["response"];
        assert_eq!(
            response["body"]["json"],
            json!({"price": 1.10, "api": "v1"})
        );
        assert!(response["body"].get("encoding").is_none());
        assert!(sandbox.read("c.json").contains("1.10"));
    }
}

/// Nothing comes, so nothing is decoded; the client alone would not say how much that is.
#[tokio::test]
async fn heads_of_what_the_client_would_decode_are_empty() {
    for head in ["200 OK", "304 Not Modified"] {
        let server = raw(move |_| {
            format!("HTTP/1.1 {head}\r\ncontent-encoding: gzip\r\ncontent-length: 99\r\n\r\n")
                .into_bytes()
        });
        let method = if head.starts_with("200") {
            "HEAD"
        } else {
            "GET"
        };
        let (_, seen) =
            both_runs(server, async |asker| see(asker.request(method, "/")).await).await;
        assert_eq!((seen.length, seen.body.len()), (Some(0), 0), "{head}");
    }
}

#[tokio::test]
async fn what_the_client_cannot_decode_comes_as_it_is() {
    let headers = "content-encoding: zstd\r\n";
    let body = Coder::Zstd.encode(CONTENT);
    let (sandbox, seen) = both_runs(coded(headers, body), async |asker| {
        let mut seen = see(asker.get("/sized")).await;
        seen.body = Coder::Zstd.decode(&seen.body).into();
        seen.headers.remove("content-length");
        seen.length = None;
        seen
    })
    .await;
    assert_eq!(seen.body, CONTENT);
    let response = &sandbox.cassette("c.json")["interactions"][0]["response"];
    assert_eq!(response["body"]["encoding"], "zstd");
}

#[tokio::test]
async fn a_body_that_the_client_cannot_decode_to_its_end_breaks_off_in_both_runs() {
    let mut body = Coder::Gzip.encode(&CONTENT.repeat(50));
    body.truncate(body.len() - 5);
    let (sandbox, _) = both_runs(coded("content-encoding: gzip\r\n", body), async |asker| {
        let response = asker.get("/sized").send().await.unwrap();
        let error = response.bytes().await.unwrap_err();
        (error.is_decode(), error.is_body(), error.is_timeout())
    })
    .await;
    let response = &sandbox.cassette("c.json")["interactions"][0]["response"];
    assert!(response["body"].get("truncated").is_some(), "{response}");
}

#[tokio::test]
async fn events_that_the_client_decodes_come_as_events() {
    let events = ["data: one\n\n", "data: two\n\n"];
    let pieces = gzip_in_pieces(&events);
    let server = raw(move |_| {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
            content-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n";
        let chunks: Vec<u8> = pieces.iter().flat_map(chunk).collect();
        [head.as_bytes(), &chunks, &last_chunk()].concat()
    });
    let (sandbox, seen) = both_runs(server, async |asker| see(asker.get("/")).await).await;
    assert_eq!(seen.text(), events.concat());
    let response = &sandbox.cassette("c.json")["interactions"][0]["response"];
    assert!(response["body"].get("chunks").is_some(), "{response}");
}
