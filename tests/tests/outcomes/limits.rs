//! Time limits of the test's own against a latency that a replay simulates.

use std::time::Duration;

use cassette_core::{Latency, Mode};
use cassette_reqwest::client;
use cassette_tests::Sandbox;
use reqwest::Response;
use reqwest_middleware::{Error, Result};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::by_hand::holds;
use crate::{ms, play, write};

const URL: &str = "http://nobody.invalid/";

fn written(outcome: &Value) -> Sandbox {
    let sandbox = Sandbox::new();
    let mut interaction = json!({ "request": { "method": "GET", "url": URL } });
    for (name, value) in outcome.as_object().unwrap() {
        interaction[name] = value.clone();
    }
    write(&sandbox, &json!([interaction]));
    sandbox
}

/// The head took a second, then two events came after one more second each.
fn slow() -> Sandbox {
    written(&json!({
        "response": {
            "status": 200,
            "headers": { "content-type": "text/event-stream" },
            "body": { "chunks": ["one", "two"] },
            "timing": "1000ms 1000ms 1000ms",
        },
    }))
}

fn failed(kind: &str) -> Sandbox {
    written(&json!({ "error": { "kind": kind, "message": "as if", "timing": "1000ms" } }))
}

async fn get(limit: u64) -> Result<Response> {
    client().get(URL).timeout(ms(limit)).send().await
}

fn run<F: Future>(sandbox: &Sandbox, latency: Latency, test: F) -> (F::Output, Duration) {
    let (ended, took) = play(sandbox.config(Mode::Replay).latency(latency), test);
    (ended.unwrap(), took)
}

#[test]
fn time_runs_out_before_the_head() {
    for (latency, limit) in [
        (Latency::Recorded, 999),
        (Latency::Factor(2.0), 1500),
        (Latency::Fixed(ms(200)), 50),
    ] {
        let (error, took) = run(&slow(), latency, async { get(limit).await.unwrap_err() });
        assert_eq!(holds(&error), "timeout request", "{latency}");
        assert_eq!(error.url().unwrap().as_str(), URL);
        assert_eq!(took, ms(limit), "{latency}");
    }
}

/// Reads chunks until there are none, or time runs out; tells how many came, and what ended them.
async fn read(limit: u64) -> (usize, Option<Error>) {
    let mut response = get(limit).await.unwrap();
    let mut chunks = 0;
    loop {
        match response.chunk().await {
            Ok(Some(_)) => chunks += 1,
            Ok(None) => return (chunks, None),
            Err(error) => return (chunks, Some(error.into())),
        }
    }
}

#[test]
fn time_runs_out_in_the_middle_of_the_body() {
    for (limit, chunks) in [(1001, 0), (1999, 0), (2001, 1), (2999, 1)] {
        let ((came, error), took) = run(&slow(), Latency::Recorded, read(limit));
        assert_eq!(came, chunks);
        assert_eq!(holds(&error.unwrap()), "timeout decode", "{limit}");
        assert_eq!(took, ms(limit));
    }
}

#[test]
fn a_limit_that_is_not_reached_changes_nothing() {
    let ((came, error), took) = run(&slow(), Latency::Recorded, read(3001));
    assert!(error.is_none(), "{error:?}");
    assert_eq!((came, took), (2, ms(3000)));
}

#[test]
fn it_counts_from_the_request_however_slowly_the_test_reads() {
    let (outcome, took) = run(&slow(), Latency::Recorded, async {
        let mut response = get(2500).await.unwrap();
        assert_eq!(response.chunk().await.unwrap().unwrap(), "one");
        tokio::time::sleep(ms(400)).await;
        response.chunk().await
    });
    assert!(outcome.unwrap_err().is_timeout());
    assert_eq!(took, ms(2500));
}

#[test]
fn without_latency_no_limit_is_reached() {
    let (ended, took) = play(slow().config(Mode::Replay), read(1));
    assert_eq!((ended.unwrap().0, took), (2, Duration::ZERO));
}

#[test]
fn a_recorded_failure_comes_when_it_did() {
    let expect = |kind, holding: &str, limit, at| {
        let sandbox = failed(kind);
        let fails = async { get(limit).await.unwrap_err() };
        let (error, took) = run(&sandbox, Latency::Recorded, fails);
        assert_eq!(
            (holds(&error).as_str(), took),
            (holding, ms(at)),
            "{kind} {limit}"
        );
    };
    expect("timeout", "timeout request", 5000, 1000);
    expect("timeout", "timeout request", 1000, 1000);
    expect("connect", "request connect", 5000, 1000);
    expect("reset", "request reset", 5000, 1000);
    // Its own limit comes first.
    expect("connect", "timeout request", 400, 400);
}

#[test]
fn a_failure_that_takes_real_time_to_provoke_takes_none_of_the_clock() {
    let (_, took) = run(&failed("closed"), Latency::Fixed(ms(10)), async {
        get(11).await.unwrap_err()
    });
    assert_eq!(took, ms(10));
}

#[test]
fn a_limit_around_the_request_runs_out_too() {
    let sandbox = slow();
    let ((), took) = run(&sandbox, Latency::Recorded, async {
        let asks = client().get(URL).send();
        timeout(ms(300), asks).await.unwrap_err();
    });
    assert_eq!(took, ms(300));
}

#[test]
fn what_was_given_up_has_no_latency() {
    let sandbox = written(&json!({ "error": { "kind": "cancelled", "message": "" } }));
    let (_, took) = run(&sandbox, Latency::Fixed(ms(10)), async {
        let start = Instant::now();
        timeout(ms(700), client().get(URL).send())
            .await
            .unwrap_err();
        start.elapsed()
    });
    assert_eq!(took, ms(700));
}

#[test]
fn a_limit_of_ages_is_none() {
    let sandbox = slow();
    let get = async {
        let request = client().get(URL).timeout(Duration::MAX);
        request.send().await.unwrap().text().await.unwrap()
    };
    assert_eq!(
        run(&sandbox, Latency::Recorded, get),
        ("onetwo".into(), ms(3000))
    );
}

#[test]
fn times_beyond_all_measure_only_run_out() {
    let sandbox = written(&json!({
        "response": {
            "status": 200,
            "headers": { "content-type": "text/event-stream" },
            "body": { "chunks": ["", "one"] },
            "timing": "0ms 18446744073709551615ms 18446744073709551615ms",
        },
    }));
    let get = async { get(1000).await.unwrap().text().await.unwrap_err() };
    let (error, took) = run(&sandbox, Latency::Factor(1000.0), get);
    assert_eq!((error.is_timeout(), took), (true, ms(1000)));
}
