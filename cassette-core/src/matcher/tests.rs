use super::*;
use crate::redact::Redactor;
use bytes::Bytes;
use proptest::prelude::*;

mod multipart;
mod placeholders;

fn request(line: &str, content_type: &str, body: &str) -> RecordedRequest {
    let (method, url) = line.split_once(' ').unwrap();
    let live = http::Request::builder()
        .method(method)
        .uri(url)
        .header("content-type", content_type);
    let live = live.body(Bytes::copy_from_slice(body.as_bytes())).unwrap();
    Redactor::default().request(&live).value
}

fn post(content_type: &str, body: &str) -> RecordedRequest {
    request("POST http://e.com/", content_type, body)
}

/// Key and check must agree: equal requests have equal keys, the others a reason.
fn check(
    matcher: &RequestMatcher,
    left: &RecordedRequest,
    right: &RecordedRequest,
    places: &[&str],
) {
    let differences = matcher
        .check(left, right)
        .err()
        .map_or(Vec::new(), |mismatch| mismatch.differences);
    assert_eq!(
        differences
            .iter()
            .map(|difference| difference.place.as_str())
            .collect::<Vec<_>>(),
        places
    );
    assert_eq!(matcher.key(left) == matcher.key(right), places.is_empty());
    if let (Some(left), Some(right)) = (matcher.exact_of(left), matcher.exact_of(right)) {
        assert!(left != right || places.is_empty(), "{places:?}");
        assert!(left != right || left.key() == right.key());
    }
}

