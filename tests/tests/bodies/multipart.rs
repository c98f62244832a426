//! Multipart bodies: matched whatever the boundary, readable part by part, told apart part by part.

use bytes::Bytes;
use cassette_core::Mode;
use cassette_reqwest::{client, scope};
use cassette_tests::{Sandbox, Server, channel, echo, json as answer, masked};
use reqwest::multipart::{Form, Part};
use serde_json::json;

use crate::case::both_runs;
use crate::see::see;
use crate::servers::raw;

/// A form as clients send it, with a boundary of its own.
pub(crate) fn form(title: &str, image: &[u8], meta: &str) -> Form {
    let image = Part::bytes(image.to_vec()).file_name("a \"b\".png");
    let meta = Part::text(meta.to_owned()).mime_str("application/json");
    let notes = Part::bytes(b"one\r\ntwo\n".as_slice()).file_name("größe.txt");
    Form::new()
        .text("title", title.to_owned())
        .part("image", image.mime_str("image/png").unwrap())
        .part("meta", meta.unwrap())
        .part(
            "notes",
            notes.mime_str("text/plain; charset=utf-8").unwrap(),
        )
        .text("empty", "")
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n--";
const META: &str = r#"{"price":1.10,"password":"hunter2"}"#;

#[tokio::test]
async fn a_form_matches_whatever_its_boundary_and_is_readable_part_by_part() {
    let (sandbox, _) = both_runs(Server::start(answer(200, "{}")), async |asker| {
        see(asker.post("/").multipart(form("Ada & co", PNG, META))).await
    })
    .await;
    let request = &sandbox.cassette("c.json")["interactions"][0]["request"];
    let boundary = request["body"]["boundary"].as_str().unwrap();
    let content_type = format!("multipart/form-data; boundary={boundary}");
    assert_eq!(request["headers"]["content-type"], content_type);
    let text = sandbox.read("c.json");
    let (_, body) = text.split_once("        \"body\": ").unwrap();
    let (body, _) = body.split_once("\n      },\n").unwrap();
    insta::assert_snapshot!(body.replace(boundary, "drawn-anew"), @r#"
    {
              "parts": [
                {
                  "head": [
                    "Content-Disposition: form-data; name=\"title\""
                  ],
                  "body": {
                    "text": "Ada & co"
                  }
                },
                {
                  "head": [
                    "Content-Disposition: form-data; name=\"image\"; filename=\"a \\\"b\\\".png\"",
                    "Content-Type: image/png"
                  ],
                  "body": {
                    "base64": "iVBORw0KGgotLQ=="
                  }
                },
                {
                  "head": [
                    "Content-Disposition: form-data; name=\"meta\"",
                    "Content-Type: application/json"
                  ],
                  "body": {
                    "json": {
                      "price": 1.10,
                      "password": "[REDACTED]"
                    }
                  }
                },
                {
                  "head": [
                    "Content-Disposition: form-data; name=\"notes\"; filename=\"größe.txt\"",
                    "Content-Type: text/plain; charset=utf-8"
                  ],
                  "body": {
                    "text": [
                      "one\r",
                      "two",
                      ""
                    ]
                  }
                },
                {
                  "head": [
                    "Content-Disposition: form-data; name=\"empty\""
                  ]
                }
              ],
              "boundary": "drawn-anew"
            }
    "#);
}

#[tokio::test]
async fn the_secrets_of_a_form_are_masked_beside_a_part_that_is_no_text() {
    let (sandbox, server) = (Sandbox::new(), Server::start(answer(200, "{}")));
    for (mode, secret) in [(Mode::Record, "s3cret"), (Mode::Replay, "another")] {
        let meta = format!(r#"{{"price":1.10,"api_key":"{secret}"}}"#);
        let form = form("Ada", PNG, &meta).text("password", secret);
        let request = client().post(server.url("/")).multipart(form);
        let session = scope("c", sandbox.config(mode), request.send());
        session.await.unwrap().unwrap();
    }
    let text = sandbox.read("c.json");
    assert!(!text.contains("s3cret"), "{text}");
    assert_eq!(text.matches("[REDACTED]").count(), 2, "{text}");
    let sent = server.requests()[0].text();
    assert_eq!(sent.matches("s3cret").count(), 2, "it is sent as it is");
}

#[tokio::test]
async fn a_form_that_is_streamed_matches() {
    let (sandbox, _) = both_runs(Server::start(echo), async |asker| {
        let (sender, body) = channel();
        for chunk in ["first ", "second ", "third"] {
            sender.send(Ok(Bytes::from(chunk))).unwrap();
        }
        drop(sender);
        let stream = Part::stream(reqwest::Body::wrap(body)).file_name("stream.txt");
        let known = Part::stream_with_length("known", 5);
        let form = Form::new().part("upload", stream).part("known", known);
        let seen = see(asker.post("/").multipart(form.text("after", "it"))).await;
        assert!(seen.text().contains("first second third"));
    })
    .await;
    let parts = &sandbox.cassette("c.json")["interactions"][0]["request"]["body"]["parts"];
    assert_eq!(parts[0]["body"], json!({ "text": "first second third" }));
    assert_eq!(parts[2]["body"], json!({ "text": "it" }));
}

/// A body in a body, each with a boundary of its own.
fn nested(outer: &str, inner: &str, last: &str) -> String {
    format!(
        "--{outer}\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nAda\r\n\
         --{outer}\r\ncontent-type: multipart/mixed; boundary={inner}\r\n\
         content-disposition: form-data; name=\"files\"\r\n\r\n\
         --{inner}\r\ncontent-type: application/json\r\n\r\n{{\"n\":1e3}}\r\n\
         --{inner}\r\ncontent-disposition: attachment; filename=\"b\"\r\n\r\n{last}\r\n\
         --{inner}--\r\n\r\n--{outer}--\r\n"
    )
}

async fn send_nested(
    sandbox: &Sandbox,
    server: &Server,
    mode: Mode,
    [outer, inner, last]: [&str; 3],
) -> Result<String, cassette_core::Error> {
    let content_type = format!("multipart/form-data; boundary={outer}");
    let request = client()
        .post(server.url("/"))
        .header("content-type", content_type);
    let request = request.body(nested(outer, inner, last));
    scope("c", sandbox.config(mode), async {
        match request.send().await {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        }
    })
    .await
}

#[tokio::test]
async fn parts_within_parts_match_whatever_their_boundaries_and_are_readable() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let recorded = send_nested(&sandbox, &server, Mode::Record, ["outer", "inner", "two"]);
    recorded.await.unwrap();
    let replayed = send_nested(&sandbox, &server, Mode::Replay, ["o2", "i2", "two"]);
    replayed.await.unwrap();
    assert_eq!(server.hits(), 1);
    let body = &sandbox.cassette("c.json")["interactions"][0]["request"]["body"];
    let inner = &body["parts"][1]["body"];
    assert_eq!(
        (&body["boundary"], &inner["boundary"]),
        (&json!("outer"), &json!("inner"))
    );
    assert_eq!(inner["parts"][0]["body"], json!({ "json": { "n": 1e3 } }));
    assert_eq!(inner["parts"][1]["body"], json!({ "text": "two" }));

    let error = send_nested(&sandbox, &server, Mode::Replay, ["o2", "i2", "three"]);
    let report = error.await.unwrap_err().to_string();
    assert!(report.contains("part \"files\" part 2 body"), "{report}");
}

#[tokio::test]
async fn a_difference_is_reported_part_by_part() {
    let (sandbox, server) = (Sandbox::new(), Server::start(answer(200, "{}")));
    let send = async |mode, form: Form| {
        let request = client().post(server.url("/")).multipart(form);
        scope("c", sandbox.config(mode), async {
            drop(request.send().await);
        })
        .await
    };
    send(Mode::Record, form("Ada", PNG, META)).await.unwrap();
    let other = form(
        "Eve",
        b"\x89PNG\r\n\x1a\nother",
        r#"{"price":1.1,"password":"x","n":[1]}"#,
    );
    let error = send(Mode::Replay, other.text("more", "parts"))
        .await
        .unwrap_err();
    assert!(error.is_unmatched());
    let report = masked(&error.to_string(), &sandbox, &server.url(""));
    insta::assert_snapshot!(report, @r#"
    no recorded interaction matches this request

        POST http://server/
        cassette: [sandbox]/c.json (1 interaction, 0 already played)
        mode: replay   matching on: method, url, body

    closest is interaction 1; it differs in 5 places

        part "title" body line 1         recorded: Ada         actual: Eve
        part "image" body from byte 8    recorded: 10 bytes    actual: 13 bytes
        part "meta" body /n/0            recorded: (absent)    actual: 1
        part "meta" body /price          recorded: 1.10        actual: 1.1
        part "more"                      recorded: (absent)    actual: parts

    help: to record again, run it with `CASSETTE_MODE=record`
    help: to ignore the body, write `#[cassette(match_body = false)]` or leave a field out, `ignore_json = ["/n/0"]`
    "#);
}

#[tokio::test]
async fn another_boundary_leaves_the_file_as_it_was() {
    let (sandbox, server) = (Sandbox::new(), Server::start(answer(200, "{}")));
    let record = async |meta: &str| {
        let request = client()
            .post(server.url("/"))
            .multipart(form("Ada", PNG, meta));
        let session = scope("c", sandbox.config(Mode::Record), async {
            drop(request.send().await.unwrap());
        });
        session.await.unwrap();
        sandbox.read("c.json")
    };
    let first = record(META).await;
    assert_eq!(record(META).await, first);
    assert_ne!(record("{}").await, first);
    let sent: Vec<_> = server
        .requests()
        .iter()
        .map(|seen| seen.body.clone())
        .collect();
    assert_ne!(sent[0], sent[1], "each is sent with a boundary of its own");
}

/// As servers write them, and in ways of their own: a preamble, an epilogue, no line end after the
/// last delimiter, spaces behind a delimiter, bare line feeds, a part without a head.
const RESPONSES: [(&str, &[u8]); 7] = [
    (
        "multipart/byteranges; boundary=b",
        b"--b\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/9\r\n\r\nab\r\n--b\r\n\
          Content-Type: application/octet-stream\r\nContent-Range: bytes 7-8/9\r\n\r\n\xff\xfe\r\n--b--\r\n",
    ),
    ("multipart/byteranges; boundary=b", b"\r\n--b\r\n\r\nab\r\n--b--"),
    ("multipart/mixed; boundary=\"b c\"", b"--b c\r\nA: 1\r\n\r\n{\"n\": 1.10}\r\n--b c--\r\n"),
    ("multipart/mixed; boundary=b", b"This is a preamble.\r\n--b\r\n\r\nx\r\n--b--\r\nand an epilogue"),
    ("multipart/mixed; boundary=b", b"--b \r\nA:1\r\n folded\r\n\r\nx\r\n--b--\t\r\n"),
    ("multipart/mixed; boundary=b", b"--b\nA: 1\n\nx\n--b--\n"),
    ("multipart/mixed; boundary=b", b"--b\r\nA: 1\r\n\r\nnever closed"),
];

#[tokio::test]
async fn multipart_responses_come_again_to_the_byte() {
    for (content_type, body) in RESPONSES {
        let server = raw(move |_| {
            let head = format!(
                "HTTP/1.1 206 Partial Content\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            [head.as_bytes(), body].concat()
        });
        let (_, seen) = both_runs(server, async |asker| see(asker.get("/")).await).await;
        assert_eq!(seen.body, body, "{}", body.escape_ascii());
    }
}
