//! Streams without an end: watches and long polls.

use std::time::Duration;

use eventsource_stream::Eventsource;
use futures_util::StreamExt;
use serde_json::json;
use tokio::time::{Instant, pause, resume, timeout};

use crate::scene::head;
use crate::{Scene, by_chunk};

const EVENTS: &str = "text/event-stream";

/// Sends three events, then nothing more, and leaves the connection open.
fn watch() -> Scene {
    Scene::new(async |mut connection| {
        while connection.request().await.is_some() {
            connection.write(head(EVENTS)).await;
            for number in 1..=3 {
                let event = format!("data: {number}\n\n");
                connection.write(cassette_tests::chunk(event)).await;
            }
        }
    })
}

const THREE: [&str; 3] = ["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"];

#[tokio::test]
async fn three_events_are_read_of_a_watch_that_goes_on() {
    let scene = watch();
    let read = async || {
        let events = scene.get().await.bytes_stream().eventsource().take(3);
        let data = events.map(|event| event.unwrap().data);
        data.collect::<Vec<_>>().await
    };
    assert_eq!(scene.twice(read).await, ["1", "2", "3"]);
    assert_eq!(scene.body(), json!({ "chunks": THREE, "partial": true }));
}

#[tokio::test]
async fn a_stream_that_never_stops_sending_is_read_in_part() {
    let scene = Scene::new(async |mut connection| {
        connection.request().await;
        connection.write(head(EVENTS)).await;
        while connection
            .write(cassette_tests::chunk("data: tick\n\n"))
            .await
        {}
    });
    let read = async || {
        let events = scene.get().await.bytes_stream().eventsource().take(500);
        events
            .map(|event| event.unwrap().data)
            .collect::<Vec<_>>()
            .await
    };
    assert_eq!(scene.twice(read).await, vec!["tick"; 500]);
    assert_eq!(scene.body()["partial"], true);
}

/// Reads all that comes, and gives up waiting for more after a minute of a clock that is stopped.
async fn read_until_it_stalls(scene: &Scene) -> Vec<bytes::Bytes> {
    let mut stream = scene.get().await.bytes_stream();
    let mut chunks: Vec<_> = stream.by_ref().take(3).map(Result::unwrap).collect().await;
    pause();
    while let Ok(chunk) = timeout(Duration::from_secs(60), stream.next()).await {
        chunks.push(chunk.expect("the stream has no end").unwrap());
    }
    resume();
    chunks
}

#[tokio::test]
async fn a_fourth_event_is_waited_for_in_vain_again() {
    let scene = watch();
    assert_eq!(
        scene
            .twice(async || read_until_it_stalls(&scene).await)
            .await,
        THREE
    );
    assert_eq!(
        scene.body(),
        json!({ "chunks": THREE, "partial": "waiting" })
    );
}

#[tokio::test]
async fn waiting_in_vain_takes_the_time_that_the_test_gives_it() {
    let scene = watch();
    scene.record(read_until_it_stalls(&scene)).await;
    let replay = async {
        let before = Instant::now();
        read_until_it_stalls(&scene).await;
        before.elapsed()
    };
    let took = scene.replay(replay).await;
    assert!(
        (60..600).contains(&took.as_secs()),
        "{took:?} of the stopped clock"
    );
}

/// Without a stopped clock, too.
#[tokio::test]
async fn a_replay_waits_in_real_time() {
    let scene = watch();
    scene.record(read_until_it_stalls(&scene)).await;
    let read = async {
        let mut response = scene.get().await;
        for expected in THREE {
            assert_eq!(response.chunk().await.unwrap().unwrap(), expected);
        }
        timeout(Duration::from_millis(1), response.chunk())
            .await
            .unwrap_err();
    };
    scene.replay(read).await;
}

#[tokio::test]
async fn nobody_must_wait_again() {
    let scene = watch();
    scene.record(read_until_it_stalls(&scene)).await;
    let first = scene
        .replay(async { scene.get().await.chunk().await.unwrap() })
        .await;
    assert_eq!(first.unwrap(), THREE[0]);
}

#[tokio::test]
async fn a_reader_that_no_longer_gives_up_is_told_after_ten_minutes() {
    let scene = watch();
    scene.record(read_until_it_stalls(&scene)).await;
    let read = async {
        let before = Instant::now();
        let (chunks, failure) = by_chunk(scene.get().await).await;
        assert_eq!(chunks, THREE);
        assert!(failure.is_some());
        before.elapsed()
    };
    let (took, failed) = scene.overreach(read).await;
    assert_eq!(took.as_secs(), 600);
    insta::assert_snapshot!(scene.masked(&failed.to_string()), @"
    the test waits for more of this response than came when it was recorded

        GET http://server/
        cassette: [sandbox]/c.json
        mode: replay

    help: to record again, run it with `CASSETTE_MODE=record`
    ");
}

/// What came while nobody waited ends the waiting.
#[tokio::test]
async fn a_wait_that_was_rewarded_is_none() {
    let scene = Scene::holding(EVENTS, &["data: 1\n\n", "data: 2\n\n"]);
    let read = async || {
        let mut response = scene.get().await;
        let first = response.chunk().await.unwrap();
        // With the second held back it is waited for once.
        let waited = timeout(Duration::ZERO, response.chunk()).await;
        scene.server.release();
        let second = match waited {
            Ok(second) => second.unwrap(),
            Err(_) => response.chunk().await.unwrap(),
        };
        [first, second].map(Option::unwrap)
    };
    let both = ["data: 1\n\n", "data: 2\n\n"];
    assert_eq!(scene.twice(read).await, both);
    assert_eq!(scene.body(), json!({ "chunks": both, "partial": true }));
}
