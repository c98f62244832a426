//! `on_change = "recheck"`: the old recording of a function that has changed is tried before it is made
//! again.

use cassette_core::{Config, Mode, OnChange, Unused};
use cassette_reqwest::{cassette, client};
use cassette_tests::{Server, Stage, echo, run, staged, url};

use crate::bench::{Bench, FILE};
use crate::versions::{Version, creating, run_version};

const OLD: &str = "v1:1111111111111111";
const NEW: &str = "v1:2222222222222222";

fn version(body: &'static str, asks: &'static [&'static str]) -> Version {
    Version {
        body,
        asks,
        ..Version::default()
    }
}

fn recheck(config: Config) -> Config {
    config.on_change(OnChange::Recheck)
}

fn recorded() -> Bench {
    let bench = Bench::new();
    run_version(&bench, version(OLD, &["/a", "/b"]), |config| config).unwrap();
    bench
}

#[test]
fn a_recording_that_still_fits_is_stamped() {
    fn rechecked(config: Config) -> Config {
        staged(config).on_change(OnChange::Recheck)
    }

    let stage = Stage::new(Server::start(echo));
    let file = "selection/recheck/creates.json";
    let read = || stage.sandbox.read(file);
    let old = {
        #[cassette(config = rechecked)]
        async fn creates() {
            client().get(url("/a")).send().await.unwrap();
        }
        run(creates()).unwrap();
        read()
    };
    let new = {
        #[cassette(config = rechecked)]
        async fn creates() {
            let answer = client().get(url("/a")).send().await;
            answer.unwrap();
        }
        run(creates()).unwrap();
        let new = read();
        run(creates()).unwrap();
        assert_eq!(read(), new, "then it is fresh");
        new
    };
    assert_eq!(stage.server.hits(), 1);
    assert_eq!(stage.sandbox.files(), [file]);
    let fingerprint = |name: &str| {
        let cassette: serde_json::Value = serde_json::from_str(name).unwrap();
        cassette["fingerprint"]["body"].as_str().unwrap().to_owned()
    };
    let (before, after) = (fingerprint(&old), fingerprint(&new));
    assert_ne!(before, after);
    assert_eq!(old.replace(&before, &after), new, "nothing else differs");
}

#[test]
fn everything_else_stays_byte_for_byte() {
    let answers = [
        "{ \"a\" : 1.50, \"b\": 1e5, \"a\": 12345678901234567890 }",
        "{\n    \"a\": [1,\n 2]\n}\n",
        "line\r\nline\n",
        "\u{0}\u{1}binary",
        "event: a\ndata: 1\n\n",
    ];
    let server = Server::start(move |request| {
        let number: usize = request.uri().path()[1..].parse().unwrap();
        let kind = [
            "application/json",
            "application/json",
            "text/plain",
            "image/png",
            "text/event-stream",
        ];
        let answer = http::Response::builder().header("content-type", kind[number]);
        let body = if number == 2 {
            answers[2].repeat(50_000)
        } else {
            answers[number].to_owned()
        };
        answer.body(body.into()).unwrap()
    });
    let bench = Bench::of(server);
    let asks = &["/0", "/1", "/2", "/3", "/4"];
    run_version(&bench, version(OLD, asks), |config| config).unwrap();
    let (old, files) = (bench.sandbox.read(FILE), bench.sandbox.files());
    assert_eq!(files.len(), 2, "a large body has its own file");
    run_version(&bench, version(NEW, asks), recheck).unwrap();
    assert_eq!(bench.sandbox.read(FILE), old.replace(OLD, NEW));
    assert_eq!(bench.sandbox.files(), files);
    assert_eq!(bench.server.hits(), 5);
}

/// Runs it with another body in this mode, where it does not fit.
#[track_caller]
fn refused(asks: &'static [&'static str], say: fn(Config) -> Config) -> String {
    let bench = recorded();
    let file = bench.sandbox.read(FILE);
    let text = run_version(&bench, version(NEW, asks), say).unwrap_err();
    assert_eq!(bench.sandbox.read(FILE), file);
    assert_eq!(bench.server.hits(), 2);
    assert_eq!(bench.sandbox.files(), [FILE]);
    bench.masked(&text)
}

