//! The times in the file: only where somebody asks for them, and as they were when nothing else has
//! changed.

use std::time::Duration;

use cassette_core::{Config, Latency, Mode};
use cassette_reqwest::client;
use cassette_tests::{RawServer, Sandbox, chunk, last_chunk};
use serde_json::Value;

use crate::{FILE, play, record_with};

/// Answers with an event for each release, and closes the connection of who asks for `/closed`.
fn events() -> RawServer {
    RawServer::start(async |mut connection| {
        let request = connection.request().await.unwrap();
        if request.line().contains("/closed") {
            return;
        }
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\
            transfer-encoding: chunked\r\n\r\n";
        connection.write(head).await;
        for event in ["one", "two"] {
            connection.released().await;
            connection.write(chunk(event)).await;
        }
        connection.write(last_chunk()).await;
    })
}

/// Reads two events, one by one, and fails once.
async fn ask(server: &RawServer) {
    let mut response = client().get(server.url("/")).send().await.unwrap();
    server.release();
    assert_eq!(response.chunk().await.unwrap().unwrap(), "one");
    server.release();
    assert_eq!(response.chunk().await.unwrap().unwrap(), "two");
    assert_eq!(response.chunk().await.unwrap(), None);
    client()
        .get(server.url("/closed"))
        .send()
        .await
        .unwrap_err();
}

fn recorded(latency: Option<Latency>) -> (Sandbox, RawServer) {
    let (sandbox, server) = (Sandbox::new(), events());
    again(&sandbox, &server, latency);
    (sandbox, server)
}

fn again(sandbox: &Sandbox, server: &RawServer, latency: Option<Latency>) {
    let config = sandbox.config(Mode::Record);
    record_with(
        latency.into_iter().fold(config, Config::latency),
        ask(server),
    );
}

/// Returns the times of the answer and of the failure.
fn timings(sandbox: &Sandbox) -> [Value; 2] {
    let interactions = &sandbox.cassette(FILE)["interactions"];
    let [answer, failure] = [&interactions[0]["response"], &interactions[1]["error"]];
    [answer["timing"].clone(), failure["timing"].clone()]
}

fn read(timing: &Value) -> Vec<Duration> {
    let milliseconds = |text: &str| text.strip_suffix("ms").unwrap().parse().unwrap();
    let timing = timing.as_str().unwrap().split(' ');
    timing
        .map(milliseconds)
        .map(Duration::from_millis)
        .collect()
}

/// Sets the times, as if it had taken so long.
fn set(sandbox: &Sandbox, timings: [&str; 2]) {
    let mut text = sandbox.read(FILE);
    for (old, new) in self::timings(sandbox).iter().zip(timings) {
        text = text.replacen(
            &format!("\"timing\": {old}"),
            &format!("\"timing\": \"{new}\""),
            1,
        );
    }
    sandbox.write(FILE, text);
}

#[test]
fn a_replay_takes_exactly_as_long_as_the_file_says() {
    let (sandbox, server) = recorded(Some(Latency::Recorded));
    let [answer, failure] = timings(&sandbox);
    let (answer, failure) = (read(&answer), read(&failure));
    assert_eq!(
        (answer.len(), failure.len()),
        (3, 1),
        "the head, and each chunk"
    );
    let config = sandbox.config(Mode::Replay).latency(Latency::Recorded);
    let (ended, took) = play(config, ask(&server));
    let sum: Duration = answer.iter().chain(&failure).sum();
    assert_eq!((ended.unwrap(), took), ((), sum));
}

#[test]
fn a_factor_asks_for_times_and_a_fixed_time_or_nothing_does_not() {
    let (sandbox, _) = recorded(Some(Latency::Factor(0.5)));
    assert!(timings(&sandbox).iter().all(Value::is_string));
    for latency in [None, Some(Latency::Fixed(Duration::from_millis(1)))] {
        let (sandbox, _) = recorded(latency);
        assert!(!sandbox.read(FILE).contains("timing"), "{latency:?}");
    }
}

#[test]
fn recorded_again_times_stay_where_the_rest_does() {
    let (sandbox, server) = recorded(Some(Latency::Recorded));
    set(&sandbox, ["70001ms 70002ms 70003ms", "70004ms"]);
    let before = sandbox.read(FILE);
    again(&sandbox, &server, Some(Latency::Recorded));
    assert_eq!(sandbox.read(FILE), before);
    assert_eq!(server.hits(), 4);
}

#[test]
fn times_come_into_a_recording_that_had_none_and_go() {
    let (sandbox, server) = recorded(None);
    let without = sandbox.cassette(FILE)["interactions"].clone();
    again(&sandbox, &server, Some(Latency::Recorded));
    assert!(timings(&sandbox).iter().all(Value::is_string));
    again(&sandbox, &server, None);
    assert_eq!(sandbox.cassette(FILE)["interactions"], without);
}

#[test]
fn a_request_that_was_given_up_has_no_time() {
    let sandbox = Sandbox::new();
    let server = crate::answering();
    let config = sandbox.config(Mode::Record).latency(Latency::Recorded);
    record_with(config, async {
        let request = crate::in_vain(client().get(server.url("/")));
        let asks = crate::text(request);
        crate::limited(&server, 1, asks).await.unwrap_err();
    });
    assert_eq!(crate::outcomes(&sandbox), ["cancelled"]);
    assert!(!sandbox.read(FILE).contains("timing"));
}
