//! A cassette that is made of traffic of another recorder is its test's own.

use bytes::Bytes;
use cassette_core::{Config, Decision, Import, Result};
use cassette_reqwest::{cassette, client};
use cassette_tests::{Server, Stage, echo, run, staged, url};

#[cassette(config = staged)]
async fn asks() -> String {
    let answer = client().get(url("/who")).send().await.unwrap();
    answer.text().await.unwrap()
}

/// Imports one answer, for the test of this name.
fn import(stage: &Stage, test: &str) {
    let config = Config::new()
        .dir(stage.sandbox.path())
        .environment::<&str, &str>([]);
    let import = Import::new("imported/asks").test(test);
    let recorded = import.record(config, stage.sandbox.path(), |session| {
        let request = http::Request::get(url("/who")).body(Bytes::new());
        answer(session.intercept(&request.expect("it is a URL"))?)
    });
    recorded.expect("it is imported");
}

fn answer(decision: Decision) -> Result<()> {
    match decision {
        Decision::Record(pending) => pending.complete(&http::Response::new("ada".into())),
        other => panic!("nothing else was asked for: {other:?}"),
    }
}

#[test]
fn the_test_it_is_named_after_replays_it() {
    let stage = Stage::new(Server::start(echo));
    stage.variable("CASSETTE_MODE", "replay");
    import(&stage, "imported::asks");
    assert_eq!(run(asks()).unwrap(), "ada");
    assert_eq!(stage.server.hits(), 0);
}

#[test]
fn in_auto_mode_it_counts_as_fresh() {
    let stage = Stage::new(Server::start(echo));
    import(&stage, "imported::asks");
    assert_eq!(run(asks()).unwrap(), "ada");
    assert_eq!(stage.server.hits(), 0);
}

#[test]
fn recorded_again_it_gets_the_hashes_of_its_function() {
    let stage = Stage::new(Server::start(echo));
    import(&stage, "imported::asks");
    let imported = stage.sandbox.cassette("imported/asks.json");
    assert!(imported["fingerprint"].is_null(), "{imported}");
    stage.variable("CASSETTE_MODE", "record");
    run(asks()).unwrap();
    let recorded = stage.sandbox.cassette("imported/asks.json");
    assert!(recorded["fingerprint"]["body"].is_string(), "{recorded}");
    assert_eq!(stage.server.hits(), 1);
}

#[test]
fn one_that_belongs_to_another_test_is_refused() {
    let stage = Stage::new(Server::start(echo));
    import(&stage, "imported::other");
    let refused = stage.masked(&run(asks()).unwrap_err());
    insta::assert_snapshot!(refused, @"");
}
