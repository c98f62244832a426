//! Two processes with one cassette.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::thread;
use std::time::Instant;

use cassette_reqwest::{Config, cassette};
use cassette_tests::{Child, Ran, Sandbox, parent_variable};

use crate::holding::Holding;
use crate::{PATIENCE, get};

/// Tells the parent that the session is about to begin.
fn with_a_sign(config: Config) -> Config {
    let sign = PathBuf::from(parent_variable("TEST_SIGN"));
    fs::write(&sign, "").unwrap_or_else(|error| panic!("cannot write {}: {error}", sign.display()));
    config
}

#[cassette(config = with_a_sign)]
#[tokio::test]
#[ignore = "run by its parent"]
async fn asks_slowly() {
    get("/slow").await.unwrap();
}

/// Another process leaves no other signal at that point.
fn wait_for_file(path: &Path) {
    let patience = Instant::now() + PATIENCE;
    while !path.exists() {
        assert!(Instant::now() < patience, "the child gives its sign");
        thread::yield_now();
    }
}

fn ended(child: process::Child) -> Ran {
    child
        .wait_with_output()
        .expect("the child is this process's")
        .into()
}

#[test]
fn of_two_processes_with_one_cassette_the_second_waits_and_then_plays() {
    let (sandbox, signs) = (Sandbox::new(), Sandbox::new());
    let holding = Holding::back("/slow");
    let origin = holding.server.url("");
    let child = |sign: &Path| {
        let child = Child::exactly("locks::asks_slowly", &sandbox, &origin);
        child.variable("TEST_SIGN", sign).start()
    };
    let first = child(&signs.path().join("first"));
    holding.wait_for_the_request();
    let sign = signs.path().join("second");
    let mut second = child(&sign);
    wait_for_file(&sign);
    assert!(second.try_wait().unwrap().is_none());
    holding.let_go();

    let (first, second) = (ended(first), ended(second));
    first.expect_passed(1);
    second.expect_passed(1);
    assert_eq!(holding.server.paths(), ["/slow"]);
    assert_eq!(sandbox.files(), ["process/locks/asks_slowly.json"]);
    assert!(first.stderr.contains("cassette: recorded 1 interaction"));
    assert_eq!(second.stderr, "");
}
