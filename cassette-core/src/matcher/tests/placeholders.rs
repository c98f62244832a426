use super::multipart::multipart;
use super::*;
use http::HeaderMap;

/// Placeholders match either way; the keys need not be equal.
fn check(
    matcher: &RequestMatcher,
    left: &RecordedRequest,
    right: &RecordedRequest,
    places: &[&str],
) {
    for (recorded, actual) in [(left, right), (right, left)] {
        let differences = matcher
            .check(recorded, actual)
            .err()
            .map_or(Vec::new(), |mismatch| mismatch.differences);
        let found: Vec<_> = differences.iter().map(|one| one.place.as_str()).collect();
        assert_eq!(found, places, "{} {}", recorded.url, actual.url);
    }
    // Else the player would not look for them.
    assert!(matcher.may_be_masked(left) || matcher.may_be_masked(right));
}

/// A request as it stands in a file; what redaction does and does not know makes no difference.
fn stored(url: &str, content_type: &str, body: &str) -> RecordedRequest {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, content_type.parse().unwrap());
    RecordedRequest {
        url: url.to_owned(),
        headers,
        ..post(content_type, body)
    }
}

fn urls(left: &str, right: &str, places: &[&str]) {
    let request = |url: &str| stored(url, "text/plain", "");
    let matcher = RequestMatcher::default();
    check(&matcher, &request(left), &request(right), places);
}

fn bodies(content_type: &str, left: &str, right: &str, places: &[&str]) {
    let request = |body: &str| stored("http://e.com/", content_type, body);
    let matcher = RequestMatcher::default();
    check(&matcher, &request(left), &request(right), places);
}

#[test]
fn a_placeholder_stands_for_a_segment_a_parameter_or_a_part_of_them() {
    urls(
        "http://e.com/bot[REDACTED]/send",
        "http://e.com/bot12:ab%20/send",
        &[],
    );
    urls(
        "http://e.com/[REDACTED]/send",
        "http://e.com/a/b/send",
        &["path"],
    );
    urls("http://e.com/%5bREDACTED%5d/x", "http://e.com/abc/x", &[]);
    urls("http://e.com/?sid=[REDACTED]", "http://e.com/?sid=", &[]);
    urls(
        "http://e.com/?sid=[BLOCKED]&page=1",
        "http://e.com/?page=1&sid=a%26b",
        &[],
    );
    urls(
        "http://e.com/?q=key-%5BREDACTED%5D",
        "http://e.com/?q=key-1",
        &[],
    );
    urls("http://[REDACTED].e.com:80/", "http://abc.E.com/", &[]);
    urls("http://[REDACTED].e.com/", "http://a.f.com/", &["host"]);
}

#[test]
fn a_placeholder_stands_for_nothing_else() {
    urls(
        "http://e.com/?sid=[REDACTED]&page=1",
        "http://e.com/?sid=a&page=2",
        &["query page"],
    );
    urls(
        "http://e.com/?sid=[REDACTED]",
        "http://e.com/",
        &["query sid"],
    );
    urls(
        "http://e.com/?sid=[REDACTED]",
        "http://e.com/?sid=a&sid=b",
        &["query sid"],
    );
    urls(
        "http://e.com/?[REDACTED]=a",
        "http://e.com/?sid=a",
        &["query [REDACTED]", "query sid"],
    );
    urls("http://[REDACTED].e.com/a", "http://x.e.com/b", &["path"]);
    let method = RecordedRequest {
        method: Method::PUT,
        ..stored("http://e.com/[REDACTED]", "", "")
    };
    let other = stored("http://e.com/x", "", "");
    check(&RequestMatcher::default(), &method, &other, &["method"]);
}

