//! What holds for all formats; what is one's own is tested beside its reader.

use std::fmt::Write;
use std::path::Path;
use std::time::SystemTime;

use bytes::Bytes;
use http::HeaderMap;

use super::exchange::{Exchange, Outcome};
use super::{Format, Recorded};

/// Shows all that comes out of a file, or why nothing does.
pub(super) fn shown(file: &str, content: impl AsRef<[u8]>) -> String {
    read(file, content, None, false)
}

pub(super) fn read(
    file: &str,
    content: impl AsRef<[u8]>,
    format: Option<Format>,
    follows_redirects: bool,
) -> String {
    let read = Recorded::read(content.as_ref(), Path::new(file), format, follows_redirects);
    let recorded = match read {
        Ok(recorded) => recorded,
        Err(error) => return format!("{error:#}"),
    };
    let mut text = format!("{:?}\n", recorded.format);
    recorded
        .exchanges
        .iter()
        .for_each(|exchange| show(&mut text, exchange));
    for note in recorded.notes.lines() {
        let _ = writeln!(text, "note: {note}");
    }
    text
}

fn show(text: &mut String, exchange: &Exchange) {
    let request = &exchange.request;
    let _ = writeln!(text, "{} {}", request.method(), request.uri());
    message(text, request.headers(), request.body());
    match &exchange.outcome {
        Outcome::Failure(error) => {
            let _ = writeln!(text, "-> {:?}: {}", error.kind(), error.message());
        }
        Outcome::Answer(answer) => {
            let (response, reason) = (&answer.response, &answer.reason);
            let url = answer
                .url
                .as_ref()
                .map(|url| format!(" of {url}"))
                .unwrap_or_default();
            let (version, status) = (response.version(), response.status().as_u16());
            let _ = writeln!(text, "-> {version:?} {status} {reason:?}{url}");
            message(text, response.headers(), response.body());
            message(text, &answer.trailers, &Bytes::new());
        }
    }
    if let Some(at) = exchange.recorded_at {
        let _ = writeln!(text, "   at {}", humantime::format_rfc3339(at));
    }
    if let Some(took) = exchange.took {
        let _ = writeln!(text, "   took {took:?}");
    }
}

fn message(text: &mut String, headers: &HeaderMap, body: &Bytes) {
    for (name, value) in headers {
        let _ = writeln!(text, "   {name}: {}", value.as_bytes().escape_ascii());
    }
    if !body.is_empty() {
        let _ = writeln!(text, "   {:?}", Show(body));
    }
}

/// Text as text, and all else byte by byte.
struct Show<'a>(&'a Bytes);

impl std::fmt::Debug for Show<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match std::str::from_utf8(self.0) {
            Ok(text) => write!(f, "{text:?}"),
            Err(_) => write!(f, "b\"{}\"", self.0.escape_ascii()),
        }
    }
}

