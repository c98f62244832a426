//! Recordings that are killed.

use std::fs;

use cassette_reqwest::cassette;
use cassette_tests::{Child, Sandbox, masked};
use serde_json::Value;

use crate::get;
use crate::holding::Holding;

#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
async fn asks_twice() {
    get("/first").await.unwrap();
    get("/second").await.unwrap();
}

const PARTIAL: &str = "process/kills/asks_twice.partial.jsonl";
const REJECTED: &str = "process/kills/asks_twice.rejected.json";

/// Kills a recording between its first and its second answer.
fn killed(sandbox: &Sandbox, holding: &Holding) {
    let child = Child::exactly("kills::asks_twice", sandbox, &holding.server.url(""));
    let mut child = child.start();
    holding.wait_for_the_request();
    child.kill().expect("the child still runs");
    let status = child.wait().expect("the child is this process's");
    assert!(!status.success());
}

#[test]
fn a_killed_recording_leaves_every_finished_interaction_in_its_journal() {
    let (sandbox, holding) = (Sandbox::new(), Holding::back("/second"));
    killed(&sandbox, &holding);
    assert_eq!(sandbox.files(), [PARTIAL]);
    let journal = sandbox.read(PARTIAL);
    let lines: Vec<Value> = journal
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [head, first] = lines.as_slice() else {
        panic!("a head and one interaction: {journal}");
    };
    assert_eq!(head["test"], "process::kills::asks_twice");
    let interaction = &first["interaction"];
    assert_eq!(interaction["request"]["url"], holding.server.url("/first"));
    assert_eq!(interaction["response"]["status"], 200);
    assert!(!journal.contains("hunter2"), "{journal}");
}

#[cfg(unix)]
#[test]
fn the_journal_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let (sandbox, holding) = (Sandbox::new(), Holding::back("/second"));
    killed(&sandbox, &holding);
    let metadata = fs::metadata(sandbox.path().join(PARTIAL)).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_next_recording_keeps_what_a_killed_one_left_and_says_where() {
    let (sandbox, holding) = (Sandbox::new(), Holding::back("/second"));
    let origin = holding.server.url("");
    killed(&sandbox, &holding);
    holding.let_go();

    let ran = Child::exactly("kills::asks_twice", &sandbox, &origin).run();
    ran.expect_passed(1);
    insta::assert_snapshot!(masked(&ran.stderr, &sandbox, &origin), @"
    cassette: what a killed recording had left is now in [sandbox]/process/kills/asks_twice.rejected.json
    cassette: recorded 2 interactions into [sandbox]/process/kills/asks_twice.json
    ");
    assert_eq!(sandbox.files(), ["process/kills/asks_twice.json", REJECTED]);
    assert_eq!(sandbox.requested(REJECTED), ["/first"]);
}

#[test]
fn a_replay_leaves_alone_what_a_killed_recording_left() {
    let (sandbox, holding) = (Sandbox::new(), Holding::back("/second"));
    let origin = holding.server.url("");
    holding.let_go();
    Child::exactly("kills::asks_twice", &sandbox, &origin)
        .run()
        .expect_passed(1);
    sandbox.write(PARTIAL, "left over");

    let replayed = Child::exactly("kills::asks_twice", &sandbox, &origin).run();
    replayed.expect_passed(1);
    assert_eq!(replayed.stderr, "");
    assert_eq!(sandbox.read(PARTIAL), "left over");
}
