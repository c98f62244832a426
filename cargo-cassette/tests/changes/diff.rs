//! `cargo cassette diff`: what has changed since a commit.

use std::fs;
use std::io::Write;

use crate::repository::{Repository, body_file, cassette, get, ok};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

/// Two cassettes, committed.
fn committed() -> Repository {
    let repository = Repository::new();
    repository.record("users/reads", &[get("/1", ok(json!({ "name": "ada" })))]);
    repository.record("users/lists", &[get("/", ok(json!([1, 2])))]);
    repository.commit();
    repository
}

#[test]
fn a_clean_tree_has_no_difference() {
    let repository = committed();
    insta::assert_snapshot!(repository.cassette(&["diff"]), @r"
    --- stderr
    no cassette has changed
    ");
    insta::assert_snapshot!(repository.cassette(&["diff", "--json", "--exit-code"]), @r"
    []
    --- stderr
    no cassette has changed
    ");
}

#[test]
fn changed_added_and_deleted_cassettes_are_compared_with_the_last_commit() {
    let repository = committed();
    repository.record("users/reads", &[get("/1", ok(json!({ "name": "bob" })))]);
    repository.record("users/adds", &[get("/new", json!({ "status": 201 }))]);
    fs::remove_file(repository.cassette_path("users/lists.json")).unwrap();
    insta::assert_snapshot!(repository.cassette(&["diff"]), @r#"
    users/adds: added, 1 interaction
      + 1  GET http://shop.test/new -> 201
    users/lists: deleted, 1 interaction
      - 1  GET http://shop.test/ -> 200
    users/reads: 1 changed
      ~ 1  GET http://shop.test/1
           response body /name: "ada" -> "bob"
    "#);
    insta::assert_snapshot!(repository.cassette(&["diff", "--stat", "--exit-code"]), @r"
    cassette     interactions  what
    users/adds              1  added, 1 interaction
    users/lists             1  deleted, 1 interaction
    users/reads             1  1 changed
    --- exit 1
    ");
}

#[test]
fn staged_changes_count_as_those_that_are_not() {
    let repository = committed();
    repository.record("users/reads", &[get("/1", ok(json!({ "name": "bob" })))]);
    repository.git(&["add", "--all"]);
    fs::remove_file(repository.cassette_path("users/lists.json")).unwrap();
    insta::assert_snapshot!(repository.cassette(&["diff", "--stat"]), @r"
    cassette     interactions  what
    users/lists             1  deleted, 1 interaction
    users/reads             1  1 changed
    ");
}

#[test]
fn programs_get_json() {
    let repository = committed();
    repository.record("users/reads", &[get("/1", ok(json!({ "name": "bob" })))]);
    insta::assert_snapshot!(repository.cassette(&["diff", "--json"]), @r#"
    [
      {
        "name": "users/reads",
        "package": "shop",
        "path": "tests/cassettes/users/reads.json",
        "status": "changed",
        "summary": "1 changed",
        "difference": {
          "interactions": [
            {
              "old": 1,
              "new": 1,
              "is_moved": false,
              "request": "GET http://shop.test/1",
              "answer": "200",
              "changes": [
                {
                  "place": "response body /name",
                  "old": "\"ada\"",
                  "new": "\"bob\""
                }
              ]
            }
          ]
        }
      }
    ]
    "#);
}

#[test]
fn an_older_revision_and_names_can_be_given() {
    let repository = committed();
    repository.git(&["tag", "before"]);
    repository.record("users/reads", &[get("/1", ok(json!({ "name": "bob" })))]);
    repository.record("users/lists", &[get("/", ok(json!([1])))]);
    repository.commit();
    insta::assert_snapshot!(repository.cassette(&["diff", "--stat"]), @r"
    --- stderr
    no cassette has changed
    ");
    insta::assert_snapshot!(repository.cassette(&["diff", "before", "--stat"]), @r"
    cassette     interactions  what
    users/lists             1  1 changed
    users/reads             1  1 changed
    ");
    insta::assert_snapshot!(repository.cassette(&["diff", "before", "users::reads", "--stat"]), @r"
    cassette     interactions  what
    users/reads             1  1 changed
    ");
    let path = [
        "diff",
        "before",
        "tests/cassettes/users/lists.json",
        "--stat",
    ];
    insta::assert_snapshot!(repository.cassette(&path), @r"
    cassette     interactions  what
    users/lists             1  1 changed
    ");
    insta::assert_snapshot!(repository.cassette(&["diff", "users/raeds"]), @r"
    --- stderr
    error: there is neither a cassette nor a revision `users/raeds`

    help: is it `users/reads`?
    help: is it `users/lists`?
    help: see all cassettes: `cargo cassette list`
    --- exit 2
    ");
}

#[test]
fn a_renamed_cassette_is_one_difference() {
    let repository = committed();
    let (old, new) = ("users/reads.json", "users/reads_one.json");
    fs::rename(repository.cassette_path(old), repository.cassette_path(new)).unwrap();
    insta::assert_snapshot!(repository.cassette(&["diff"]), @"users/reads_one: was users/reads");
    repository.record("users/reads_one", &[get("/1", json!({ "status": 404 }))]);
    insta::assert_snapshot!(repository.cassette(&["diff", "--stat"]), @r"
    cassette         interactions  what
    users/reads_one             1  was users/reads, 1 changed
    ");
}

#[test]
fn without_a_commit_everything_is_added() {
    let repository = Repository::new();
    repository.record("users/reads", &[get("/1", ok(json!(1)))]);
    insta::assert_snapshot!(repository.cassette(&["diff"]), @r"
    users/reads: added, 1 interaction
      + 1  GET http://shop.test/1 -> 200
    ");
    repository.git(&["add", "--all"]);
    insta::assert_snapshot!(repository.cassette(&["diff", "--stat"]), @r"
    cassette     interactions  what
    users/reads             1  added, 1 interaction
    ");
}

#[test]
fn a_package_below_the_root_of_the_repository_is_found() {
    let repository = Repository::with_package_below();
    repository.record("reads", &[get("/1", ok(json!(1)))]);
    repository.commit();
    repository.record("reads", &[get("/1", ok(json!(2)))]);
    insta::assert_snapshot!(repository.cassette(&["diff"]), @r"
    reads: 1 changed
      ~ 1  GET http://shop.test/1
           response body: 1 -> 2
    ");
}

#[test]
fn without_git_it_says_what_to_do() {
    let said = Repository::without_git().cassette(&["diff"]);
    assert_eq!(said.code, Some(2));
    assert!(
        said.err.contains("is in no git repository") && said.err.contains("help: "),
        "{said}"
    );
}

#[test]
fn a_broken_file_is_named_and_the_rest_goes_on() {
    let repository = committed();
    repository.write("users/reads.json", "{");
    repository.record("users/lists", &[get("/", ok(json!([1])))]);
    let said = repository.cassette(&["diff"]);
    let root = repository.root.display().to_string();
    insta::assert_snapshot!(said.to_string().replace(&root, "[root]"), @r"
    users/lists: 1 changed
      ~ 1  GET http://shop.test/
           response body /1: removed 2
    users/reads: cannot be read
    --- stderr
    warning: [root]/tests/cassettes/users/reads.json is no cassette: EOF while parsing an object at line 1 column 1

    help: restore it with `git checkout -- [root]/tests/cassettes/users/reads.json`, or remove it to record again
    --- exit 1
    ");
    // The other side, too.
    repository.commit();
    repository.record("users/reads", &[get("/1", ok(json!(1)))]);
    insta::assert_snapshot!(repository.cassette(&["diff"]), @r"
    users/reads: cannot be read
    --- stderr
    warning: as git has it, tests/cassettes/users/reads.json is no cassette: EOF while parsing an object at line 1 column 1

    help: look at the new one: `cargo cassette show reads`
    --- exit 1
    ");
}

#[test]
fn what_git_ignores_and_what_is_no_cassette_is_left_out() {
    let repository = committed();
    repository.write("notes.md", "");
    repository.write("users/reads.rejected.json", cassette("users/reads", &[]));
    repository.record("users/reads-local", &[get("/1", ok(json!(1)))]);
    fs::write(repository.path(".gitignore"), "*-local.json\n").unwrap();
    insta::assert_snapshot!(repository.cassette(&["diff"]), @r"
    --- stderr
    no cassette has changed
    ");
}

/// A cassette whose only answer is in a file beside it.
fn with_body(content: &[u8]) -> (String, String) {
    let file = body_file("big", content);
    let body: Value = json!({ "file": file });
    let answer = json!({ "status": 200, "body": body });
    (file, cassette("big", &[get("/big", answer)]))
}

#[test]
fn bodies_in_files_beside_a_cassette_are_compared() {
    let repository = Repository::new();
    let (old_file, old) = with_body(b"one\ntwo\n");
    repository.write(&old_file, "one\ntwo\n");
    repository.write("big.json", old);
    repository.commit();
    let (new_file, new) = with_body(b"one\n2\n");
    fs::remove_file(repository.cassette_path(&old_file)).unwrap();
    repository.write(&new_file, "one\n2\n");
    repository.write("big.json", new);
    insta::assert_snapshot!(repository.cassette(&["diff"]), @r"
    big: 1 changed
      ~ 1  GET http://shop.test/big
           response body
             @@ line 1
               one
             - two
             + 2
    ");
}

#[test]
fn compressed_cassettes_are_compared() {
    let repository = Repository::new();
    let record = |number: u32| {
        let text = cassette("reads", &[get("/1", ok(json!(number)))]);
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(text.as_bytes()).unwrap();
        repository.write("reads.json.gz", packed.finish().unwrap());
    };
    record(1);
    repository.commit();
    record(2);
    insta::assert_snapshot!(repository.cassette(&["diff"]), @r"
    reads: 1 changed
      ~ 1  GET http://shop.test/1
           response body: 1 -> 2
    ");
}

#[test]
fn an_unknown_revision_of_a_shallow_clone_asks_for_the_rest() {
    let origin = committed();
    origin.record("users/lists", &[]);
    origin.commit();
    let first = origin.git(&["rev-list", "--max-parents=0", "HEAD"]);
    let clone = tempfile::tempdir().unwrap();
    let url = format!("file://{}", origin.root.display());
    let folder = clone.path().display().to_string();
    origin.git(&["clone", "--quiet", "--depth=1", &url, &folder]);
    let mut command = origin.command(&["diff", first.trim()]);
    let output = command.current_dir(clone.path()).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("git fetch --unshallow"), "{error}");
}

#[test]
fn a_cassette_that_is_compressed_now_differs_in_its_form_only() {
    let repository = committed();
    let text = repository.read("users/reads.json");
    fs::remove_file(repository.cassette_path("users/reads.json")).unwrap();
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text.as_bytes()).unwrap();
    repository.write("users/reads.json.gz", packed.finish().unwrap());
    insta::assert_snapshot!(repository.cassette(&["diff"]), @"users/reads: only its form");
}

#[cfg(unix)]
#[test]
fn a_package_behind_a_symbolic_link_is_found() {
    let repository = committed();
    repository.record("users/lists", &[get("/", ok(json!([1])))]);
    let elsewhere = tempfile::tempdir().unwrap();
    let link = elsewhere.path().join("link");
    std::os::unix::fs::symlink(&repository.root, &link).unwrap();
    let mut command = repository.command(&["diff", "--stat", "--manifest-path"]);
    let output = command
        .arg(link.join("Cargo.toml"))
        .current_dir("/")
        .output();
    let shown = String::from_utf8(output.unwrap().stdout).unwrap();
    assert!(shown.contains("users/lists"), "{shown}");
}

#[test]
fn a_folder_of_cassettes_outside_the_repository_is_named() {
    let repository = committed();
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = repository.command(&["diff"]);
    let output = command.env("CASSETTE_DIR", elsewhere.path()).output();
    let told = String::from_utf8(output.unwrap().stderr).unwrap();
    assert!(told.contains("is not in this repository"), "{told}");
}

#[test]
fn cassettes_in_a_repository_of_their_own_are_not_called_unchanged() {
    let repository = committed();
    let own = repository.cassette_path("");
    repository.git(&["init", "--quiet", own.to_str().unwrap()]);
    repository.record("users/lists", &[get("/", ok(json!([1])))]);
    let said = repository.cassette(&["diff"]);
    assert!(
        said.err
            .contains("tests/cassettes is not in this repository"),
        "{said}"
    );
}
