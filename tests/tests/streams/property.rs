//! Whatever comes in whatever chunks: what is replayed is what was recorded.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use cassette_core::{Config, Mode};
use cassette_reqwest::{client, scope};
use cassette_tests::{Connection, RawServer, Sandbox, run};
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};

use crate::scene::{body, head};
use crate::{Got, by_stream};

/// A response: its media type, the way of `stream`, its chunks, and whether its length is told.
type Given = (&'static str, Option<bool>, Vec<Vec<u8>>, bool);

fn given() -> impl Strategy<Value = Given> {
    let content_type = prop::sample::select(vec![
        "",
        "application/json",
        "application/octet-stream",
        "application/x-ndjson",
        "text/event-stream",
        "text/plain; charset=utf-8",
    ]);
    // Mostly pieces of text, so that the readable forms have their share.
    let piece = prop_oneof![
        prop::collection::vec(any::<u8>(), 1..40),
        prop::sample::select(vec![
            "{", "}", "\"a\":", "1.10", "\r", "\n", "data: ", "ü", ",", "[]", " "
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        "\\PC{1,20}".prop_map(String::into_bytes),
    ];
    let body = prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat());
    let chunks = (
        body,
        prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    );
    let chunks = chunks.prop_map(|(body, cuts)| cut(&body, &cuts));
    (content_type, any::<Option<bool>>(), chunks, any::<bool>())
}

fn cut(body: &[u8], cuts: &[prop::sample::Index]) -> Vec<Vec<u8>> {
    let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(body.len() + 1)).collect();
    at.extend([0, body.len()]);
    at.sort_unstable();
    at.dedup();
    at.windows(2)
        .map(|ends| body[ends[0]..ends[1]].to_vec())
        .collect()
}

fn answer((content_type, _, chunks, is_sized): &Given) -> Vec<u8> {
    let head = head(content_type);
    if *is_sized {
        let body = chunks.concat();
        let length = format!("content-length: {}", body.len());
        let head = head.replace("transfer-encoding: chunked", &length);
        return [head.into_bytes(), body].concat();
    }
    [head.into_bytes(), body(chunks)].concat()
}

async fn read(url: String, config: Config) -> Got {
    let session = scope("c", config, async {
        by_stream(client().get(url).send().await.unwrap()).await
    });
    session.await.unwrap()
}

#[test]
fn what_is_replayed_is_what_was_recorded() {
    let next = Arc::new(Mutex::new(Vec::new()));
    let answering = Arc::clone(&next);
    let server = RawServer::start(move |mut connection: Connection| {
        let answer = answering
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        async move {
            connection.request().await;
            connection.write(answer).await;
        }
    });
    let cases = Cases {
        cases: 64,
        failure_persistence: None,
        ..Cases::default()
    };
    let check = |given: Given| {
        *next.lock().unwrap_or_else(PoisonError::into_inner) = answer(&given);
        let sandbox = Sandbox::new();
        let config = |mode| match given.1 {
            Some(stream) => sandbox.config(mode).stream(stream),
            None => sandbox.config(mode),
        };
        let seen = [Mode::Record, Mode::Replay].map(|mode| {
            let hits = server.hits();
            let got = run(read(server.url("/"), config(mode))).unwrap();
            assert_eq!(server.hits() - hits, usize::from(mode == Mode::Record));
            got
        });
        prop_assert_eq!(&seen[0], &seen[1]);
        let (chunks, failure) = &seen[0];
        prop_assert_eq!(failure, &None);
        prop_assert_eq!(chunks.concat(), given.2.concat());
        if is_teed(&given) {
            let sent: Vec<Bytes> = given.2.iter().cloned().map(Bytes::from).collect();
            prop_assert_eq!(chunks, &sent);
        }
        Ok(())
    };
    TestRunner::new(cases).run(&given(), check).unwrap();
}

/// In chunks that the test is to see as they were sent.
fn is_teed((_, stream, _, is_sized): &Given) -> bool {
    !is_sized && *stream != Some(false)
}
