use std::fs;

use crate::project::Weather;

#[test]
fn everything_is_recorded_and_what_has_not_changed_stays_as_it_was() {
    let weather = Weather::take();
    insta::assert_snapshot!(Weather::summary(&weather.run(&["record"])), @r"
    outcome   test                      interactions  what changed  time
    recorded  api::asks_less_when_told             2  new  [time]
    recorded  api::changes                         1  new  [time]
    recorded  api::fails_when_told                 1  new  [time]
    recorded  api::grows_old                       1  new  [time]
    recorded  api::is_held_when_told               1  new  [time]
    recorded  api::is_kept_elsewhere               1  new  [time]
    recorded  api::pings                           1  new  [time]
    7 recorded
    help: look at what has changed: `cargo cassette review`
    --- exit code 0
    ");
    let before = weather.project.read("tests/cassettes/api/pings.json");
    grow_old(&weather);
    insta::assert_snapshot!(Weather::summary(&weather.run(&["record"])), @r"
    outcome    test                      interactions  what changed  time
    recorded   api::grows_old                       1  only its date  [time]
    unchanged  api::asks_less_when_told             2  [time]
    unchanged  api::changes                         1  [time]
    unchanged  api::fails_when_told                 1  [time]
    unchanged  api::is_held_when_told               1  [time]
    unchanged  api::is_kept_elsewhere               1  [time]
    unchanged  api::pings                           1  [time]
    1 recorded, 6 unchanged
    help: look at what has changed: `cargo cassette review`
    --- exit code 0
    ");
    assert_eq!(
        weather.project.read("tests/cassettes/api/pings.json"),
        before
    );
    let listed = weather.run(&["list"]).stdout;
    assert!(
        listed.contains("unchanged") && !listed.contains("unknown"),
        "{listed}"
    );
}

#[test]
fn a_filter_and_arguments_for_cargo_and_the_tests_choose_what_is_recorded() {
    let weather = Weather::take();
    insta::assert_snapshot!(Weather::summary(&weather.run(&["record", "pings"])), @r"
    outcome   test        interactions  what changed  time
    recorded  api::pings             1  new  [time]
    1 recorded
    help: look at what has changed: `cargo cassette review`
    --- exit code 0
    ");
    let only_ignored = weather.run(&["record", "--", "--test", "api", "--", "--ignored"]);
    insta::assert_snapshot!(Weather::summary(&only_ignored), @r"
    outcome   test             interactions  what changed  time
    recorded  api::is_ignored             1  new  [time]
    1 recorded
    help: look at what has changed: `cargo cassette review`
    --- exit code 0
    ");
    insta::assert_snapshot!(Weather::summary(&weather.run(&["record", "rewinds"])), @"
    no test with a cassette ran
    help: see the names of the tests with `cargo test -- --list`
    --- exit code 1
    ");
}

#[test]
fn a_recording_of_a_failed_test_is_rejected_and_the_old_file_stays() {
    let weather = Weather::recorded();
    let before = weather
        .project
        .read("tests/cassettes/api/fails_when_told.json");
    weather.switch("fail");
    insta::assert_snapshot!(Weather::summary(&weather.run(&["record", "fails_when_told"])), @r"
    outcome   test                  interactions  what changed  time
    rejected  api::fails_when_told             1  [time]
    1 rejected
    help: see what was recorded and not saved: `cargo cassette accept`
    help: record it again when it passes: `cargo cassette record fails_when_told`
    --- exit code 1
    ");
    assert_eq!(
        weather
            .project
            .read("tests/cassettes/api/fails_when_told.json"),
        before
    );
    let listed = weather.run(&["list", "fails"]).stdout;
    assert!(listed.contains("rejected"), "{listed}");
}

#[test]
fn only_what_is_missing_stale_or_expired_is_recorded_where_that_is_asked_for() {
    let weather = Weather::recorded();
    weather.change();
    fs::remove_file(
        weather
            .project
            .path()
            .join("tests/cassettes/api/pings.json"),
    )
    .unwrap();
    grow_old(&weather);
    insta::assert_snapshot!(Weather::summary(&weather.run(&["record", "--only-stale"])), @r"
    outcome   test            interactions  what changed  time
    recorded  api::changes               1  1 added, 1 removed  [time]
    recorded  api::grows_old             1  only its date  [time]
    recorded  api::pings                 1  new  [time]
    3 recorded, 4 played
    help: look at what has changed: `cargo cassette review`
    --- exit code 0
    ");
}

#[test]
fn it_records_in_ci_too() {
    let weather = Weather::take();
    let output = weather
        .command(&["record", "--only-stale", "pings"])
        .env("CI", "true")
        .output();
    let ran = weather.project.ran(&output.unwrap());
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(weather.files(), ["pings.json"]);
}

/// Makes the cassette of `grows_old` older than it may be.
pub(crate) fn grow_old(weather: &Weather) {
    let name = "tests/cassettes/api/grows_old.json";
    let text = weather.project.read(name);
    let (before, rest) = text.split_once("\"recorded_at\": \"").unwrap();
    let old = format!("{before}\"recorded_at\": \"2020{}", &rest[4..]);
    weather.project.write(name, old);
}

#[test]
fn a_folder_that_an_attribute_names_is_known_after_a_run() {
    let weather = Weather::recorded();
    let path = "tests/tapes/api/is_kept_elsewhere.json";
    assert!(weather.project.exists(path));
    let shown = weather.run(&["show", "is_kept_elsewhere"]);
    assert!(shown.stdout.contains(path), "{shown}");
    weather.project.write("tests/tapes/api/broken.json", "{");
    let checked = weather.run(&["check"]);
    assert!(
        checked
            .stdout
            .contains("tests/tapes/api/broken.json: format"),
        "{checked}"
    );
}

#[test]
fn where_the_tests_do_not_build_cargo_has_said_why() {
    let weather = Weather::take();
    weather.project.write("tests/api.rs", "fn");
    let ran = weather.run(&["record"]);
    assert!(ran.stderr.contains("could not compile"), "{ran}");
    assert!(!ran.stderr.contains("help: put `#[cassette]`"), "{ran}");
    let told = "no test with a cassette came to its end; above stands why";
    assert_eq!((ran.code, ran.stdout.trim()), (Some(1), told));
}

#[test]
fn what_a_process_that_crashed_had_recorded_is_told() {
    let weather = Weather::recorded();
    weather.switch("abort");
    let ran = weather.run(&["record", "is_held_when_told"]);
    insta::assert_snapshot!(Weather::summary(&ran), @"
    no test with a cassette came to its end; above stands why
    note: what api::is_held_when_told had recorded is in tests/cassettes/api/is_held_when_told.partial.jsonl; its next recording keeps it as `.rejected.json`
    --- exit code 1
    ");
}
