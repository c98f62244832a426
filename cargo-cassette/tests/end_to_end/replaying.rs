use std::fs;

use crate::project::Weather;
use crate::recording::grow_old;
use crate::support::{PING, cassette};

#[test]
fn what_is_fresh_passes_and_the_list_knows_it() {
    let weather = Weather::recorded();
    insta::assert_snapshot!(Weather::summary(&weather.run(&["test"])), @"
    7 cassettes played, nothing to say
    --- exit code 0
    ");
    let listed = weather.run(&["list"]).stdout;
    assert_eq!(listed.matches("fresh").count(), 7, "{listed}");
    let shown = weather.run(&["show", "pings"]).stdout;
    assert!(shown.contains("last run: fresh"), "{shown}");
    // What was changed since is known no more.
    let pings = weather.project.read("tests/cassettes/api/pings.json");
    weather
        .project
        .write("tests/cassettes/api/pings.json", pings);
    let listed = weather.run(&["list", "pings"]).stdout;
    assert!(listed.contains("unknown"), "{listed}");
}

#[test]
fn stale_expired_unplayed_missing_and_orphaned_cassettes_are_told() {
    let weather = Weather::recorded();
    weather.change();
    weather.switch("less");
    grow_old(&weather);
    fs::remove_file(
        weather
            .project
            .path()
            .join("tests/cassettes/api/pings.json"),
    )
    .unwrap();
    weather.project.write(
        "tests/cassettes/api/gone.json",
        cassette("api::gone", &[PING]),
    );
    let ignored = cassette("api::is_ignored", &[PING]).replace(
        "\"test\": \"api::is_ignored\",",
        "\"test\": \"api::is_ignored\",\n  \"source\": \"tests/api.rs\",",
    );
    weather
        .project
        .write("tests/cassettes/api/is_ignored.json", ignored);
    insta::assert_snapshot!(Weather::summary(&weather.run(&["test"])), @"
    state     test                      cassette                                      why
    expired   api::grows_old            tests/cassettes/api/grows_old.json            older than `max_age`
    missing   api::pings                tests/cassettes/api/pings.json                no cassette for api::pings
    not run   api::is_ignored           tests/cassettes/api/is_ignored.json           tests/api.rs still has `fn is_ignored`, which did not run: is it ignored?
    orphaned  api::gone                 tests/cassettes/api/gone.json                 no test used it
    stale     api::changes              tests/cassettes/api/changes.json              changed: body
    unplayed  api::asks_less_when_told  tests/cassettes/api/asks_less_when_told.json  1 interaction not asked for
    5 cassettes played, 6 to look at
    help: record what is stale, expired or missing: `cargo cassette record --only-stale`
    --- exit code 1
    ");
    // A test failed, so nobody can say what is unused.
    insta::assert_snapshot!(weather.run(&["prune"]), @"
    --- stderr
    error: in the last run a test failed, so nobody can say which cassettes are used

    help: run `cargo cassette test` first
    --- exit code 2
    ");
}

#[test]
fn what_is_let_pass_is_told_and_is_no_reason_to_fail() {
    let weather = Weather::recorded();
    weather.switch("less");
    grow_old(&weather);
    insta::assert_snapshot!(Weather::summary(&weather.run(&["test"])), @"
    state     test                      cassette                                      why
    expired   api::grows_old            tests/cassettes/api/grows_old.json            older than `max_age`
    unplayed  api::asks_less_when_told  tests/cassettes/api/asks_less_when_told.json  1 interaction not asked for
    7 cassettes played, 2 to look at
    --- exit code 0
    ");
}

#[test]
fn files_that_no_test_used_are_pruned_after_a_complete_run() {
    let weather = Weather::recorded();
    weather.project.write(
        "tests/cassettes/api/gone.json",
        cassette("api::gone", &[PING]),
    );
    weather.project.write(
        "tests/cassettes/api/gone.rejected.json",
        cassette("api::gone", &[PING]),
    );
    weather.project.write(
        "tests/cassettes/api/pings.rejected.json",
        cassette("api::pings", &[PING]),
    );
    weather
        .project
        .write("tests/cassettes/api/kept.txt", "no file of ours");
    let moved = weather.project.read("tests/cassettes/api/pings.json");
    weather
        .project
        .write("tests/cassettes/api/renamed.json", moved);
    weather.project.commit("all of it");
    weather.project.write(
        "tests/cassettes/api/uncommitted.json",
        cassette("api::gone", &[PING]),
    );
    let tested = weather.run(&["test"]);
    assert_eq!(
        tested.code,
        Some(1),
        "orphans are something to look at: {tested}"
    );
    weather.project.write(
        "tests/cassettes/api/young.json",
        cassette("api::young", &[PING]),
    );
    let before = weather.files();
    insta::assert_snapshot!(weather.run(&["prune", "--dry-run"]), @"
    tests/cassettes/api/gone.json
    tests/cassettes/api/gone.rejected.json
    tests/cassettes/api/renamed.json
    --- stderr
    kept: tests/cassettes/api/uncommitted.json: it is not committed as it is
    kept: tests/cassettes/api/young.json: it was changed after the last run
    3 files not removed

    help: remove them with `cargo cassette prune --yes`
    --- exit code 1
    ");
    // Without a terminal it is the same.
    insta::assert_snapshot!(weather.run(&["prune"]), @"
    tests/cassettes/api/gone.json
    tests/cassettes/api/gone.rejected.json
    tests/cassettes/api/renamed.json
    --- stderr
    kept: tests/cassettes/api/uncommitted.json: it is not committed as it is
    kept: tests/cassettes/api/young.json: it was changed after the last run
    3 files not removed

    help: remove them with `cargo cassette prune --yes`
    --- exit code 1
    ");
    assert_eq!(weather.files(), before);
    insta::assert_snapshot!(weather.run(&["prune", "--yes"]), @"
    tests/cassettes/api/gone.json
    tests/cassettes/api/gone.rejected.json
    tests/cassettes/api/renamed.json
    --- stderr
    kept: tests/cassettes/api/uncommitted.json: it is not committed as it is
    kept: tests/cassettes/api/young.json: it was changed after the last run
    3 files removed
    --- exit code 0
    ");
    let gone: Vec<_> = before
        .into_iter()
        .filter(|name| !weather.files().contains(name))
        .collect();
    assert_eq!(gone, ["gone.json", "gone.rejected.json", "renamed.json"]);
    assert_eq!(weather.run(&["test", "pings"]).code, Some(0));
    insta::assert_snapshot!(weather.run(&["prune"]), @"
    --- stderr
    error: the last run was not asked for all tests, so nobody can say which cassettes are used

    help: run `cargo cassette test` first
    --- exit code 2
    ");
}

#[test]
fn offline_takes_the_network_away_or_says_that_it_cannot() {
    let weather = Weather::recorded();
    weather.switch("offline");
    assert_eq!(
        weather.run(&["test"]).code,
        Some(1),
        "there is a network, and a test that minds"
    );
    let ran = weather.run(&["test", "--offline"]);
    let can = std::process::Command::new("unshare")
        .args(["--map-root-user", "--net", "ip", "link", "set", "lo", "up"])
        .status();
    if can.is_ok_and(|status| status.success()) {
        insta::assert_snapshot!(Weather::summary(&ran), @"
        7 cassettes played without a network, nothing to say
        --- exit code 0
        ");
    } else {
        assert!(
            ran.code == Some(2) && ran.stderr.contains("the network cannot be taken away here"),
            "{ran}"
        );
    }
}

#[test]
fn without_nextest_that_is_told() {
    let weather = Weather::take();
    let ran = weather
        .command(&["test", "--nextest"])
        .env("PATH", "/nowhere")
        .output()
        .unwrap();
    let ran = weather.project.ran(&ran);
    assert!(
        ran.code == Some(2) && ran.stderr.contains("cargo install cargo-nextest"),
        "{ran}"
    );
}

#[test]
fn an_audit_knows_what_attributes_keep() {
    let weather = Weather::recorded();
    let key = ["sk", "live", "4eC39HqLyjWDarjtT1zdp7dc"].join("_");
    for name in ["grows_old", "pings"] {
        let name = format!("tests/cassettes/api/{name}.json");
        let leaking = weather
            .project
            .read(&name)
            .replace("\"pong\"", &format!("\"{key}\""));
        weather.project.write(&name, leaking);
    }
    insta::assert_snapshot!(weather.run(&["audit"]), @r#"
    tests/cassettes/api/pings.json: interaction 1, response body line 1: the shape of a token of stripe
    --- stderr
    7 recordings looked through, 1 finding

    help: if it is a secret, revoke it, mask it, `redact = ["text:<pattern>"]` in cassette.toml, and record again
    help: if it is none, keep it: `keep = ["shape:stripe"]` in cassette.toml
    --- exit code 1
    "#);
}

#[test]
#[cfg(unix)]
fn nextest_runs_them_where_that_is_asked_for() {
    use std::os::unix::fs::PermissionsExt;
    let weather = Weather::recorded();
    // What cargo calls for `cargo nextest` when it is asked for its version, and then to run.
    let script = "#!/bin/sh\n[ \"$2\" = --version ] && exit 0\necho \"$@\" > asked\nexec cargo test --manifest-path \"$4\" pings\n";
    weather.project.write("bin/cargo-nextest", script);
    let program = weather.project.path().join("bin/cargo-nextest");
    fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = weather.command(&["test", "--nextest", "pings", "--", "--profile", "ci"]);
    let path = format!(
        "{}:{}",
        weather.project.path().join("bin").display(),
        env!("PATH")
    );
    let ran = weather
        .project
        .ran(&command.env("PATH", path).output().unwrap());
    insta::assert_snapshot!(Weather::summary(&ran), @"
    1 cassette played, nothing to say
    --- exit code 0
    ");
    let asked = weather
        .project
        .read("asked")
        .replace(&weather.project.path().display().to_string(), "[project]");
    insta::assert_snapshot!(asked, @"nextest run --manifest-path [project]/Cargo.toml --workspace --no-fail-fast --profile ci pings");
}
