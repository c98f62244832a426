//! `cargo cassette review`, on a terminal and without one.

use std::fs;

use crate::repository::{Repository, cassette, get, ok};
use serde_json::json;

/// A changed cassette, a deleted one, a new one, and a recording that was rejected; in this order.
fn repository() -> Repository {
    let repository = Repository::new();
    repository.record("a_changed", &[get("/1", ok(json!({ "name": "ada" })))]);
    repository.record("b_deleted", &[get("/2", ok(json!(2)))]);
    repository.record("d_kept", &[get("/4", ok(json!(4)))]);
    fs::write(
        repository.path(".gitignore"),
        "/target\nCargo.lock\n*.rejected.json\n",
    )
    .unwrap();
    repository.commit();
    repository.record("a_changed", &[get("/1", ok(json!({ "name": "bob" })))]);
    fs::remove_file(repository.cassette_path("b_deleted.json")).unwrap();
    repository.record("c_new", &[get("/3", ok(json!(3)))]);
    let other = [get("/4", ok(json!(5)))];
    repository.write("d_kept.rejected.json", cassette("d_kept", &other));
    repository
}

/// What git says of the cassettes.
fn status(repository: &Repository) -> String {
    repository.git(&["status", "--porcelain", "--no-renames"])
}

#[test]
fn without_a_terminal_the_differences_and_the_commands_are_printed() {
    let repository = repository();
    let before = status(&repository);
    insta::assert_snapshot!(repository.cassette(&["review"]), @r#"
    a_changed: 1 changed
      ~ 1  GET http://shop.test/1
           response body /name: "ada" -> "bob"
      keep: git add -A -- tests/cassettes/a_changed.json
      restore: git checkout -- tests/cassettes/a_changed.json

    b_deleted: deleted, 1 interaction
      - 1  GET http://shop.test/2 -> 200
      keep: git add -A -- tests/cassettes/b_deleted.json
      restore: git checkout -- tests/cassettes/b_deleted.json

    c_new: added, 1 interaction
      + 1  GET http://shop.test/3 -> 200
      keep: git add -A -- tests/cassettes/c_new.json
      remove: rm -- tests/cassettes/c_new.json

    d_kept: rejected, 1 changed
        file: tests/cassettes/d_kept.rejected.json
      ~ 1  GET http://shop.test/4
           response body: 4 -> 5
      keep: cargo cassette accept tests/cassettes/d_kept.rejected.json
      restore: cargo cassette reject tests/cassettes/d_kept.rejected.json

    --- exit 1
    "#);
    assert_eq!(status(&repository), before);
}

#[test]
fn the_printed_commands_do_what_the_keys_do() {
    let repository = repository();
    let said = repository.cassette(&["review"]);
    let command = |start: &str| {
        let mut lines = said.out.lines().map(str::trim);
        let line = lines.find_map(|line| line.strip_prefix(start)).unwrap();
        line.split(' ').map(str::to_owned).collect::<Vec<_>>()
    };
    let keep = command("keep: git ");
    let restore = command("restore: git ");
    repository.git(&restore.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(repository.read("a_changed.json").contains("ada"));
    repository.git(&keep.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn a_clean_tree_has_nothing_to_review() {
    let repository = Repository::new();
    insta::assert_snapshot!(repository.cassette(&["review"]), @r"
    --- stderr
    nothing to review
    ");
}

#[test]
fn what_is_in_conflict_is_named_and_the_rest_goes_on() {
    let repository = Repository::new();
    repository.record("a", &[get("/1", ok(json!(0)))]);
    repository.record("b", &[get("/1", ok(json!(0)))]);
    repository.commit();
    repository.git(&["checkout", "--quiet", "-b", "other"]);
    repository.record("a", &[get("/1", ok(json!(1)))]);
    repository.commit();
    repository.git(&["checkout", "--quiet", "main"]);
    repository.record("a", &[get("/1", ok(json!(2)))]);
    repository.commit();
    let mut merge = std::process::Command::new("git");
    crate::repository::clean(&mut merge);
    let merged = merge
        .args(["merge", "other"])
        .current_dir(&repository.root)
        .output();
    assert!(!merged.unwrap().status.success());
    repository.record("b", &[get("/1", ok(json!(1)))]);
    insta::assert_snapshot!(repository.cassette(&["review"]), @r"
    b: 1 changed
      ~ 1  GET http://shop.test/1
           response body: 0 -> 1
      keep: git add -A -- tests/cassettes/b.json
      restore: git checkout -- tests/cassettes/b.json

    --- stderr
    warning: tests/cassettes/a.json is in conflict

    help: resolve it, or record its test again; then `git add tests/cassettes/a.json`
    --- exit 1
    ");
}

#[cfg(unix)]
mod on_a_terminal {
    use std::process::Command;

    use rexpect::session::{PtySession, spawn_command};

    use super::*;

    const PROMPT: &str = "change nothing ? ";

    /// Much longer than it takes; only a review that hangs waits for it.
    const PATIENCE: u64 = 60_000;

    /// Runs a review and answers its questions; returns what was shown, and how it ended.
    fn review(repository: &Repository, keys: &[&str]) -> (String, String) {
        answered(
            spawn_command(repository.command(&["review"]), Some(PATIENCE)).unwrap(),
            keys,
        )
    }

    fn answered(mut session: PtySession, keys: &[&str]) -> (String, String) {
        let mut shown = String::new();
        for key in keys {
            shown += &session.exp_string(PROMPT).unwrap();
            session.send(key).unwrap();
            session.flush().unwrap();
        }
        shown += &session.exp_eof().unwrap();
        let ended = format!("{:?}", session.process.wait().unwrap());
        (shown.replace('\r', ""), ended)
    }

    #[test]
    fn each_key_does_what_it_says_when_all_is_answered() {
        let repository = repository();
        let (shown, ended) = review(&repository, &["k", "r", "r", "k"]);
        assert!(shown.contains("2 kept, 2 restored, 0 left"), "{shown}");
        assert!(ended.ends_with(", 0)"), "{ended}");
        // Staged, put back, removed, made the cassette.
        insta::assert_snapshot!(status(&repository), @r"
        M  tests/cassettes/a_changed.json
        M  tests/cassettes/d_kept.json
        ");
        assert_eq!(
            repository.files(),
            ["a_changed.json", "b_deleted.json", "d_kept.json"]
        );
        assert!(repository.read("d_kept.json").contains('5'));
    }

    #[test]
    fn what_was_kept_is_not_asked_about_again() {
        let repository = repository();
        review(&repository, &["k", "K", "k"]);
        insta::assert_snapshot!(status(&repository), @r"
        M  tests/cassettes/a_changed.json
        D  tests/cassettes/b_deleted.json
        A  tests/cassettes/c_new.json
        M  tests/cassettes/d_kept.json
        ");
        assert!(review(&repository, &[]).0.contains("nothing to review"));
    }

    #[test]
    fn restoring_puts_back_what_was_kept_before() {
        let repository = repository();
        review(&repository, &["k", "q"]);
        repository.record("a_changed", &[get("/1", ok(json!({ "name": "eve" })))]);
        review(&repository, &["r", "q"]);
        assert!(repository.read("a_changed.json").contains("bob"));
    }

    #[test]
    fn upper_case_answers_for_all_the_rest_of_a_kind() {
        let repository = repository();
        let (shown, ended) = review(&repository, &["s", "R", "R"]);
        assert!(shown.contains("0 kept, 3 restored, 1 left"), "{shown}");
        assert!(ended.ends_with(", 1)"), "{ended}");
        assert!(repository.read("a_changed.json").contains("bob"));
        assert_eq!(
            repository.files(),
            ["a_changed.json", "b_deleted.json", "d_kept.json"]
        );
        assert!(repository.read("d_kept.json").contains('4'));
    }

    #[test]
    fn of_several_recordings_of_one_cassette_none_is_taken_by_one_key() {
        let repository = repository();
        let other = [get("/4", ok(json!(6)))];
        let second = "d_kept.2.rejected.rejected.json";
        repository.write(second, cassette("d_kept", &other));
        let (shown, _) = review(&repository, &["S", "K"]);
        assert!(shown.contains("0 kept, 0 restored, 5 left"), "{shown}");
        assert!(shown.contains("is one of several recordings"), "{shown}");
        review(&repository, &["S", "k", "r"]);
        assert!(repository.read("d_kept.json").contains('6'));
        assert_eq!(
            repository.files(),
            ["a_changed.json", "c_new.json", "d_kept.json"]
        );
    }

    #[test]
    fn other_keys_are_no_answer_and_q_stops_with_what_was_decided() {
        let repository = repository();
        let (shown, _) = review(&repository, &["xyk", "q"]);
        assert!(shown.contains("1 kept, 0 restored, 3 left"), "{shown}");
    }

    #[test]
    fn ctrl_c_leaves_everything_as_it_was_and_the_terminal_as_well() {
        let repository = repository();
        let (before, files) = (status(&repository), repository.files());
        let program = repository.command(&["review"]);
        let mut shell = Command::new("sh");
        shell.current_dir(&repository.root);
        crate::repository::clean(&mut shell);
        let script = "stty -g; \"$0\" cassette review; echo \"exit $?\"; stty -g";
        shell.args(["-c", script]).arg(program.get_program());
        let session = spawn_command(shell, Some(PATIENCE)).unwrap();
        let (shown, _) = answered(session, &["k", "r", "\u{3}"]);
        assert!(
            shown.contains("interrupted: everything is as it was"),
            "{shown}"
        );
        assert!(shown.contains("exit 1"), "{shown}");
        let lines: Vec<_> = shown.trim().lines().collect();
        assert_eq!(lines.first(), lines.last(), "the terminal's settings");
        assert_eq!((status(&repository), repository.files()), (before, files));
    }
}
