//! The lines that a refusal prints do what they say: with them the recording is saved.

use std::collections::BTreeSet;
use std::slice::from_ref;

use cassette_core::{Config, Error};

use crate::trial::{Ask, Trial};
use crate::{FILE, token};

/// Returns what stands in the line for `word`, `redact` or `keep`.
fn line(report: &str, word: &str) -> String {
    let begin = format!("#[cassette({word} = [\"");
    let (_, rest) = report
        .split_once(&begin)
        .unwrap_or_else(|| panic!("{report}"));
    rest.split_once("\"])]").unwrap().0.to_owned()
}

/// Follows the advice until the recording is saved; returns the lines that it took.
async fn follow(trial: &Trial, ask: &Ask, word: &str) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    loop {
        let say = |config: Config| match word {
            "redact" => config.redact(lines.clone()),
            _ => config.keep(lines.clone()),
        };
        let recorded = trial.record(&say, from_ref(ask)).await;
        let Err(error) = recorded else {
            return lines;
        };
        let advice = advice(&error, word);
        assert!(lines.insert(advice), "it was done already:\n{error}");
    }
}

/// Where a pattern is asked for it is up to the reader to write one.
fn advice(error: &Error, word: &str) -> String {
    assert!(error.is_secret(), "{error}");
    match line(&error.to_string(), word) {
        line if line == "text:<pattern>" => format!("text:{}[a-zA-Z0-9]+", &token()[..4]),
        line => line,
    }
}

fn places() -> Vec<Ask> {
    let form = "application/x-www-form-urlencoded";
    let part = "--b\r\ncontent-disposition: form-data; name=\"pin\"\r\n\r\n$\r\n--b--\r\n";
    vec![
        Ask::target("/?page=1&sid=$"),
        Ask::target("/?user[sid]=$"),
        Ask::target("/?user%5Bsid%5D=$&a.sid=$"),
        Ask::target("/of/$/it"),
        Ask::header("x-note", "see $."),
        Ask::header("x-next", "https://e.com/?sid=$"),
        Ask::json(r#"{"a":"$","list":["$ and $"]}"#),
        Ask::json(r#"{"a/b":{"~c":"$"},"":"$","*":"$"}"#),
        Ask::json(r#"["{\"a\":\"$\"}"]"#),
        Ask::body("application/x-ndjson", "{\"n\":1}\n{\"a\":[\"$\"]}\n"),
        Ask::body(
            "text/event-stream",
            "data: {\"n\":1}\n\ndata: {\"a\":{\"b\":\"$\"}}\n\n",
        ),
        Ask::body(form, "page=1&sid=$&user[sid]=$&user%5Btwo%5D=$"),
        Ask::body("multipart/form-data; boundary=b", part),
        Ask::body("text/xml", "<r><pin>$</pin></r>"),
        Ask::body("text/plain", "see $ or https://e.com/?sid=$"),
    ]
}

#[tokio::test]
async fn the_line_that_masks_a_place_does() {
    for place in places() {
        let (trial, token) = (Trial::new(), token());
        let lines = follow(&trial, &place.replace("$", &token), "redact").await;
        let stored = trial.sandbox.read(FILE);
        assert!(!stored.contains(&token), "{lines:?}: {stored}");
        assert!(stored.contains("[REDACTED]"), "{lines:?}: {stored}");
        assert!(!stored.contains("[BLOCKED]"), "{lines:?}: {stored}");
    }
}

#[tokio::test]
async fn the_line_that_keeps_what_is_in_a_place_does() {
    for place in places() {
        let (trial, token) = (Trial::new(), token());
        let live = place.replace("$", &token);
        let lines = follow(&trial, &live, "keep").await;
        trial.expect_stored(0, &live);
        let stored = trial.sandbox.read(FILE);
        assert!(!stored.contains("[BLOCKED]"), "{lines:?}: {stored}");
        // Another token somewhere else is still refused, unless it is kept by its shape.
        if lines.iter().all(|line| !line.starts_with("shape:")) {
            let elsewhere = Ask::body("text/plain", token);
            let say = |config: Config| config.keep(lines.clone());
            let error = trial.record(&say, &[elsewhere]).await.unwrap_err();
            assert!(error.is_secret(), "{lines:?}");
        }
    }
}

/// A value made by chance is refused for its name, so that name is what the lines hold.
#[tokio::test]
async fn the_lines_for_a_value_made_by_chance_do() {
    let value = ["q7Zp2Lx9", "Vb4Tn8Rw", "K3mYc6Hd"].concat();
    for place in [
        Ask::json(r#"{"a":{"acme_secret":"$"}}"#),
        Ask::target("/?acme-api-key=$"),
        Ask::header("x-acme-secret", "$"),
        Ask::body("application/x-www-form-urlencoded", "user[acme_password]=$"),
        Ask::body("text/xml", "<acmeSecret>$</acmeSecret>"),
    ] {
        for word in ["redact", "keep"] {
            let (trial, live) = (Trial::new(), place.replace("$", &value));
            let is_xml = place.body.0 == "text/xml";
            if is_xml && word == "redact" {
                continue;
            }
            follow(&trial, &live, word).await;
            let stored = trial.sandbox.read(FILE);
            assert_eq!(stored.contains(&value), word == "keep", "{stored}");
        }
    }
}
