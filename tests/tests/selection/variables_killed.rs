//! Variables of recordings that are killed.

use std::sync::mpsc;
use std::time::Duration;

use cassette_core::{Config, Mode};
use cassette_reqwest::{client, current, scope};
use cassette_tests::{Server, echo, url_of_parent};
use serde_json::json;

use crate::bench::Bench;

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
#[ignore = "run by its parent"]
async fn makes_two() {
    let test = async {
        let session = current().unwrap();
        session.variable("first", || "1".to_owned()).unwrap();
        client().get(url_of_parent("/a")).send().await.unwrap();
        session.variable("second", || "2".to_owned()).unwrap();
        let _ = client().get(url_of_parent("/held")).send().await;
    };
    scope("c", Config::new(), test).await.unwrap();
}

/// A server that says when it was asked for `/held`, and never answers that.
fn holding() -> (Bench, mpsc::Receiver<()>) {
    let (arrival, arrived) = mpsc::channel();
    let server = Server::start_async(move |request| {
        let arrival = arrival.clone();
        async move {
            if request.uri().path() == "/held" {
                let _ = arrival.send(());
                std::future::pending::<()>().await;
            }
            echo(request)
        }
    });
    (Bench::of(server), arrived)
}

fn killed(bench: &Bench, arrived: &mpsc::Receiver<()>, mode: &str) {
    let child = bench.child("variables_killed::makes_two");
    let mut child = child.variable("CASSETTE_MODE", mode).start();
    arrived
        .recv_timeout(PATIENCE)
        .expect("the child asks for what is held back");
    child.kill().expect("the child still runs");
    assert!(!child.wait().unwrap().success());
}

#[tokio::test]
async fn what_a_killed_recording_has_left_holds_its_variables() {
    let (bench, arrived) = holding();
    killed(&bench, &arrived, "record");
    assert_eq!(bench.sandbox.files(), ["c.partial.jsonl"]);
    assert_eq!(
        bench.run(bench.config(Mode::Auto), &["/b"]).await,
        "ok [/b] [/b]"
    );
    let left = bench.sandbox.cassette("c.rejected.json");
    assert_eq!(left["variables"], json!({ "first": "1", "second": "2" }));
    assert_eq!(bench.sandbox.requested("c.rejected.json"), ["/a"]);
}

#[tokio::test]
async fn what_a_killed_update_has_left_holds_old_and_new_ones() {
    let (bench, arrived) = holding();
    let test = async {
        let session = current().unwrap();
        session.variable("first", || "old".to_owned()).unwrap();
    };
    scope("c", bench.config(Mode::Record), test).await.unwrap();
    killed(&bench, &arrived, "update");
    let update = bench.config(Mode::Update);
    assert_eq!(bench.run(update, &[]).await, "ok [] []");
    let left = bench.sandbox.cassette("c.rejected.json");
    assert_eq!(left["variables"], json!({ "first": "old", "second": "2" }));
}
