//! `should_record` and `should_playback`: what a function in code says of each request.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use cassette_core::{Config, Mode, Order};
use http::Request;

use crate::bench::{Bench, FILE};

fn is_api(request: &Request<Bytes>) -> bool {
    request.uri().path().starts_with("/api")
}

fn records(config: Config) -> Config {
    config.should_record(is_api)
}

fn plays(config: Config) -> Config {
    config.should_playback(is_api)
}

/// Sends `/api` and `/x` in this mode, with a cassette that holds what `recorded` says.
async fn said(say: fn(Config) -> Config, recorded: &[&str], mode: Mode) -> String {
    let bench = match recorded {
        [] => Bench::new(),
        _ => Bench::recorded(recorded).await,
    };
    bench.run(say(bench.config(mode)), &["/api", "/x"]).await
}

#[tokio::test]
async fn what_is_not_to_be_recorded_is_sent_in_every_mode() {
    let (both, one) = ("ok [/api /x] [/api]", "ok [/x] [/api]");
    for mode in [Mode::Auto, Mode::Record, Mode::Update] {
        assert_eq!(said(records, &[], mode).await, both, "{mode}");
    }
    assert_eq!(said(records, &[], Mode::Live).await, "ok [/api /x] []");
    assert_eq!(said(records, &[], Mode::Replay).await, "missing [] []");
    for mode in [Mode::Auto, Mode::Replay, Mode::Update] {
        assert_eq!(said(records, &["/api"], mode).await, one, "{mode}");
    }
    for mode in [Mode::Record, Mode::Live] {
        assert_eq!(said(records, &["/api"], mode).await, both, "{mode}");
    }
}

#[tokio::test]
async fn what_was_recorded_before_it_was_not_to_be_is_played() {
    let recorded = ["/api", "/x"];
    for mode in [Mode::Auto, Mode::Replay, Mode::Update] {
        let said = said(records, &recorded, mode).await;
        assert_eq!(said, "ok [] [/api /x]", "{mode}");
    }
    let again = said(records, &recorded, Mode::Record).await;
    assert_eq!(again, "ok [/api /x] [/api]");
}

#[tokio::test]
async fn what_is_not_to_be_recorded_is_sent_when_its_answers_are_used_up() {
    for mode in [Mode::Replay, Mode::Update] {
        let bench = Bench::recorded(&["/x", "/api"]).await;
        let config = records(bench.config(mode)).order(Order::Strict);
        let said = bench.run(config, &["/x", "/x", "/api"]).await;
        assert_eq!(said, "ok [/x] [/x /api]", "{mode}");
    }
}

#[tokio::test]
async fn what_is_to_be_recorded_and_is_not_is_missed() {
    let bench = Bench::recorded(&["/api"]).await;
    let replay = records(bench.config(Mode::Replay));
    let said = bench.run(replay, &["/api", "/api/2"]).await;
    assert_eq!(said, "unmatched [] [/api]");
}

#[tokio::test]
async fn what_is_not_to_be_played_is_recorded_first_and_sent_from_then_on() {
    let (both, one) = ("ok [/api /x] [/api /x]", "ok [/x] [/api /x]");
    for mode in [Mode::Auto, Mode::Record, Mode::Update] {
        assert_eq!(said(plays, &[], mode).await, both, "{mode}");
    }
    assert_eq!(said(plays, &[], Mode::Live).await, "ok [/api /x] []");
    let recorded = ["/api", "/x"];
    for mode in [Mode::Auto, Mode::Replay, Mode::Update] {
        assert_eq!(said(plays, &recorded, mode).await, one, "{mode}");
    }
    for mode in [Mode::Record, Mode::Live] {
        assert_eq!(said(plays, &recorded, mode).await, both, "{mode}");
    }
}

#[tokio::test]
async fn what_is_to_be_played_is_missed_when_nobody_asks_for_it() {
    let bench = Bench::recorded(&["/api", "/x"]).await;
    let replay = || plays(bench.config(Mode::Replay));
    let said = bench.run(replay(), &["/x"]).await;
    assert_eq!(said, "unused [/x] [/api /x]");
    assert_eq!(bench.run(replay(), &["/api"]).await, "ok [] [/api /x]");
}

/// They are asked before anything is masked, with the body.
#[tokio::test]
async fn they_see_the_request_as_it_is() {
    let bench = Bench::new();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&seen);
    let config = bench.config(Mode::Auto).should_record(move |request| {
        let header = request.headers()["authorization"].to_str().unwrap();
        let body = String::from_utf8_lossy(request.body());
        noted.lock().unwrap().push(format!(
            "{} {} {header} {body}",
            request.method(),
            request.uri().path_and_query().unwrap()
        ));
        true
    });
    let request = bench.request("POST /?access_token=hunter2-hunter2 {\"a\":1}");
    let asks = async { request.bearer_auth("s3cret-s3cret").send().await.unwrap() };
    bench.told(config, asks).await;
    let expected = "POST /?access_token=hunter2-hunter2 Bearer s3cret-s3cret {\"a\":1}";
    assert_eq!(*seen.lock().unwrap(), [expected]);
    let file = bench.sandbox.read(FILE);
    assert!(
        !file.contains("hunter2") && !file.contains("s3cret"),
        "{file}"
    );
}

#[tokio::test]
async fn rules_go_before_what_they_say() {
    let bench = Bench::recorded(&["/api", "/x"]).await;
    let config = bench.config(Mode::Replay).unrecorded(["*/api"]);
    let config = config.should_record(|_| true).should_playback(|_| true);
    let said = bench.run(config, &["/api", "/x"]).await;
    assert_eq!(said, "ok [/api] [/api /x]");
}

#[tokio::test]
async fn what_is_not_to_be_recorded_is_not_sent_behind_the_end_of_its_test() {
    for mode in [Mode::Record, Mode::Update, Mode::Replay] {
        let bench = Bench::recorded(&["/api"]).await;
        let config = records(bench.config(mode));
        let session = async { cassette_reqwest::current().unwrap() };
        let session =
            cassette_reqwest::scope("c", config.unused(cassette_core::Unused::Allow), session);
        let session = session.await.unwrap();
        let request = Request::get(bench.server.url("/x")).body(Bytes::new());
        let late = session.intercept(&request.unwrap());
        assert!(late.unwrap_err().is_no_session(), "{mode}");
    }
}
