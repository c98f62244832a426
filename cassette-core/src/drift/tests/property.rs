//! For any answer: nothing panics, and what is the same has not drifted.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::json::{Layout, is_json, relayout};

/// Pieces of JSON and of streams, so that chance comes to them.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known: &[&str] = &[
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\"a\":",
        "\"b\":",
        "1",
        "-1.50e3",
        "null",
        "true",
        "\"x\"",
        "data:",
        "event:",
        "id:",
        "retry:",
        ": ",
        "\n",
        "\r",
        "\r\n",
        "\n\n",
        "\x1e",
        "\u{feff}",
        "[REDACTED]",
        "[BLOCKED]",
        "{\"a\":1}",
        "--b",
        "a=1&",
        "\u{1f600}",
    ];
    prop_oneof![
        8 => select(known).prop_map(|text| text.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..4),
    ]
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat())
}

fn content_type() -> impl Strategy<Value = &'static str> {
    select(vec![
        "",
        JSON,
        EVENTS,
        LINES,
        "application/json-seq",
        "text/html",
        "application/x-www-form-urlencoded",
        "multipart/mixed; boundary=b",
        "application/grpc",
    ])
}

fn end() -> impl Strategy<Value = End> {
    select(vec![
        End::Whole,
        End::Stopped,
        End::Waiting,
        broken(ErrorKind::Reset),
    ])
}

fn json() -> impl Strategy<Value = String> {
    let leaf = select(vec![
        "1",
        "1.50",
        "-0",
        "null",
        "true",
        "\"\"",
        "\"a\\u00e9\"",
    ]);
    let leaf = leaf.prop_map(str::to_owned);
    leaf.prop_recursive(4, 32, 4, |inner| {
        let key = select(vec!["a", "b", "a/b", "\\u0061"]);
        let member = (key, inner.clone()).prop_map(|(key, value)| format!("\"{key}\":{value}"));
        prop_oneof![
            proptest::collection::vec(inner, 0..4)
                .prop_map(|items| format!("[{}]", items.join(","))),
            proptest::collection::vec(member, 0..4)
                .prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

fn all_rules() -> DriftRules {
    rules(
        &["content-type", "etag"],
        &["/a/*", "/*/b"],
        &["/a 1", "/* 5%", "/b type"],
    )
}

fn compare(rules: &DriftRules, recorded: RecordedResponse, live: RecordedResponse) -> Vec<String> {
    let [recorded, live] = [recorded, live].map(|one| Recorded::Response(Arc::new(one)));
    shown(&rules.compare(&recorded, &live))
}

proptest! {
    #[test]
    fn an_answer_has_not_drifted_from_itself(
        body in bytes(), content_type in content_type(), end in end(), size in 1..9_usize,
    ) {
        let recorded = ended(response(content_type, &body), end);
        let live = in_chunks(recorded.clone(), size);
        prop_assert_eq!(compare(&DriftRules::default(), recorded, live), Vec::<String>::new());
    }

    #[test]
    fn any_two_answers_can_be_compared(
        left in (bytes(), content_type(), end()), right in (bytes(), content_type(), end()),
    ) {
        let [recorded, live] = [left, right]
            .map(|(body, content_type, end)| ended(response(content_type, body), end));
        for rules in [DriftRules::default(), all_rules()] {
            compare(&rules, recorded.clone(), live.clone());
            compare(&rules, live.clone(), recorded.clone());
        }
    }

    #[test]
    fn json_laid_out_anew_has_not_drifted(value in json(), rules in select(vec![false, true])) {
        let rules = if rules { all_rules() } else { DriftRules::default() };
        let spaced = relayout(&value, Layout::Indent(2));
        prop_assert!(is_json(&spaced));
        let (recorded, live) = (response(JSON, &value), response(JSON, &spaced));
        prop_assert_eq!(compare(&rules, recorded, live), Vec::<String>::new());
    }

    #[test]
    fn a_stream_may_go_on_where_its_recording_was_left(
        lines in proptest::collection::vec("[a-c:{}\" ]{0,6}", 0..12), at in 0..80_usize,
        kind in select(vec![EVENTS, LINES, "text/plain"]),
    ) {
        let whole = lines.join("\n");
        let part = &whole[..at.min(whole.len())];
        let recorded = ended(response(kind, part), End::Stopped);
        prop_assert_eq!(compare(&DriftRules::default(), recorded, response(kind, &whole)), Vec::<String>::new());
    }
}

/// Comparing twice as much takes about twice as long; these would take minutes if it did not.
#[test]
fn hostile_answers_take_no_time() {
    let many = |one: &str, number: usize| one.repeat(number);
    let keys = |value: &str| format!("{{{}\"z\":0}}", many(&format!("\"a\":{value},"), 25_000));
    let long = |value: &str| {
        let key = many("k", 250_000);
        format!("{{\"{key}\":[{}0]}}", many(&format!("{value},"), 25_000))
    };
    let deep = |leaf: &str| format!("{}{leaf}{}", many("[", 123), many("]", 123));
    let pairs = [
        (JSON, keys("1"), keys("2")),
        (JSON, long("1"), long("2")),
        (JSON, deep("1"), deep("2")),
        (JSON, many("[", 250_000), many("[", 249_999)),
        (JSON, many("1", 250_000), many("1", 249_999)),
        (
            JSON,
            format!("[1e{}]", many("9", 250_000)),
            "[1]".to_owned(),
        ),
        (EVENTS, many("\n", 250_000), many("data\n\n", 75_000)),
        (EVENTS, many("data:\n", 125_000), many("data:\n", 124_999)),
        (LINES, many("{}\n", 75_000), many("[]\n", 75_000)),
        (
            "text/plain",
            many("a[REDACTED]", 12_500),
            many("a", 250_000) + "b",
        ),
        (
            "text/plain",
            format!("[REDACTED]{}b[REDACTED]", many("a", 50_000)),
            many("a", 250_000),
        ),
        ("text/plain", many("\r\n", 125_000), many("\n", 250_000)),
    ];
    let fields = |value: &str| {
        (0..25_000)
            .map(|n| format!("{n}={value}&"))
            .collect::<String>()
    };
    let parts = |body: &str| many(&format!("--b\r\n\r\n{body}\r\n"), 10_000) + "--b--";
    let pairs = pairs.into_iter().chain([
        (
            "application/x-www-form-urlencoded",
            fields("1"),
            fields("2"),
        ),
        ("multipart/mixed; boundary=b", parts("1"), parts("2")),
    ]);
    let started = Instant::now();
    for (content_type, recorded, live) in pairs {
        let [recorded, live] = [recorded, live].map(|body| response(content_type, body));
        for end in [End::Whole, End::Stopped] {
            let recorded = ended(recorded.clone(), end);
            compare(&all_rules(), recorded, live.clone());
        }
    }
    assert!(started.elapsed() < Duration::from_secs(60));
}