fn nested(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

#[test]
fn what_is_no_file_of_a_recorder_says_which_are() {
    insta::assert_snapshot!(shown("a.json", r#"{"pets": []}"#), @r"
    its format is not one of those that are read

        vcr             Ruby VCR, rvcr, reqwest-vcr, surf-vcr: `http_interactions`
        vcrpy           vcrpy: `interactions` of `uri`
        go-vcr          go-vcr: `interactions` of `url`
        snapshot-agent  undici's `SnapshotAgent`
        har             HTTP archives, of browsers, mitmproxy, Polly
        cassetter       cassetter: `interactions` whose bodies have a `type`

    help: say which it is: --format vcrpy
    ");
}

#[test]
fn a_cassette_of_our_own_is_told_to_be_one() {
    let cassette =
        r#"{"format": 1, "test": "a", "recorded_at": "2026-11-21T10:30:00Z", "interactions": []}"#;
    insta::assert_snapshot!(shown("a.json", cassette), @"it is a cassette already: copy it to where cassettes are");
}

#[test]
fn an_empty_file_says_so() {
    for content in ["", " \n\t", "\u{feff}"] {
        for file in ["a.json", "a.yaml", "a.toml", "a"] {
            assert_eq!(shown(file, content), "it is empty", "{file}");
        }
    }
    assert_eq!(
        shown("a.yaml", "# nothing\n"),
        "it is no YAML that is read: it is empty"
    );
}

#[test]
fn what_is_not_utf_8_is_placed() {
    let content = b"http_interactions:\n- \xff\n";
    assert_eq!(
        shown("a.yml", content),
        "it is not UTF-8 at line 2 column 3"
    );
    assert_eq!(
        shown("a.json", b"\xff\xfe{\0"),
        "it is not UTF-8 at line 1 column 1"
    );
}

#[test]
fn archives_are_told() {
    for content in [&b"PK\x03\x04rest"[..], b"\x1f\x8brest"] {
        assert_eq!(
            shown("a.json", content),
            "it is an archive: unpack it first"
        );
    }
}

#[test]
fn what_breaks_off_is_placed() {
    insta::assert_snapshot!(shown("a.har", "{\"log\": {\"entries\": [\n  {\"request\": "), @"it is no JSON: EOF while parsing a value at line 2 column 14");
    insta::assert_snapshot!(shown("a.yaml", "interactions:\n- request: {uri: \"http://"), @"it is no YAML that is read: while scanning a quoted scalar, found unexpected end of stream at line 2 column 18");
    insta::assert_snapshot!(shown("a.toml", "version = 1\n[[interactions]\n"), @"it is no TOML: unclosed array table, expected `]` at line 2 column 16");
}

#[test]
fn a_byte_order_mark_is_no_content() {
    let with_mark = format!(
        "\u{feff}{}",
        r#"{"http_interactions": [], "recorded_with": "VCR"}"#
    );
    assert_eq!(shown("a.json", with_mark), "Vcr\n");
}

#[test]
fn json_that_is_called_yaml_is_read_and_yaml_that_begins_like_json_too() {
    let json = r#"{"interactions": [], "version": 1}"#;
    assert_eq!(shown("a.yaml", json), "Vcrpy\n");
    assert_eq!(shown("a.yaml", "{interactions: [], version: 1}"), "Vcrpy\n");
    assert_eq!(shown("a", json), "Vcrpy\n");
}

#[test]
fn deep_nesting_is_refused_and_placed() {
    for depth in [200, 100_000] {
        let json = format!("{{\"log\": {}}}", nested(depth));
        insta::allow_duplicates! {
            insta::assert_snapshot!(shown("a.json", json), @"it is no JSON: recursion limit exceeded at line 1 column 135");
        }
        let toml = shown("a.toml", format!("log = {}", nested(depth)));
        assert!(toml.starts_with("it is no TOML: "), "{toml}");
        let yaml = format!("log: {}", nested(depth));
        let refused = shown("a.yaml", yaml);
        assert!(
            refused.starts_with("it is no YAML that is read: "),
            "{refused}"
        );
        assert!(refused.contains(" at line 1 column "), "{refused}");
        let block: String = (0..depth.min(2000))
            .map(|level| format!("{}a:\n", " ".repeat(level)))
            .collect();
        let refused = shown("a.yaml", block);
        assert!(
            refused.contains("it is nested deeper than 128 at line 129"),
            "{refused}"
        );
    }
}

#[test]
fn wrong_types_are_placed() {
    let check = |content: &str| shown("a.yaml", content);
    insta::assert_snapshot!(check("http_interactions: 5"), @"http_interactions is a number, not a list");
    insta::assert_snapshot!(check("http_interactions: [a]"), @"http_interactions[0] is a text, not a map");
    insta::assert_snapshot!(check("http_interactions:\n- request: {uri: [], method: get}\n"), @"http_interactions[0].request.uri is a list, not a text");
    insta::assert_snapshot!(check("http_interactions:\n- request: {uri: 'http://a/', method: get, headers: []}\n"), @"http_interactions[0].request.headers is a list, not a map");
    insta::assert_snapshot!(check("interactions:\n- request: {uri: 'nowhere', method: get}\n  response: {}\n"), @"interactions[0].request.uri: it is no absolute URL: relative URL without a base");
    insta::assert_snapshot!(check("interactions:\n- request: {uri: 'ftp://a/', method: get}\n  response: {}\n"), @"interactions[0].request.uri: it is a URL of the scheme ftp, not of http or https");
    insta::assert_snapshot!(check("interactions:\n- request: {uri: 'http://a/', method: 'g t'}\n  response: {}\n"), @"interactions[0].request.method is no method");
    insta::assert_snapshot!(check("interactions:\n- request: {uri: 'http://a/', method: get}\n  response: {status: {code: 9}}\n"), @"interactions[0].response.status.code is 9, which is no status");
    insta::assert_snapshot!(check("interactions:\n- request: {uri: 'http://a/', method: get}\n  response: {status: {code: soon}}\n"), @"interactions[0].response.status.code is not such a number");
    insta::assert_snapshot!(check("interactions: []\nversion: 3\n"), @"version 3 is not one of those that are read: 1");
}

#[test]
fn the_format_that_is_given_goes_before_what_the_content_says() {
    let content = r#"{"http_interactions": []}"#;
    let refused = read("a.json", content, Some(Format::Har), false);
    assert_eq!(refused, "log is missing");
}

#[test]
fn the_oldest_of_a_file_is_its_age() {
    let one = |time| {
        format!(
            r#"{{"request": {{"uri": "http://a/", "method": "get"}}, "response": {{"status": {{"code": 200}}}}, "recorded_at": "{time}"}}"#
        )
    };
    let content = format!(
        r#"{{"http_interactions": [{}, {}]}}"#,
        one("Sat, 21 Nov 2026 10:00:00 GMT"),
        one("Fri, 20 Nov 2026 10:00:00 GMT")
    );
    let recorded = Recorded::read(content.as_bytes(), Path::new("a"), None, false).unwrap();
    let oldest = humantime::parse_rfc3339("2026-11-20T10:00:00Z").unwrap();
    assert_eq!(recorded.recorded_at(), Some(oldest));
    let none = Recorded::read(br#"{"http_interactions": []}"#, Path::new("a"), None, false);
    assert_eq!(none.unwrap().recorded_at(), None::<SystemTime>);
}

#[test]
fn what_is_said_of_many_places_is_said_once_and_not_without_end() {
    let fields: String = (0..300)
        .map(|number| format!("\"x{number}\": 1,"))
        .collect();
    let content = format!("{{{fields} \"http_interactions\": []}}");
    let recorded = Recorded::read(content.as_bytes(), Path::new("a"), None, false).unwrap();
    let lines = recorded.notes.lines();
    assert_eq!(lines.len(), 201);
    assert_eq!(lines[200], "… and 100 more of other kinds");
}

#[test]
fn of_a_field_that_stands_twice_the_second_is_told() {
    let file = "http_interactions:\n- request: {uri: 'http://a/', uri: 'http://b/', method: get, headers: {x: a, x: b}}\n  response: {status: {code: 200}}\n";
    insta::assert_snapshot!(shown("a.yaml", file), @r"
    Vcr
    GET http://a/
       x: a
       x: b
    -> HTTP/1.1 200 None
    note: http_interactions[0].request: `uri` is not carried over
    ");
}

#[test]
fn more_headers_than_a_message_can_have_are_refused() {
    let headers: String = (0..40_000)
        .map(|number| format!("\"x{number}\": \"\","))
        .collect();
    let headers = headers.trim_end_matches(',');
    let file = format!(
        r#"{{"http_interactions": [{{"request": {{"uri": "http://a/", "method": "get", "headers": {{{headers}}}}}}}]}}"#
    );
    let expect = "http_interactions[0].request.headers are more than a message can have";
    assert_eq!(shown("a.json", file), expect);
}

#[test]
fn headers_that_cannot_be_are_left_out_and_told() {
    let file = r#"{"http_interactions": [{"request": {"uri": "http://a/", "method": "get", "headers": {"": "a", "a b": "c", "d": "e\nf", "g": null, "h": [1, true], ":path": "/"}}, "response": {"status": {"code": 200}}}]}"#;
    insta::assert_snapshot!(shown("a.json", file), @r"
    Vcr
    GET http://a/
       g: 
       h: 1
       h: true
    -> HTTP/1.1 200 None
    note: http_interactions[0].request.headers: `` is no name of a header, and is left out
    note: http_interactions[0].request.headers: `a b` is no name of a header, and is left out
    note: http_interactions[0].request.headers: the value of `d` cannot be a header's, and is left out
    ");
}
