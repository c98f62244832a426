//! What a body that came in chunks looks like in the file.

use serde_json::json;

use crate::{Scene, by_stream};

/// The body of a response of this type in these chunks, as it is stored; replayed it has the same
/// chunks.
async fn stored<C: AsRef<[u8]>>(content_type: &str, chunks: &[C]) -> serde_json::Value {
    let scene = Scene::streaming(content_type, chunks);
    let (got, failure) = scene
        .twice(async || by_stream(scene.get().await).await)
        .await;
    let sent: Vec<&[u8]> = chunks.iter().map(AsRef::as_ref).collect();
    assert_eq!(
        (got, failure),
        (
            sent.iter().map(|chunk| chunk.to_vec().into()).collect(),
            None
        )
    );
    scene.body()
}

#[tokio::test]
async fn chunks_of_a_stream_stand_one_by_one() {
    for content_type in [
        "text/event-stream",
        "Text/Event-Stream; charset=utf-8",
        "application/x-ndjson",
        "application/jsonl",
        "application/json-seq",
        "application/stream+json",
    ] {
        let body = stored(
            content_type,
            &["data: {\"a\":1}\n\n", "data: [DO", "NE]\r\n\r\n"],
        )
        .await;
        let chunks = ["data: {\"a\":1}\n\n", "data: [DO", "NE]\r\n\r\n"];
        assert_eq!(body, json!({ "chunks": chunks }), "{content_type}");
    }
}

#[tokio::test]
async fn a_chunk_that_is_no_text_of_its_own_is_base64_beside_its_neighbours() {
    let parts: [&[u8]; 3] = [b"data: gr\xc3", b"\xbc\xc3\x9fe\n", b"\n"];
    let body = stored("text/event-stream", &parts).await;
    let binary = |text: &str| json!({ "base64": [text] });
    let body_of = |first, second| json!({ "chunks": [first, second, "\n"] });
    // A single line of base64 may stand as a string.
    let lines = body_of(binary("ZGF0YTogZ3LD"), binary("vMOfZQo="));
    let strings = body_of(
        json!({ "base64": "ZGF0YTogZ3LD" }),
        json!({ "base64": "vMOfZQo=" }),
    );
    assert!(body == lines || body == strings, "{body}");
}

#[tokio::test]
async fn a_stream_of_one_chunk_is_a_list_all_the_same() {
    let body = stored("text/event-stream", &["data: 1\n\n"]).await;
    assert_eq!(body, json!({ "chunks": ["data: 1\n\n"] }));
}

#[tokio::test]
async fn json_in_several_chunks_is_json_with_their_lengths() {
    let body = stored(
        "application/json",
        &["{\"price\":1.1", "0,\"name\":\"", "Zoë\"}"],
    )
    .await;
    assert_eq!(
        body.to_string(),
        r#"{"json":{"name":"Zoë","price":1.1},"split":"12 10 6"}"#
    );
}

#[tokio::test]
async fn json_in_one_chunk_is_plain_json() {
    let body = stored("application/json", &["{\"a\":[1,2]}"]).await;
    assert_eq!(body, json!({ "json": { "a": [1, 2] } }));
}

#[tokio::test]
async fn text_in_several_chunks_is_text_with_their_lengths() {
    let body = stored("text/html", &["<p>one</", "p>\n<p>two</p>"]).await;
    assert_eq!(
        body,
        json!({ "text": ["<p>one</p>", "<p>two</p>"], "split": "8 13" })
    );
    let body = stored("", &["one", "two"]).await;
    assert_eq!(body, json!({ "text": "onetwo", "split": "3 3" }));
}

#[tokio::test]
async fn bytes_in_several_chunks_are_base64_with_their_lengths() {
    let parts: [&[u8]; 2] = [b"\x89PNG\r", b"\n\x00\xff"];
    let body = stored("image/png", &parts).await;
    assert_eq!(body["split"], "5 3");
    assert!(
        body["base64"].is_string() || body["base64"].is_array(),
        "{body}"
    );
}

#[tokio::test]
async fn an_empty_stream_that_was_read_is_no_body() {
    let chunks: [&str; 0] = [];
    assert_eq!(stored("text/event-stream", &chunks).await, json!(null));
}
