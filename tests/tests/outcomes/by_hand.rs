//! Cassettes that somebody wrote: every kind of failure, and one that there is none of.

use std::time::Duration;

use cassette_core::Mode;
use cassette_reqwest::client;
use cassette_tests::Sandbox;
use reqwest_middleware::Error;
use serde_json::{Value, json};

use crate::told::{innermost, told};
use crate::{play, replay, write};

/// Each kind that is replayed, and what the client's predicates make of it.
pub(crate) const KINDS: [(&str, &str); 10] = [
    ("builder", "builder"),
    ("connect", "request connect"),
    ("connect-timeout", "timeout request connect"),
    ("dns", "request connect dns"),
    ("timeout", "timeout request"),
    ("closed", "request incomplete"),
    ("reset", "request reset"),
    ("redirect", "redirect"),
    ("request", "request"),
    ("body", "request"),
];

pub(crate) fn url(kind: &str) -> String {
    format!("http://nobody.invalid/{kind}")
}

/// Returns a cassette's interactions: one failure of each kind.
pub(crate) fn every_kind() -> Value {
    let failure = |(kind, _)| {
        json!({
            "request": { "method": "GET", "url": url(kind) },
            "error": { "kind": kind, "message": format!("as if {kind}") },
        })
    };
    KINDS.map(failure).into_iter().collect()
}

/// Returns the names of all that holds of a failure.
pub(crate) fn holds(error: &Error) -> String {
    let told = told(error);
    let (kinds, others) = told.split_once("\nurl: ").unwrap();
    let kinds = kinds.strip_prefix("error: ").unwrap().split(' ');
    let others = others
        .lines()
        .filter_map(|line| line.strip_suffix(": true"));
    kinds.chain(others).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_kind_of_failure_answers_the_predicates_that_fit() {
    for (kind, expect) in KINDS {
        let sandbox = Sandbox::new();
        let all = every_kind();
        let number = KINDS.iter().position(|(other, _)| *other == kind).unwrap();
        write(&sandbox, &json!([all[number]]));
        let (error, took) = replay(&sandbox, async {
            client().get(url(kind)).send().await.unwrap_err()
        });
        assert_eq!(holds(&error), expect, "{kind}");
        assert_eq!(error.url().unwrap().as_str(), url(kind));
        assert_eq!((error.status(), took), (None, Duration::ZERO));
    }
}

#[test]
fn a_failure_names_the_url_that_failed_where_the_file_does() {
    let sandbox = Sandbox::new();
    let failure = json!({
        "request": { "method": "GET", "url": url("a") },
        "error": { "kind": "redirect", "message": "", "url": url("b") },
    });
    write(&sandbox, &json!([failure]));
    let (error, _) = replay(&sandbox, async {
        client().get(url("a")).send().await.unwrap_err()
    });
    assert_eq!(error.url().unwrap().as_str(), url("b"));
}

#[test]
fn the_text_stands_among_the_causes_where_the_client_lets_one_in() {
    let sandbox = Sandbox::new();
    write(&sandbox, &every_kind());
    let (kept, _) = replay(&sandbox, async {
        let mut kept = Vec::new();
        for (kind, _) in KINDS {
            let error = client().get(url(kind)).send().await.unwrap_err();
            if innermost(&error) == format!("as if {kind}") {
                kept.push(kind);
            }
        }
        kept
    });
    let expect = [
        "connect",
        "connect-timeout",
        "dns",
        "redirect",
        "request",
        "body",
    ];
    assert_eq!(kept, expect, "the others have the client's own words");
}

#[test]
fn a_body_breaks_off_in_every_kind() {
    let truncated = |(kind, _): (&str, &str)| {
        json!({
            "request": { "method": "GET", "url": url(kind) },
            "response": {
                "status": 200,
                "headers": { "content-length": "10" },
                "body": { "text": "abc", "truncated": { "kind": kind, "message": "as if" } },
            },
        })
    };
    let sandbox = Sandbox::new();
    write(&sandbox, &KINDS.map(truncated).into_iter().collect());
    let (seen, _) = replay(&sandbox, async {
        let mut seen = Vec::new();
        for (kind, _) in KINDS {
            let response = client().get(url(kind)).send().await.unwrap();
            let error: Error = response.bytes().await.unwrap_err().into();
            assert_eq!(error.url().unwrap().as_str(), url(kind));
            seen.push(format!("{kind}: {}", holds(&error)));
        }
        seen
    });
    insta::assert_snapshot!(seen.join("\n"), @"
    builder: decode
    connect: decode
    connect-timeout: timeout decode
    dns: decode
    timeout: timeout decode
    closed: decode
    reset: decode reset
    redirect: decode
    request: decode
    body: decode
    ");
}

fn refusal(interaction: &Value) -> String {
    let sandbox = Sandbox::new();
    write(&sandbox, &json!([interaction]));
    let (ended, _) = play(sandbox.config(Mode::Replay), async {});
    let error = format!("{:?}", ended.unwrap_err());
    error.replace(&sandbox.path().display().to_string(), "[sandbox]")
}

#[test]
fn an_unknown_kind_is_refused_with_the_known_ones() {
    let refusal = refusal(&json!({
        "request": { "method": "GET", "url": url("") },
        "error": { "kind": "exploded", "message": "" },
    }));
    insta::assert_snapshot!(refusal, @"
    [sandbox]/c.json is no cassette: unknown variant `exploded`, expected one of `builder`, `connect`, `connect-timeout`, `dns`, `timeout`, `closed`, `reset`, `redirect`, `request`, `body`, `cancelled` at line 1 column 55

    help: restore it with `git checkout -- [sandbox]/c.json`, or remove it to record again
    ");
}

#[test]
fn an_answer_and_a_failure_of_one_request_are_refused() {
    let refusal = refusal(&json!({
        "request": { "method": "GET", "url": url("") },
        "response": { "status": 200 },
        "error": { "kind": "closed", "message": "" },
    }));
    insta::assert_snapshot!(refusal, @"
    [sandbox]/c.json is no cassette: an interaction has a `request` and either a `response` or an `error` at line 1 column 153

    help: restore it with `git checkout -- [sandbox]/c.json`, or remove it to record again
    ");
}
