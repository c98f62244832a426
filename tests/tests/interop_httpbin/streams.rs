//! Bodies of answers that come piece by piece.

use std::time::Duration;

use reqwest::Response;
use serde_json::Value;
use tokio::time::timeout;

use crate::case::{Case, both_runs};
use crate::{answered_bodies, form, see, see_all};

/// Reads to the end, and shows each chunk on a line of its own, with what is then still to come.
async fn chunk_by_chunk(mut response: Response) -> String {
    let mut text = format!("{} {:?}\n", response.url(), response.content_length());
    while let Some(chunk) = response.chunk().await.expect("the body is whole") {
        let rest = response.content_length();
        text += &format!("{}, {rest:?}\n", chunk.escape_ascii());
    }
    text
}

/// The lengths of the chunks that `split` names.
fn split(body: &Value) -> Vec<usize> {
    let lengths = body["split"].as_str().expect("the body has a split");
    lengths
        .split(' ')
        .map(|length| length.parse().expect("a length is a number"))
        .collect()
}

#[tokio::test]
async fn streams() {
    both_runs("streams", |client, base| async move {
        let paths = [
            "/stream/5",
            "/stream-bytes/2048?seed=7&chunk_size=256",
            "/stream-bytes/0?seed=7",
            "/drip?duration=0.5&numbytes=8&delay=0",
            "/drip?duration=0&numbytes=0&delay=0&code=201",
        ];
        see_all(&client, &base, &paths).await
    })
    .await;
}

/// While recording, a body of unknown length is handed on as it comes; the replay cuts it alike.
#[tokio::test]
async fn chunks_keep_their_boundaries() {
    both_runs("chunks", |client, base| async move {
        let mut text = String::new();
        for path in ["/stream/20", "/stream-bytes/2048?seed=7&chunk_size=256"] {
            let mut response = client.get(format!("{base}{path}")).send().await.unwrap();
            while let Some(chunk) = response.chunk().await.unwrap() {
                text += &format!("{}\n", chunk.escape_ascii());
            }
        }
        text
    })
    .await;
}

#[tokio::test]
async fn a_stream_that_is_dropped_early() {
    both_runs("stream_dropped", |client, base| async move {
        let mut response = client
            .get(format!("{base}/stream/50"))
            .send()
            .await
            .unwrap();
        let chunk = response.chunk().await.unwrap().expect("the stream begins");
        chunk.escape_ascii().to_string()
    })
    .await;
}

/// JSON values one behind the other are no JSON: the cassette has them line by line.
#[tokio::test]
async fn lines_that_are_read_one_by_one() {
    let cassette = both_runs("stream_lines", |client, base| async move {
        let mut response = client.get(format!("{base}/stream/5")).send().await.unwrap();
        let (mut buffer, mut ids) = (Vec::new(), Vec::new());
        while let Some(chunk) = response.chunk().await.unwrap() {
            buffer.extend_from_slice(&chunk);
            while let Some(end) = buffer.iter().position(|&byte| byte == b'\n') {
                let line: Vec<u8> = buffer.drain(..=end).collect();
                let value: Value = serde_json::from_slice(&line).unwrap();
                ids.push(value["id"].to_string());
            }
        }
        assert_eq!(ids, ["0", "1", "2", "3", "4"]);
        ids.concat()
    })
    .await;
    let body = &answered_bodies(&cassette)[0];
    let lines = body["text"].as_array().expect("text of several lines");
    assert_eq!(
        lines.len(),
        6,
        "five lines and what is behind the last: {body}"
    );
}

/// Asked for, each chunk stands on its own in the cassette.
#[tokio::test]
async fn a_stream_that_is_asked_for() {
    let case = Case::new("stream_asked_for").config(|config| config.stream(true));
    let cassette = case
        .both_runs(|client, base| async move {
            let stream = client.get(format!("{base}/stream/5"));
            let text = chunk_by_chunk(stream.send().await.unwrap()).await;
            text + &see(client.get(format!("{base}/get"))).await
        })
        .await;
    for body in answered_bodies(&cassette) {
        assert_eq!(form(&body), "chunks", "{body}");
    }
}

