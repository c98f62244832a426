//! A chunk is in the test's hands while the server still holds the next one back.

use eventsource_stream::Eventsource;
use futures_util::StreamExt;

use crate::Scene;

const EVENTS: &str = "text/event-stream";

#[tokio::test]
async fn a_chunk_arrives_before_the_next_is_sent() {
    let scene = Scene::holding("application/json", &["[1,", "2,", "3]"]);
    let read = async || {
        let (mut response, mut chunks) = (scene.get().await, Vec::new());
        while let Some(chunk) = response.chunk().await.unwrap() {
            // Had it been waited for the end, this would never be reached.
            scene.server.release();
            chunks.push(chunk);
        }
        chunks
    };
    assert_eq!(scene.twice(read).await, ["[1,", "2,", "3]"]);
}

#[tokio::test]
async fn an_item_of_the_bytes_stream_arrives_before_the_next_is_sent() {
    let scene = Scene::holding("application/x-ndjson", &["{}\n", "{\"a\":1}\n"]);
    let read = async || {
        let stream = scene.get().await.bytes_stream();
        let stream = stream.inspect(|_| scene.server.release());
        stream.map(Result::unwrap).collect::<Vec<_>>().await
    };
    assert_eq!(scene.twice(read).await, ["{}\n", "{\"a\":1}\n"]);
}

#[tokio::test]
async fn an_event_arrives_before_the_next_is_sent() {
    let scene = Scene::holding(EVENTS, &["data: one\n\n", "data: two\n\n"]);
    let read = async || {
        let events = scene.get().await.bytes_stream().eventsource();
        let events = events.inspect(|_| scene.server.release());
        let data = events.map(|event| event.unwrap().data);
        data.collect::<Vec<_>>().await
    };
    assert_eq!(scene.twice(read).await, ["one", "two"]);
}

#[tokio::test]
async fn the_head_arrives_before_anything_of_the_body() {
    let scene = Scene::new(async |mut connection| {
        connection.request().await;
        connection.write(crate::scene::head(EVENTS)).await;
        connection.released().await;
        connection.write(crate::scene::body(&["data: 1\n\n"])).await;
    });
    let read = async || {
        let response = scene.get().await;
        scene.server.release();
        response.text().await.unwrap()
    };
    assert_eq!(scene.twice(read).await, "data: 1\n\n");
}

/// A large response of known length, whose rest is held back.
#[tokio::test]
async fn a_download_arrives_while_it_is_still_coming() {
    const LENGTH: usize = (1 << 20) + 1;
    let scene = Scene::new(async |mut connection| {
        connection.request().await;
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {LENGTH}\r\n\r\n");
        connection.write(head + "begun").await;
        connection.released().await;
        connection.write(vec![b'.'; LENGTH - 5]).await;
        connection.closed().await;
    });
    let read = async || {
        let mut response = scene.get().await;
        let mut chunks = vec![response.chunk().await.unwrap().unwrap()];
        scene.server.release();
        while let Some(chunk) = response.chunk().await.unwrap() {
            chunks.push(chunk);
        }
        chunks
    };
    let chunks = scene.twice(read).await;
    assert_eq!(chunks[0], "begun");
    assert_eq!(chunks.concat().len(), LENGTH);
    // Above `body_limit`: the bytes stand in a file of their own, the lengths of the chunks do not.
    let body = scene.body();
    assert!(body["split"].as_str().unwrap().starts_with("5 "), "{body}");
    assert!(body["file"].is_string() && body["partial"].is_null());
}
