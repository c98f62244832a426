//! Streams that go on while something is learned.

use cassette_core::Mode;
use cassette_reqwest::{client, scope};
use cassette_tests::{Connection, RawServer, Sandbox, chunk, last_chunk};
use serde_json::{Value, json};

use crate::{FILE, JOURNAL, LONG, token};

/// Answers `/stream` with two events, the second one when it is released, and all else with a
/// password.
fn server(events: [String; 2]) -> RawServer {
    RawServer::start(move |mut connection: Connection| {
        let events = events.clone();
        async move {
            while let Some(request) = connection.request().await {
                if request.line().contains("/stream") {
                    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";
                    connection
                        .write(format!("{head}transfer-encoding: chunked\r\n\r\n"))
                        .await;
                    connection.write(chunk(&events[0])).await;
                    connection.released().await;
                    connection.write(chunk(&events[1])).await;
                    connection.write(last_chunk()).await;
                } else {
                    let body = request.text();
                    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                    connection.write(head + &body).await;
                }
            }
        }
    })
}

fn event(text: &str) -> String {
    format!("data: {{\"note\":\"{text}\"}}\n\n")
}

/// How far the test reads after it has learned the secret.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Reads {
    ToTheEnd,
    NoFurther,
    NoFurtherAndHolds,
}

/// Reads an event, learns the secret elsewhere, and goes on; returns the body as it is stored.
async fn record(secret: &str, reads: Reads) -> Value {
    let events = [
        event(&format!("is {secret}")),
        event(&format!("was {secret}.")),
    ];
    let (sandbox, server) = (Sandbox::new(), server(events.clone()));
    let mut held = None;
    let session = scope("c", sandbox.config(Mode::Record), async {
        let mut stream = client().get(server.url("/stream")).send().await.unwrap();
        assert_eq!(stream.chunk().await.unwrap().unwrap(), events[0]);
        let teach = client().post(server.url("/teach"));
        let taught = teach.body(format!(r#"{{"password":"{secret}"}}"#)).send();
        taught.await.unwrap().text().await.unwrap();
        server.release();
        match reads {
            Reads::ToTheEnd => {
                assert_eq!(stream.chunk().await.unwrap().unwrap(), events[1]);
                assert_eq!(stream.chunk().await.unwrap(), None);
            }
            Reads::NoFurther => drop(stream),
            Reads::NoFurtherAndHolds => held = Some(stream),
        }
        let journal = sandbox.read(JOURNAL);
        assert!(!journal.contains(secret), "{reads:?}: {journal}");
    });
    session.await.unwrap();
    let stored = sandbox.read(FILE);
    assert!(!stored.contains(secret), "{reads:?}: {stored}");
    assert!(!stored.contains("[BLOCKED]"), "{reads:?}: {stored}");
    sandbox.cassette(FILE)["interactions"][0]["response"]["body"].clone()
}

#[tokio::test]
async fn a_stream_that_ends_after_its_secret_was_learned_is_masked_chunk_by_chunk() {
    for secret in [LONG.to_owned(), token()] {
        let body = record(&secret, Reads::ToTheEnd).await;
        let chunks = [event("is [REDACTED]"), event("was [REDACTED].")];
        assert_eq!(body, json!({ "chunks": chunks }));
        let first = event("is [REDACTED]");
        let body = record(&secret, Reads::NoFurther).await;
        assert_eq!(
            body["chunks"]
                .as_array()
                .map_or(&body["text"], |chunks| &chunks[0]),
            &json!(first)
        );
        let body = record(&secret, Reads::NoFurtherAndHolds).await;
        assert_eq!(
            body["chunks"]
                .as_array()
                .map_or(&body["text"], |chunks| &chunks[0]),
            &json!(first)
        );
    }
}

/// The stream is stored first, and what is in two of its chunks is a secret only later.
#[tokio::test]
async fn a_secret_in_two_chunks_of_a_stream_that_has_ended_is_masked_late() {
    let (start, rest) = LONG.split_at(9);
    let events = [
        format!("data: is {start}"),
        format!("{rest}.\n\ndata: more\n\n"),
    ];
    let (sandbox, server) = (Sandbox::new(), server(events));
    let session = scope("c", sandbox.config(Mode::Record), async {
        let mut stream = client().get(server.url("/stream")).send().await.unwrap();
        stream.chunk().await.unwrap();
        server.release();
        while stream.chunk().await.unwrap().is_some() {}
        let teach = client().post(server.url("/teach"));
        let taught = teach.body(format!(r#"{{"password":"{LONG}"}}"#)).send();
        taught.await.unwrap().text().await.unwrap();
        sandbox.read(JOURNAL)
    });
    let journal = session.await.unwrap();
    assert!(
        !journal.contains(start) && !journal.contains(rest),
        "{journal}"
    );
    let body = &sandbox.cassette(FILE)["interactions"][0]["response"]["body"];
    let chunks = ["data: is [REDACTED]", ".\n\ndata: more\n\n"];
    assert_eq!(*body, json!({ "chunks": chunks }));
}
