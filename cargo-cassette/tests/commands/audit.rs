use crate::support::{PING, Project, cassette};

/// Made here, so that no scanner of this repository finds it.
fn stripe_key() -> String {
    ["sk", "live", "4eC39HqLyjWDarjtT1zdp7dc"].join("_")
}

/// An interaction whose answer holds `value` at `/webhook/signing`, and a password at its name.
fn leaking(value: &str) -> String {
    format!(
        r#"{{"request": {{"method": "GET", "url": "http://api/keys?access_token=opensesame99"}}, "response": {{"status": 200, "headers": {{"content-type": "application/json"}}, "body": {{"json": {{"webhook": {{"signing": "{value}"}}}}}}}}}}"#
    )
}

fn project() -> Project {
    let project = Project::new();
    project.write(
        "tests/cassettes/api/reads.json",
        cassette("api::reads", &[PING]),
    );
    project
}

#[test]
fn clean_cassettes_pass() {
    insta::assert_snapshot!(project().run(&["audit"]), @"
    --- stderr
    1 recording looked through, nothing found
    --- exit code 0
    ");
}

#[test]
fn what_should_be_masked_is_told_by_place_and_never_by_value() {
    let project = project();
    let leak = cassette("api::leaks", &[PING, &leaking(&stripe_key())]);
    project.write("tests/cassettes/api/leaks.json", &leak);
    let ran = project.run(&["audit"]);
    assert!(!ran.to_string().contains("4eC39") && !ran.to_string().contains("opensesame"));
    insta::assert_snapshot!(ran);
    let told = project.run(&["audit", "--json"]).stdout;
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told[0]["interaction"], 2);
    assert_eq!(told[0]["redact"], "query:access_token");
}

#[test]
fn what_the_configuration_keeps_and_masks_counts() {
    let project = project();
    let leak = cassette("api::leaks", &[&leaking(&stripe_key())]);
    project.write("tests/cassettes/api/leaks.json", &leak);
    project.write(
        "cassette.toml",
        "keep = [\"json:/webhook/signing\", \"query:access_token\"]\n",
    );
    assert_eq!(project.run(&["audit"]).code, Some(0));
    project.write("cassette.toml", "keep = [\"json:/webhook/signing\", \"query:access_token\"]\nredact = [\"json:/pong\", \"text:http://api/p...\"]\n");
    let ran = project.run(&["audit"]);
    assert!(
        ran.stdout
            .contains("reads.json: interaction 1, request url"),
        "{ran}"
    );
}

#[test]
fn a_value_of_the_environment_is_found_wherever_it_stands() {
    let project = project();
    let leak = cassette("api::leaks", &[&leaking("correct-horse-battery")]);
    project.write(
        "tests/cassettes/api/leaks.json",
        leak.replace("opensesame99", "[REDACTED]"),
    );
    assert_eq!(project.run(&["audit"]).code, Some(0));
    let with_key = project
        .command(&["audit"])
        .env("API_KEY", "correct-horse-battery")
        .output();
    insta::assert_snapshot!(project.ran(&with_key.unwrap()));
}

#[test]
fn a_recording_that_was_not_saved_is_looked_through_too() {
    let project = project();
    let leak = cassette("api::reads", &[&leaking(&stripe_key())]);
    project.write("tests/cassettes/api/reads.rejected.json", leak);
    let ran = project.run(&["audit"]);
    assert!(
        ran.stdout.contains("reads.rejected.json: interaction 1"),
        "{ran}"
    );
}

#[test]
fn the_history_keeps_what_the_files_no_longer_have() {
    let project = project();
    let leak = cassette("api::leaks", &[&leaking(&stripe_key())]);
    project.write("tests/cassettes/api/leaks.json", &leak);
    project.commit("leak");
    project.write("tests/cassettes/api/copy.json", &leak);
    project.commit("the same content once more");
    std::fs::remove_file(project.path().join("tests/cassettes/api/leaks.json")).unwrap();
    std::fs::remove_file(project.path().join("tests/cassettes/api/copy.json")).unwrap();
    project.write("tests/cassettes/api/broken.json", "{");
    project.commit("clean again, but for one that is broken");
    std::fs::remove_file(project.path().join("tests/cassettes/api/broken.json")).unwrap();
    assert_eq!(project.run(&["audit"]).code, Some(0));
    let ran = project.run(&["audit", "--history"]);
    let first = git_log(&project).lines().last().unwrap().to_owned();
    assert!(!ran.to_string().contains("4eC39"), "{ran}");
    let blobs = ran.stdout.lines().filter(|line| line.contains(&first));
    assert_eq!(blobs.count(), 2, "two findings, the content once: {ran}");
    insta::assert_snapshot!(ran.to_string().replace(&first, "[commit]"));
}

#[test]
fn bodies_beside_are_read_in_the_history_too() {
    let project = project();
    let body = format!(r#"{{"signing": "{}"}}"#, stripe_key());
    let digest = sha256(&body);
    let interaction = format!(
        r#"{{"request": {{"method": "GET", "url": "http://api/large"}}, "response": {{"status": 200, "headers": {{"content-type": "application/json"}}, "body": {{"file": "large.{digest}.bin"}}}}}}"#
    );
    project.write(
        "tests/cassettes/api/large.json",
        cassette("api::large", &[&interaction]),
    );
    project.write(&format!("tests/cassettes/api/large.{digest}.bin"), &body);
    let now = project.run(&["audit"]);
    assert!(
        now.stdout
            .contains("large.json: interaction 1, response body /signing"),
        "{now}"
    );
    project.commit("large");
    std::fs::remove_file(project.path().join("tests/cassettes/api/large.json")).unwrap();
    std::fs::remove_file(
        project
            .path()
            .join(format!("tests/cassettes/api/large.{digest}.bin")),
    )
    .unwrap();
    let ran = project.run(&["audit", "--history"]);
    assert!(
        ran.stdout.contains("interaction 1, response body /signing"),
        "{ran}"
    );
}

#[test]
fn without_git_there_is_no_history() {
    let project = project();
    std::fs::remove_dir_all(project.path().join(".git")).unwrap();
    insta::assert_snapshot!(project.run(&["audit", "--history"]));
}

fn git_log(project: &Project) -> String {
    let output = std::process::Command::new("git")
        .args(["log", "--format=%h"])
        .current_dir(project.path())
        .output();
    String::from_utf8(output.unwrap().stdout).unwrap()
}

fn sha256(text: &str) -> String {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(text.as_bytes());
    digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
