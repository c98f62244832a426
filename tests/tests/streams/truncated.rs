//! Bodies that broke off: they break off again, with the same bytes before it and the same error.

use std::time::Duration;

use bytes::Bytes;
use cassette_reqwest::client;
use cassette_tests::{Server, channel, chunk};
use http::Response as HttpResponse;
use serde_json::{Value, json};
use tokio::time::{pause, resume};

use crate::scene::head;
use crate::{Scene, by_bytes, by_chunk, by_stream, shown};

/// Sends this answer and then ends the connection in the way that the path names.
fn breaking(answer: Vec<u8>) -> Scene {
    Scene::new(move |mut connection| {
        let answer = answer.clone();
        async move {
            let request = connection.request().await.unwrap();
            connection.write(answer).await;
            match request.line() {
                "GET /close HTTP/1.1" => connection.close(),
                "GET /reset HTTP/1.1" => {
                    connection.released().await;
                    connection.reset();
                }
                _ => connection.closed().await,
            }
        }
    })
}

fn two_chunks(content_type: &str) -> Vec<u8> {
    [
        head(content_type).into_bytes(),
        chunk("{\"a\":"),
        chunk("[1,"),
    ]
    .concat()
}

/// Records and replays an answer that ends in this way, with every reader; the first chunks are read
/// one by one before the end comes. Returns what was stored and the predicates of the error.
async fn check(answer: Vec<u8>, path: &str, first: usize) -> (Value, Value, String) {
    let mut seen = Vec::new();
    for reader in ["chunk", "stream", "bytes"] {
        let scene = breaking(answer.clone());
        let read = async || {
            let mut response = scene.get_path(path).await;
            let mut begun = Vec::new();
            while begun.len() < first {
                begun.extend(response.chunk().await.unwrap());
            }
            scene.server.release();
            let (chunks, failure) = match reader {
                "chunk" => by_chunk(response).await,
                "stream" => by_stream(response).await,
                _ => by_bytes(response).await,
            };
            (begun, chunks, failure.expect("the body broke off"))
        };
        let (_, _, failure) = scene.twice(read).await;
        let (body, kind) = truncated(&scene);
        // Which of them knows the URL is reqwest's affair.
        let predicates = failure.lines().next().unwrap().to_owned();
        seen.push((body, kind, predicates));
    }
    assert!(
        seen[0] == seen[1] && seen[0] == seen[2],
        "whoever reads: {seen:#?}"
    );
    seen.remove(0)
}

fn truncated(scene: &Scene) -> (Value, Value) {
    let mut body = scene.body();
    let truncated = body.as_object_mut().unwrap().remove("truncated").unwrap();
    assert!(!truncated["message"].as_str().unwrap().is_empty());
    (body, truncated["kind"].clone())
}

#[tokio::test]
async fn a_stream_that_the_server_closes_breaks_off_again() {
    let (body, kind, error) = check(two_chunks("application/json"), "/close", 0).await;
    assert_eq!(body, json!({ "text": "{\"a\":[1,", "split": "5 3" }));
    assert_eq!((kind, error.as_str()), (json!("closed"), "error: decode"));
}

#[tokio::test]
async fn a_stream_of_events_that_breaks_off_keeps_its_events() {
    let (body, kind, _) = check(two_chunks("text/event-stream"), "/close", 0).await;
    assert_eq!(body, json!({ "chunks": ["{\"a\":", "[1,"] }));
    assert_eq!(kind, "closed");
}

#[tokio::test]
async fn a_stream_that_the_server_resets_breaks_off_again() {
    let (body, kind, error) = check(two_chunks("text/event-stream"), "/reset", 2).await;
    assert_eq!(body, json!({ "chunks": ["{\"a\":", "[1,"] }));
    assert_eq!((kind, error.as_str()), (json!("reset"), "error: decode"));
}

