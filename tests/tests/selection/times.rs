//! `recorded_at`: one time for the recording and for all its replays.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cassette_core::{Config, Mode};
use cassette_reqwest::{current, scope};

use crate::bench::{Bench, FILE};

fn seconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap();
    assert_eq!(since.subsec_nanos(), 0, "it is to the second");
    since.as_secs()
}

/// Sends the time in the body; returns what it was.
async fn sends(bench: &Bench, config: Config, path: &str) -> u64 {
    let test = async {
        let now = seconds(current().unwrap().recorded_at());
        let ask = format!("POST {path} {{\"now\":{now}}}");
        bench.request(&ask).send().await.unwrap();
        now
    };
    scope("c", config, test).await.unwrap()
}

/// Puts an older time into the file, and into the request that was sent with it.
fn age(bench: &Bench, then: u64) {
    let mut cassette = bench.sandbox.cassette(FILE);
    cassette["recorded_at"] = "2001-09-09T01:46:40Z".into();
    cassette["interactions"][0]["request"]["body"]["json"]["now"] = then.into();
    bench.sandbox.write(FILE, cassette.to_string());
}

const THEN: u64 = 1_000_000_000;

#[tokio::test]
async fn a_test_that_sends_the_time_replays() {
    let bench = Bench::new();
    let before = SystemTime::now() - Duration::from_secs(1);
    let now = sends(&bench, bench.config(Mode::Auto), "/a").await;
    assert!(now >= before.duration_since(UNIX_EPOCH).unwrap().as_secs());
    let cassette = bench.sandbox.cassette(FILE);
    assert_eq!(
        cassette["interactions"][0]["request"]["body"]["json"]["now"],
        now
    );

    age(&bench, THEN);
    for mode in [Mode::Auto, Mode::Replay, Mode::Update] {
        assert_eq!(
            sends(&bench, bench.config(mode), "/a").await,
            THEN,
            "{mode}"
        );
    }
    assert_eq!(bench.server.hits(), 1);
}

#[tokio::test]
async fn the_file_holds_the_time_that_the_recording_saw() {
    let bench = Bench::new();
    let test = async {
        bench.request("/a").send().await.unwrap();
        current().unwrap().recorded_at()
    };
    let seen = scope("c", bench.config(Mode::Auto), test).await.unwrap();
    let text = bench.sandbox.read(FILE);
    let cassette = cassette_core::Cassette::from_json(text.as_bytes()).unwrap();
    assert_eq!(cassette.recorded_at(), seen);
    assert_eq!(seconds(seen), seconds(cassette.recorded_at()));
}

#[tokio::test]
async fn an_update_that_adds_keeps_the_time() {
    let bench = Bench::new();
    sends(&bench, bench.config(Mode::Record), "/a").await;
    age(&bench, THEN);
    let test = async {
        let now = seconds(current().unwrap().recorded_at());
        for path in ["/a", "/b"] {
            let ask = format!("POST {path} {{\"now\":{now}}}");
            bench.request(&ask).send().await.unwrap();
        }
        now
    };
    let updated = scope("c", bench.config(Mode::Update), test).await.unwrap();
    assert_eq!(updated, THEN);
    let cassette = bench.sandbox.cassette(FILE);
    assert_eq!(cassette["recorded_at"], "2001-09-09T01:46:40Z");
    assert_eq!(
        cassette["interactions"][1]["request"]["body"]["json"]["now"],
        THEN
    );
}

#[tokio::test]
async fn a_recording_made_again_has_a_new_time() {
    let bench = Bench::new();
    sends(&bench, bench.config(Mode::Record), "/a").await;
    age(&bench, THEN);
    let now = sends(&bench, bench.config(Mode::Record), "/a").await;
    assert!(now > THEN);
    assert_eq!(sends(&bench, bench.config(Mode::Replay), "/a").await, now);
}

#[tokio::test]
async fn where_nothing_is_played_it_is_now_to_the_second() {
    let bench = Bench::new();
    let fallback = bench.config(Mode::Replay);
    let fallback = fallback.environment([("CASSETTE_ALLOW_FALLBACK", "1")]);
    for config in [bench.config(Mode::Live), fallback] {
        let now = sends(&bench, config, "/a").await;
        assert!(now > THEN);
    }
}
