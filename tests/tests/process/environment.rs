//! Variables that decide whether a test may record.

use cassette_tests::{Child, Sandbox, Server, echo, masked};

use crate::ASKS_ONCE;

/// Runs a child that must fail before its body runs, and returns why it does.
fn refusal(variables: &[(&str, &str)]) -> String {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let child = Child::exactly("asks_once", &sandbox, &server.url(""));
    let ran = variables
        .iter()
        .fold(child, |child, (name, value)| child.variable(name, value))
        .run();
    ran.expect_failed();
    assert_eq!(server.hits(), 0, "the body does not run");
    assert!(sandbox.files().is_empty());
    masked(ran.panic(), &sandbox, &server.url(""))
}

/// Runs a child that must record.
fn check_records(variables: &[(&str, &str)]) {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let child = Child::exactly("asks_once", &sandbox, &server.url(""));
    let ran = variables
        .iter()
        .fold(child, |child, (name, value)| child.variable(name, value))
        .run();
    ran.expect_passed(1);
    assert_eq!(sandbox.files(), [ASKS_ONCE]);
}

#[test]
fn ci_without_a_cassette_fails_before_the_body_and_says_how_to_record() {
    insta::assert_snapshot!(refusal(&[("CI", "true")]), @"
    no cassette for process::asks_once

        cassette: [sandbox]/process/asks_once.json (does not exist)
        mode: replay (CI)

    help: to record it, run `CASSETTE_MODE=record cargo test asks_once`, and commit the file
    ");
}

#[test]
fn ci_records_where_the_mode_is_asked_for() {
    check_records(&[("CI", "true"), ("CASSETTE_MODE", "record")]);
}

#[test]
fn an_unknown_mode_is_refused_with_the_list_of_modes() {
    insta::assert_snapshot!(refusal(&[("CASSETTE_MODE", "bogus")]), @"
    CASSETTE_MODE is `bogus`; it can be auto, replay (or playback), record, update, live

    help: set one of these, or none: `env -u CASSETTE_MODE cargo test`
    ");
}

#[test]
fn cassette_only_keeps_recording_to_the_tests_it_names() {
    check_records(&[("CASSETTE_ONLY", "process::asks_*")]);
    insta::assert_snapshot!(refusal(&[("CASSETTE_ONLY", "process::other_*")]), @"
    no cassette for process::asks_once

        cassette: [sandbox]/process/asks_once.json (does not exist)
        mode: replay (CASSETTE_ONLY names others)

    help: to record it, run `CASSETTE_MODE=record cargo test asks_once`, and commit the file
    ");
}

#[test]
fn cassette_only_without_a_pattern_is_refused() {
    insta::assert_snapshot!(refusal(&[("CASSETTE_ONLY", "[")]), @"CASSETTE_ONLY is `[`, which is no pattern: Pattern syntax error near position 0: invalid range pattern");
}
