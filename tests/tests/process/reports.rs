//! What is told past the harness's capture, and what is not told twice.

use cassette_reqwest::{Config, cassette, scope};
use cassette_tests::{Child, Sandbox, Server, echo, masked, parent_variable};

use crate::get;

/// Two versions of one function: it has the same name in either block.
#[tokio::test]
#[ignore = "run by its parent"]
async fn in_two_versions() {
    if parent_variable("TEST_VERSION") == "1" {
        #[cassette]
        async fn creates_gamer() {
            get("/gamer").await.unwrap();
        }
        creates_gamer().await;
    } else {
        #[cassette]
        async fn creates_gamer() {
            get("/gamer?kind=pro").await.unwrap();
        }
        creates_gamer().await;
    }
}

#[test]
fn a_stale_recording_is_made_again_with_a_notice_that_names_the_function() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let origin = server.url("");
    let version = |version| {
        let child = Child::exactly("reports::in_two_versions", &sandbox, &origin);
        child.variable("TEST_VERSION", version)
    };
    version("1").run().expect_passed(1);
    let changed = version("2").run();
    changed.expect_passed(1);
    insta::assert_snapshot!(masked(&changed.stderr, &sandbox, &origin), @"
    cassette: function creates_gamer has changed; [sandbox]/process/reports/creates_gamer.json is recorded again (1 interaction)
    cassette: recorded 1 interaction into [sandbox]/process/reports/creates_gamer.json
    ");
    assert_eq!(server.paths(), ["/gamer", "/gamer?kind=pro"]);

    let refused = version("1").variable("CI", "true").run();
    refused.expect_failed();
    let report = masked(refused.panic(), &sandbox, &origin);
    assert!(
        report.starts_with("the recording is stale: function creates_gamer has changed"),
        "{report}"
    );
    assert_eq!(server.hits(), 2);
}

#[test]
fn a_recording_without_a_known_hash_is_played_with_a_notice() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let origin = server.url("");
    let file = "process/asks_once.json";
    Child::exactly("asks_once", &sandbox, &origin)
        .run()
        .expect_passed(1);
    sandbox.write(file, sandbox.read(file).replace("\"v1:", "\"v9:"));
    let replayed = Child::exactly("asks_once", &sandbox, &origin).run();
    replayed.expect_passed(1);
    insta::assert_snapshot!(masked(&replayed.stderr, &sandbox, &origin), @"cassette: [sandbox]/process/asks_once.json has no hash of its function that is known here; it counts as fresh");
    let recorded = server.paths().into_iter().filter(|path| path == "/users");
    assert_eq!(recorded.count(), 1);
}

#[tokio::test]
#[ignore = "run by its parent"]
async fn uses_a_scope() {
    let asks = scope("scoped/one", Config::new(), get("/scoped"));
    asks.await.unwrap().unwrap();
}

#[test]
fn a_scope_tells_its_notices_as_a_test_does() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let child = || Child::exactly("reports::uses_a_scope", &sandbox, &server.url(""));
    let recorded = child().run();
    recorded.expect_passed(1);
    insta::assert_snapshot!(masked(&recorded.stderr, &sandbox, &server.url("")), @"cassette: recorded 1 interaction into [sandbox]/scoped/one.json");
    let replayed = child().run();
    replayed.expect_passed(1);
    assert_eq!((replayed.stderr.as_str(), server.hits()), ("", 1));
}

#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
async fn swallows_its_miss() {
    let _ = get(&parent_variable("TEST_PATH")).await;
}

#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
async fn unwraps_its_miss() {
    get(&parent_variable("TEST_PATH")).await.unwrap();
}

/// Records a test, then lets it ask for something else. The harness shows the report once, and
/// nothing is told past it.
fn check_miss(test: &str) {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let origin = server.url("");
    let child = |path| Child::exactly(test, &sandbox, &origin).variable("TEST_PATH", path);
    child("/first").run().expect_passed(1);
    let missed = child("/second").run();
    missed.expect_failed();
    let reports = missed
        .stdout
        .matches("no recorded interaction matches this request");
    assert_eq!(reports.count(), 1, "{missed:#?}");
    assert_eq!(missed.stderr, "");
    assert_eq!(server.paths(), ["/first"]);
}

#[test]
fn a_swallowed_miss_fails_the_test_with_one_report() {
    check_miss("reports::swallows_its_miss");
}

#[test]
fn a_miss_that_the_test_unwraps_is_reported_once() {
    check_miss("reports::unwraps_its_miss");
}

#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
async fn asks_twice_and_fails() -> Result<(), String> {
    get("/first").await.unwrap();
    get("/second").await.unwrap();
    Err("the error of the test".into())
}

#[test]
fn a_failing_test_is_told_where_its_recording_is() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let origin = server.url("");
    let ran = Child::exactly("reports::asks_twice_and_fails", &sandbox, &origin).run();
    ran.expect_failed();
    assert!(ran.stdout.contains("the error of the test"), "{ran:#?}");
    insta::assert_snapshot!(masked(&ran.stderr, &sandbox, &origin), @"cassette: the recording of process::reports::asks_twice_and_fails is not saved; 2 interactions kept in [sandbox]/process/reports/asks_twice_and_fails.rejected.json");
    assert_eq!(
        sandbox.files(),
        ["process/reports/asks_twice_and_fails.rejected.json"]
    );
}
