//! `cargo cassette accept` and `reject`: recordings that were not saved.

use std::fs;
use std::fs::File;

use crate::last_run;
use crate::repository::{Repository, body_file, cassette, get, ok};
use serde_json::{Value, json};

/// A cassette, and a recording of it that was rejected.
fn rejected(interactions: &[Value]) -> Repository {
    let repository = Repository::without_git();
    repository.record("users/reads", &[get("/1", ok(json!({ "name": "ada" })))]);
    repository.write(
        "users/reads.rejected.json",
        cassette("users/reads", interactions),
    );
    repository
}

fn bob() -> Value {
    get("/1", ok(json!({ "name": "bob" })))
}

/// The lines of a recording that was killed.
fn journal(interactions: &[Value]) -> String {
    let head: Value = serde_json::from_str(&cassette("users/reads", &[])).unwrap();
    let lines = interactions.iter().enumerate();
    let lines = lines.map(|(number, interaction)| {
        json!({ "number": number, "interaction": interaction }).to_string()
    });
    let lines: Vec<_> = [head.to_string()].into_iter().chain(lines).collect();
    // What stands behind the last line break was cut off in the middle.
    lines.join("\n") + "\n{\"numb"
}

#[test]
fn without_a_name_they_are_shown_with_what_they_would_change() {
    let repository = rejected(&[bob()]);
    insta::assert_snapshot!(repository.cassette(&["accept"]), @r#"
    users/reads: rejected, 1 changed
        file: tests/cassettes/users/reads.rejected.json
      ~ 1  GET http://shop.test/1
           response body /name: "ada" -> "bob"
    --- stderr
    1 recording not saved

    help: take one with `cargo cassette accept NAME`, or remove it: `cargo cassette reject NAME`
    --- exit 1
    "#);
    assert_eq!(repository.files().len(), 2);
    let nothing = Repository::without_git();
    insta::assert_snapshot!(nothing.cassette(&["reject"]), @r"
    --- stderr
    every recording was saved
    ");
}

#[test]
fn an_accepted_recording_becomes_the_cassette() {
    let repository = rejected(&[bob()]);
    insta::assert_snapshot!(repository.cassette(&["accept", "users::reads"]), @r"
    tests/cassettes/users/reads.json: accepted
    --- stderr
    1 recording accepted
    ");
    assert_eq!(repository.files(), ["users/reads.json"]);
    assert!(repository.read("users/reads.json").contains("bob"));
}

#[test]
fn a_rejected_recording_is_removed_and_the_cassette_stays() {
    let repository = rejected(&[bob()]);
    insta::assert_snapshot!(repository.cassette(&["reject", "users/reads"]), @r"
    tests/cassettes/users/reads.rejected.json: removed
    --- stderr
    1 recording removed
    ");
    assert_eq!(repository.files(), ["users/reads.json"]);
    assert!(repository.read("users/reads.json").contains("ada"));
}

#[test]
fn bodies_in_files_go_with_their_recording() {
    let file = "reads.rejected.e3b0c44298fc.bin";
    let empty = get("/1", json!({ "status": 200, "body": { "file": file } }));
    let make = || {
        let repository = rejected(std::slice::from_ref(&empty));
        repository.write(&format!("users/{file}"), "");
        repository
    };
    let repository = make();
    repository.cassette(&["accept", "--all"]);
    assert_eq!(
        repository.files(),
        ["users/reads.e3b0c44298fc.bin", "users/reads.json"]
    );
    let repository = make();
    repository.cassette(&["reject", "--all"]);
    assert_eq!(repository.files(), ["users/reads.json"]);
}

#[test]
fn a_recording_with_something_blocked_is_refused() {
    let repository = rejected(&[get("/1", ok(json!({ "key": "[BLOCKED]" })))]);
    let said = repository.cassette(&["accept", "--all"]).to_string();
    insta::assert_snapshot!(said.replace(&repository.root.display().to_string(), "[root]"), @r"
    --- stderr
    warning: [root]/tests/cassettes/users/reads.rejected.json has something masked in interaction 1 that looked like a secret, so it is no faithful recording

    help: let the test keep or mask it, as the failed recording said, and record again
    0 recordings accepted
    --- exit 1
    ");
    assert_eq!(repository.files().len(), 2);
    assert!(repository.read("users/reads.json").contains("ada"));
}

#[test]
fn what_is_blocked_is_found_in_urls_and_in_files_beside() {
    let file = body_file("reads.rejected", b"a [BLOCKED] b");
    let blocked = get("/1", json!({ "status": 200, "body": { "file": file } }));
    let repository = rejected(&[blocked]);
    repository.write(&format!("users/{file}"), "a [BLOCKED] b");
    assert_eq!(repository.cassette(&["accept", "--all"]).code, Some(1));
    let repository = rejected(&[get("/%5BBLOCKED%5D", ok(json!(1)))]);
    assert_eq!(repository.cassette(&["accept", "--all"]).code, Some(1));
    assert!(repository.read("users/reads.json").contains("ada"));
}

#[test]
fn what_its_test_was_seen_to_keep_is_let_stand() {
    let token = format!("ghp_{}", "a1B2c3D4e5F6".repeat(3));
    let repository = rejected(&[get("/1", ok(json!({ "note": token })))]);
    let event = json!({
        "version": 1,
        "test": "users::reads",
        "package": repository.root,
        "dir": repository.cassette_path(""),
        "cassette": repository.cassette_path("users/reads.json"),
        "mode": "record",
        "keep": ["json:/note"],
        "outcome": "rejected",
    });
    last_run::write(&repository.root, &[event], None);
    let said = repository.cassette(&["accept", "--all"]);
    assert_eq!(said.code, Some(0), "{said}");
}

#[test]
fn the_gate_of_recordings_holds_for_accepted_ones() {
    let token = format!("ghp_{}", "a1B2c3D4e5F6".repeat(3));
    let repository = rejected(&[get("/1", ok(json!({ "note": token })))]);
    let said = repository.cassette(&["accept", "--all"]).to_string();
    insta::assert_snapshot!(said.replace(&repository.root.display().to_string(), "[root]"), @r#"
    --- stderr
    warning: [root]/tests/cassettes/users/reads.rejected.json may hold a secret: interaction 1, response body /note: the shape of a token of github

    help: if it is one, mask it, `redact = ["json:/note"]` in cassette.toml, and record again
    help: if it is none, keep it: `keep = ["json:/note"]` in cassette.toml
    0 recordings accepted
    --- exit 1
    "#);
    assert!(!said.contains(&token));
    assert!(repository.read("users/reads.json").contains("ada"));
    // What the package lets stand is let stand here.
    fs::write(
        repository.path("cassette.toml"),
        "keep = [\"json:/note\"]\n",
    )
    .unwrap();
    assert_eq!(repository.cassette(&["accept", "--all"]).code, Some(0));
}

#[test]
fn of_several_recordings_of_one_cassette_a_person_takes_one() {
    let repository = rejected(&[bob()]);
    let eve = get("/1", ok(json!({ "name": "eve" })));
    repository.write(
        "users/reads.2.rejected.rejected.json",
        cassette("users/reads", &[eve]),
    );
    insta::assert_snapshot!(repository.cassette(&["accept", "users/reads"]), @r"
    --- stderr
    warning: tests/cassettes/users/reads.2.rejected.rejected.json is one of several recordings of users/reads

    help: if it is this one: `cargo cassette accept tests/cassettes/users/reads.2.rejected.rejected.json`
    warning: tests/cassettes/users/reads.rejected.json is one of several recordings of users/reads

    help: if it is this one: `cargo cassette accept tests/cassettes/users/reads.rejected.json`
    0 recordings accepted
    --- exit 1
    ");
    let path = "tests/cassettes/users/reads.2.rejected.rejected.json";
    assert_eq!(repository.cassette(&["accept", path]).code, Some(0));
    assert!(repository.read("users/reads.json").contains("eve"));
    assert_eq!(
        repository.files(),
        ["users/reads.json", "users/reads.rejected.json"]
    );
}

#[test]
fn what_a_killed_recording_left_is_accepted_and_removed_like_others() {
    let make = || {
        let repository = Repository::without_git();
        repository.write("users/reads.partial.jsonl", journal(&[bob()]));
        repository
    };
    let repository = make();
    insta::assert_snapshot!(repository.cassette(&["accept"]), @r"
    users/reads: partial, its recording was killed, 1 added
        file: tests/cassettes/users/reads.partial.jsonl
      + 1  GET http://shop.test/1 -> 200
    --- stderr
    1 recording not saved

    help: take one with `cargo cassette accept NAME`, or remove it: `cargo cassette reject NAME`
    --- exit 1
    ");
    insta::assert_snapshot!(repository.cassette(&["accept", "reads"]), @r"
    tests/cassettes/users/reads.json: accepted
    --- stderr
    1 recording accepted
    ");
    assert_eq!(repository.files(), ["users/reads.json"]);
    assert!(repository.read("users/reads.json").contains("bob"));
    let repository = make();
    assert_eq!(repository.cassette(&["reject", "reads"]).code, Some(0));
    assert_eq!(repository.files(), [""; 0]);
}

#[test]
fn a_recording_that_runs_is_not_touched() {
    let repository = Repository::without_git();
    repository.write("users/reads.partial.jsonl", journal(&[bob()]));
    let held = File::open(repository.cassette_path("users/reads.partial.jsonl")).unwrap();
    held.try_lock().unwrap();
    for verb in ["accept", "reject"] {
        let said = repository.cassette(&[verb, "--all"]);
        assert_eq!(said.code, Some(1), "{said}");
        assert!(said.err.contains("a recording that is running"), "{said}");
    }
    assert_eq!(repository.files(), ["users/reads.partial.jsonl"]);
}

#[test]
fn a_name_that_means_nothing_is_an_error_with_the_next_command() {
    let repository = rejected(&[bob()]);
    insta::assert_snapshot!(repository.cassette(&["accept", "nobody"]), @r"
    --- stderr
    error: there is no rejected or partial recording `nobody`

    help: see which there are: `cargo cassette accept`
    --- exit 2
    ");
}

#[test]
fn a_broken_recording_is_named_and_can_be_removed() {
    let repository = rejected(&[bob()]);
    repository.write("users/lists.rejected.json", "{");
    let said = repository.cassette(&["accept", "--all"]);
    assert_eq!(said.code, Some(1), "{said}");
    assert!(
        said.err.contains("lists.rejected.json is no cassette"),
        "{said}"
    );
    assert!(repository.read("users/reads.json").contains("bob"));
    assert_eq!(repository.cassette(&["reject", "--all"]).code, Some(0));
    assert_eq!(repository.files(), ["users/reads.json"]);
}

#[test]
fn a_read_only_cassette_is_not_replaced() {
    let repository = rejected(&[bob()]);
    let path = repository.cassette_path("users/reads.json");
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let said = repository.cassette(&["accept", "--all"]);
    assert_eq!(said.code, Some(1), "{said}");
    assert!(said.err.contains("is read-only"), "{said}");
    assert!(repository.read("users/reads.json").contains("ada"));
}

#[test]
fn a_whole_name_means_no_longer_one_and_an_empty_word_nothing() {
    let repository = rejected(&[bob()]);
    repository.write(
        "users/reads_all.rejected.json",
        cassette("users/reads_all", &[bob()]),
    );
    let empty = repository.cassette(&["reject", ""]);
    assert_eq!(empty.code, Some(2), "{empty}");
    for name in ["users/reads", "users::reads"] {
        repository.write(
            "users/reads.rejected.json",
            cassette("users/reads", &[bob()]),
        );
        let said = repository.cassette(&["reject", name]);
        assert_eq!(said.code, Some(0), "{said}");
        let files = repository.files();
        assert_eq!(
            files,
            ["users/reads.json", "users/reads_all.rejected.json"],
            "{name}"
        );
    }
    assert_eq!(repository.cassette(&["reject", "reads"]).code, Some(0));
    assert_eq!(
        repository.files(),
        ["users/reads.json"],
        "a part means all that have it"
    );
}