#[test]
fn what_is_written_alike_is_equal_unless_it_says_that_it_is_something_else() {
    let matcher = RequestMatcher::default();
    let exact = |matcher: &RequestMatcher, left: &RecordedRequest, right: &RecordedRequest| {
        let exact = matcher.exact_of(left);
        exact.is_some() && exact == matcher.exact_of(right)
    };
    let json = post("application/json", "{}");
    assert!(exact(&matcher, &json, &json.clone()));
    assert!(!exact(&matcher, &json, &post("text/plain", "{}")));
    assert!(!exact(&matcher, &json, &post("application/json", "{ }")));
    let masked = post("application/json", r#"{"a":"[REDACTED]"}"#);
    assert!(!exact(&matcher, &masked, &masked.clone()));
    let by_type = RequestMatcher {
        headers: vec![CONTENT_TYPE],
        ..RequestMatcher::default()
    };
    let (left, right) = (post("a/b", ""), post("a/c", ""));
    assert!(exact(&matcher, &left, &right));
    assert!(exact(&by_type, &left, &left.clone()));
    assert!(!exact(&by_type, &left, &right));
}

#[test]
fn method_url_and_body_decide() {
    let matcher = RequestMatcher::default();
    let left = request("GET http://e.com/a?page=1", "a/b", "x");
    check(
        &matcher,
        &left,
        &request("GET HTTP://E.com:80/a?page=1", "c/d", "x"),
        &[],
    );
    check(
        &matcher,
        &left,
        &request("PUT https://e.com/b?page=2", "a/b", "y"),
        &["method", "host", "path", "query page", "body line 1"],
    );
}

#[test]
fn json_bodies_are_equal_whatever_their_key_order() {
    let matcher = RequestMatcher::default();
    let left = post("application/json", r#"{"a":1,"b":[1,2]}"#);
    check(
        &matcher,
        &left,
        &post("application/json", "{ \"b\": [1,2], \"a\": 1 }\n"),
        &[],
    );
    check(
        &matcher,
        &left,
        &post("application/json", r#"{"a":1.0,"b":[2,1]}"#),
        &["body /a", "body /b/0", "body /b/1"],
    );
}

#[test]
fn json_bodies_that_are_stored_as_text_are_compared_as_json() {
    let matcher = RequestMatcher::default();
    check(
        &matcher,
        &post("application/json", "{\"a\" :1}"),
        &post("application/json", r#"{"a":1}"#),
        &[],
    );
}

#[test]
fn bodies_of_different_kinds_are_never_equal() {
    let matcher = RequestMatcher::default();
    let valid = post("application/json", "[1,2]");
    check(
        &matcher,
        &valid,
        &post("application/json", "[1,2,]"),
        &["body line 1"],
    );
    let form = post("application/x-www-form-urlencoded", "a=1");
    check(
        &matcher,
        &form,
        &post("text/plain", "a=1"),
        &["content-type"],
    );
    let (left, right) = (r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#);
    check(
        &matcher,
        &post("text/plain", left),
        &post("text/plain", right),
        &["body line 1"],
    );
}

#[test]
fn forms_are_compared_by_fields_and_other_text_by_bytes() {
    let matcher = RequestMatcher::default();
    let form = "application/x-www-form-urlencoded";
    check(
        &matcher,
        &post(form, "a=1&b=x+y"),
        &post(form, "b=x%20y&a=1"),
        &[],
    );
    check(
        &matcher,
        &post(form, "a=1&a=2"),
        &post(form, "a=2&a=1&b=x"),
        &["body field a", "body field b"],
    );
    check(
        &matcher,
        &post("text/plain", "a=1&b=2"),
        &post("text/plain", "b=2&a=1"),
        &["body line 1"],
    );
}

#[test]
fn parts_are_left_out_and_headers_taken_in_as_asked() {
    let left = request(
        "POST http://e.com/?page=1&t=1",
        "application/json",
        r#"{"id":1,"a":2}"#,
    );
    let right = request(
        "POST http://e.com/?t=2&page=1",
        "application/json; x",
        r#"{"id":9,"a":2}"#,
    );
    let matcher = RequestMatcher {
        ignored_query: vec!["t".into()],
        ignored_json: Paths::new(&["/id".into()]),
        ..RequestMatcher::default()
    };
    check(&matcher, &left, &right, &[]);
    let matcher = RequestMatcher {
        query: false,
        body: false,
        ..RequestMatcher::default()
    };
    check(&matcher, &left, &right, &[]);
    let matcher = RequestMatcher {
        headers: vec![CONTENT_TYPE],
        ..matcher
    };
    check(&matcher, &left, &right, &["header content-type"]);
    assert_eq!(
        matcher.describe(),
        "method, url without query, header content-type"
    );
}

fn any_request() -> impl Strategy<Value = RecordedRequest> {
    let path = prop::sample::select(vec![
        "",
        "a",
        "A",
        "%61",
        "a/../a",
        "?x=1&y=2",
        "?y=2&x=1",
        "?x=1&x=2",
        "?x=1,%202",
        "?x=%ff",
        "?x=%FF",
    ]);
    let content_type = prop::sample::select(vec![
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
        "multipart/form-data; boundary=c",
    ]);
    let body = prop::sample::select(vec![
        "",
        "a=1&b=2",
        "b=2&a=1",
        "[1,2]",
        "[1, 2]",
        "[1,2,]",
        r#"{"a":1,"b":2}"#,
        r#"{"b":2,"a":1}"#,
        "--b\r\n--b--",
        "--c\r\n--c--",
        "--boundary--",
        "--b\r\nx: 1\r\n\r\n--b--",
        "--c\r\nX:1\r\n\r\n--c--",
        "--b\r\ncontent-type: multipart/x; boundary=c\r\n\r\n--c--\r\n--b--",
        "--b\r\ncontent-type: multipart/x; boundary=d\r\n\r\n--c--\r\n--b--",
        "--b\r\ncontent-type: multipart/x; boundary=d\r\n\r\n--d--\r\n--b--",
        "--b\r\ncontent-type: a/json\r\n\r\n[1,2]\r\n--b--",
        "--c\r\ncontent-type: a/json\r\n\r\n[1, 2]\r\n--c--",
        "--c\r\ncontent-type: text/plain\r\n\r\n[1, 2]\r\n--c--",
    ]);
    (path, content_type, body).prop_map(|(path, content_type, body)| {
        request(&format!("POST http://e.com/{path}"), content_type, body)
    })
}

proptest! {
    /// Else the player would look in vain, or the report explain nothing.
    #[test]
    fn key_and_check_agree(left in any_request(), right in any_request(), body: bool, typed: bool) {
        let headers = if typed { vec![CONTENT_TYPE] } else { Vec::new() };
        let matcher = RequestMatcher { body, headers, ..RequestMatcher::default() };
        let matches = matcher.check(&left, &right).is_ok();
        prop_assert_eq!(matcher.key(&left) == matcher.key(&right), matches);
    }
}
