//! Recording a stream again, and recordings that are killed.

use std::sync::Mutex;

use cassette_reqwest::{cassette, client};
use cassette_tests::{Child, RawServer, Sandbox, chunk, last_chunk, url_of_parent};
use serde_json::Value;

use crate::scene::{body, head};
use crate::{Scene, by_chunk};

/// Answers the first request with the first list of chunks, and so on.
fn answering_in_turn(content_type: &'static str, answers: &[&[&str]]) -> Scene {
    let answers: Vec<Vec<u8>> = answers.iter().map(|chunks| body(chunks)).collect();
    let answers = Mutex::new(answers.into_iter());
    Scene::new(move |mut connection| {
        let answer = answers.lock().unwrap().next().unwrap();
        async move {
            connection.request().await;
            connection
                .write([head(content_type).into_bytes(), answer].concat())
                .await;
        }
    })
}

/// Records twice and returns the file after each; what the second run sees is its own.
async fn recorded_twice(content_type: &'static str, answers: [&[&str]; 2]) -> [String; 2] {
    let scene = answering_in_turn(content_type, &answers);
    let mut files = Vec::new();
    for answer in answers {
        let got = scene
            .record(async { by_chunk(scene.get().await).await })
            .await;
        assert_eq!(got.0, answer);
        files.push(scene.file());
    }
    let replayed = scene
        .replay(async { by_chunk(scene.get().await).await.0.concat() })
        .await;
    assert_eq!(replayed, answers[1].concat().into_bytes());
    files.try_into().unwrap()
}

#[tokio::test]
async fn other_chunks_of_the_same_content_leave_the_file_as_it_is() {
    for content_type in ["text/event-stream", "application/json", "text/plain", ""] {
        let [first, second] = recorded_twice(
            content_type,
            [&["{\"a\":", "[1,2]}", "\n"], &["{\"a\":[1", ",2]}\n"]],
        )
        .await;
        assert_eq!(first, second, "{content_type}");
        let [first, second] = recorded_twice(
            content_type,
            [&["{\"a\":[1,2]}\n"], &["{\"a\":[1", ",2]}\n"]],
        )
        .await;
        assert_eq!(first, second, "{content_type}");
    }
}

#[tokio::test]
async fn other_content_is_written() {
    let [first, second] = recorded_twice(
        "text/event-stream",
        [
            &["data: 1\n\n", "data: 2\n\n"],
            &["data: 1\n\n", "data: 3\n\n"],
        ],
    )
    .await;
    assert_ne!(first, second);
    assert!(second.contains("data: 3") && !second.contains("data: 2"));
}

/// The same bytes, of which the test now reads fewer, or all: that is a change.
#[tokio::test]
async fn another_end_is_written() {
    let both: &[&str] = &["data: 1\n\n", "data: 2\n\n"];
    let scene = answering_in_turn("text/event-stream", &[both, both]);
    scene
        .record(async { by_chunk(scene.get().await).await })
        .await;
    assert!(scene.body()["partial"].is_null());
    let read = async {
        let mut response = scene.get().await;
        for expected in both {
            assert_eq!(response.chunk().await.unwrap().unwrap(), expected);
        }
    };
    scene.record(read).await;
    assert_eq!(scene.body()["partial"], true);
}

#[tokio::test]
async fn the_journal_has_a_stream_when_it_has_ended() {
    let scene = Scene::holding("text/event-stream", &["data: 1\n\n"]);
    let read = async {
        let mut response = scene.get().await;
        response.chunk().await.unwrap().unwrap();
        let open = scene.sandbox.read("c.partial.jsonl").lines().count();
        scene.server.release();
        assert_eq!(response.chunk().await.unwrap(), None);
        let ended = scene.sandbox.read("c.partial.jsonl").lines().count();
        assert_eq!((open, ended), (1, 2), "a head, and then the stream");
    };
    scene.record(read).await;
}

#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
async fn reads_two_streams() {
    let response = client().get(url_of_parent("/first")).send().await.unwrap();
    assert_eq!(response.text().await.unwrap(), "onetwo");
    let response = client().get(url_of_parent("/second")).send().await.unwrap();
    let _ = response.text().await;
}

#[tokio::test]
async fn a_killed_recording_keeps_the_streams_that_had_ended() {
    let sandbox = Sandbox::new();
    let server = RawServer::start(async |mut connection| {
        let request = connection.request().await.unwrap();
        connection.write(head("text/event-stream")).await;
        connection
            .write([chunk("one"), chunk("two")].concat())
            .await;
        if request.line().contains("/first") {
            connection.write(last_chunk()).await;
        }
        connection.closed().await;
    });
    let child = Child::exactly("again::reads_two_streams", &sandbox, &server.url(""));
    let mut child = child.start();
    server.arrived(2).await;
    child.kill().expect("the child still runs");
    assert!(!child.wait().expect("it is this process's").success());

    let journal = sandbox.read("streams/again/reads_two_streams.partial.jsonl");
    let lines: Vec<Value> = journal
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2, "a head and the first: {journal}");
    let body = &lines[1]["interaction"]["response"]["body"];
    assert_eq!(body, &serde_json::json!({ "chunks": ["one", "two"] }));
}
