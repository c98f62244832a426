use crate::support::{PING, Project, cassette};

#[test]
fn an_archive_is_printed_or_written() {
    let project = Project::new();
    project.write(
        "tests/cassettes/api/pings.json",
        cassette("api::pings", &[PING]),
    );
    let printed = project.run(&["export", "api/pings", "--har"]);
    let by_test = project.run(&["export", "api::pings", "--har"]);
    assert_eq!(by_test.stdout, printed.stdout);
    assert_eq!(printed.code, Some(0), "{printed}");
    let written = project.run(&["export", "api/pings", "--har", "-o", "pings.har"]);
    assert_eq!(
        (written.code, written.stdout.as_str()),
        (Some(0), ""),
        "{written}"
    );
    assert_eq!(project.read("pings.har").trim_end(), printed.stdout);
    let archive: serde_json::Value = serde_json::from_str(&printed.stdout).unwrap();
    assert_eq!(archive["log"]["version"], "1.2");
    assert_eq!(archive["log"]["entries"].as_array().unwrap().len(), 1);
}

#[test]
fn bodies_with_files_of_their_own_are_in_it() {
    let project = Project::new();
    let body = "x".repeat(300 * 1024);
    let archive = format!(
        r#"{{"log": {{"entries": [{{"request": {{"method": "GET", "url": "http://api/"}}, "response": {{"status": 200, "content": {{"text": "{body}"}}}}}}]}}}}"#
    );
    project.write("large.har", archive);
    assert_eq!(project.run(&["import", "large.har"]).code, Some(0));
    let exported = project.run(&["export", "large", "--har"]);
    assert!(exported.stdout.contains(&body));
}

#[test]
fn a_cassette_that_is_not_there_is_told() {
    insta::assert_snapshot!(Project::new().run(&["export", "nowhere", "--har"]), @r"
    --- stderr
    error: there is no cassette `nowhere`

    help: see all of them: `cargo cassette list`
    --- exit code 2
    ");
}
