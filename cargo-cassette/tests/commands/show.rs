use crate::support::{PING, Project, cassette, with_head};

const POST: &str = r#"{"request": {"method": "POST", "url": "http://api/users", "headers": {"content-type": "application/json"}, "body": {"json": {"name": "ada", "price": 1.10}}}, "response": {"status": 404, "version": "HTTP/2", "headers": {"content-type": "text/plain"}, "body": {"text": ["no such", "user"]}}}"#;
const STREAM: &str = r#"{"request": {"method": "GET", "url": "http://api/events"}, "response": {"status": 200, "headers": {"content-type": "text/event-stream"}, "body": {"chunks": ["event: delta\ndata: {\"text\":\"Hel\"}\n\nda", "ta: {\"text\":\"lo\"}\n\n", "data: [DONE]\n\n"], "partial": true}}}"#;
const LINES: &str = r#"{"request": {"method": "GET", "url": "http://api/lines"}, "response": {"status": 200, "body": {"chunks": ["one\n", "two\n"]}}}"#;
const FAILED: &str = r#"{"request": {"method": "GET", "url": "http://api/slow"}, "error": {"kind": "timeout", "message": "operation timed out"}}"#;
const BINARY: &str = r#"{"request": {"method": "GET", "url": "http://api/image"}, "response": {"status": 200, "headers": {"content-type": "image/png"}, "body": {"base64": "iVBORw0KGgo="}}}"#;

fn project() -> Project {
    let project = Project::new();
    let head = r#""test": "api::users::reads", "source": "tests/api.rs", "fingerprint": {"signature": "v1:1111111111111111", "body": "v1:2222222222222222"}, "tracked": {"prompts/system.txt": "v1:4444444444444444"}, "variables": {"id": "7"}"#;
    let all = [POST, STREAM, LINES, FAILED, BINARY];
    project.write(
        "tests/cassettes/api/users/reads.json",
        with_head(head, &all),
    );
    project.write(
        "tests/cassettes/jobs/reads.json",
        cassette("jobs::reads", &[PING]),
    );
    project.write(
        "tests/cassettes/jobs/waits.json",
        cassette("jobs::waits", &[PING]),
    );
    project
}

fn without_date(text: &str) -> String {
    let is_date = |line: &&str| !line.trim_start().starts_with("recorded: ");
    text.lines().filter(is_date).collect::<Vec<_>>().join("\n")
}

#[test]
fn bodies_are_pretty_and_streams_are_shown_event_by_event() {
    let shown = project().run(&["show", "api/users/reads"]);
    assert!(shown.stdout.contains("(3 days)"));
    insta::assert_snapshot!(without_date(&shown.to_string()));
}

#[test]
fn a_cassette_is_found_by_its_test_the_end_of_its_name_and_its_path() {
    let project = project();
    for name in [
        "jobs::waits",
        "jobs/waits",
        "waits",
        "tests/cassettes/jobs/waits.json",
    ] {
        let shown = project.run(&["show", name]);
        assert!(shown.stdout.starts_with("jobs::waits\n"), "{name}: {shown}");
    }
    assert_eq!(
        project.run(&["show", "aits"]).code,
        Some(2),
        "the end is whole names"
    );
}

#[test]
fn where_there_is_none_near_names_are_told() {
    insta::assert_snapshot!(project().run(&["show", "wait"]));
}

#[test]
fn where_there_are_several_they_are_told() {
    insta::assert_snapshot!(project().run(&["show", "reads"]));
}

#[test]
fn a_broken_one_is_told_with_its_place() {
    let project = project();
    project.write(
        "tests/cassettes/jobs/broken.json",
        "{\n  \"format\": 1,\n  \"test\": }",
    );
    insta::assert_snapshot!(project.run(&["show", "broken"]));
}
