//! Bodies that break off in the middle, read in each of the client's ways: whether they are read to
//! their end before the test gets the response, or handed on as they come.

use std::time::Duration;

use cassette_reqwest::{client, current};
use cassette_tests::{RawServer, Sandbox};
use futures_util::StreamExt;
use reqwest::{Error, Response};
use serde_json::Value;
use tokio::time::pause;

use crate::told::told;
use crate::{FILE, LIMIT, record, replay};

/// It is read to its end first.
const SIZED: &str = "content-length: 10\r\n\r\nabc";

/// It is handed on as it comes.
const CHUNKED: &str = "transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n";

/// What comes behind the beginning of a body.
#[derive(Clone, Copy)]
enum End {
    Closed,
    Reset,
    Garbage,
    Silence,
}

/// Begins to answer, and ends it so when the test lets it.
fn breaking(begin: &'static str, end: End) -> RawServer {
    RawServer::start(move |mut connection| async move {
        connection.request().await;
        connection
            .write(format!("HTTP/1.1 200 OK\r\n{begin}"))
            .await;
        connection.released().await;
        match end {
            End::Closed => connection.close(),
            End::Reset => connection.reset(),
            End::Garbage => drop(connection.write("no length\r\n").await),
            End::Silence => connection.closed().await,
        }
    })
}

#[derive(Clone, Copy, Debug)]
enum How {
    Text,
    Bytes,
    Json,
    Chunk,
    Stream,
}

const WAYS: [How; 5] = [How::Text, How::Bytes, How::Json, How::Chunk, How::Stream];

impl How {
    /// Reads what is left of a body.
    async fn read(self, mut response: Response) -> Result<Vec<u8>, Error> {
        match self {
            Self::Text => response.text().await.map(String::into_bytes),
            Self::Bytes => response.bytes().await.map(Into::into),
            Self::Json => response.json::<Value>().await.map(|_| Vec::new()),
            Self::Chunk => {
                while response.chunk().await?.is_some() {}
                Ok(Vec::new())
            }
            Self::Stream => {
                let mut stream = response.bytes_stream();
                while let Some(chunk) = stream.next().await {
                    chunk?;
                }
                Ok(Vec::new())
            }
        }
    }
}

/// Asks, and tells how the body failed.
async fn ask(server: &RawServer, end: End, how: How) -> String {
    let request = client().get(server.url("/?api_key=s3cret")).timeout(LIMIT);
    let mut response = request.send().await.unwrap();
    let first = response.chunk().await.unwrap().unwrap();
    assert_eq!(first, "abc");
    server.release();
    if matches!(end, End::Silence) && current().unwrap().is_recording() {
        pause();
    }
    told(&how.read(response).await.unwrap_err().into())
}

/// Expects that a body fails in this way when it is recorded, and in the same way when it is
/// replayed.
#[track_caller]
fn check(begin: &'static str, end: End, kind: &str) {
    for how in WAYS {
        let (sandbox, server) = (Sandbox::new(), breaking(begin, end));
        if begin == SIZED {
            server.release();
        }
        let live = record(&sandbox, ask(&server, end, how));
        let body = &sandbox.cassette(FILE)["interactions"][0]["response"]["body"];
        assert_eq!(body["truncated"]["kind"], kind, "{how:?}: {live}");
        assert!(!sandbox.read(FILE).contains("s3cret"));
        let (again, took) = replay(&sandbox, ask(&server, end, how));
        assert_eq!(again, live, "{how:?}");
        assert_eq!((server.connections(), took), (1, Duration::ZERO));
    }
}

#[test]
fn a_body_that_ends_too_early() {
    check(SIZED, End::Closed, "closed");
    check(CHUNKED, End::Closed, "closed");
}

#[test]
fn a_body_whose_connection_is_reset() {
    check(CHUNKED, End::Reset, "reset");
}

#[test]
fn a_body_that_goes_on_as_nonsense() {
    check(CHUNKED, End::Garbage, "body");
}

#[test]
fn a_body_for_which_time_runs_out() {
    check(CHUNKED, End::Silence, "timeout");
}

#[test]
fn what_came_of_a_body_is_in_the_file() {
    let (sandbox, server) = (Sandbox::new(), breaking(CHUNKED, End::Closed));
    record(&sandbox, ask(&server, End::Closed, How::Text));
    let response = &sandbox.cassette(FILE)["interactions"][0]["response"];
    insta::assert_snapshot!(serde_json::to_string_pretty(&response["body"]).unwrap(), @r#"
    {
      "text": "abc",
      "truncated": {
        "kind": "closed",
        "message": "unexpected EOF during chunk size line"
      }
    }
    "#);
}
