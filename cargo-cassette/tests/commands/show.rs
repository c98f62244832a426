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

#[test]
fn what_was_recorded_cannot_steer_the_terminal() {
    let project = Project::new();
    let answer = |kind: &str, body: &str| {
        format!(
            r#"{{"request": {{"method": "GET", "url": "http://api/"}}, "response": {{"status": 200, "headers": {{"content-type": "{kind}"}}, "body": {body}}}}}"#
        )
    };
    let all = [
        answer("text/plain", r#"{"text": ["\u001b[2Jtext", ""]}"#),
        answer("application/json", "{\"json\": {\"a\": \"\u{9b}2Jjson\u{202e}\"}}"),
        answer("text/event-stream", r#"{"chunks": ["id: \u001b[2Jid\ndata: \u001b[2Jdata\n\n"]}"#),
        answer("text/plain", r#"{"chunks": ["\u001b[2Jchunk\n"]}"#),
        r#"{"request": {"method": "GET", "url": "http://api/"}, "error": {"kind": "timeout", "message": "\u001b[2Jerror"}}"#.to_owned(),
    ];
    let all: Vec<_> = all.iter().map(String::as_str).collect();
    let head = r#""test": "\u001b[2Jtest", "fingerprint": {"signature": "v1:1", "body": "v1:2"}, "variables": {"id": "\u001b[2Jvariable"}"#;
    project.write("tests/cassettes/hostile.json", with_head(head, &all));
    project.write("tests/cassettes/broken.json", r#"{"\u001b[2Jfield": 1}"#);
    let shown = project.run(&["show", "hostile"]);
    for place in ["text", "id", "data", "chunk", "error", "test", "variable"] {
        assert!(
            shown.stdout.contains(&format!("\\u{{1b}}[2J{place}")),
            "{place}: {shown}"
        );
    }
    assert!(shown.stdout.contains("\\u{9b}2Jjson\\u{202e}"), "{shown}");
    for command in [
        &["show", "hostile"][..],
        &["show", "broken"],
        &["list"],
        &["check"],
    ] {
        let told = project.run(command).to_string();
        assert!(!told.contains(['\u{1b}', '\u{9b}', '\u{202e}']), "{told:?}");
    }
}
