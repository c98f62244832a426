//! Tests that should panic.

use cassette_reqwest::cassette;
use cassette_tests::{Child, Ran, Sandbox, Server, echo, masked, parent_variable};

use crate::get;

#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
#[should_panic(expected = "as the test should")]
async fn asks_and_panics() {
    let answer = get(&parent_variable("TEST_PATH")).await;
    assert!(answer.is_err(), "as the test should");
}

#[test]
fn a_test_that_should_panic_and_does_is_recorded_then_replayed() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let origin = server.url("");
    let child =
        || Child::exactly("panics::asks_and_panics", &sandbox, &origin).variable("TEST_PATH", "/");
    let recorded = child().run();
    recorded.expect_passed(1);
    insta::assert_snapshot!(masked(&recorded.stderr, &sandbox, &origin), @"cassette: recorded 1 interaction into [sandbox]/process/panics/asks_and_panics.json");
    assert_eq!(sandbox.files(), ["process/panics/asks_and_panics.json"]);
    server.stop();
    let replayed = child().run();
    replayed.expect_passed(1);
    assert_eq!(replayed.stderr, "");
}

#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
#[should_panic]
async fn asks_and_panics_for_any_reason() {
    let answer = get(&parent_variable("TEST_PATH")).await;
    panic!("{answer:?}");
}

/// Records a test that should panic, then lets it panic after a miss.
fn panics_after_a_miss() -> (Ran, String) {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let origin = server.url("");
    let child = |path| {
        let child = Child::exactly("panics::asks_and_panics_for_any_reason", &sandbox, &origin);
        child.variable("TEST_PATH", path)
    };
    child("/first").run().expect_passed(1);
    let missed = child("/second").run();
    assert_eq!(server.paths(), ["/first"]);
    let told = masked(&missed.stderr, &sandbox, &origin);
    (missed, told)
}

#[test]
fn a_miss_fails_a_test_that_should_panic() {
    let (missed, told) = panics_after_a_miss();
    missed.expect_failed();
    assert!(
        missed.stdout.contains("test did not panic as expected"),
        "{missed:#?}"
    );
    assert!(
        told.starts_with("cassette: no recorded interaction matches this request\n"),
        "{told}"
    );
}

#[test]
fn a_report_past_the_capture_is_indented_and_its_empty_lines_are_empty() {
    let (_, told) = panics_after_a_miss();
    insta::assert_snapshot!(told, @"
    cassette: no recorded interaction matches this request

          GET http://server/second
          cassette: [sandbox]/process/panics/asks_and_panics_for_any_reason.json (1 interaction, 0 already played)
          mode: auto   matching on: method, url, body

      closest is interaction 1; it differs in 1 place

          path    recorded: /first    actual: /second

      help: to record again, run `CASSETTE_MODE=record cargo test asks_and_panics_for_any_reason`
      help: to add it to the recording, run `CASSETTE_MODE=update cargo test asks_and_panics_for_any_reason`
    ");
}

#[test]
fn a_cassette_that_is_missing_in_ci_fails_a_test_that_should_panic() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let child = Child::exactly(
        "panics::asks_and_panics_for_any_reason",
        &sandbox,
        &server.url(""),
    );
    let refused = child
        .variable("TEST_PATH", "/")
        .variable("CI", "true")
        .run();
    refused.expect_failed();
    assert!(
        refused
            .stderr
            .starts_with("cassette: no cassette for process::panics::asks_and_panics"),
        "{refused:#?}"
    );
    assert_eq!(server.hits(), 0);
}
