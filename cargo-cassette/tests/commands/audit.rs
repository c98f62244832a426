use crate::support::{PING, Project, cassette, last_run, with_head};

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

#[test]
fn a_variable_that_is_a_secret_is_told_by_its_name() {
    let project = project();
    let head = r#""test": "api::made", "fingerprint": {"signature": "v1:1", "body": "v1:2"}, "variables": {"id": "7", "password": "opensesame99"}"#;
    project.write("tests/cassettes/api/made.json", with_head(head, &[PING]));
    let ran = project.run(&["audit"]);
    assert!(!ran.to_string().contains("opensesame"), "{ran}");
    let told = "tests/cassettes/api/made.json: variable password: a secret that is not masked";
    assert_eq!(ran.stdout.trim(), told);
}

#[test]
fn what_a_merge_took_nothing_from_is_history_too() {
    let project = project();
    project.write("README.md", "");
    project.commit("first");
    project.git(&["checkout", "-q", "-b", "side"]);
    let path = "tests/cassettes/api/leaks.json";
    project.write(path, cassette("api::leaks", &[&leaking(&stripe_key())]));
    project.commit("leak");
    let leak = git_log(&project).lines().next().unwrap().to_owned();
    std::fs::remove_file(project.path().join(path)).unwrap();
    project.commit("as it was");
    project.git(&["checkout", "-q", "-"]);
    project.write("README.md", "more");
    project.commit("elsewhere");
    let merge = ["merge", "-q", "--no-edit", "side"];
    let who = ["-c", "user.name=t", "-c", "user.email=t@t"];
    project.git(&[&who[..], &merge[..]].concat());
    project.git(&["branch", "-q", "-D", "side"]);
    let ran = project.run(&["audit", "--history"]);
    let told = format!("{path} in {leak}: interaction 1");
    assert!(ran.code == Some(1) && ran.stdout.contains(&told), "{ran}");
}

#[test]
#[cfg(unix)]
fn the_history_of_a_package_behind_a_symbolic_link_is_found() {
    let project = project();
    // No character of a folder's name is a pattern.
    project.write("cassette.toml", "dir = \"tests/[tapes]\"");
    let path = "tests/[tapes]/leaks.json";
    project.write(path, cassette("api::leaks", &[&leaking(&stripe_key())]));
    project.commit("leak");
    std::fs::remove_file(project.path().join(path)).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let link = elsewhere.path().join("link");
    std::os::unix::fs::symlink(project.path(), &link).unwrap();
    let mut command = project.command(&["audit", "--history", "--manifest-path"]);
    let output = command.arg(link.join("Cargo.toml")).output().unwrap();
    let ran = project.ran(&output);
    assert!(ran.code == Some(1) && ran.stdout.contains(path), "{ran}");
}

#[test]
fn a_folder_whose_history_cannot_be_told_is_named() {
    let project = project();
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = project.command(&["audit", "--history"]);
    let ran = command.env("CASSETTE_DIR", elsewhere.path()).output();
    let ran = project.ran(&ran.unwrap());
    assert!(ran.stderr.contains("is not in this repository"), "{ran}");
}

#[test]
fn what_the_last_run_has_seen_an_attribute_keep_counts_for_rejected_recordings_too() {
    let project = project();
    let leak = cassette("api::leaks", &[&leaking(&stripe_key())]);
    for name in ["leaks.json", "leaks.rejected.json"] {
        project.write(&format!("tests/cassettes/api/{name}"), &leak);
    }
    let found = project.run(&["audit", "--json"]);
    let found: serde_json::Value = serde_json::from_str(&found.stdout).unwrap();
    let found = found.as_array().unwrap().iter();
    let keep: Vec<_> = found.map(|finding| finding["keep"].clone()).collect();
    assert_eq!(keep.len(), 4, "two in each file");
    let root = project.path();
    let event = serde_json::json!({
        "version": 1, "test": "api::leaks", "package": root, "dir": root.join("tests/cassettes"),
        "cassette": root.join("tests/cassettes/api/leaks.json"), "keep": keep, "outcome": "rejected",
    });
    last_run::write(&root, &[event], None);
    let ran = project.run(&["audit"]);
    assert_eq!(ran.code, Some(0), "{ran}");
}
