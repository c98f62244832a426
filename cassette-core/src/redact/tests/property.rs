//! For any traffic and any selectors: nothing panics, and what was masked comes to rest.

use proptest::prelude::*;

use super::*;
use crate::interaction::{Interaction, Recorded};
use crate::redaction::Redactions;

/// Pieces of what secrets stand in, so that chance comes to them.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known: &[&str] = &[
        "password",
        "api_key",
        "=",
        ":",
        "\"",
        "\\\"",
        "\\",
        "{",
        "}",
        "[",
        "]",
        ",",
        "&",
        "?",
        "#",
        "%",
        "%3D",
        "\\u0026",
        "&amp;",
        "<",
        ">",
        "/",
        "<password>",
        "</password>",
        "<![CDATA[",
        "]]>",
        "https://",
        "//",
        "@",
        "--b",
        "\r\n",
        "\n",
        "data: ",
        "Content-Disposition: form-data; name=\"pin\"",
        "\r\n\r\n",
        "Bearer ",
        "-----BEGIN PRIVATE KEY-----",
        "eyJ",
        "sk-ant-",
        "correct-horse-battery",
        "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5",
        "0123456789abcdef",
        "4711",
        "-1.5e3",
        "null",
        "true",
        "[REDACTED]",
        "[BLOCKED]",
        "[REDAC",
        "\u{fc}",
        "\u{1f600}",
        "pin",
        "\"pin\":",
        "\"password\":\"",
        " ",
        ";",
    ];
    prop_oneof![
        8 => proptest::sample::select(known).prop_map(|text| text.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..4),
        1 => "[ -~]{0,8}".prop_map(String::into_bytes),
    ]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat())
}

fn content_type() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "",
        "application/json",
        "application/x-ndjson",
        "text/event-stream",
        "text/html",
        "text/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
        "application/octet-stream",
        "application/http",
        "text/plain; charset=latin1",
    ])
}

/// A pattern that keeps a value would no longer do so when a part of that is masked for another reason.
fn kept() -> impl Strategy<Value = Vec<String>> {
    lines().prop_map(|mut lines| {
        lines.retain(|line| !line.starts_with("text:") || line.starts_with("text:^"));
        lines
    })
}

fn lines() -> impl Strategy<Value = Vec<String>> {
    let all = vec![
        "pin",
        "json:pin",
        "form:pin",
        "query:pin",
        "xml:pin",
        "header:x-a",
        "json:/pin",
        "json:/*",
        "json:/*/*",
        "text:[0-9]{4}",
        "text:[A-Z]{4}",
        "text:horse",
        "password",
        "json:password",
        "text:^s3cret$",
    ];
    let selected = proptest::sample::subsequence(all, 0..5);
    selected.prop_map(|lines| lines.into_iter().map(str::to_owned).collect())
}

/// The value of a header has no control characters.
fn header(bytes: &[u8]) -> HeaderValue {
    let plain: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|byte| *byte >= b' ' && *byte != 0x7f)
        .collect();
    HeaderValue::from_bytes(&plain).unwrap()
}

fn live(content_type: &'static str, head: &[u8], body: Vec<u8>) -> http::Request<Bytes> {
    let query: String = String::from_utf8_lossy(head)
        .chars()
        .filter(char::is_ascii_graphic)
        .collect();
    let url = format!("http://e.com/p?a={query}");
    let url = url
        .parse::<http::Uri>()
        .unwrap_or(http::Uri::from_static("http://e.com/"));
    let mut request = http::Request::post(url)
        .header("x-a", header(head))
        .header("cookie", header(head));
    if !content_type.is_empty() {
        request = request.header("content-type", content_type);
    }
    request
        .header("content-length", body.len())
        .body(body.into())
        .unwrap()
}

/// Returns what was masked as it is when it was looked through some times more: in a text that is none, what
/// takes the place of one secret may uncover another.
fn settled<T>(masked: T, again: impl Fn(&T) -> T) -> T {
    (0..3).fold(masked, |masked, _| again(&masked))
}

proptest! {
    #[test]
    fn what_was_masked_comes_to_rest(
        (content_type, head, body) in (content_type(), bytes(), bytes()),
        (redact, keep) in (lines(), kept()),
    ) {
        let rules = Rules::new(&redact, &keep, Redactions::default()).unwrap();
        let redactor = Redactor::new(rules, Vec::new(), u64::MAX);
        redactor.learn(["correct-horse-battery".to_owned()]);
        redactor.learn_named("4711");
        let masked = redactor.request(&live(content_type, &head, body)).value;
        let settled = settled(masked, |masked| redactor.request_again(masked).value);
        let known = redactor.known();
        prop_assert_eq!(&redactor.request_again(&settled).value, &settled);
        prop_assert_eq!(redactor.known(), known, "a placeholder teaches nothing");
    }

    #[test]
    fn a_response_is_masked_alike_in_whatever_chunks_it_comes(
        content_type in content_type(),
        chunks in proptest::collection::vec(bytes(), 0..5),
        redact in lines(),
    ) {
        let rules = Rules::new(&redact, &[], Redactions::default()).unwrap();
        let redactor = Redactor::new(rules, Vec::new(), u64::MAX);
        redactor.learn(["correct-horse-battery".to_owned()]);
        let head = http::Response::builder().header("content-type", content_type);
        let mut received = Received::whole(head.body(Bytes::from(chunks.concat())).unwrap());
        let whole = redactor.response(&received).value;
        received.chunks = chunks.into_iter().map(Bytes::from).collect();
        for is_stream in [false, true] {
            received.is_stream = is_stream;
            let pieces = redactor.response(&received).value;
            prop_assert_eq!(pieces.body().bytes(), whole.body().bytes());
            let ends = pieces.body().ends();
            prop_assert!(ends.is_sorted());
            prop_assert!(ends.last().is_none_or(|end| *end == whole.body().bytes().len()));
            let request = redactor.request(&live("", b"", Vec::new())).value;
            let interaction = Interaction {
                request: request.into(),
                recorded: Recorded::Response(pieces.into()),
            };
            let again = |interaction: &Interaction| redactor.again(interaction).value;
            let settled = settled(interaction, again);
            prop_assert_eq!(&again(&settled), &settled);
            prop_assert!(redactor.again(&settled).blocked.is_empty());
        }
    }

    #[test]
    fn nothing_known_is_left_in_a_body(
        (content_type, before, after) in (content_type(), bytes(), bytes()),
    ) {
        let secret = "correct-horse-battery";
        let redactor = Redactor::default();
        redactor.learn([secret.to_owned()]);
        let body = [&before[..], secret.as_bytes(), &after[..]].concat();
        let masked = redactor.request(&live(content_type, b"", body)).value;
        let left = String::from_utf8_lossy(masked.body().bytes()).into_owned();
        prop_assert!(!left.contains(secret), "{}", left);
    }
}
