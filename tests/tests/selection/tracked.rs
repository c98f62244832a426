//! What the attribute's `tracks` names, by the hashes that it puts into the cassette.

use cassette_core::{Config, Mode, OnChange, Track};
use serde_json::json;

use crate::bench::{Bench, FILE};
use crate::versions::{Version, creating, run_version};

const BODY: &str = "v1:1111111111111111";
const FUNCTION: &str = "src/personas.rs::Personas::from_prompt";
const ITEM: &str = "src/personas.rs::Personas";
const PROMPT: &str = "prompts/system.txt";

const ONE: Version = with(&[(FUNCTION, "v1:f1"), (ITEM, "v1:i1"), (PROMPT, "v1:p1")]);

const fn with(tracked: &'static [(&'static str, &'static str)]) -> Version {
    Version {
        body: BODY,
        tracked,
        asks: &["/a", "/b"],
    }
}

fn recorded(version: Version) -> Bench {
    let bench = Bench::new();
    run_version(&bench, version, |config| config).unwrap();
    bench
}

fn replay(config: Config) -> Config {
    config.mode(Mode::Replay)
}

#[test]
fn the_file_holds_a_hash_for_each_name() {
    let bench = recorded(ONE);
    let expected = json!({ FUNCTION: "v1:f1", ITEM: "v1:i1", PROMPT: "v1:p1" });
    assert_eq!(bench.sandbox.cassette(FILE)["tracked"], expected);
    run_version(&bench, ONE, replay).unwrap();
    assert_eq!(bench.server.hits(), 2);
}

#[test]
fn a_change_of_one_of_them_is_recorded_again() {
    let bench = recorded(ONE);
    let two = with(&[(FUNCTION, "v1:f2"), (ITEM, "v1:i1"), (PROMPT, "v1:p1")]);
    run_version(&bench, two, |config| config).unwrap();
    assert_eq!(bench.server.hits(), 4);
    assert_eq!(bench.sandbox.cassette(FILE)["tracked"][FUNCTION], "v1:f2");
    run_version(&bench, two, |config| config.on_change(OnChange::Fail)).unwrap();
    assert_eq!(bench.server.hits(), 4);
}

#[test]
fn it_counts_also_where_the_test_itself_is_not_tracked() {
    let bench = recorded(ONE);
    let two = with(&[(PROMPT, "v1:p2")]);
    let off: fn(Config) -> Config = |config| replay(config).track(Track::Off);
    let text = run_version(&bench, two, off).unwrap_err();
    assert!(
        text.contains("file prompts/system.txt has changed"),
        "{text}"
    );
    let body = Version {
        body: "v1:other",
        ..ONE
    };
    run_version(&bench, body, off).unwrap();
}

