//! Compressed bodies, where the client leaves them compressed: readable in the file, equal after
//! decoding, and what cannot be decoded stays as it came.

use cassette_reqwest::client_with;
use cassette_tests::{RawServer, Sandbox, chunk, last_chunk};
use flate2::Compression;
use reqwest_middleware::ClientWithMiddleware;
use serde_json::{Value, json};

use crate::case::Case;
use crate::coders::{Coder, gzip, gzip_in_pieces};
use crate::see::{Seen, see};
use crate::servers::{mirror, path, raw};

const CODERS: [Coder; 5] = [
    Coder::Gzip,
    Coder::Zlib,
    Coder::Deflate,
    Coder::Brotli,
    Coder::Zstd,
];

/// A client that takes bodies as they come, whatever features this build has.
fn client() -> ClientWithMiddleware {
    let builder = reqwest::Client::builder();
    client_with(builder.no_gzip().no_brotli().no_deflate().no_zstd()).unwrap()
}

/// Starts a server that gives this body with its length at `/sized` and in chunks elsewhere.
pub(crate) fn coded(headers: &str, body: Vec<u8>) -> RawServer {
    let headers = headers.to_owned();
    raw(move |request| {
        let (framing, body) = if path(request) == "/sized" {
            (format!("content-length: {}", body.len()), body.clone())
        } else {
            let (first, second) = body.split_at(body.len() / 2);
            let body = [chunk(first), chunk(second), last_chunk()].concat();
            ("transfer-encoding: chunked".to_owned(), body)
        };
        let head = format!("HTTP/1.1 200 OK\r\n{headers}{framing}\r\n\r\n");
        [head.into_bytes(), body].concat()
    })
}

/// Returns what was seen of `/sized` and of `/chunked` in both runs.
async fn runs(headers: &str, body: Vec<u8>) -> (Sandbox, [Seen; 2], [Seen; 2]) {
    let case = Case::new(coded(headers, body)).client(client());
    case.runs(async |asker| {
        [
            see(asker.get("/sized")).await,
            see(asker.get("/chunked")).await,
        ]
    })
    .await
}

fn stored(sandbox: &Sandbox, number: usize) -> Value {
    sandbox.cassette("c.json")["interactions"][number]["response"]["body"].clone()
}

/// The client gets a body with these codings on it in both runs, and the file has it without them.
async fn check(coders: &[Coder]) {
    let content = json!({ "user": "ada", "sizes": vec![1.5; 100] });
    let bytes = content.to_string().into_bytes();
    let body = coders.iter().fold(bytes.clone(), |body, c| c.encode(&body));
    let names: Vec<_> = coders.iter().map(|coder| coder.name()).collect();
    let headers = format!(
        "content-type: application/json\r\ncontent-encoding: {}\r\n",
        names.join(", ")
    );
    let (sandbox, recorded, replayed) = runs(&headers, body).await;
    for (number, (mut recorded, mut replayed)) in recorded.into_iter().zip(replayed).enumerate() {
        for seen in [&mut recorded, &mut replayed] {
            assert_eq!(seen.header("content-encoding").unwrap(), names.join(", "));
            check_length(seen, number == 0);
            let decode = |body: Vec<u8>, coder: &Coder| coder.decode(&body);
            let content = coders.iter().rev().fold(seen.body.to_vec(), decode);
            assert_eq!(content, bytes, "{coders:?}");
            (seen.body, seen.length) = (content.into(), None);
            seen.headers.remove("content-length");
        }
        assert_eq!(recorded, replayed, "{coders:?}");
        let names: Vec<_> = coders.iter().map(|coder| coder.stored()).collect();
        let expected = json!({ "json": content, "encoding": names.join(", ") });
        assert_eq!(stored(&sandbox, number), expected);
    }
}

/// The length is that of the bytes that come, where it is told.
fn check_length(seen: &Seen, is_told: bool) {
    let length = seen.body.len() as u64;
    let header = seen.header("content-length").map(str::parse);
    assert_eq!(header, is_told.then_some(Ok(length)));
    assert_eq!(seen.length, is_told.then_some(length));
}

#[tokio::test]
async fn each_coding_is_undone_in_the_file_and_done_again_for_the_client() {
    for coder in CODERS {
        check(&[coder]).await;
    }
}

