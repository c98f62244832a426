//! `reject_status`: answers that a recording must not hold.

use cassette_core::{Config, Mode};
use cassette_tests::{Server, echo};
use http::{Response, StatusCode};

use crate::bench::{Bench, FILE};

const REJECTED: &str = "c.rejected.json";

/// Answers `/401` with 401, and everything else with 200.
fn by_path() -> Bench {
    Bench::of(Server::start(|request| {
        let path = request.uri().path().trim_start_matches('/');
        let status = path.split('/').next().unwrap().parse::<u16>();
        let answer = echo(request.clone());
        let status = status
            .ok()
            .and_then(|status| StatusCode::from_u16(status).ok());
        match status {
            Some(status) => Response::builder()
                .status(status)
                .body(answer.into_body())
                .unwrap(),
            None => answer,
        }
    }))
}

#[tokio::test]
async fn a_status_or_a_class_of_them_is_refused() {
    let table: [(&[&str], &str, bool); 9] = [
        (&["401"], "/401", true),
        (&["401"], "/403", false),
        (&["4xx"], "/404", true),
        (&["4xx"], "/500", false),
        (&["401", "5xx"], "/599", true),
        (&["2xx"], "/a", true),
        (&["3xx"], "/304", true),
        (&["999"], "/999", true),
        (&[], "/500", false),
    ];
    for (patterns, path, is_refused) in table {
        let bench = by_path();
        let config = bench
            .config(Mode::Auto)
            .reject_status(patterns.iter().copied());
        let said = bench.run(config, &[path]).await;
        let expected = match is_refused {
            true => format!("rejected [{path}] []"),
            false => format!("ok [{path}] [{path}]"),
        };
        assert_eq!(said, expected, "{patterns:?}");
    }
}

#[tokio::test]
async fn numbers_do_as_well() {
    let bench = by_path();
    let config = bench.config(Mode::Auto).reject_status([401_u16, 429]);
    assert_eq!(bench.run(config, &["/429"]).await, "rejected [/429] []");
}

#[tokio::test]
async fn the_old_file_stays_and_what_was_recorded_is_kept_aside() {
    let bench = by_path();
    bench.run(bench.config(Mode::Record), &["/a", "/b"]).await;
    let file = bench.sandbox.read(FILE);
    let record = || bench.config(Mode::Record).reject_status(["401", "5xx"]);
    let error = bench
        .failure(record(), &["/a", "/401?c=1", "/b", "/503/d"])
        .await;
    assert!(error.is_rejected());
    assert_eq!(bench.sandbox.read(FILE), file);
    assert_eq!(bench.sandbox.files(), [FILE, REJECTED]);
    let kept = ["/a", "/401?c=1", "/b", "/503/d"];
    assert_eq!(bench.sandbox.requested(REJECTED), kept);
    insta::assert_snapshot!(bench.masked(&error.to_string()), @"
    the recording holds answers that `reject_status` refuses, and is not saved

        cassette: [sandbox]/c.json

        interaction 2: 401 to GET http://server/401?c=1
        interaction 4: 503 to GET http://server/503/d

    help: when the server answers as it should, run it with `CASSETTE_MODE=record`
    help: to keep these answers, write `#[cassette(reject_status = [])]`

    note: the recording of c is not saved; 4 interactions kept in [sandbox]/c.rejected.json
    ");
    // One that is good clears up.
    bench.run(record(), &["/a"]).await;
    assert_eq!(bench.sandbox.files(), [FILE]);
}

#[tokio::test]
async fn a_test_that_fails_anyway_fails_for_its_own_reason() {
    let bench = by_path();
    let replay = bench.config(Mode::Replay).reject_status(["4xx"]);
    assert_eq!(bench.run(replay, &["/401"]).await, "missing [] []");
}

#[tokio::test]
async fn what_is_played_is_not_refused() {
    let bench = by_path();
    bench.run(bench.config(Mode::Record), &["/401"]).await;
    for mode in [Mode::Auto, Mode::Replay, Mode::Update] {
        let config = bench.config(mode).reject_status(["401"]);
        assert_eq!(bench.run(config, &["/401"]).await, "ok [] [/401]", "{mode}");
    }
    let live = bench.config(Mode::Live).reject_status(["401"]);
    assert_eq!(bench.run(live, &["/401"]).await, "ok [/401] [/401]");
}

#[tokio::test]
async fn what_an_update_finds_in_the_file_is_not_refused() {
    let bench = by_path();
    bench.run(bench.config(Mode::Record), &["/401", "/a"]).await;
    let update = || bench.config(Mode::Update).reject_status(["401", "403"]);
    let said = bench.run(update(), &["/401", "/a", "/b"]).await;
    assert_eq!(said, "ok [/b] [/401 /a /b]");
    let file = bench.sandbox.read(FILE);
    let error = bench.failure(update(), &["/401", "/403", "/a", "/c"]).await;
    let text = bench.masked(&error.to_string());
    assert!(
        text.contains("interaction 2: 403 to GET http://server/403\n"),
        "{text}"
    );
    assert_eq!(bench.sandbox.read(FILE), file);
    let kept = ["/401", "/403", "/a", "/c", "/b"];
    assert_eq!(bench.sandbox.requested(REJECTED), kept);
}

#[tokio::test]
async fn what_goes_past_the_cassette_is_not_refused() {
    let bench = by_path();
    let rules: [fn(Config) -> Config; 2] = [
        |config| config.unrecorded(["*/401"]),
        |config| config.should_record(|request| request.uri().path() != "/401"),
    ];
    for say in rules {
        let config = say(bench.config(Mode::Record)).reject_status(["401"]);
        assert_eq!(
            bench.run(config, &["/a", "/401"]).await,
            "ok [/a /401] [/a]"
        );
    }
}

#[tokio::test]
async fn a_secret_in_the_url_of_a_refused_answer_is_not_told() {
    let bench = by_path();
    let config = bench.config(Mode::Record).reject_status(["401"]);
    let error = bench
        .failure(config, &["/401?api_key=hunter2-hunter2"])
        .await;
    let text = error.to_string();
    assert!(text.contains("/401?api_key=[REDACTED]"), "{text}");
}
