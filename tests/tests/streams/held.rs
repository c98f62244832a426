//! Streams that are open, or were never looked at, when the test ends.

use std::sync::Arc;

use cassette_reqwest::client;
use cassette_tests::chunk;
use serde_json::json;
use tokio::sync::{Semaphore, oneshot};

use crate::Scene;
use crate::scene::head;

const EVENTS: &str = "text/event-stream";

/// Sends two events, then nothing more.
fn watch() -> Scene {
    Scene::new(async |mut connection| {
        while connection.request().await.is_some() {
            let answer = [
                head(EVENTS).into_bytes(),
                chunk("data: 1\n\n"),
                chunk("data: 2\n\n"),
            ];
            connection.write(answer.concat()).await;
        }
    })
}

/// A task of the test's that reads on and on, and tells of its first two chunks.
async fn in_a_task(scene: &Scene) {
    let (url, (tell, told)) = (scene.server.url("/"), oneshot::channel());
    tokio::spawn(cassette_reqwest::InCurrentCassette::in_current_cassette(
        async move {
            let mut response = client().get(url).send().await.unwrap();
            for _ in 0..2 {
                response.chunk().await.unwrap().unwrap();
            }
            tell.send(()).unwrap();
            let more = response.chunk().await;
            panic!("nothing more comes while the test runs: {more:?}");
        },
    ));
    told.await.unwrap();
}

#[tokio::test]
async fn a_stream_that_a_task_still_reads_is_stored_as_far_as_it_came() {
    let scene = watch();
    scene.twice(async || in_a_task(&scene).await).await;
    let both = ["data: 1\n\n", "data: 2\n\n"];
    assert_eq!(
        scene.body(),
        json!({ "chunks": both, "partial": "waiting" })
    );
}

/// The recording ended while the task was busy with a chunk; a replay is faster, and so the task
/// asks for more. That says nothing about the test.
#[tokio::test]
async fn a_task_that_gets_further_in_a_replay_waits() {
    let scene = watch();
    let busy = Arc::new(Semaphore::new(0));
    let read = async || {
        let (url, (tell, told)) = (scene.server.url("/"), oneshot::channel());
        let busy = Arc::clone(&busy);
        tokio::spawn(cassette_reqwest::InCurrentCassette::in_current_cassette(
            async move {
                let mut response = client().get(url).send().await.unwrap();
                response.chunk().await.unwrap().unwrap();
                tell.send(()).unwrap();
                drop(busy.acquire().await.unwrap());
                let more = response.chunk().await;
                panic!("nothing more comes while the test runs: {more:?}");
            },
        ));
        told.await.unwrap();
        // Time for the task, if it is not busy.
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    };
    scene.record(read()).await;
    let stored = json!({ "chunks": ["data: 1\n\n"], "partial": "waiting" });
    assert_eq!(scene.body(), stored);
    busy.add_permits(1);
    scene.replay(read()).await;
}

#[tokio::test]
async fn a_response_dropped_unread_is_partial() {
    let scene = watch();
    scene.twice(async || drop(scene.get().await)).await;
    assert_eq!(scene.body()["partial"], true);
}

#[tokio::test]
async fn a_response_that_outlives_the_test_is_partial_and_says_so_at_once_in_a_replay() {
    let scene = watch();
    let mut response = scene.record(scene.get()).await;
    assert!(!scene.body()["partial"].is_null());
    assert_eq!(
        response.chunk().await.unwrap().unwrap(),
        "data: 1\n\n",
        "the reader reads on"
    );
    let mut replayed = scene.replay(scene.get()).await;
    replayed.chunk().await.unwrap_err();
}

/// The session is over; what is read later changes no file.
#[tokio::test]
async fn what_is_read_after_the_end_is_not_recorded() {
    let scene = watch();
    let response = scene.record(async {
        let mut response = scene.get().await;
        response.chunk().await.unwrap();
        response
    });
    let mut response = response.await;
    let file = scene.file();
    response.chunk().await.unwrap().unwrap();
    drop(response);
    assert_eq!(scene.file(), file);
    assert_eq!(scene.sandbox.files(), ["c.json"]);
}