#[test]
fn a_replay_names_what_has_changed() {
    let bench = recorded(ONE);
    let one = with(&[(FUNCTION, "v1:f2"), (ITEM, "v1:i1"), (PROMPT, "v1:p1")]);
    let text = run_version(&bench, one, replay).unwrap_err();
    insta::assert_snapshot!(bench.masked(&text), @r#"
    the recording is stale: function Personas::from_prompt has changed

        cassette: [sandbox]/c.json
        src/personas.rs::Personas::from_prompt    recorded: v1:f1    actual: v1:f2
        mode: replay

    help: to record again, run `CASSETTE_MODE=record cargo test creates`
    help: to keep it where it still fits, write `#[cassette(on_change = "recheck")]`
    help: to play it all the same, write `#[cassette(on_change = "warn")]`
    "#);
    let all = Version {
        body: "v1:other",
        ..with(&[(FUNCTION, "v1:f2"), (ITEM, "v1:i2"), (PROMPT, "v1:p2")])
    };
    let text = run_version(&bench, all, replay).unwrap_err();
    insta::assert_snapshot!(bench.masked(&text), @r#"
    the recording is stale: function creates, file prompts/system.txt, item Personas and function Personas::from_prompt have changed

        cassette: [sandbox]/c.json
        body    recorded: v1:1111111111111111    actual: v1:other
        prompts/system.txt    recorded: v1:p1    actual: v1:p2
        src/personas.rs::Personas    recorded: v1:i1    actual: v1:i2
        src/personas.rs::Personas::from_prompt    recorded: v1:f1    actual: v1:f2
        mode: replay

    help: to record again, run `CASSETTE_MODE=record cargo test creates`
    help: to keep it where it still fits, write `#[cassette(on_change = "recheck")]`
    help: to play it all the same, write `#[cassette(on_change = "warn")]`
    "#);
    assert_eq!(bench.server.hits(), 2);
}

#[test]
fn notices_name_what_has_changed_and_how_much_is_recorded_again() {
    let bench = Bench::new();
    let run = |tracked: &str, on_change: &str| {
        let child = creating(&bench, BODY, tracked, "/a /b");
        bench.notices(&child.variable("TEST_ON_CHANGE", on_change).run())
    };
    let tracked = |f: u8, i: u8, p: u8| format!("{FUNCTION}=v1:{f} {ITEM}=v1:{i} {PROMPT}=v1:{p}");
    run(&tracked(1, 1, 1), "record");
    insta::assert_snapshot!(run(&tracked(2, 1, 1), "record"), @"
    cassette: function Personas::from_prompt has changed; [sandbox]/c.json is recorded again (2 interactions)
    cassette: recorded 2 interactions into [sandbox]/c.json
    ");
    insta::assert_snapshot!(run(&tracked(3, 2, 1), "record"), @"
    cassette: item Personas and function Personas::from_prompt have changed; [sandbox]/c.json is recorded again (2 interactions)
    cassette: recorded 2 interactions into [sandbox]/c.json
    ");
    insta::assert_snapshot!(run(&tracked(4, 3, 2), "warn"), @"cassette: file prompts/system.txt, item Personas and function Personas::from_prompt have changed; [sandbox]/c.json is played all the same");
    insta::assert_snapshot!(run(&tracked(3, 2, 2), "recheck"), @"cassette: file prompts/system.txt has changed, and [sandbox]/c.json still answers all its requests");
    assert_eq!(run(&tracked(3, 2, 2), "record"), "");
    assert_eq!(bench.server.hits(), 6);
}

#[test]
fn one_that_fits_after_a_change_is_stamped_with_all_hashes() {
    let bench = recorded(ONE);
    let old = bench.sandbox.read(FILE);
    let two = with(&[(FUNCTION, "v1:f2"), (ITEM, "v1:i1"), (PROMPT, "v1:p2")]);
    let recheck: fn(Config) -> Config = |config| config.on_change(OnChange::Recheck);
    run_version(&bench, two, recheck).unwrap();
    let new = old.replace("v1:f1", "v1:f2").replace("v1:p1", "v1:p2");
    assert_eq!(bench.sandbox.read(FILE), new);
    assert_eq!(bench.server.hits(), 2);
}

/// Tracked from now on, it counts as fresh until it is recorded again or updated.
#[test]
fn a_hash_that_is_missing_makes_nothing_stale() {
    let bench = recorded(with(&[(PROMPT, "v1:p1")]));
    let old = bench.sandbox.read(FILE);
    run_version(&bench, ONE, replay).unwrap();
    run_version(&bench, ONE, |config| config).unwrap();
    assert_eq!(bench.sandbox.read(FILE), old);

    let run = |mode| {
        let tracked = format!("{FUNCTION}=v1:f1 {ITEM}=v1:i1 {PROMPT}=v1:p1");
        let child = creating(&bench, BODY, &tracked, "/a /b").variable("TEST_ON_CHANGE", "");
        bench.notices(&child.variable("CASSETTE_MODE", mode).run())
    };
    insta::assert_snapshot!(run("replay"), @"cassette: [sandbox]/c.json has no hash of item Personas or function Personas::from_prompt that is known here; it counts as fresh");
    insta::assert_snapshot!(run("update"), @"cassette: updated [sandbox]/c.json");
    assert_eq!(run("update"), "");
    assert_eq!(run("replay"), "");
    assert_eq!(bench.sandbox.cassette(FILE)["tracked"][FUNCTION], "v1:f1");
    assert_eq!(bench.server.hits(), 2);
    let two = with(&[(FUNCTION, "v1:f2")]);
    assert!(run_version(&bench, two, replay).is_err());
}

#[test]
fn a_hash_of_another_version_makes_nothing_stale() {
    let bench = recorded(with(&[(PROMPT, "v0:p1")]));
    run_version(&bench, with(&[(PROMPT, "v1:p2")]), replay).unwrap();
    let update: fn(Config) -> Config = |config| config.mode(Mode::Update);
    run_version(&bench, with(&[(PROMPT, "v1:p2")]), update).unwrap();
    assert_eq!(
        bench.sandbox.cassette(FILE)["tracked"],
        json!({ PROMPT: "v1:p2" })
    );
}

#[test]
fn what_is_tracked_no_more_does_not_count() {
    let bench = recorded(ONE);
    run_version(&bench, with(&[]), replay).unwrap();
    run_version(&bench, with(&[(PROMPT, "v1:p1")]), replay).unwrap();
}
