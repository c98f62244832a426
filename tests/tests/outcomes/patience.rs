//! A replayed test that does not give up what it gave up when it was recorded.

use std::time::Duration;

use cassette_core::Mode;
use cassette_reqwest::cassette;
use cassette_reqwest::client;
use cassette_tests::{RawServer, Sandbox, Stage, masked, one_thread, run_on, staged, url};

use crate::told::told;
use crate::{LIMIT, answering, in_vain, limited, paused, play, record, replay, text};

pub(crate) const TEN_MINUTES: Duration = Duration::from_secs(600);

fn recorded() -> (Sandbox, RawServer) {
    let (sandbox, server) = (Sandbox::new(), answering());
    record(&sandbox, async {
        let request = in_vain(client().get(server.url("/slow")));
        limited(&server, 1, text(request)).await.unwrap_err();
    });
    (sandbox, server)
}

#[test]
fn after_ten_minutes_it_is_told_so_and_fails() {
    let (sandbox, server) = recorded();
    let mut said = String::new();
    let (ended, took) = play(sandbox.config(Mode::Replay), async {
        let error = client().get(server.url("/slow")).send().await.unwrap_err();
        assert!(error.is_middleware());
        said = error.to_string();
    });
    let error = ended.unwrap_err();
    assert!(error.is_unmatched() && error.to_string() == said, "{error}");
    insta::assert_snapshot!(masked(&said, &sandbox, &server.url("")), @"
    this request was recorded without an answer

        GET http://server/slow
        cassette: [sandbox]/c.json (1 interaction, 1 already played)
        mode: replay   matching on: method, url, body

    the test that recorded it dropped it before its answer came

    help: to record again, run it with `CASSETTE_MODE=record`
    help: to give it up again, put a time limit on it
    ");
    assert_eq!((took, server.hits()), (TEN_MINUTES, 1));
}

#[test]
fn a_time_limit_of_the_request_itself_comes_first() {
    let (sandbox, server) = recorded();
    let (error, took) = replay(&sandbox, async {
        let request = client().get(server.url("/slow")).timeout(LIMIT);
        request.send().await.unwrap_err()
    });
    assert!(error.is_timeout() && error.is_request() && !error.is_connect());
    assert!(told(&error).contains(&server.url("/slow")));
    assert_eq!(took, LIMIT);
}

#[test]
fn asked_for_once_more_it_says_that_it_was_never_answered() {
    let (sandbox, server) = recorded();
    let (ended, took) = play(sandbox.config(Mode::Replay), async {
        let slow = || text(client().get(server.url("/slow")));
        limited(&server, 1, slow()).await.unwrap_err();
        client().get(server.url("/slow")).send().await.unwrap_err();
    });
    let report = ended.unwrap_err().to_string();
    insta::assert_snapshot!(masked(&report, &sandbox, &server.url("")), @"
    this request was recorded without an answer

        GET http://server/slow
        cassette: [sandbox]/c.json (1 interaction, 1 already played)
        mode: replay   matching on: method, url, body

    the test that recorded it dropped it before its answer came

    help: to record again, run it with `CASSETTE_MODE=record`
    help: to add it to the recording, run it with `CASSETTE_MODE=update`
    ");
    assert_eq!(took, LIMIT);
}

#[test]
fn a_test_with_the_attribute_panics_with_the_report() {
    #[cassette(config = staged, track = "off")]
    async fn waits(arrived: Option<&tokio::sync::Notify>) {
        let request = client().get(url("/slow")).send();
        match arrived {
            Some(arrived) => tokio::select! {
                _ = request => {}
                () = arrived.notified() => {}
            },
            None => drop(request.await.unwrap_err()),
        }
    }

    let arrived = std::sync::Arc::new(tokio::sync::Notify::new());
    let arrival = std::sync::Arc::clone(&arrived);
    let stage = Stage::new(cassette_tests::Server::start_async(move |_| {
        arrival.notify_one();
        std::future::pending()
    }));
    run_on(&one_thread(), waits(Some(&arrived))).unwrap();
    let report = run_on(&paused(), waits(None)).unwrap_err();
    insta::assert_snapshot!(stage.masked(&report), @"
    this request was recorded without an answer

        GET http://server/slow
        cassette: [sandbox]/outcomes/patience/waits.json (1 interaction, 1 already played)
        mode: auto   matching on: method, url, body

    the test that recorded it dropped it before its answer came

    help: to record again, run `CASSETTE_MODE=record cargo test waits`
    help: to give it up again, put a time limit on it
    ");
}
