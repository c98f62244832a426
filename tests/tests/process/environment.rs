//! Variables that decide whether a test may record.

use cassette_core::Mode;
use cassette_reqwest::{client, scope};
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
    CASSETTE_MODE is `bogus`; it can be auto, replay (or playback), record, update, verify, live

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

#[test]
fn what_falls_back_is_told_without_the_secrets_of_the_environment() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let origin = server.url("/of/a-word-that-nobody-may-see");
    let ran = Child::exactly("asks_once", &sandbox, &origin)
        .variable("CASSETTE_MODE", "replay")
        .variable("CASSETTE_ALLOW_FALLBACK", "1")
        .variable("SOME_API_KEY", "a-word-that-nobody-may-see")
        .run();
    ran.expect_passed(1);
    insta::assert_snapshot!(masked(&ran.stderr, &sandbox, &server.url("")), @"cassette: GET http://server/of/[REDACTED]/users had no answer in [sandbox]/process/asks_once.json and went to the network, unrecorded (CASSETTE_ALLOW_FALLBACK)");
}

#[tokio::test]
async fn a_request_that_has_changed_falls_back_and_the_recorded_one_is_told() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let ask = |config, path| {
        let url = server.url(path);
        scope("c", config, async {
            client().get(url).send().await.is_ok()
        })
    };
    ask(sandbox.config(Mode::Record), "/old").await.unwrap();
    let replay = || sandbox.config(Mode::Replay);
    let falls_back = replay().environment([("CASSETTE_ALLOW_FALLBACK", "1")]);
    assert!(ask(falls_back, "/new").await.unwrap());
    assert_eq!(server.paths(), ["/old", "/new"]);
    assert!(ask(replay(), "/new").await.unwrap_err().is_unmatched());
    assert_eq!(server.hits(), 2);
}
