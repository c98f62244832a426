//! Secrets in streams: never in a file, always in the test's hands while it records.

use serde_json::{Value, json};

use crate::scene::head;
use crate::{Got, Scene, by_chunk, by_stream};

const EVENTS: &str = "text/event-stream";

/// Records a stream in these chunks, of which the test reads so many, and returns the recorded body
/// and what a replay of it gives.
async fn recorded<C: AsRef<[u8]>>(content_type: &str, chunks: &[C], read: usize) -> (Value, Got) {
    let scene = Scene::streaming(content_type, chunks);
    let live = async {
        let mut response = scene.get().await;
        for chunk in &chunks[..read] {
            let live = response.chunk().await.unwrap().unwrap();
            assert_eq!(live, chunk.as_ref(), "the test sees the real answer");
        }
        if read == chunks.len() {
            assert_eq!(response.chunk().await.unwrap(), None);
        }
        let journal = scene.sandbox.read("c.partial.jsonl");
        assert!(!journal.contains("s3c"), "{journal}");
    };
    scene.record(live).await;
    assert!(!scene.file().contains("s3c"), "{}", scene.file());
    let replayed = if read == chunks.len() {
        scene
            .replay(async { by_stream(scene.get().await).await })
            .await
    } else {
        let replay = async { by_chunk(scene.get().await).await };
        scene.overreach(replay).await.0
    };
    (scene.body(), replayed)
}

#[tokio::test]
async fn a_secret_cut_in_two_is_masked_and_the_other_boundaries_stay() {
    let chunks = [
        "data: {\"n\":1}\n\n",
        "data: {\"api_key\":\"s3c",
        "ret-1\",\"n\":2}\n\n",
        "data: {\"n\":3}\n\n",
    ];
    let (body, replayed) = recorded(EVENTS, &chunks, 4).await;
    let masked = [
        chunks[0],
        "data: {\"api_key\":\"[REDACTED]",
        "\",\"n\":2}\n\n",
        chunks[3],
    ];
    assert_eq!(body, json!({ "chunks": masked }));
    assert_eq!(replayed, (masked.map(Into::into).to_vec(), None));
}

#[tokio::test]
async fn a_secret_over_many_chunks_leaves_none_of_them_behind() {
    let chunks = ["data: {\"pass", "word\":\"", "s3c", "s3c", "ret\"", "}\n\n"];
    let (_, replayed) = recorded(EVENTS, &chunks, 6).await;
    let text = replayed.0.concat();
    assert_eq!(text, b"data: {\"password\":\"[REDACTED]\"}\n\n");
    // What was nothing but a part of the secret is gone.
    assert_eq!(replayed.0.len(), 5);
    assert_eq!(replayed.0[4], "}\n\n");
}

#[tokio::test]
async fn a_secret_in_json_in_chunks_is_masked() {
    let chunks = ["{\"api_key\":\"s3c", "ret-1\",\"n\":", "2}"];
    let (body, replayed) = recorded("application/json", &chunks, 3).await;
    let expected = json!({ "json": { "api_key": "[REDACTED]", "n": 2 }, "split": "22 6 2" });
    assert_eq!(body, expected);
    assert_eq!(replayed.0, ["{\"api_key\":\"[REDACTED]", "\",\"n\":", "2}"]);
}

#[tokio::test]
async fn secrets_of_a_stream_cut_inside_characters_are_masked() {
    let chunks: [&[u8]; 3] = [
        b"data: {\"a\":\"\xc3",
        b"\xbc\",\"api_key\":\"s3cret\"",
        b"}\n\n",
    ];
    let (_, replayed) = recorded(EVENTS, &chunks, 3).await;
    let text = "data: {\"a\":\"ü\",\"api_key\":\"[REDACTED]\"}\n\n";
    assert_eq!(replayed.0.concat(), text.as_bytes());
    assert_eq!(replayed.0.len(), 3);
}

/// The test stops in the middle of a secret: there is no closing quotation mark.
#[tokio::test]
async fn a_secret_that_is_not_read_to_its_end_is_masked() {
    let chunks = [
        "data: {\"n\":1}\n\n",
        "data: {\"api_key\":\"s3cre",
        "t-1\"}\n\n",
    ];
    let (body, replayed) = recorded(EVENTS, &chunks, 2).await;
    let masked = [chunks[0], "data: {\"api_key\":\"[REDACTED]"];
    assert_eq!(body, json!({ "chunks": masked, "partial": true }));
    assert_eq!(replayed.0, masked);
}

/// The test stops in the middle of a character: what has come is no text as a whole.
#[tokio::test]
async fn secrets_before_half_a_character_are_masked() {
    let chunks: [&[u8]; 3] = [
        b"data: {\"api_key\":\"s3cret-1\"}\n\n",
        b"data: \xf0\x9f",
        b"\x93\xbc\n\n",
    ];
    let (_, replayed) = recorded(EVENTS, &chunks, 2).await;
    assert_eq!(replayed.0[0], "data: {\"api_key\":\"[REDACTED]\"}\n\n");
    assert_eq!(replayed.0[1], chunks[1]);
}

/// One binary part of a stream does not uncover the others.
#[tokio::test]
async fn secrets_beside_bytes_are_masked() {
    let chunks: [&[u8]; 3] = [
        b"\xff\xfe\x00",
        b"{\"api_key\":\"s3cret-1\"}\n",
        b"\x80\x81",
    ];
    let (_, replayed) = recorded("application/x-ndjson", &chunks, 3).await;
    assert_eq!(
        replayed.0,
        [chunks[0], b"{\"api_key\":\"[REDACTED]\"}\n", chunks[2]]
    );
}

#[tokio::test]
async fn a_secret_in_which_a_body_broke_off_is_masked() {
    let streamed = head("application/json") + "10\r\n{\"api_key\":\"s3cr\r\n";
    let sized = "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"api_key\":\"s3c".to_owned();
    for answer in [streamed, sized] {
        let scene = Scene::new(move |mut connection| {
            let answer = answer.clone();
            async move {
                connection.request().await;
                connection.write(answer).await;
            }
        });
        let failed = scene
            .record(async { by_chunk(scene.get().await).await.1 })
            .await;
        assert!(failed.is_some());
        assert!(!scene.file().contains("s3c"), "{}", scene.file());
        assert_eq!(scene.body()["text"], "{\"api_key\":\"[REDACTED]");
        let (replayed, failure) = scene
            .replay(async { by_chunk(scene.get().await).await })
            .await;
        assert_eq!(
            (replayed.concat(), failure),
            (b"{\"api_key\":\"[REDACTED]".to_vec(), failed)
        );
    }
}