#[tokio::test]
async fn codings_on_codings_are_undone_and_done_in_their_order() {
    check(&[Coder::Gzip, Coder::Brotli]).await;
    check(&[Coder::Deflate, Coder::Zlib, Coder::Gzip]).await;
    check(&[Coder::Zstd, Coder::Gzip]).await;
}

/// Both runs get these very bytes, and the file has them as they came.
async fn check_left(encoding: &str, body: &[u8]) {
    let headers = format!("content-encoding: {encoding}\r\n");
    let (sandbox, recorded, replayed) = runs(&headers, body.to_vec()).await;
    assert_eq!(recorded, replayed, "{encoding}");
    for (number, seen) in replayed.iter().enumerate() {
        assert_eq!(seen.body, body);
        assert_eq!(seen.header("content-encoding"), Some(encoding));
        check_length(seen, number == 0);
        assert_eq!(stored(&sandbox, number).get("encoding"), None);
    }
}

#[tokio::test]
async fn what_is_not_coded_as_it_says_is_left_as_it_came() {
    for coder in CODERS {
        check_left(coder.name(), b"this is plain text").await;
        check_left(coder.name(), &[0xff, 0xfe, 0, 1, 2]).await;
    }
    check_left("gzip", &Coder::Zlib.encode(b"this is zlib")).await;
    check_left("gzip, br", &Coder::Gzip.encode(b"this is gzip alone")).await;
}

#[tokio::test]
async fn an_unknown_coding_is_left_as_it_came() {
    for encoding in ["compress", "own", "gzip, own", "own, gzip", "aws-chunked"] {
        check_left(encoding, &Coder::Gzip.encode(b"this is gzip")).await;
    }
}

#[tokio::test]
async fn a_coding_that_breaks_off_or_goes_on_is_left_as_it_came() {
    for coder in CODERS {
        let whole = coder.encode(&b"no more, no less; ".repeat(9));
        check_left(coder.name(), &whole[..whole.len() - 3]).await;
        check_left(coder.name(), &[&whole[..], b"\xaaand more"].concat()).await;
    }
}

#[tokio::test]
async fn identity_is_no_coding() {
    check_left("identity", b"this is plain text").await;
    check_left("", b"this is plain text").await;
}

#[tokio::test]
async fn a_compressed_body_whose_connection_breaks_keeps_what_came() {
    let body = gzip(&b"the whole of it ".repeat(99), Compression::none());
    let sent = body[..700].to_vec();
    let server = raw(move |_| {
        let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-encoding: gzip\r\n";
        let length = format!("content-length: {}\r\n\r\n", body.len());
        [head.as_bytes(), length.as_bytes(), &body[..700]].concat()
    });
    let case = Case::new(server).client(client());
    let (sandbox, recorded, replayed) = case.runs(async |asker| see(asker.get("/")).await).await;
    for seen in [&recorded, &replayed] {
        assert_eq!(seen.body, sent);
        assert!(seen.broken.is_some());
    }
    assert_eq!(recorded.headers, replayed.headers);
    let stored = stored(&sandbox, 0);
    assert!(stored.get("encoding").is_none() && stored.get("truncated").is_some());
}

#[tokio::test]
async fn nothing_is_undone_where_nothing_came() {
    let server = raw(|request| {
        let status = match path(request) {
            "/304" => "304 Not Modified",
            _ => "200 OK",
        };
        let length = if path(request) == "/empty" { 0 } else { 1234 };
        format!("HTTP/1.1 {status}\r\ncontent-encoding: gzip\r\ncontent-length: {length}\r\n\r\n")
    });
    let case = Case::new(server).client(client());
    let (sandbox, seen) = case
        .both_runs(async |asker| {
            [
                see(asker.get("/empty")).await,
                see(asker.get("/304")).await,
                see(asker.request("HEAD", "/")).await,
            ]
        })
        .await;
    for (number, (seen, length)) in seen.iter().zip(["0", "1234", "1234"]).enumerate() {
        assert_eq!(seen.header("content-encoding"), Some("gzip"));
        assert_eq!(seen.header("content-length"), Some(length));
        assert_eq!(
            (seen.body.len(), stored(&sandbox, number)),
            (0, Value::Null)
        );
    }
}

