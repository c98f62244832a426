//! Bodies of requests.

use std::io;

use bytes::Bytes;
use cassette_tests::channel;
use reqwest::multipart::{Form, Part};

use crate::case::both_runs;
use crate::see;

#[tokio::test]
async fn json_and_forms() {
    both_runs("bodies", |client, base| async move {
        let url = format!("{base}/post");
        let json = serde_json::json!({ "name": "Ada", "tags": ["a", "b"], "size": 1.5 });
        let form = [
            ("name", "Ada L."),
            ("topping", "cheese"),
            ("topping", "öl&=+"),
        ];
        let mut text = see(client.post(&url).json(&json)).await;
        text += &see(client.post(&url).form(&form)).await;
        text += &see(client.post(&url).body(vec![0_u8, 159, 146, 150])).await;
        text += &see(client.post(&url).body("")).await;
        text += &see(client.get(format!("{base}/get")).query(&form)).await;
        text
    })
    .await;
}

/// The boundary is another one in each run. The answers repeat that of the recording.
#[tokio::test]
async fn multipart_with_a_file() {
    both_runs("multipart", |client, base| async move {
        let file = Part::bytes(b"line one\r\nline two\xff".as_slice())
            .file_name("notes.txt")
            .mime_str("text/plain")
            .unwrap();
        let form = Form::new().text("title", "Notes").part("upload", file);
        see(client.post(format!("{base}/post")).multipart(form)).await
    })
    .await;
}

#[tokio::test]
async fn multipart_with_a_stream() {
    both_runs("multipart_stream", |client, base| async move {
        let (sender, body) = channel();
        for chunk in ["first ", "second ", "third"] {
            sender.send(Ok(Bytes::from(chunk))).unwrap();
        }
        drop(sender);
        let stream = Part::stream(reqwest::Body::wrap(body)).file_name("stream.bin");
        let form = Form::new().part("upload", stream).text("after", "it");
        see(client.post(format!("{base}/post")).multipart(form)).await
    })
    .await;
}

#[tokio::test]
async fn a_streamed_body() {
    both_runs("request_stream", |client, base| async move {
        let (sender, body) = channel();
        sender.send(Ok(Bytes::from("one "))).unwrap();
        sender.send(Ok(Bytes::from("two"))).unwrap();
        drop(sender);
        let body = reqwest::Body::wrap(body);
        see(client.put(format!("{base}/put")).body(body)).await
    })
    .await;
}

#[tokio::test]
async fn a_streamed_body_that_breaks_off() {
    both_runs("request_stream_broken", |client, base| async move {
        // First one that arrives, so that there is something to record for certain.
        let mut text = see(client.get(format!("{base}/get"))).await;
        let (sender, body) = channel();
        sender.send(Ok(Bytes::from("one "))).unwrap();
        sender
            .send(Err(io::Error::other("the disk is gone")))
            .unwrap();
        let body = reqwest::Body::wrap(body);
        let outcome = client.put(format!("{base}/put")).body(body).send().await;
        text += if outcome.is_err() {
            "an error\n"
        } else {
            "an answer\n"
        };
        text
    })
    .await;
}