#[test]
fn one_that_misses_a_request_fails_and_says_why() {
    let text = refused(&["/a", "/b", "/c"], recheck);
    insta::assert_snapshot!(text, @"
    no recorded interaction matches this request

        GET http://server/c
        cassette: [sandbox]/c.json (2 interactions, 2 already played)
        mode: auto   matching on: method, url, body

    closest is interaction 1; it differs in 1 place

        path    recorded: /a    actual: /c

    help: to record again, run `CASSETTE_MODE=record cargo test creates`

    note: function creates has changed, and its recording no longer fits
    ");
}

#[test]
fn one_with_something_left_over_fails_whatever_unused_says() {
    let text = refused(&["/a"], recheck);
    insta::assert_snapshot!(text, @"
    1 of 2 recorded interactions was not asked for

        cassette: [sandbox]/c.json

        2: GET http://server/b

    help: to record again, run `CASSETTE_MODE=record cargo test creates`

    note: function creates has changed, and its recording no longer fits
    ");
    let lenient: [fn(Config) -> Config; 2] = [
        |config| recheck(config).unused(Unused::Allow),
        |config| recheck(config).unused(Unused::Warn),
    ];
    for say in lenient {
        assert_eq!(refused(&["/a"], say), text);
    }
}

#[test]
fn an_update_checks_as_well_and_records_nothing() {
    let text = refused(&["/a", "/b", "/c"], |config| {
        recheck(config).mode(Mode::Update)
    });
    assert!(
        text.starts_with("no recorded interaction matches"),
        "{text}"
    );
    let bench = recorded();
    let update: fn(Config) -> Config = |config| recheck(config).mode(Mode::Update);
    run_version(&bench, version(NEW, &["/a", "/b"]), update).unwrap();
    assert!(bench.sandbox.read(FILE).contains(NEW));
    assert_eq!(bench.server.hits(), 2);
}

#[test]
fn a_replay_checks_and_writes_nothing() {
    let replays: [fn(Config) -> Config; 3] = [
        |config| recheck(config).mode(Mode::Replay),
        |config| recheck(config).environment([("CI", "true")]),
        |config| recheck(config).environment([("CASSETTE_MODE", "replay")]),
    ];
    for say in replays {
        let bench = recorded();
        let file = bench.sandbox.read(FILE);
        run_version(&bench, version(NEW, &["/a", "/b"]), say).unwrap();
        assert_eq!(bench.sandbox.read(FILE), file);
        assert_eq!(bench.sandbox.files(), [FILE]);
        assert_eq!(bench.server.hits(), 2);
        refused(&["/a"], say);
        refused(&["/a", "/b", "/c"], say);
    }
}

#[test]
fn a_recording_that_is_asked_for_is_made() {
    let bench = recorded();
    let record: fn(Config) -> Config = |config| recheck(config).mode(Mode::Record);
    run_version(&bench, version(NEW, &["/a"]), record).unwrap();
    assert_eq!(
        (bench.server.hits(), bench.stored()),
        (3, vec!["/a".to_owned()])
    );
    assert!(bench.sandbox.read(FILE).contains(NEW));
    let live: fn(Config) -> Config = |config| recheck(config).mode(Mode::Live);
    run_version(&bench, version(OLD, &["/a", "/b"]), live).unwrap();
    assert_eq!(bench.server.hits(), 5);
}

#[test]
fn what_is_let_past_is_not_left_over() {
    let bench = recorded();
    let say: fn(Config) -> Config = |config| recheck(config).unrecorded(["*/b"]);
    run_version(&bench, version(NEW, &["/a"]), say).unwrap();
    assert!(bench.sandbox.read(FILE).contains(NEW));
    assert_eq!(bench.stored(), ["/a", "/b"]);
}

#[test]
fn its_notices_say_what_has_changed_and_what_came_of_it() {
    let bench = recorded();
    let run = |asks, mode| {
        let child = creating(&bench, NEW, "", asks).variable("TEST_ON_CHANGE", "recheck");
        child.variable("CASSETTE_MODE", mode).run()
    };
    let file = bench.sandbox.read(FILE);
    insta::assert_snapshot!(bench.notices(&run("/a /b", "replay")), @"cassette: function creates has changed, and [sandbox]/c.json still answers all its requests");
    let failed = run("", "auto");
    failed.expect_failed();
    insta::assert_snapshot!(bench.masked(&failed.stderr), @"cassette: function creates has changed, and the test failed with what [sandbox]/c.json holds: run `CASSETTE_MODE=record cargo test creates`");
    assert_eq!(bench.sandbox.read(FILE), file);
    insta::assert_snapshot!(bench.notices(&run("/a /b", "auto")), @"cassette: function creates has changed, and [sandbox]/c.json still answers all its requests");
    assert_eq!(bench.notices(&run("/a /b", "auto")), "");
    assert_eq!(bench.server.hits(), 2);
}