#[tokio::test]
async fn compressed_events_are_stored_as_text_and_come_again_as_events() {
    let events = [
        "data: one\n\n",
        "data: {\"price\":1.10}\n\n",
        "data: [DONE]\n\n",
    ];
    let pieces = gzip_in_pieces(&events);
    let server = raw(move |_| {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
            content-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n";
        let chunks: Vec<u8> = pieces.iter().flat_map(chunk).collect();
        [head.as_bytes(), &chunks, &last_chunk()].concat()
    });
    let case = Case::new(server).client(client());
    let (sandbox, seen) = case
        .both_runs(async |asker| {
            let mut seen = see(asker.get("/")).await;
            seen.body = Coder::Gzip.decode(&seen.body).into();
            seen
        })
        .await;
    assert_eq!(seen.text(), events.concat());
    let stored = stored(&sandbox, 0);
    let lines: Vec<&str> = seen.text().split('\n').collect();
    assert_eq!(stored, json!({ "text": lines, "encoding": "gzip" }));
}

#[tokio::test]
async fn a_secret_in_a_compressed_body_is_masked_in_the_file() {
    let content = br#"{"user":"ada","api_key":"s3cret","total_tokens":42}"#;
    for coder in CODERS {
        let headers = format!("content-encoding: {}\r\n", coder.name());
        let (sandbox, recorded, replayed) = runs(&headers, coder.encode(content)).await;
        let masked = json!({"user": "ada", "api_key": "[REDACTED]", "total_tokens": 42});
        for number in 0..2 {
            assert_eq!(coder.decode(&recorded[number].body), content);
            let replayed: Value =
                serde_json::from_slice(&coder.decode(&replayed[number].body)).unwrap();
            assert_eq!(replayed, masked);
            assert_eq!(stored(&sandbox, number)["json"], masked);
        }
        check_length(&replayed[0], true);
    }
}

#[tokio::test]
async fn a_compressed_body_that_is_large_is_decoded_in_its_file() {
    let content = json!({ "user": "ada", "api_key": "s3cret" }).to_string();
    let headers = "content-encoding: br\r\n";
    let case = Case::new(coded(headers, Coder::Brotli.encode(content.as_bytes())));
    let case = case.client(client()).config(|config| config.body_limit(8));
    let (sandbox, ..) = case
        .runs(async |asker| {
            let seen = see(asker.get("/sized")).await;
            let decoded = String::from_utf8(Coder::Brotli.decode(&seen.body)).unwrap();
            assert_eq!(decoded.replace("[REDACTED]", "s3cret"), content);
            check_length(&seen, true);
        })
        .await;
    let stored = stored(&sandbox, 0);
    assert_eq!(stored["encoding"], "br");
    let file = sandbox.read(stored["file"].as_str().unwrap());
    assert_eq!(file, content.replace("s3cret", "[REDACTED]"));
}

#[tokio::test]
async fn a_compressed_request_is_readable_and_matches_however_it_was_compressed() {
    let content = br#"{"name":"ada","password":"hunter2","sizes":[1.10,1e3]}"#;
    let level = std::sync::atomic::AtomicU32::new(9);
    let case = Case::new(mirror()).client(client());
    let (sandbox, ..) = case
        .runs(async |asker| {
            let level = level.fetch_sub(8, std::sync::atomic::Ordering::SeqCst);
            let request = asker.post("/").header("content-encoding", "gzip");
            let request = request.header("content-type", "application/json");
            see(request.body(gzip(content, Compression::new(level)))).await;
        })
        .await;
    let stored = &sandbox.cassette("c.json")["interactions"][0]["request"]["body"];
    let masked = json!({"name": "ada", "password": "[REDACTED]", "sizes": [1.10, 1e3]});
    assert_eq!(*stored, json!({ "json": masked, "encoding": "gzip" }));
    assert!(sandbox.read("c.json").contains("1.10"));
}

/// Sixty-five times a mebibyte of zeros, one gzip member each: a body that would fill the memory.
#[tokio::test]
async fn a_bomb_is_left_as_it_came() {
    let member = gzip(&[0; 1 << 20], Compression::best());
    check_left("gzip", &member.repeat(65)).await;
}
