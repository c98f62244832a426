use crate::support::{PING, Project, cassette};

const BESIDE: &str = r#"{"request": {"method": "GET", "url": "http://api/large"}, "response": {"status": 200, "body": {"file": "large.6e340b9cffb3.bin"}}}"#;

/// One of each that is in order. The digest is that of one zero byte.
fn project() -> Project {
    let project = Project::new();
    project.write(
        "tests/cassettes/api/reads.json",
        cassette("api::reads", &[PING]),
    );
    project.write(
        "tests/cassettes/api/large.json",
        cassette("api::large", &[BESIDE]),
    );
    project.write("tests/cassettes/api/large.6e340b9cffb3.bin", [0]);
    project
}

#[test]
fn what_is_in_order_passes() {
    insta::assert_snapshot!(project().run(&["check"]), @"
    --- stderr
    2 cassettes checked, nothing to say
    --- exit code 0
    ");
}

#[test]
fn each_problem_is_named_with_its_kind() {
    let project = project();
    project.write(
        "tests/cassettes/api/broken.json",
        "{\n  \"format\": 1,\n  \"test\": }",
    );
    project.write(
        "tests/cassettes/api/unknown.json",
        r#"{"format": 1, "colour": 1}"#,
    );
    project.write("tests/cassettes/api/nul.json", cassette("api::nul", &[]));
    project.write(
        "tests/cassettes/api/Reads.json",
        cassette("api::Reads", &[]),
    );
    project.write(
        "tests/cassettes/api/reads.rejected.json",
        cassette("api::reads", &[]),
    );
    project.write(
        "tests/cassettes/api/gone.rejected.json",
        cassette("api::gone", &[]),
    );
    project.write("tests/cassettes/api/large.0123456789ab.bin", [1]);
    project.write("tests/cassettes/api/reads.partial.jsonl", "");
    project.write("tests/cassettes/api/.cassette-x1", "");
    insta::assert_snapshot!(project.run(&["check"]));
}

#[test]
fn a_body_that_is_missing_or_changed_is_a_problem_of_its_cassette() {
    let project = project();
    project.write("tests/cassettes/api/large.6e340b9cffb3.bin", [1]);
    let changed = project.run(&["check"]).stdout;
    assert!(changed.contains("large.json: format: "), "{changed}");
    std::fs::remove_file(
        project
            .path()
            .join("tests/cassettes/api/large.6e340b9cffb3.bin"),
    )
    .unwrap();
    assert_eq!(project.run(&["check"]).code, Some(1));
}

#[test]
fn a_file_that_nobody_can_review_is_oversize() {
    let project = project();
    assert_eq!(project.run(&["check", "--max-size", "1kB"]).code, Some(0));
    insta::assert_snapshot!(project.run(&["check", "--max-size", "250"]));
}

#[test]
fn a_hook_gives_the_paths_and_other_files_are_passed_over() {
    let project = project();
    project.write("tests/cassettes/api/broken.json", "{");
    let reads = "tests/cassettes/api/reads.json";
    insta::assert_snapshot!(project.run(&["check", "src/lib.rs", reads]), @"
    --- stderr
    1 cassette checked, nothing to say
    --- exit code 0
    ");
    let body = project.run(&["check", "tests/cassettes/api/large.6e340b9cffb3.bin"]);
    assert_eq!(body.code, Some(0), "its cassette names it: {body}");
    assert_eq!(project.run(&["check", "tests/cassettes/api"]).code, Some(1));
}

#[test]
fn a_recording_under_way_is_no_leftover() {
    let project = project();
    project.write("tests/cassettes/api/reads.partial.jsonl", "");
    let journal = project
        .path()
        .join("tests/cassettes/api/reads.partial.jsonl");
    let journal = std::fs::File::open(journal).unwrap();
    journal.lock().unwrap();
    assert_eq!(project.run(&["check"]).code, Some(0));
    journal.unlock().unwrap();
    assert_eq!(project.run(&["check"]).code, Some(1));
}

#[test]
fn json_tells_the_same() {
    let project = project();
    project.write("tests/cassettes/api/broken.json", "{");
    let told = project.run(&["check", "--json"]).stdout;
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told[0]["kind"], "format");
    assert_eq!(told[0]["path"], "tests/cassettes/api/broken.json");
}

#[test]
fn a_path_at_which_there_is_nothing_is_no_success() {
    for command in ["check", "fmt"] {
        let ran = project().run(&[command, "tests/cassettes/api/typo.json"]);
        assert!(
            ran.code == Some(2)
                && ran
                    .stderr
                    .contains("error: there is no tests/cassettes/api/typo.json"),
            "{ran}"
        );
    }
}
