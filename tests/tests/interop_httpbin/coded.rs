//! Compressed bodies, with and without reqwest's own decompression.

use std::io::Read;

use cassette_tests::visible;
use flate2::read::{GzDecoder, ZlibDecoder};
use reqwest::{Client, Response};
use reqwest_middleware::ClientWithMiddleware;
use serde_json::Value;

use crate::case::Case;
use crate::{answered_bodies, built, form, see};

const CODED: [(&str, &str, &str); 3] = [
    ("/gzip", "gzip", "gzipped"),
    ("/deflate", "deflate", "deflated"),
    ("/brotli", "br", "brotli"),
];

fn undecoded() -> ClientWithMiddleware {
    built(Client::builder().no_gzip().no_brotli().no_deflate())
}

/// Shows an answer with its body decoded by the test. A replay compresses anew, so the compressed
/// bytes may be others; they must still be as many as announced.
async fn decoded(response: Response) -> String {
    let coding = response.headers()["content-encoding"].clone();
    let announced = response.headers()["content-length"].clone();
    let mut text = format!("{}\n", response.url());
    for (name, value) in response.headers() {
        if name != "content-length" {
            text += &format!("{name}: {}\n", value.as_bytes().escape_ascii());
        }
    }
    assert_eq!(response.content_length(), length(&announced));
    let body = response.bytes().await.expect("the body is whole");
    assert_eq!(length(&announced), u64::try_from(body.len()).ok());
    text + &inflated(coding.to_str().unwrap(), &body)
}

fn length(value: &http::HeaderValue) -> Option<u64> {
    value.to_str().ok()?.parse().ok()
}

fn inflated(coding: &str, body: &[u8]) -> String {
    let mut text = String::new();
    let read = match coding {
        "gzip" => GzDecoder::new(body).read_to_string(&mut text),
        "deflate" => ZlibDecoder::new(body).read_to_string(&mut text),
        "br" => brotli::Decompressor::new(body, 4096).read_to_string(&mut text),
        other => panic!("httpbin answers with no {other}"),
    };
    read.expect("the body is compressed as it says");
    text
}

/// The cassette shows JSON, and says how it was compressed.
#[tokio::test]
async fn compressed_bodies_as_they_are() {
    let case = Case::new("compressed").client(undecoded);
    let cassette = case
        .both_runs(|client, base| async move {
            let mut text = String::new();
            for (path, coding, marker) in CODED {
                let response = client.get(format!("{base}{path}")).send().await.unwrap();
                assert_eq!(response.headers()["content-encoding"], coding);
                let seen = decoded(response).await;
                assert!(seen.contains(marker), "{path}: {seen}");
                text += &seen;
            }
            text
        })
        .await;
    for (body, (_, coding, marker)) in answered_bodies(&cassette).iter().zip(CODED) {
        assert_eq!(body["encoding"], coding);
        assert_eq!(body["json"][marker], true);
        assert_eq!(
            body["json"]["headers"]["Host"].as_str().map(str::is_empty),
            Some(false)
        );
    }
}

/// Compressed anew, each answer is still the one of its turn.
#[tokio::test]
async fn compressed_bodies_of_several_requests() {
    let case = Case::new("compressed_again").client(undecoded);
    case.both_runs(|client, base| async move {
        let mut text = String::new();
        for n in 0..3 {
            for (path, ..) in CODED {
                let request = client.get(format!("{base}{path}")).header("x-turn", n);
                text += &decoded(request.send().await.unwrap()).await;
            }
        }
        text
    })
    .await;
}

/// The length is that of a body which does not come, so nothing may recompute it.
#[tokio::test]
async fn heads_of_compressed_bodies() {
    let case = Case::new("compressed_heads").client(undecoded);
    let cassette = case
        .both_runs(|client, base| async move {
            let mut text = String::new();
            for (path, coding, _) in CODED {
                let response = client.head(format!("{base}{path}")).send().await.unwrap();
                assert_eq!(response.headers()["content-encoding"], coding);
                let announced = length(&response.headers()["content-length"]);
                assert!(announced.is_some_and(|length| length > 0), "{path}");
                let seen = visible(response).await;
                assert!(seen.ends_with("body: 0 bytes: \n"), "{seen}");
                text += &seen;
            }
            text
        })
        .await;
    assert_eq!(
        answered_bodies(&cassette),
        [Value::Null, Value::Null, Value::Null]
    );
}

/// A coding that is only announced: the body is stored as it came.
#[tokio::test]
async fn codings_that_are_none() {
    let case = Case::new("compressed_falsely").client(undecoded);
    let cassette = case
        .both_runs(|client, base| async move {
            let mut text = String::new();
            for coding in ["gzip", "br", "identity", "own", "gzip,%20br"] {
                let url = format!("{base}/response-headers?Content-Encoding={coding}");
                text += &see(client.get(url)).await;
            }
            text
        })
        .await;
    for body in answered_bodies(&cassette) {
        assert_eq!(form(&body), "json", "{body}");
        assert_eq!(body.get("encoding"), None);
    }
}

#[cfg(feature = "decompression")]
#[tokio::test]
async fn compressed_bodies_that_reqwest_decodes() {
    let cassette = crate::case::both_runs("decoded", |client, base| async move {
        let mut text = String::new();
        for (path, _, marker) in CODED {
            let seen = see(client.get(format!("{base}{path}"))).await;
            assert!(seen.contains(marker), "reqwest decodes {path}: {seen}");
            assert!(!seen.contains("content-encoding"), "{seen}");
            text += &seen;
        }
        text
    })
    .await;
    for (body, (_, _, marker)) in answered_bodies(&cassette).iter().zip(CODED) {
        assert_eq!(body["json"][marker], true);
        assert_eq!(
            body.get("encoding"),
            None,
            "it was decoded below the cassette"
        );
    }
}

/// There is nothing to decode, whatever the head says.
#[cfg(feature = "decompression")]
#[tokio::test]
async fn heads_that_reqwest_would_decode() {
    crate::case::both_runs("decoded_heads", |client, base| async move {
        let mut text = String::new();
        for (path, ..) in CODED {
            text += &see(client.head(format!("{base}{path}"))).await;
        }
        text
    })
    .await;
}

/// What reqwest cannot decode is an error of the body, in both runs.
#[cfg(feature = "decompression")]
#[tokio::test]
async fn codings_that_reqwest_cannot_undo() {
    let cassette = crate::case::both_runs("decoded_falsely", |client, base| async move {
        let mut text = String::new();
        for coding in ["gzip", "deflate", "br"] {
            let url = format!("{base}/response-headers?Content-Encoding={coding}");
            let seen = see(client.get(url)).await;
            assert!(seen.contains("body broke off: decode"), "{coding}: {seen}");
            text += &seen;
        }
        text
    })
    .await;
    for body in answered_bodies(&cassette) {
        assert_eq!(body["truncated"]["kind"], "body", "{body}");
    }
}
