//! Bodies of requests.

use std::cell::RefCell;
use std::io;

use bytes::Bytes;
use cassette_tests::channel;
use reqwest::multipart::{Form, Part};

use crate::case::{Case, both_runs};
use crate::{form, interactions, see};

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

/// Each run has boundaries of its own, and so has each of two equal uploads.
#[tokio::test]
async fn multipart_of_every_kind_of_part() {
    let boundaries = RefCell::new(Vec::new());
    let seen = &boundaries;
    let cassette = both_runs("multipart_kinds", |client, base| async move {
        let url = format!("{base}/post");
        let mut text = String::new();
        for form in [parts(), parts()] {
            seen.borrow_mut().push(form.boundary().to_owned());
            text += &see(client.post(&url).multipart(form)).await;
        }
        text
    })
    .await;
    let mut boundaries = boundaries.take();
    boundaries.sort();
    boundaries.dedup();
    assert_eq!(boundaries.len(), 4, "two in each of the runs");

    let request = &interactions(&cassette)[0]["request"]["body"];
    let parts = request["parts"].as_array().expect("one part a value");
    let bodies: Vec<_> = parts.iter().map(|part| &part["body"]).collect();
    let forms: Vec<_> = bodies.iter().map(|body| form(body)).collect();
    assert_eq!(forms, ["text", "json", "base64", "text", "none"]);
    assert_eq!(bodies[1]["json"]["tags"][1], "öl");
}

fn parts() -> Form {
    let json = r#"{"name":"Ada","tags":["a","öl"],"size":1.50}"#;
    let json = Part::text(json).mime_str("application/json").unwrap();
    let binary = Part::bytes(b"\0\x89PNG\r\n\x1a\n--\xff".as_slice())
        .file_name("bild \"1\".png")
        .mime_str("image/png")
        .unwrap();
    Form::new()
        .text("title", "Grüße\r\nund mehr")
        .part("meta", json)
        .part("upload", binary)
        .text("again", "--\r\n")
        .text("again", "")
}

/// Other parts are another request.
#[tokio::test]
async fn multipart_that_differs_in_a_part() {
    both_runs("multipart_two", |client, base| async move {
        let url = format!("{base}/post");
        let mut text = String::new();
        for value in ["one", "two", "one"] {
            let form = Form::new().text("kept", "same").text("value", value);
            let seen = see(client.post(&url).multipart(form)).await;
            // The transcript shows quotes escaped.
            assert!(seen.contains(&format!("\\\"{value}\\\"")), "{seen}");
            text += &seen;
        }
        text
    })
    .await;
}

/// Both are too large for the cassette: what is sent, and the answer that repeats it.
#[tokio::test]
async fn bodies_in_files_of_their_own() {
    let case = Case::new("large").files(2);
    let cassette = case
        .both_runs(|client, base| async move {
            let body: Vec<u8> = (0..400_000_u32).map(|n| (n % 251) as u8).collect();
            see(client.post(format!("{base}/post")).body(body)).await
        })
        .await;
    let interaction = &interactions(&cassette)[0];
    for side in ["request", "response"] {
        let body = &interaction[side]["body"];
        assert_eq!(form(body), "file", "{body}");
        let name = body["file"].as_str().expect("a name");
        assert!(
            name.starts_with("large.") && name.ends_with(".bin"),
            "{name}"
        );
    }
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
