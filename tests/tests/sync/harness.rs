//! Tests as their harness runs them: in a process of their own.

use cassette_reqwest::cassette;
use cassette_tests::{Child, Sandbox, Server, echo, masked, url_of_parent};
use rstest::{fixture, rstest};

use crate::get;

/// Records the tests of a function into these files, one request each, then replays them without
/// a server.
fn check(function: &str, files: &[&str]) {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let tests = || Child::new(function, &sandbox, &server.url(""));
    tests().run().expect_passed(files.len());
    assert_eq!(sandbox.files(), files);
    assert_eq!(server.hits(), files.len());
    let replay = tests();
    server.stop();
    let replayed = replay.run();
    replayed.expect_passed(files.len());
    assert_eq!(replayed.stderr, "");
    assert_eq!(sandbox.files(), files);
}

#[cassette]
#[test]
#[ignore = "run by its parent"]
fn of_a_harness() {
    get(&url_of_parent("/")).unwrap();
}

#[test]
fn a_test_says_that_it_was_recorded_and_nothing_of_a_replay() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let origin = server.url("");
    let test = || Child::new("harness::of_a_harness", &sandbox, &origin);
    let recorded = test().run();
    recorded.expect_passed(1);
    insta::assert_snapshot!(masked(&recorded.stderr, &sandbox, &origin), @"cassette: recorded 1 interaction into [sandbox]/sync/harness/of_a_harness.json");
    server.stop();
    let replayed = test().run();
    replayed.expect_passed(1);
    assert_eq!(replayed.stderr, "");
}

#[fixture]
fn kind() -> &'static str {
    "gamer"
}

#[cassette]
#[rstest]
#[case(17)]
#[case::grown_up(25)]
#[ignore = "run by its parent"]
fn by_case(kind: &str, #[case] mut age: u8) -> reqwest::Result<()> {
    age += 1;
    let answer = get(&url_of_parent(&format!("/{kind}/{age}")))?;
    assert!(answer.contains(&format!("/gamer/{age}")));
    Ok(())
}

#[test]
fn each_case_of_rstest_has_its_own_file() {
    check(
        "by_case::",
        &[
            "sync/harness/by_case__case_1.json",
            "sync/harness/by_case__case_2_grown_up.json",
        ],
    );
}

#[cassette]
#[rstest]
#[ignore = "run by its parent"]
fn without_cases(kind: &str) {
    get(&url_of_parent(&format!("/{kind}"))).unwrap();
}

#[test]
fn without_cases_the_file_is_named_after_the_function() {
    check("without_cases", &["sync/harness/without_cases.json"]);
}

#[cassette]
#[test]
#[ignore = "run by its parent"]
#[should_panic(expected = "as the test should")]
fn asks_and_panics() {
    let answer = get(&url_of_parent("/")).unwrap();
    assert_eq!(answer, "", "as the test should");
}

#[test]
fn a_test_that_should_panic_and_does_is_recorded_then_replayed() {
    check("asks_and_panics", &["sync/harness/asks_and_panics.json"]);
}

/// The test attribute above calls it in a thread of its own, and that one has no name.
#[cassette(name = "timed-{age}")]
#[rstest]
#[case(17)]
#[case(25)]
#[timeout(std::time::Duration::from_secs(60))]
#[ignore = "run by its parent"]
fn in_time(#[case] age: u8) {
    get(&url_of_parent(&format!("/{age}"))).unwrap();
}

#[test]
fn a_time_limit_of_rstest_needs_a_name_with_arguments() {
    check("in_time::", &["timed-17.json", "timed-25.json"]);
}
