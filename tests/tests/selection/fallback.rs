//! `CASSETTE_ALLOW_FALLBACK`: what a replay has no answer to goes to the network.

use cassette_core::{Config, Mode, OnChange, Order};

use crate::bench::{Bench, FILE};
use crate::notices::asking;
use crate::versions::{Version, run_version};

const NAME: &str = "CASSETTE_ALLOW_FALLBACK";

fn allowing(bench: &Bench, mode: Mode, value: &str) -> Config {
    bench.config(mode).environment([(NAME, value)])
}

#[tokio::test]
async fn it_is_switched_on_as_ci_is() {
    let table = [
        ("1", true),
        ("true", true),
        ("yes", true),
        ("0", false),
        ("false", false),
        ("", false),
    ];
    for (value, is_on) in table {
        let bench = Bench::recorded(&["/a"]).await;
        let said = bench
            .run(allowing(&bench, Mode::Replay, value), &["/a", "/new"])
            .await;
        let expected = match is_on {
            true => "ok [/new] [/a]",
            false => "unmatched [] [/a]",
        };
        assert_eq!(said, expected, "{value}");
    }
}

#[tokio::test]
async fn what_is_sent_is_not_recorded() {
    let bench = Bench::recorded(&["/a", "/a"]).await;
    let file = bench.sandbox.read(FILE);
    for mode in [Mode::Replay, Mode::Auto] {
        let asks = ["/new", "/a", "/a", "/a", "/new"];
        let said = bench.run(allowing(&bench, mode, "1"), &asks).await;
        assert_eq!(said, "ok [/new /a /new] [/a /a]", "{mode}");
    }
    assert_eq!(bench.sandbox.read(FILE), file);
    assert_eq!(bench.sandbox.files(), [FILE]);
}

#[tokio::test]
async fn without_a_cassette_a_replay_sends_everything() {
    let bench = Bench::new();
    let said = bench
        .run(allowing(&bench, Mode::Replay, "1"), &["/a", "/b"])
        .await;
    assert_eq!(said, "ok [/a /b] []");
    assert!(bench.sandbox.files().is_empty());
}

#[tokio::test]
async fn where_all_is_recorded_or_sent_anyway_it_changes_nothing() {
    let table = [
        (Mode::Auto, "ok [/a] [/a]"),
        (Mode::Record, "ok [/a] [/a]"),
        (Mode::Update, "ok [/a] [/a]"),
        (Mode::Live, "ok [/a] []"),
    ];
    for (mode, expected) in table {
        let bench = Bench::new();
        let said = bench.run(allowing(&bench, mode, "1"), &["/a"]).await;
        assert_eq!(said, expected, "{mode}");
    }
}

/// What is missing can be sent; what is out of order or left over stays wrong.
#[tokio::test]
async fn it_forgives_nothing_else() {
    let bench = Bench::recorded(&["/a", "/b"]).await;
    let replay = || allowing(&bench, Mode::Replay, "1");
    assert_eq!(bench.run(replay(), &["/a"]).await, "unused [] [/a /b]");
    let strict = replay().order(Order::Strict);
    assert_eq!(
        bench.run(strict, &["/b", "/a"]).await,
        "unmatched [] [/a /b]"
    );
    let strict = replay().order(Order::Strict);
    let said = bench.run(strict, &["/a", "/new", "/b"]).await;
    assert_eq!(said, "ok [/new] [/a /b]");
}

#[tokio::test]
async fn in_ci_it_is_refused() {
    for mode in [None, Some("replay"), Some("live"), Some("record")] {
        let bench = Bench::recorded(&["/a"]).await;
        let mut variables = vec![(NAME, "1"), ("CI", "true")];
        variables.extend(mode.map(|mode| ("CASSETTE_MODE", mode)));
        let config = bench.config(Mode::Auto).environment(variables);
        let error = bench.failure(config, &["/a"]).await;
        assert!(error.is_config());
        assert_eq!(bench.server.hits(), 1, "{mode:?}");
        insta::allow_duplicates!(insta::assert_snapshot!(error, @"
        CASSETTE_ALLOW_FALLBACK is set, and so is CI, where a test must not go to the network by itself

        help: unset it, `env -u CASSETTE_ALLOW_FALLBACK cargo test`, and record what is missing elsewhere
        "));
    }
    let bench = Bench::recorded(&["/a"]).await;
    let off = [(NAME, "0"), ("CI", "true")];
    let config = bench.config(Mode::Auto).environment(off);
    assert_eq!(bench.run(config, &["/a"]).await, "ok [] [/a]");
}

#[test]
fn a_recording_that_is_checked_again_does_not_ask_the_network() {
    let bench = Bench::new();
    let version = |body, asks| Version {
        body,
        asks,
        ..Version::default()
    };
    run_version(&bench, version("v1:a", &["/a"]), |config| config).unwrap();
    let say: fn(Config) -> Config = |config| {
        let config = config.on_change(OnChange::Recheck);
        config.environment([(NAME, "1")])
    };
    let failed = run_version(&bench, version("v1:b", &["/a", "/new"]), say).unwrap_err();
    assert!(
        failed.starts_with("no recorded interaction matches"),
        "{failed}"
    );
    assert_eq!(bench.server.hits(), 1);
}

#[tokio::test]
async fn one_notice_says_what_was_sent() {
    let bench = Bench::recorded(&["/a"]).await;
    let run = |asks| asking(&bench, "replay", asks).variable(NAME, "1").run();
    assert_eq!(bench.notices(&run("/a")), "");
    insta::assert_snapshot!(bench.notices(&run("/a /new?b=1")), @"cassette: GET http://server/new?b=1 had no answer in [sandbox]/c.json and went to the network, unrecorded (CASSETTE_ALLOW_FALLBACK)");
    insta::assert_snapshot!(bench.notices(&run("/new /a /new /a")), @"cassette: GET http://server/new and 2 more had no answer in [sandbox]/c.json and went to the network, unrecorded (CASSETTE_ALLOW_FALLBACK)");
    let missing = Bench::new();
    let ran = asking(&missing, "replay", "/a").variable(NAME, "1").run();
    insta::assert_snapshot!(missing.notices(&ran), @"cassette: GET http://server/a had no answer in [sandbox]/c.json and went to the network, unrecorded (CASSETTE_ALLOW_FALLBACK)");
}
