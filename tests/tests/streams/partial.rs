//! Streams that the test stopped reading.

use std::error::Error as StdError;

use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::{Scene, by_bytes, by_chunk, by_stream};

const EVENTS: &str = "text/event-stream";
const THREE: [&str; 3] = ["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"];

/// A cassette of a test that read two chunks of three and stopped.
async fn stopped() -> Scene {
    let scene = Scene::streaming(EVENTS, &THREE);
    let read = async || {
        let mut response = scene.get().await;
        [
            response.chunk().await.unwrap(),
            response.chunk().await.unwrap(),
        ]
    };
    scene.twice(read).await;
    scene
}

#[tokio::test]
async fn a_stream_is_stored_as_far_as_it_was_read_and_says_so() {
    let scene = stopped().await;
    assert_eq!(
        scene.body(),
        json!({ "chunks": THREE[..2], "partial": true })
    );
}

/// There was nothing to read.
#[tokio::test]
async fn an_empty_stream_that_nobody_reads_is_whole() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 0\r\n\r\n";
    let scene = Scene::answering(head);
    scene.twice(async || drop(scene.get().await)).await;
    assert_eq!(scene.body(), Value::Null);
}

#[tokio::test]
async fn other_forms_say_so_too() {
    let scene = Scene::streaming("application/json", &["{\"a\":", "[1,2]", "}"]);
    let read = async || {
        let stream = scene.get().await.bytes_stream().take(2);
        stream.map(Result::unwrap).collect::<Vec<_>>().await
    };
    assert_eq!(scene.twice(read).await, ["{\"a\":", "[1,2]"]);
    let stored = json!({ "text": "{\"a\":[1,2]", "split": "5 5", "partial": true });
    assert_eq!(scene.body(), stored);
}

#[tokio::test]
async fn reading_on_is_an_error_to_every_reader_and_fails_the_session() {
    let scene = stopped().await;
    let (got, _) = scene
        .overreach(async { by_chunk(scene.get().await).await })
        .await;
    assert_eq!(got.0, THREE[..2]);
    assert!(got.1.is_some());
    let (same, _) = scene
        .overreach(async { by_stream(scene.get().await).await })
        .await;
    assert_eq!(got, same);
    let (got, _) = scene
        .overreach(async { by_bytes(scene.get().await).await })
        .await;
    assert!(got.0.is_empty() && got.1.is_some());
}

#[tokio::test]
async fn the_report_names_the_response_and_what_to_do() {
    let scene = stopped().await;
    let read = async { scene.get().await.text().await.unwrap_err() };
    let (error, failed) = scene.overreach(read).await;
    let report = scene.masked(&failed.to_string());
    insta::assert_snapshot!(report, @"
    the test reads on where it stopped reading this response when it was recorded

        GET http://server/
        cassette: [sandbox]/c.json
        mode: replay

    help: to record again, run it with `CASSETTE_MODE=record`
    ");
    // It is what the reader hears, too.
    assert_eq!(scene.masked(&innermost(&error)), report);
}

fn innermost(error: &dyn StdError) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}

#[tokio::test]
async fn a_reader_that_overlooks_the_error_fails_at_the_end() {
    let scene = stopped().await;
    let mut text = String::new();
    let read = async {
        let mut response = scene.get().await;
        while let Ok(Some(chunk)) = response.chunk().await {
            text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
        // There is nothing behind it.
        assert_eq!(response.chunk().await.unwrap(), None);
    };
    scene.overreach(read).await;
    assert_eq!(text, THREE[..2].concat());
}

#[tokio::test]
async fn reading_less_than_was_recorded_is_no_failure() {
    let scene = stopped().await;
    let chunk = scene
        .replay(async { scene.get().await.chunk().await.unwrap() })
        .await;
    assert_eq!(chunk.unwrap(), THREE[0]);
}

#[tokio::test]
async fn a_stream_that_was_never_read_is_partial_and_has_its_head() {
    for content_type in [EVENTS, "application/json"] {
        let scene = Scene::streaming(content_type, &THREE);
        let read = async || {
            let response = scene.get().await;
            (
                response.status(),
                response.headers().clone(),
                response.content_length(),
            )
        };
        scene.twice(read).await;
        let body = scene.body();
        assert_eq!(body["partial"], true, "{body}");
        let (failure, _) = scene
            .overreach(async { by_bytes(scene.get().await).await.1 })
            .await;
        assert!(failure.is_some());
    }
}

#[tokio::test]
async fn a_stream_read_to_its_last_chunk_but_not_to_its_end_is_partial() {
    let scene = Scene::streaming(EVENTS, &THREE[..1]);
    scene
        .twice(async || scene.get().await.chunk().await.unwrap())
        .await;
    assert_eq!(
        scene.body(),
        json!({ "chunks": THREE[..1], "partial": true })
    );
}

/// Of a known length the last byte is the end; nobody needs to ask.
#[tokio::test]
async fn a_stream_of_known_length_read_to_its_last_byte_is_whole() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 9\r\n\r\n";
    let scene = Scene::answering([head, THREE[0]].concat());
    scene
        .twice(async || scene.get().await.chunk().await.unwrap())
        .await;
    assert_eq!(scene.body(), json!({ "chunks": THREE[..1] }));
    scene
        .replay(async { scene.get().await.text().await.unwrap() })
        .await;
}

/// A progress bar asks for the length before it reads, and the user leaves.
#[tokio::test]
async fn a_download_left_early_has_the_length_it_was_to_have() {
    const LENGTH: usize = (1 << 20) + 1;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {LENGTH}\r\n\r\n");
    let scene = Scene::answering([head.into_bytes(), vec![b'.'; LENGTH]].concat());
    let read = async || {
        let mut response = scene.get().await;
        let told = response.content_length().unwrap();
        let length = response.chunk().await.unwrap().unwrap().len();
        // From then on it is what is still to come.
        (told, length, response.content_length().unwrap())
    };
    let (told, length, rest) = scene.twice(read).await;
    assert_eq!((told, rest), (LENGTH as u64, (LENGTH - length) as u64));
    assert_ne!(scene.body()["partial"], Value::Null);
}