/// The clock is stopped when the chunks have come, so the limit runs out at once.
#[tokio::test]
async fn a_stream_for_which_time_runs_out_breaks_off_again() {
    let scene = breaking(two_chunks("text/event-stream"));
    let read = async || {
        let request = client().get(scene.server.url("/hold"));
        let mut response = request
            .timeout(Duration::from_secs(60))
            .send()
            .await
            .unwrap();
        let mut chunks = Vec::new();
        while chunks.len() < 2 {
            chunks.extend(response.chunk().await.unwrap());
        }
        pause();
        let error = response.chunk().await.unwrap_err();
        resume();
        assert!(error.is_timeout());
        (chunks, shown(error))
    };
    let (chunks, failure) = scene.twice(read).await;
    assert_eq!(truncated(&scene).1, "timeout");
    // The limit is the recording's; without one of its own the replay fails alike.
    let without = scene
        .replay(async { by_stream(scene.get_path("/hold").await).await })
        .await;
    assert_eq!(without, (chunks, Some(failure)));
}

#[tokio::test]
async fn a_small_response_that_is_too_short_breaks_off_again() {
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"a\":";
    let (body, kind, error) = check(answer.into(), "/close", 0).await;
    assert_eq!(body, json!({ "text": "{\"a\":" }));
    assert_eq!((kind, error.as_str()), (json!("closed"), "error: decode"));
}

#[tokio::test]
async fn a_response_of_which_nothing_came_breaks_off_again() {
    let sized = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n";
    for answer in [sized.to_owned(), head("text/event-stream")] {
        let (body, kind, _) = check(answer.into(), "/close", 0).await;
        assert_eq!((body, kind), (json!({ "text": "" }), json!("closed")));
    }
}

/// Before it reads, the test asks how much is to come.
#[tokio::test]
async fn a_response_that_breaks_off_has_the_length_it_was_to_have() {
    let events = "content-type: text/event-stream\r\n";
    for content_type in ["", events] {
        let head = format!("HTTP/1.1 200 OK\r\n{content_type}content-length: 10\r\n\r\nbegun");
        let scene = breaking(head.into_bytes());
        let read = async || {
            let response = scene.get_path("/close").await;
            (response.content_length(), by_chunk(response).await)
        };
        assert_eq!(scene.twice(read).await.0, Some(10), "{content_type}");
    }
}

#[tokio::test]
async fn json_that_breaks_off_is_no_syntax_error() {
    let sized = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"a\":".to_vec();
    for answer in [two_chunks("application/json"), sized] {
        let scene = breaking(answer);
        let read = async || {
            let response = scene.get_path("/close").await;
            let error = response.json::<Value>().await.unwrap_err();
            assert!(error.is_decode() && !error.is_timeout());
            shown(error)
        };
        scene.twice(read).await;
        assert_eq!(truncated(&scene).1, "closed");
    }
}

#[tokio::test]
async fn a_stream_of_http_2_that_breaks_off_breaks_off_again() {
    let server = Server::start_body(async |_| {
        let (sender, body) = channel();
        sender.send(Ok(Bytes::from_static(b"begun"))).unwrap();
        tokio::spawn(async move {
            // When the first chunk has gone out the connection asks for the next.
            sender.send(Err(std::io::Error::other("gone"))).unwrap();
        });
        HttpResponse::new(body)
    });
    let scene = Scene::answering("");
    let http2 = reqwest::Client::builder().http2_prior_knowledge();
    let client = cassette_reqwest::client_with(http2).unwrap();
    let read = async || by_chunk(client.get(server.url("/")).send().await.unwrap()).await;
    let got = scene.twice(read).await;
    assert!(got.1.is_some());
    assert_eq!(truncated(&scene).1, "body");
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn whoever_stops_before_the_break_does_not_meet_it() {
    let scene = breaking(two_chunks("text/event-stream"));
    scene
        .record(async { by_chunk(scene.get_path("/close").await).await })
        .await;
    let read = async {
        scene
            .get_path("/close")
            .await
            .chunk()
            .await
            .unwrap()
            .unwrap()
    };
    assert_eq!(scene.replay(read).await, "{\"a\":");
}

/// Its bytes stand in a file of their own, and it is not taken for whole either.
#[tokio::test]
async fn a_download_that_breaks_off_breaks_off_again() {
    const CAME: usize = 300 << 10;
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 9999999\r\n\r\n";
    let scene = breaking([head.as_bytes(), &[b'.'; CAME]].concat());
    let read = async || by_chunk(scene.get_path("/close").await).await;
    let (chunks, failure) = scene.twice(read).await;
    assert_eq!((chunks.concat().len(), failure.is_some()), (CAME, true));
    let (body, kind) = truncated(&scene);
    assert_eq!((body["file"].is_string(), kind), (true, json!("closed")));
}
