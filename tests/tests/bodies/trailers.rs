//! Headers behind a body.

use std::str::FromStr;

use bytes::Bytes;
use cassette_tests::{Body, Server, chunk, chunks, last_chunk_with, with_trailers};
use http::header::{TE, TRAILER};
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use serde_json::json;

use crate::case::{Case, both_runs};
use crate::heads::http2;
use crate::see::see;
use crate::servers::raw;

fn sums() -> HeaderMap {
    let pair = |(name, value)| {
        (
            HeaderName::from_str(name).unwrap(),
            HeaderValue::from_bytes(value).unwrap(),
        )
    };
    let pairs: [(&str, &[u8]); 3] = [("x-sum", b"3"), ("x-sum", b"4"), ("x-binary", b"\xff")];
    let mut trailers = HeaderMap::new();
    for (name, value) in pairs.map(pair) {
        trailers.append(name, value);
    }
    trailers
}

fn server(body: fn() -> Body) -> Server {
    Server::start_body(move |_| {
        let mut response = Response::new(with_trailers(body(), sums()));
        let headers = response.headers_mut();
        headers.insert(TRAILER, HeaderValue::from_static("x-sum, x-binary"));
        async { response }
    })
}

#[tokio::test]
async fn trailers_of_http_2_come_again() {
    let bodies = [
        || chunks(["a", "bc"]),
        || chunks(["abc"]),
        || chunks::<Bytes>([]),
    ];
    for body in bodies {
        let case = Case::new(server(body)).client(http2());
        let (sandbox, seen) = case
            .both_runs(async |asker| see(asker.get("/")).await)
            .await;
        assert_eq!(seen.trailers, sums());
        let stored = &sandbox.cassette("c.json")["interactions"][0]["response"]["trailers"];
        let expected = json!({ "x-sum": ["3", "4"], "x-binary": { "base64": "/w==" } });
        assert_eq!(*stored, expected);
    }
}

/// A length and trailers: the body is read to its end before the test gets it.
#[tokio::test]
async fn trailers_behind_a_body_of_known_length_come_again() {
    let server = Server::start_body(async |_| {
        let body = with_trailers(chunks(["a", "bc"]), sums());
        let response = Response::builder().header("content-length", "3");
        response.body(body).unwrap()
    });
    let case = Case::new(server).client(http2());
    let (_, seen) = case
        .both_runs(async |asker| see(asker.get("/")).await)
        .await;
    assert_eq!((seen.text(), seen.length), ("abc", Some(3)));
    assert_eq!(seen.trailers, sums());
}

#[tokio::test]
async fn trailers_of_http_1_come_again() {
    let (_, seen) = both_runs(server(|| chunks(["a", "bc"])), async |asker| {
        see(asker.get("/").header(TE, "trailers")).await
    })
    .await;
    assert_eq!((seen.text(), seen.trailers.clone()), ("abc", sums()));
}

#[tokio::test]
async fn trailers_that_nobody_announced_come_again_and_secrets_in_them_are_masked() {
    let server = raw(|_| {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let trailers = [("x-sum", "3"), ("x-api-key", "s3cret")];
        [head.as_bytes(), &chunk("body"), &last_chunk_with(&trailers)].concat()
    });
    let run = Case::new(server).runs(async |asker| see(asker.get("/")).await);
    let (sandbox, recorded, replayed) = run.await;
    assert_eq!(recorded.trailers["x-api-key"], "s3cret");
    assert_eq!(replayed.trailers["x-api-key"], "[REDACTED]");
    assert_eq!(replayed.trailers["x-sum"], "3");
    assert!(!sandbox.read("c.json").contains("s3cret"));
}
