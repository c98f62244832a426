use crate::support::{PING, Project, cassette, gzip};

fn project() -> Project {
    let project = Project::new();
    let canonical = cassette("api::reads", &[PING]);
    project.write("tests/cassettes/api/reads.json", &canonical);
    let edited: String = canonical.lines().map(str::trim).collect();
    project.write("tests/cassettes/api/edited.json", edited);
    project
}

#[test]
fn edited_files_are_brought_to_the_form_of_a_recording() {
    let project = project();
    insta::assert_snapshot!(project.run(&["fmt"]), @"
    tests/cassettes/api/edited.json
    --- stderr
    1 of 2 cassettes formatted
    --- exit code 0
    ");
    let formatted = project.read("tests/cassettes/api/edited.json");
    assert_eq!(formatted, project.read("tests/cassettes/api/reads.json"));
    insta::assert_snapshot!(project.run(&["fmt"]), @"
    --- stderr
    2 cassettes, nothing to format
    --- exit code 0
    ");
}

#[test]
fn check_names_them_and_writes_nothing() {
    let project = project();
    let before = project.read("tests/cassettes/api/edited.json");
    insta::assert_snapshot!(project.run(&["fmt", "--check"]), @"
    tests/cassettes/api/edited.json
    --- stderr
    1 of 2 cassettes not formatted

    help: run `cargo cassette fmt`
    --- exit code 1
    ");
    assert_eq!(project.read("tests/cassettes/api/edited.json"), before);
    let reads = project.run(&["fmt", "--check", "tests/cassettes/api/reads.json"]);
    assert_eq!(reads.code, Some(0));
}

#[test]
fn a_broken_file_among_many_is_named_and_the_rest_formatted() {
    let project = project();
    project.write("tests/cassettes/api/broken.json", "{");
    insta::assert_snapshot!(project.run(&["fmt"]), @"
    tests/cassettes/api/edited.json
    --- stderr
    warning: [project]/tests/cassettes/api/broken.json is no cassette: EOF while parsing an object at line 1 column 1

    help: restore it with `git checkout -- [project]/tests/cassettes/api/broken.json`, or remove it to record again
    1 of 3 cassettes formatted
    --- exit code 1
    ");
    assert_eq!(project.read("tests/cassettes/api/broken.json"), "{");
}

#[test]
fn files_of_the_newest_format_are_not_migrated_and_newer_ones_refused() {
    let project = project();
    let edited = project.read("tests/cassettes/api/edited.json");
    insta::assert_snapshot!(project.run(&["migrate"]), @"
    --- stderr
    2 cassettes of format 1, 0 brought to it, 0 not readable
    --- exit code 0
    ");
    project.write(
        "tests/cassettes/api/newer.json",
        r#"{"format": 2, "tapes": []}"#,
    );
    insta::assert_snapshot!(project.run(&["migrate"]), @"
    --- stderr
    warning: [project]/tests/cassettes/api/newer.json is no cassette: format 2 is newer than 1, the newest this release reads: update the cassette packages at line 1 column 12

    help: restore it with `git checkout -- [project]/tests/cassettes/api/newer.json`, or remove it to record again
    2 cassettes of format 1, 0 brought to it, 1 not readable
    --- exit code 1
    ");
    assert_eq!(
        project.read("tests/cassettes/api/newer.json"),
        r#"{"format": 2, "tapes": []}"#
    );
    assert_eq!(
        project.read("tests/cassettes/api/edited.json"),
        edited,
        "byte for byte"
    );
}

#[test]
fn a_compressed_one_stays_compressed_and_bodies_beside_stay_there() {
    let project = Project::new();
    let beside = r#"{"request": {"method": "GET", "url": "http://api/large"}, "response": {"status": 200, "body": {"file": "large.6e340b9cffb3.bin"}}}"#;
    let canonical = cassette("api::large", &[beside]);
    let edited: String = canonical.lines().map(str::trim).collect();
    project.write("tests/cassettes/api/large.json.gz", gzip(&edited));
    project.write("tests/cassettes/api/large.6e340b9cffb3.bin", [0]);
    assert_eq!(project.run(&["fmt", "--check"]).code, Some(1));
    assert_eq!(project.run(&["fmt"]).code, Some(0));
    let packed = std::fs::read(project.path().join("tests/cassettes/api/large.json.gz")).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&packed[..]), &mut text)
        .unwrap();
    assert_eq!(text, canonical);
    assert!(project.exists("tests/cassettes/api/large.6e340b9cffb3.bin"));
    assert_eq!(project.run(&["check"]).code, Some(0));
}