#[test]
fn bodies_are_compared_by_their_places() {
    let json = "application/json";
    let masked = r#"{"pin":"[REDACTED]","note":"my [REDACTED]!","list":[1,2]}"#;
    bodies(
        json,
        masked,
        r#"{"list":[1,2],"note":"my \"pin\"!","pin":null}"#,
        &[],
    );
    bodies(
        json,
        masked,
        r#"{"pin":"1","note":"my x!","list":[1,3]}"#,
        &["body /list/1"],
    );
    bodies(
        json,
        masked,
        r#"{"pin":{"a":1},"note":"your x!","list":[1,2]}"#,
        &["body /note", "body /pin", "body /pin/a"],
    );
    let form = "application/x-www-form-urlencoded";
    bodies(form, "pin=[REDACTED]&a=1", "a=1&pin=x%26y", &[]);
    bodies(form, "pin=%5BREDACTED%5D&a=1", "a=1&pin=", &[]);
    bodies(form, "pin=[REDACTED]&a=1", "a=2&pin=x", &["body field a"]);
    bodies("text/plain", "a [REDACTED]\nb", "a x\ny\nb", &[]);
    bodies(
        "text/plain",
        "a [REDACTED]\nb\nc",
        "a x\nb\nd",
        &["body line 3"],
    );
    bodies("text/plain", "[REDACTED]", "", &[]);
}

#[test]
fn a_body_that_masking_made_another_kind_is_compared_as_text() {
    let json = "application/json";
    bodies(json, "[REDACTED]", r#"{"a":1}"#, &[]);
    bodies(json, r#"{"a":[REDACTED]}"#, r#"{"a":1}"#, &[]);
    bodies(json, r#"{"a":[REDACTED]}"#, r#"{"b":1}"#, &["body line 1"]);
    // What is no JSON for another reason is not like what is.
    bodies(
        json,
        r#"{"a":"[REDACTED]"}"#,
        r#"{"a":"x","b"}"#,
        &["body line 1"],
    );
}

#[test]
fn objects_are_not_taken_for_arrays() {
    bodies(
        "application/json",
        r#"{"0":"[REDACTED]"}"#,
        r#"["x"]"#,
        &["body line 1"],
    );
}

#[test]
fn parts_are_compared_one_by_one() {
    let part =
        |head: &str, body: &str| format!("Content-Disposition: form-data; name={head}\n\n{body}");
    let text = part("a", "key [REDACTED]");
    let json = part("b\nContent-Type: application/json", "[REDACTED]");
    let left = multipart("one", &[&text, &json]);
    let matcher = RequestMatcher::default();
    let right = |text: &str, json: &str| {
        let json = part("b\nContent-Type: application/json", json);
        multipart("other", &[&part("a", text), &json])
    };
    check(&matcher, &left, &right("key 1", r#"{"x":1}"#), &[]);
    let place = ["part \"a\" body line 1"];
    check(&matcher, &left, &right("1", r#"{"x":1}"#), &place);
    let name = multipart("one", &[&part("[REDACTED]", "x")]);
    let other = multipart("two", &[&part("a", "x")]);
    check(&matcher, &name, &other, &[]);
}

#[test]
fn bytes_that_are_no_text_are_compared_as_bytes() {
    let request = |body: &[u8]| {
        let live = http::Request::post("http://e.com/").body(Bytes::copy_from_slice(body));
        Redactor::default().request(&live.unwrap()).value
    };
    let matcher = RequestMatcher::default();
    let masked = request(b"\xff\x00[REDACTED]\xfe");
    check(&matcher, &masked, &request(b"\xff\x00\xfd\xfe"), &[]);
    let place = ["body from byte 1"];
    check(&matcher, &masked, &request(b"\xff\x01\xfd\xfe"), &place);
}

#[test]
fn headers_that_are_compared_have_placeholders_too() {
    let request = |value: &str| {
        let mut request = stored("http://e.com/", "", "");
        request.headers.append("x-session", value.parse().unwrap());
        request.headers.append("x-session", "kept".parse().unwrap());
        request
    };
    let matcher = RequestMatcher {
        headers: vec![HeaderName::from_static("x-session")],
        ..RequestMatcher::default()
    };
    let masked = request("Token [REDACTED]");
    check(&matcher, &masked, &request("Token abc"), &[]);
    let place = ["header x-session"];
    check(&matcher, &masked, &request("abc"), &place);
    assert!(!matcher.may_be_masked(&request("Token abc")));
    assert!(!RequestMatcher::default().may_be_masked(&masked));
}

#[test]
fn what_is_not_compared_does_not_make_a_request_masked() {
    let request = stored("http://e.com/", "text/plain", "[REDACTED]");
    let matcher = RequestMatcher {
        body: false,
        ..RequestMatcher::default()
    };
    assert!(RequestMatcher::default().may_be_masked(&request));
    assert!(!matcher.may_be_masked(&request));
}
