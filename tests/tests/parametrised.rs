//! Parametrised tests: `#[cassette]` above `#[rstest]`. (Below it is a compile error, see `ui`.)
//!
//! The harness gives each case a thread named after it, so each test here runs the cases of one
//! function in a process of their own.

use cassette_reqwest::{cassette, client};
use cassette_tests::{Child, Sandbox, Server, echo, masked, url_of_parent};
use reqwest_middleware::Result;
use rstest::{fixture, rstest};

async fn get(path: String) -> Result<String> {
    let answer = client().get(url_of_parent(&path)).send().await?;
    Ok(answer.text().await?)
}

/// Records the cases of a function into these files, one request each, then replays them without
/// a server.
fn check(function: &str, files: &[&str]) {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let cases = || Child::new(&format!("{function}::"), &sandbox, &server.url(""));
    cases().run().expect_passed(files.len());
    assert_eq!(sandbox.files(), files);
    assert_eq!(server.hits(), files.len());
    let replay = cases();
    server.stop();
    let replayed = replay.run();
    replayed.expect_passed(files.len());
    assert_eq!(replayed.stderr, "");
    assert_eq!(sandbox.files(), files);
}

#[cassette]
#[rstest]
#[case(17)]
#[case::grown_up(25)]
#[tokio::test]
#[ignore = "run by its parent"]
async fn by_case(#[case] age: u8) {
    let answer = get(format!("/{age}")).await.unwrap();
    assert!(answer.contains(&age.to_string()));
}

#[test]
fn each_case_has_its_own_file() {
    check(
        "by_case",
        &[
            "parametrised/by_case__case_1.json",
            "parametrised/by_case__case_2_grown_up.json",
        ],
    );
}

#[test]
fn each_case_has_its_own_file_on_a_single_thread() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let cases = Child::new("by_case::", &sandbox, &server.url(""));
    cases
        .variable("RUST_TEST_THREADS", "1")
        .run()
        .expect_passed(2);
    assert_eq!(
        sandbox.files(),
        [
            "parametrised/by_case__case_1.json",
            "parametrised/by_case__case_2_grown_up.json",
        ]
    );
}

#[cassette]
#[rstest]
#[tokio::test]
#[ignore = "run by its parent"]
async fn by_value(#[values(17, 25)] age: u8, #[values("gamer")] kind: &str) {
    get(format!("/{kind}/{age}")).await.unwrap();
}

#[test]
fn each_value_has_its_own_file() {
    check(
        "by_value",
        &[
            "parametrised/by_value__age_1_17__kind_1___gamer__.json",
            "parametrised/by_value__age_2_25__kind_1___gamer__.json",
        ],
    );
}

#[cassette]
#[rstest]
#[case("gamer")]
#[tokio::test]
#[ignore = "run by its parent"]
async fn by_case_and_value(#[case] kind: &str, #[values(17, 25)] age: u8) {
    get(format!("/{kind}/{age}")).await.unwrap();
}

#[test]
fn each_value_of_each_case_has_its_own_file() {
    check(
        "by_case_and_value",
        &[
            "parametrised/by_case_and_value__case_1__age_1_17.json",
            "parametrised/by_case_and_value__case_1__age_2_25.json",
        ],
    );
}

#[cassette(name = "gamer-{age}")]
#[rstest]
#[case(17)]
#[case(25)]
#[tokio::test]
#[ignore = "run by its parent"]
async fn named_by_argument(#[case] age: u8) {
    get(format!("/{age}")).await.unwrap();
}

#[test]
fn a_name_may_hold_arguments() {
    check("named_by_argument", &["gamer-17.json", "gamer-25.json"]);
}

#[fixture]
fn kind() -> &'static str {
    "gamer"
}

#[fixture]
async fn size() -> usize {
    10
}

mod inner {
    use super::{Result, cassette, get, kind, rstest, size};

    #[cassette]
    #[rstest]
    #[case(17)]
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    #[ignore = "run by its parent"]
    async fn with_fixtures(#[case] mut age: u8, kind: &str, #[future] size: usize) -> Result<()> {
        age += 1;
        let path = format!("/{kind}/{age}/{}", size.await);
        assert!(get(path).await?.contains("/gamer/18/10"));
        Ok(())
    }
}

#[test]
fn fixtures_and_cases_reach_a_function_in_a_module() {
    check(
        "inner::with_fixtures",
        &["parametrised/inner/with_fixtures__case_1.json"],
    );
}

#[cassette]
#[rstest]
#[tokio::test]
#[ignore = "run by its parent"]
async fn without_cases(kind: &str) {
    get(format!("/{kind}")).await.unwrap();
}

#[test]
fn without_cases_the_file_is_named_after_the_function() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let child = Child::exactly("without_cases", &sandbox, &server.url(""));
    child.run().expect_passed(1);
    assert_eq!(sandbox.files(), ["parametrised/without_cases.json"]);
}

#[cassette("shared")]
#[rstest]
#[case(17)]
#[case(25)]
#[tokio::test]
#[ignore = "run by its parent"]
async fn under_one_name(#[case] age: u8) {
    get(format!("/{age}")).await.unwrap();
}

#[test]
fn cases_under_one_name_are_told_to_take_their_own() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let cases = Child::new("under_one_name::", &sandbox, &server.url(""));
    // One after the other, so that it is the second one that finds the file taken.
    let ran = cases.variable("RUST_TEST_THREADS", "1").run();
    assert!(ran.stdout.contains("1 passed; 1 failed"), "{ran:#?}");
    let report = masked(ran.panic(), &sandbox, &server.url(""));
    insta::assert_snapshot!(report, @r#"
    the cassette [sandbox]/shared.json belongs to parametrised::under_one_name::case_1 in tests/parametrised.rs, not to parametrised::under_one_name::case_2

    help: give each its own, `#[cassette(name = "…")]`; for cases of one function put its arguments in: `name = "gamer-{age}"`
    help: if that test is gone, take the file over: run `CASSETTE_MODE=record cargo test under_one_name`
    "#);
    assert_eq!(server.hits(), 1);
    assert!(
        sandbox
            .read("shared.json")
            .contains("under_one_name::case_1")
    );
}
