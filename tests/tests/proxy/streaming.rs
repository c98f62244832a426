//! Bodies, piece by piece.

use std::time::Duration;

use cassette_tests::{RawServer, Sandbox, Server, chunk, chunks, echo, last_chunk};
use reqwest::{Body, Response};
use tokio::time::timeout;

use crate::raw_client::within;
use crate::{FILE, both_runs, client, record, replay};

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
    transfer-encoding: chunked\r\n\r\n";

async fn next(answer: &mut Response) -> Option<String> {
    let chunk = within(answer.chunk()).await.unwrap()?;
    Some(String::from_utf8(chunk.to_vec()).unwrap())
}

/// Sends a first event, and the second when the test has seen the first.
fn waiting() -> RawServer {
    RawServer::start(async |mut connection| {
        connection.request().await;
        connection.write(HEAD).await;
        connection.write(chunk("data: 1\n\n")).await;
        connection.released().await;
        connection.write(chunk("data: 2\n\n")).await;
        connection.write(last_chunk()).await;
        connection.closed().await;
    })
}

#[tokio::test]
async fn a_piece_reaches_the_client_before_the_server_sends_the_next() {
    let (sandbox, server) = (Sandbox::new(), waiting());
    let url = server.url("/");
    let ask = async |seen: &dyn Fn()| {
        let mut answer = client().get(&url).send().await.unwrap();
        let first = next(&mut answer).await;
        seen();
        [first, next(&mut answer).await, next(&mut answer).await]
    };
    let recorded = record(&sandbox, ask(&|| server.release())).await.unwrap();
    let expected = ["data: 1\n\n", "data: 2\n\n"].map(|event| Some(event.to_owned()));
    assert_eq!(recorded[..2], expected);
    assert_eq!(recorded[2], None);
    server.stop();
    let replayed = replay(&sandbox, ask(&|| {})).await.unwrap();
    assert_eq!(
        replayed.map(Option::unwrap_or_default).concat(),
        expected.map(Option::unwrap).concat()
    );
}

#[tokio::test]
async fn a_stream_that_the_test_leaves_is_left_in_the_replay_too() {
    let (sandbox, server) = (Sandbox::new(), waiting());
    let url = server.url("/");
    let ask = async || {
        let mut answer = client().get(&url).send().await.unwrap();
        next(&mut answer).await
    };
    record(&sandbox, ask()).await.unwrap();
    server.stop();
    let stored = &sandbox.cassette(FILE)["interactions"][0]["response"]["body"];
    assert_eq!(stored["partial"], "waiting");
    let first = replay(&sandbox, ask()).await.unwrap();
    assert_eq!(first.unwrap(), "data: 1\n\n");
}

/// More than all buffers on the way hold.
fn endless() -> RawServer {
    RawServer::start(async |mut connection| {
        connection.request().await;
        connection.write(HEAD).await;
        while connection.write(chunk([b'x'; 1 << 16])).await {}
    })
}

#[tokio::test]
async fn a_download_that_the_test_leaves_is_recorded_as_far_as_the_buffers_go() {
    let (sandbox, server) = (Sandbox::new(), endless());
    let url = server.url("/");
    let ask = async || {
        let mut answer = client().get(&url).send().await.unwrap();
        next(&mut answer).await.unwrap().len()
    };
    assert!(record(&sandbox, ask()).await.unwrap() > 0);
    server.stop();
    assert!(replay(&sandbox, ask()).await.unwrap() > 0);
}

/// A proxy asks for more than the test does: that is no reason to fail it.
#[tokio::test]
async fn a_test_that_holds_a_response_that_it_does_not_read_on_passes() {
    let (sandbox, server) = (Sandbox::new(), waiting());
    let url = server.url("/");
    let recorded = record(&sandbox, async {
        let client = cassette_reqwest::client();
        let mut answer = client.get(&url).send().await.unwrap();
        next(&mut answer).await
    });
    recorded.await.unwrap();
    server.stop();
    let stored = sandbox.cassette(FILE);
    let body = &stored["interactions"][0]["response"]["body"];
    assert_eq!(body["partial"], true, "{body}");
    let replayed = replay(&sandbox, async {
        let mut answer = client().get(&url).send().await.unwrap();
        next(&mut answer).await.unwrap();
        // Longer than a client that reads itself is given.
        let more = timeout(Duration::from_millis(1500), answer.chunk());
        assert!(more.await.is_err(), "there is no more");
    });
    replayed.await.unwrap();
}

#[tokio::test]
async fn a_request_in_chunks_is_recorded_whole() {
    let server = Server::start(echo);
    let url = server.url("/");
    let ask = async || {
        let body = Body::wrap(chunks(["a que", "stion"]));
        let answer = client().post(&url).body(body).send().await.unwrap();
        answer.text().await.unwrap()
    };
    let (sandbox, seen) = both_runs(server, ask).await;
    assert!(seen.contains("a question"), "{seen}");
    let stored = &sandbox.cassette(FILE)["interactions"][0]["request"]["body"];
    assert_eq!(stored["text"], "a question");
}