/// Its length is announced, so it is waited for, unless the test asks for it as a stream.
#[tokio::test]
async fn drops_one_by_one() {
    const DRIP: &str = "/drip?numbytes=5&duration=1&code=200";
    let case = Case::new("drip").config(|config| config.stream(true));
    let cassette = case
        .both_runs(|client, base| async move {
            let response = client.get(format!("{base}{DRIP}")).send().await.unwrap();
            assert_eq!(response.content_length(), Some(5));
            chunk_by_chunk(response).await
        })
        .await;
    let body = &answered_bodies(&cassette)[0];
    let chunks = body["chunks"].as_array().expect("chunks").iter();
    let bytes: String = chunks.filter_map(Value::as_str).collect();
    assert_eq!(bytes, "*****");

    let cassette = both_runs("drip_waited_for", |client, base| async move {
        see_all(&client, &base, &[DRIP]).await
    })
    .await;
    assert_eq!(answered_bodies(&cassette)[0]["text"], "*****");
}

/// The test gives up between two drops, and does so again.
#[tokio::test]
async fn a_stream_that_is_given_up() {
    let case = Case::new("drip_given_up").config(|config| config.stream(true));
    let cassette = case
        .both_runs(|client, base| async move {
            // Two bytes, and nearly two seconds between them.
            let url = format!("{base}/drip?numbytes=2&duration=4");
            let mut response = client.get(url).send().await.unwrap();
            let first = response.chunk().await.unwrap();
            let second = timeout(Duration::from_millis(300), response.chunk()).await;
            assert!(second.is_err(), "the second byte is late");
            format!("{first:?}, {:?}", response.content_length())
        })
        .await;
    let body = &answered_bodies(&cassette)[0];
    assert_eq!(body["partial"], "waiting", "{body}");
    assert_eq!(body["chunks"], serde_json::json!(["*"]));
}

/// Chunks of bytes that are no text, of more than one frame.
#[tokio::test]
async fn bytes_in_chunks() {
    let cassette = both_runs("stream_bytes", |client, base| async move {
        let url = format!("{base}/stream-bytes/20000?chunk_size=1000&seed=1");
        chunk_by_chunk(client.get(url).send().await.unwrap()).await
    })
    .await;
    let body = &answered_bodies(&cassette)[0];
    assert_eq!(form(body), "base64");
    assert_eq!(split(body).iter().sum::<usize>(), 20_000);
}

/// The length is announced, so nothing is said of the chunks that were waited for.
#[tokio::test]
async fn text_of_a_known_length_in_chunks() {
    let cassette = both_runs("range_chunks", |client, base| async move {
        let url = format!("{base}/range/20000?chunk_size=1000");
        let mut text = chunk_by_chunk(client.get(&url).send().await.unwrap()).await;
        text += &see(client.get(&url).header("range", "bytes=19990-")).await;
        text + &see_all(&client, &base, &["/range/0", "/range/102401"]).await
    })
    .await;
    let bodies = answered_bodies(&cassette);
    assert_eq!(form(&bodies[0]), "text");
    assert_eq!(bodies[0].get("split"), None);
    assert_eq!(bodies[1]["text"], "wxyzabcdef");
}

/// A stream of which the test reads nothing is not read for it.
#[tokio::test]
async fn a_stream_that_is_not_read() {
    let cassette = both_runs("stream_unread", |client, base| async move {
        let response = client.get(format!("{base}/stream/5")).send().await.unwrap();
        let status = response.status().to_string();
        drop(response);
        status + &see(client.get(format!("{base}/get"))).await
    })
    .await;
    assert_eq!(answered_bodies(&cassette)[0]["partial"], true);
}
