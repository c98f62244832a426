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
    drop(recorded(function, files));
}

/// Does so, and returns where the files are.
fn recorded(function: &str, files: &[&str]) -> Sandbox {
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
    sandbox
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
    let sandbox = recorded("named_by_argument", &["gamer-17.json", "gamer-25.json"]);
    // Without the number of the case, so that another case may be put before it.
    let test = &sandbox.cassette("gamer-25.json")["test"];
    assert_eq!(test, "parametrised::named_by_argument");
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

#[cassette(name = "same/{kind}")]
#[rstest]
#[case("gamer", 17)]
#[case("gamer", 25)]
#[tokio::test]
#[ignore = "run by its parent"]
async fn under_equal_arguments(#[case] kind: &str, #[case] age: u8) {
    get(format!("/{kind}/{age}")).await.unwrap();
}

/// Runs two cases one after the other, so that it is the second one that finds the file taken, and
/// returns what it is told.
fn second_case_of(function: &str, mode: &str, file: &str) -> String {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let cases = Child::new(&format!("{function}::"), &sandbox, &server.url(""));
    let ran = cases
        .variable("RUST_TEST_THREADS", "1")
        .variable("CASSETTE_MODE", mode)
        .run();
    assert!(ran.stdout.contains("1 passed; 1 failed"), "{ran:#?}");
    assert_eq!(server.hits(), 1);
    assert!(sandbox.read(file).contains("/17"), "the first one's");
    masked(ran.panic(), &sandbox, &server.url(""))
}

#[test]
fn cases_under_one_name_are_told_to_take_their_own() {
    for mode in ["auto", "record"] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(second_case_of("under_one_name", mode, "shared.json"), @r#"
            parametrised::under_one_name::case_2 and parametrised::under_one_name::case_1 use one cassette, [sandbox]/shared.json

            help: give each its own, `#[cassette(name = "…")]`; for cases of one function put its arguments in: `name = "gamer-{age}"`
            "#);
        }
    }
}

#[test]
fn cases_whose_arguments_name_one_file_are_told_so() {
    for mode in ["auto", "record"] {
        insta::allow_duplicates! {
            insta::assert_snapshot!(second_case_of("under_equal_arguments", mode, "same/gamer.json"), @r#"
            parametrised::under_equal_arguments::case_2 and parametrised::under_equal_arguments::case_1 use one cassette, [sandbox]/same/gamer.json

            help: give each its own, `#[cassette(name = "…")]`; for cases of one function put its arguments in: `name = "gamer-{age}"`
            "#);
        }
    }
}
