use serde_json::json;

use crate::support::{PING, Project, cassette, last_run, with_head};

#[test]
fn without_a_complete_run_nobody_can_say_what_is_unused() {
    insta::assert_snapshot!(Project::new().run(&["prune"]), @"
    --- stderr
    error: there was no run yet, so nobody can say which cassettes are used

    help: run `cargo cassette test` first
    --- exit code 2
    ");
}

/// A project in which all tests ran, and passed, without a cassette.
fn after_a_run() -> Project {
    let project = Project::new();
    project.write("src/lib.rs", "#[test]\n#[ignore]\nfn waits() {}\n");
    project.write(".gitignore", "target\n*.rejected.json\n");
    project.write("tests/cassettes/gone.json", cassette("gone", &[PING]));
    let of_ignored = with_head(r#""test": "waits", "source": "src/lib.rs""#, &[PING]);
    project.write("tests/cassettes/waits.rejected.json", of_ignored);
    project.write(
        "tests/cassettes/gone.rejected.json",
        cassette("gone", &[PING]),
    );
    project
}

/// Says of the run that it has asked for all.
fn note_run(root: &std::path::Path) {
    let about = json!({ "is_complete": true, "passed": true, "packages": ["fixture"] });
    last_run::write(root, &[], Some(about));
}

#[test]
fn a_rejected_recording_of_a_test_that_did_not_run_stays() {
    let project = after_a_run();
    project.commit("all");
    note_run(&project.path());
    insta::assert_snapshot!(project.run(&["prune", "--yes"]), @"
    tests/cassettes/gone.json
    tests/cassettes/gone.rejected.json
    --- stderr
    kept: tests/cassettes/waits.rejected.json: src/lib.rs still has `fn waits`, which did not run: is it ignored?
    2 files removed
    --- exit code 0
    ");
    assert!(project.exists("tests/cassettes/waits.rejected.json"));
}

#[test]
#[cfg(unix)]
fn what_is_not_committed_stays_behind_a_symbolic_link_too() {
    let project = after_a_run();
    let elsewhere = tempfile::tempdir().unwrap();
    let link = elsewhere.path().join("link");
    std::os::unix::fs::symlink(project.path(), &link).unwrap();
    note_run(&link);
    let mut command = project.command(&["prune", "--yes", "--manifest-path"]);
    let ran = project.ran(&command.arg(link.join("Cargo.toml")).output().unwrap());
    assert!(
        ran.stderr
            .contains("gone.json: it is not committed as it is"),
        "{ran}"
    );
    assert!(project.exists("tests/cassettes/gone.json"));
}

#[test]
fn what_git_cannot_tell_of_is_not_removed() {
    let project = after_a_run();
    project.commit("all");
    note_run(&project.path());
    project.write(".git/index", "no index");
    let ran = project.run(&["prune", "--yes"]);
    assert_eq!(ran.code, Some(2), "{ran}");
    assert!(project.exists("tests/cassettes/gone.json"));
}

#[test]
#[cfg(unix)]
fn on_a_terminal_it_asks_first() {
    let project = after_a_run();
    project.commit("all");
    note_run(&project.path());
    let answered = |key: &str| {
        let mut command = project.command(&["prune"]);
        command.stdin(std::process::Stdio::inherit());
        // Much longer than it takes; only a question that hangs waits for it.
        let mut session = rexpect::session::spawn_command(command, Some(60_000)).unwrap();
        session.exp_string("remove 2 files? [y/n] ").unwrap();
        session.send(key).unwrap();
        session.flush().unwrap();
        let shown = session.exp_eof().unwrap();
        (shown, format!("{:?}", session.process.wait().unwrap()))
    };
    let (shown, ended) = answered("xn");
    assert!(
        shown.contains("2 files not removed") && ended.ends_with(", 1)"),
        "{shown} {ended}"
    );
    assert!(project.exists("tests/cassettes/gone.json"));
    let (shown, ended) = answered("y");
    assert!(
        shown.contains("2 files removed") && ended.ends_with(", 0)"),
        "{shown} {ended}"
    );
    assert!(!project.exists("tests/cassettes/gone.json"));
}
