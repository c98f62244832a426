//! Ctrl-C: all processes of the terminal's group get it.
#![cfg(unix)]

use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use crate::project::Weather;

#[test]
fn ctrl_c_ends_the_tests_and_leaves_nothing_half_written() {
    let weather = Weather::recorded();
    let before = weather
        .project
        .read("tests/cassettes/api/is_held_when_told.json");
    weather.switch("hold");
    let mut command = weather.command(&["record", "is_held_when_told"]);
    let child = command
        .process_group(0)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = child.spawn().unwrap();
    weather.server.wait_for_held();
    let group = format!("-{}", child.id());
    assert!(
        Command::new("kill")
            .args(["-INT", "--", &group])
            .status()
            .unwrap()
            .success()
    );
    let ran = weather.project.ran(&child.wait_with_output().unwrap());
    insta::assert_snapshot!(Weather::summary(&ran), @"
    no test with a cassette came to its end
    interrupted: the tests were ended; what is saved is whole
    note: what api::is_held_when_told had recorded is in tests/cassettes/api/is_held_when_told.partial.jsonl; its next recording keeps it as `.rejected.json`
    --- exit code 1
    ");
    let name = "is_held_when_told";
    assert_eq!(
        weather
            .project
            .read(&format!("tests/cassettes/api/{name}.json")),
        before
    );
    assert!(
        weather
            .project
            .exists(&format!("tests/cassettes/api/{name}.partial.jsonl"))
    );
    let left = weather
        .files()
        .into_iter()
        .filter(|file| file.starts_with(".cassette-"));
    assert_eq!(left.count(), 0, "nothing is half-written");
    let checked = weather.run(&["check"]);
    assert!(
        checked.stdout.contains("leftover: a recording was killed"),
        "nobody holds it: {checked}"
    );
    // The next recording keeps what was recorded, as it was told.
    weather.switch_off("hold");
    assert_eq!(weather.run(&["record", name]).code, Some(0));
    assert!(
        weather
            .project
            .exists(&format!("tests/cassettes/api/{name}.rejected.json"))
    );
}

#[test]
fn on_a_terminal_a_bar_shows_the_test_under_way_until_ctrl_c() {
    let weather = Weather::recorded();
    weather.switch("hold");
    let command = weather.command(&["record", "is_held_when_told"]);
    // Much longer than it takes to build.
    let mut session = rexpect::session::spawn_command(command, Some(300_000)).unwrap();
    weather.server.wait_for_held();
    // The test's harness does not know it by this name.
    let bar = r"\[[^]]*\] 0/\d+ api::is_held_when_told";
    session.exp_regex(bar).unwrap();
    session.send_control('c').unwrap();
    let shown = session.exp_eof().unwrap();
    assert!(shown.contains("interrupted"), "{shown}");
    let ended = format!("{:?}", session.process.wait().unwrap());
    assert!(ended.ends_with(", 1)"), "{ended}");
}
