use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version};

use super::*;
use crate::body::{Body, End, Shape};
use crate::timing::Timing;

mod bodies;
mod property;
mod streams;

const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";
const LINES: &str = "application/x-ndjson";

fn response(content_type: &str, body: impl AsRef<[u8]>) -> RecordedResponse {
    let mut headers = HeaderMap::new();
    if !content_type.is_empty() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_str(content_type).unwrap());
    }
    RecordedResponse {
        status: StatusCode::OK,
        version: Version::HTTP_11,
        reason: None,
        url: None,
        headers,
        body: Body::from(body.as_ref()),
        trailers: HeaderMap::new(),
        timing: Timing::default(),
    }
}

fn ended(mut response: RecordedResponse, end: End) -> RecordedResponse {
    response.body = response.body.ended(end);
    response
}

fn broken(kind: ErrorKind) -> End {
    End::Broken(RecordedError::new(kind, "the end"))
}

fn with(mut response: RecordedResponse, name: &'static str, value: &str) -> RecordedResponse {
    let value = HeaderValue::from_str(value).unwrap();
    response
        .headers
        .append(HeaderName::from_static(name), value);
    response
}

fn error(kind: ErrorKind, message: &str) -> Recorded {
    Recorded::Error(Arc::new(RecordedError::new(kind, message)))
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

fn rules(headers: &[&str], ignored: &[&str], tolerances: &[&str]) -> DriftRules {
    DriftRules::new(&owned(headers), &owned(ignored), &owned(tolerances)).unwrap()
}

fn shown(differences: &[Difference]) -> Vec<String> {
    let line = |d: &Difference| format!("{}: {} -> {}", d.place, d.recorded, d.actual);
    differences.iter().map(line).collect()
}

fn check_outcomes(rules: &DriftRules, recorded: &Recorded, live: &Recorded, expect: &[&str]) {
    assert_eq!(shown(&rules.compare(recorded, live)), expect);
}

fn check(rules: &DriftRules, recorded: RecordedResponse, live: RecordedResponse, expect: &[&str]) {
    let [recorded, live] = [recorded, live].map(|one| Recorded::Response(Arc::new(one)));
    check_outcomes(rules, &recorded, &live, expect);
}

#[test]
fn an_entry_that_is_wrong_is_named_with_what_to_write() {
    let none: &[String] = &[];
    let new = |result: Result<DriftRules, String>| result.unwrap_err();
    assert_eq!(
        new(DriftRules::new(&owned(&["etag", "x y"]), none, none)),
        "verify_headers has `x y`, which is not the name of a header: write one like `content-type`"
    );
    assert_eq!(
        new(DriftRules::new(none, &owned(&["/a", "id"]), none)),
        "verify_ignore has `id`: a JSON pointer starts with `/`, like `/items/*/id`"
    );
    assert_eq!(
        new(DriftRules::new(none, none, &owned(&["/a 1", "/price"]))),
        "verify_tolerance has `/price`: write a JSON pointer, a space and how far it may be off, \
         like `/price 0.5`, `/usage/* 10%` or `/choices/*/text type`"
    );
}

#[test]
fn the_status_is_compared_by_its_number_and_nothing_else_of_the_head() {
    let rules = DriftRules::default();
    let mut live = with(response(JSON, "{}"), "etag", "1");
    live.version = Version::HTTP_2;
    live.headers
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    check(&rules, response(JSON, "{}"), live.clone(), &[]);
    live.status = StatusCode::SERVICE_UNAVAILABLE;
    live.body = Body::from(&b"<h1>"[..]);
    check(
        &rules,
        response(JSON, "{}"),
        live,
        &["status: 200 -> 503", "body line 1: {} -> <h1>"],
    );
}

#[test]
fn chosen_headers_are_compared_with_all_their_values() {
    let rules = rules(&["Vary", "content-type", "x-key", "link"], &[], &[]);
    let recorded = with(response("text/html", ""), "vary", "accept");
    let recorded = with(recorded, "x-key", "[REDACTED]");
    let live = with(response("text/plain", ""), "vary", "accept");
    let live = with(with(live, "vary", "origin"), "x-key", "k-1");
    let live = with(with(live, "link", "<a>"), "server", "new");
    check(
        &rules,
        recorded,
        live,
        &[
            "header content-type: text/html -> text/plain",
            "header link: (absent) -> <a>",
            "header vary: accept -> accept | origin",
        ],
    );
}

#[test]
fn a_boundary_is_no_part_of_a_content_type() {
    let body = |boundary: &str, text: &str| format!("--{boundary}\r\n\r\n{text}\r\n--{boundary}--");
    let parts = |boundary: &str, text: &str| {
        let content_type = format!("multipart/mixed; boundary={boundary}");
        response(&content_type, body(boundary, text))
    };
    let rules = rules(&["content-type"], &[], &[]);
    check(&rules, parts("a1", "x"), parts("b22", "x"), &[]);
    check(
        &rules,
        parts("a1", "x"),
        parts("b22", "y"),
        &["part 1 body line 1: x -> y"],
    );
}

#[test]
fn trailers_are_compared_where_their_header_is_chosen() {
    let trailed = |value: &'static str| {
        let mut response = response("", "x");
        for name in ["grpc-status", "server-timing"] {
            response
                .trailers
                .insert(name, HeaderValue::from_static(value));
        }
        response
    };
    let rules = rules(&["grpc-status"], &[], &[]);
    check(
        &rules,
        trailed("0"),
        trailed("13"),
        &["trailer grpc-status: 0 -> 13"],
    );
}

#[test]
fn of_failures_the_kind_is_compared() {
    use ErrorKind::{Cancelled, ConnectTimeout, Timeout};
    let answer = Recorded::Response(Arc::new(response("", "")));
    let check = |recorded: &Recorded, live: &Recorded, expect: &[&str]| {
        check_outcomes(&DriftRules::default(), recorded, live, expect);
    };
    check(
        &error(Timeout, "after 2 s"),
        &error(Timeout, "after 3 s"),
        &[],
    );
    check(
        &error(Timeout, "t"),
        &error(ConnectTimeout, "c"),
        &["outcome: error timeout: t -> error connect-timeout: c"],
    );
    check(
        &answer,
        &error(Timeout, "operation timed out"),
        &["outcome: status 200 -> error timeout: operation timed out"],
    );
    check(
        &error(ErrorKind::Dns, "no such host"),
        &answer,
        &["outcome: error dns: no such host -> status 200"],
    );
    // Who gave it up does not know what would have come.
    check(&error(Cancelled, ""), &answer, &[]);
    check(&answer, &error(Cancelled, ""), &[]);
}

/// The same bytes in other chunks.
fn in_chunks(mut response: RecordedResponse, size: usize) -> RecordedResponse {
    let content_type = response.headers.get(CONTENT_TYPE).cloned();
    let content_type = content_type.as_ref().and_then(|value| value.to_str().ok());
    let shape = Shape {
        content_type: content_type.unwrap_or_default(),
        is_stream: true,
        limit: u64::MAX,
    };
    let length = response.body.bytes().len();
    let ends = (1..length).filter(|at| at % size == 0).chain([length]);
    response.body = Body::new(Bytes::clone(response.body.bytes()), shape)
        .in_chunks(ends.collect(), shape)
        .ended(response.body.end().clone());
    response
}
