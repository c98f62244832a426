//! A cassette that is made of traffic of another recorder is its test's own.

use bytes::Bytes;
use cassette_core::{Config, Decision, Import};
use cassette_reqwest::{cassette, client};
use cassette_tests::{Server, Stage, echo, run, staged, url};

#[cassette(config = staged)]
async fn asks() -> Result<String, reqwest_middleware::Error> {
    let answer = client().get(url("/who")).send().await?;
    Ok(answer.text().await?)
}

/// Imports one answer, for the test of the cassette's name.
fn import(stage: &Stage) {
    let config = Config::new()
        .dir(stage.sandbox.path())
        .environment::<&str, &str>([]);
    let import = Import::new("imported/asks");
    let recorded = import.record(config, stage.sandbox.path(), |session| {
        let request = http::Request::get(url("/who")).body(Bytes::new());
        answer(session.intercept(&request.expect("it is a URL"))?)
    });
    recorded.expect("it is imported");
}

fn answer(decision: Decision) -> cassette_core::Result<()> {
    match decision {
        Decision::Record(pending) => pending.complete(&http::Response::new("ada".into())),
        other => panic!("nothing else was asked for: {other:?}"),
    }
}

#[test]
fn the_test_it_is_named_after_replays_it() {
    let stage = Stage::new(Server::start(echo));
    stage.variable("CASSETTE_MODE", "replay");
    import(&stage);
    assert_eq!(run(asks()).unwrap().unwrap(), "ada");
    assert_eq!(stage.server.hits(), 0);
}

#[test]
fn in_auto_mode_it_counts_as_fresh() {
    let stage = Stage::new(Server::start(echo));
    import(&stage);
    assert_eq!(run(asks()).unwrap().unwrap(), "ada");
    assert_eq!(stage.server.hits(), 0);
}

#[test]
fn recorded_again_it_gets_the_hashes_of_its_function() {
    let stage = Stage::new(Server::start(echo));
    import(&stage);
    let imported = stage.sandbox.cassette("imported/asks.json");
    assert!(imported["fingerprint"].is_null(), "{imported}");
    stage.variable("CASSETTE_MODE", "record");
    run(asks()).unwrap().unwrap();
    let recorded = stage.sandbox.cassette("imported/asks.json");
    assert!(recorded["fingerprint"]["body"].is_string(), "{recorded}");
    assert_eq!(stage.server.hits(), 1);
}

#[test]
fn one_that_belongs_to_another_test_is_refused() {
    let stage = Stage::new(Server::start(echo));
    import(&stage);
    let other = stage.sandbox.read("imported/asks.json");
    let other = other.replace("imported::asks", "imported::other");
    stage.sandbox.write("imported/asks.json", other);
    let refused = stage.masked(&run(asks()).unwrap_err());
    insta::assert_snapshot!(refused, @r#"
    the cassette [sandbox]/imported/asks.json belongs to imported::other, not to imported::asks

    help: give each its own, `#[cassette(name = "…")]`; for cases of one function put its arguments in: `name = "gamer-{age}"`
    help: if that test is gone, take the file over: run `CASSETTE_MODE=record cargo test asks`
    "#);
}
