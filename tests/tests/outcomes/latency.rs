//! How long a replay waits, to the millisecond: not at all, as the recording did, a part of that, or
//! a given time.

use std::time::Duration;

use cassette_core::{Config, Latency, Mode};
use cassette_reqwest::client;
use cassette_tests::Sandbox;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{ms, play, write};

const URL: &str = "http://nobody.invalid/";

/// Writes a cassette with an answer that has this body, and took so long.
fn answered(content_type: &str, body: &Value, timing: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let interaction = json!({
        "request": { "method": "GET", "url": URL },
        "response": {
            "status": 200,
            "headers": { "content-type": content_type },
            "body": body,
            "timing": timing,
        },
    });
    write(&sandbox, &json!([interaction]));
    sandbox
}

/// A stream of three events: the head took 120 ms, then they came after 0, 20 and 30 ms.
fn stream() -> Sandbox {
    let body = json!({ "chunks": ["one", "two", "three"] });
    answered("text/event-stream", &body, "120ms 0ms 20ms 30ms")
}

/// Reads an answer, and tells when its head came, each of its chunks, and its end.
async fn arrivals() -> Vec<(String, Duration)> {
    let start = Instant::now();
    let mut response = client().get(URL).send().await.unwrap();
    let mut arrivals = vec![(response.status().as_str().to_owned(), start.elapsed())];
    while let Some(chunk) = response.chunk().await.unwrap() {
        let chunk = String::from_utf8(chunk.into()).unwrap();
        arrivals.push((chunk, start.elapsed()));
    }
    arrivals.push(("end".into(), start.elapsed()));
    arrivals
}

/// Expects the pieces of an answer at these times, in milliseconds.
#[track_caller]
fn check(sandbox: &Sandbox, latency: Option<Latency>, expect: &[(&str, u64)]) {
    let config = sandbox.config(Mode::Replay);
    let config = latency.into_iter().fold(config, Config::latency);
    let (arrived, took) = play(config, arrivals());
    let expect: Vec<_> = expect
        .iter()
        .map(|&(piece, at)| (piece.to_owned(), ms(at)))
        .collect();
    assert_eq!(arrived.unwrap(), expect, "{latency:?}");
    assert_eq!(took, expect.last().unwrap().1, "nothing else takes time");
}

fn pieces(at: [u64; 5]) -> [(&'static str, u64); 5] {
    let pieces = ["200", "one", "two", "three", "end"];
    std::array::from_fn(|number| (pieces[number], at[number]))
}

#[test]
fn unless_asked_to_a_replay_does_not_wait() {
    check(&stream(), None, &pieces([0; 5]));
}

#[test]
fn each_chunk_of_a_stream_comes_when_it_did() {
    check(
        &stream(),
        Some(Latency::Recorded),
        &pieces([120, 120, 140, 170, 170]),
    );
}

#[test]
fn a_factor_stretches_or_shortens_each_wait() {
    let check = |factor, at| check(&stream(), Some(Latency::Factor(factor)), &pieces(at));
    check(0.5, [60, 60, 70, 85, 85]);
    check(3.0, [360, 360, 420, 510, 510]);
    check(1.0, [120, 120, 140, 170, 170]);
    check(0.0, [0; 5]);
}

#[test]
fn a_fixed_time_is_that_of_the_head_whatever_was_recorded() {
    let fixed = |time| Some(Latency::Fixed(ms(time)));
    check(&stream(), fixed(200), &pieces([200; 5]));
    check(&stream(), fixed(0), &pieces([0; 5]));
    let untimed = answered("text/plain", &json!({ "text": "all" }), "");
    check(
        &untimed,
        fixed(200),
        &[("200", 200), ("all", 200), ("end", 200)],
    );
}

#[test]
fn the_parts_of_any_other_body_come_when_they_did() {
    let whole = answered("text/plain", &json!({ "text": "all" }), "100ms 50ms");
    check(
        &whole,
        Some(Latency::Recorded),
        &[("200", 100), ("all", 150), ("end", 150)],
    );
    let body = json!({ "text": "one two", "split": "4 3" });
    let split = answered("text/plain", &body, "100ms 50ms 7ms");
    let expect = [("200", 100), ("one ", 150), ("two", 157), ("end", 157)];
    check(&split, Some(Latency::Recorded), &expect);
}

#[test]
fn what_has_no_time_is_not_waited_for() {
    let body = json!({ "chunks": ["one", "two", "three"] });
    let head_only = answered("text/event-stream", &body, "120ms");
    check(&head_only, Some(Latency::Recorded), &pieces([120; 5]));
}

/// Two answers, each after a second, and a failure after three.
fn three() -> Sandbox {
    let sandbox = Sandbox::new();
    let answer = |path: &str| {
        json!({
            "request": { "method": "GET", "url": format!("{URL}{path}") },
            "response": { "status": 200, "timing": "1000ms" },
        })
    };
    let failure = json!({
        "request": { "method": "GET", "url": format!("{URL}c") },
        "error": { "kind": "reset", "message": "gone", "timing": "3000ms" },
    });
    write(&sandbox, &json!([answer("a"), answer("b"), failure]));
    sandbox
}

async fn ask(path: &str) {
    let outcome = client().get(format!("{URL}{path}")).send().await;
    assert_eq!(outcome.is_err(), path == "c", "{outcome:?}");
}

/// Replays all three, and returns how long that took.
fn took<F: Future>(latency: Latency, asks: F) -> Duration {
    let sandbox = three();
    let config = sandbox.config(Mode::Replay).latency(latency);
    let (ended, took) = play(config, asks);
    ended.unwrap();
    took
}

#[test]
fn one_request_waits_after_the_other_and_joined_ones_wait_together() {
    let one_by_one = async || {
        ask("a").await;
        ask("b").await;
        ask("c").await;
    };
    let joined = async || tokio::join!(ask("a"), ask("b"), ask("c"));
    assert_eq!(took(Latency::Recorded, one_by_one()), ms(5000));
    assert_eq!(took(Latency::Recorded, joined()), ms(3000));
    assert_eq!(took(Latency::Factor(0.1), one_by_one()), ms(500));
    assert_eq!(took(Latency::Fixed(ms(40)), one_by_one()), ms(120));
    assert_eq!(took(Latency::Fixed(ms(40)), joined()), ms(40));
}
