//! Values that are learned after they were recorded somewhere.

use cassette_core::{Config, Mode};
use cassette_reqwest::{client, current, scope};
use cassette_tests::Server;
use http::Response;
use serde_json::Value;

use crate::trial::{Ask, Got, Trial, redact};
use crate::{FILE, JOURNAL, LONG, REJECTED, filler, token};

/// Records an innocent place and then one that tells what it holds; returns the journals after each.
async fn record(trial: &Trial, first: &Ask, second: &Ask) -> [String; 2] {
    let session = scope("c", trial.sandbox.config(Mode::Record), async {
        let got = trial.send(first).await;
        assert_eq!(got, Got::from(first), "the test sees the real answer");
        let before = trial.sandbox.read(JOURNAL);
        trial.send(second).await;
        [before, trial.sandbox.read(JOURNAL)]
    });
    session.await.unwrap()
}

fn teaching() -> Ask {
    Ask::json(r#"{"password":"$"}"#)
}

#[tokio::test]
async fn a_value_that_becomes_known_is_masked_in_what_is_written_already() {
    for first in [
        Ask::target("/of/$?q=$"),
        Ask::header("x-note", "it is $."),
        Ask::json(r#"{"a":"$","n":1.50}"#),
        Ask::body("text/plain", "it is $"),
        Ask::body(
            "multipart/mixed; boundary=b",
            "--b\r\n\r\nis $\r\n--b--\r\n",
        ),
        Ask::body("application/x-www-form-urlencoded", "a=$&b=1"),
    ] {
        let trial = Trial::new();
        let (live, teaching) = (first.filled(LONG, ""), teaching().filled(LONG, ""));
        let [before, after] = record(&trial, &live, &teaching).await;
        assert!(before.contains(LONG), "nobody can know it yet: {before}");
        assert!(!after.contains(LONG), "{after}");
        assert_eq!(after.lines().count(), 3, "{after}");
        for line in after.lines() {
            serde_json::from_str::<Value>(line).unwrap();
        }
        trial.expect_stored(0, &first.replace("$", "[REDACTED]"));
        assert!(!trial.sandbox.read(FILE).contains(LONG));

        // Who replays knows it late as well, or never comes to know it.
        for value in [LONG, "another-horse-9-battery-staple"] {
            let asks = [
                first.filled(value, ""),
                Ask::json(format!(r#"{{"password":"{value}"}}"#)),
            ];
            let got = trial.replay(&redact(&[]), &asks).await;
            assert_eq!(got[0], Got::from(&first.replace("$", "[REDACTED]")));
        }
    }
}

/// `send` compares the length with the body, in the replay as well.
#[tokio::test]
async fn the_length_speaks_of_what_is_stored() {
    let (trial, text) = (Trial::new(), format!("it is {LONG}"));
    record(
        &trial,
        &Ask::body("text/plain", &*text),
        &teaching().filled(LONG, ""),
    )
    .await;
    let length = "it is [REDACTED]".len().to_string();
    let stored = trial.interaction(0);
    for side in ["request", "response"] {
        let headers = &stored[side]["headers"];
        let is = &headers["content-length"];
        assert!(is.is_null() || *is == length, "{stored:#}");
    }
    assert_eq!(stored["response"]["headers"]["content-length"], length);
}

#[tokio::test]
async fn a_reason_phrase_and_the_url_that_answered_are_masked_late_as_well() {
    use cassette_tests::{Connection, RawServer};

    let server = RawServer::start(async |mut connection: Connection| {
        while let Some(request) = connection.request().await {
            let answer = match request.line().split(' ').nth(1).unwrap() {
                "/first" => format!(
                    "HTTP/1.1 302 Found\r\nlocation: /of/{LONG}\r\ncontent-length: 0\r\n\r\n"
                ),
                "/teach" => {
                    let body = format!(r#"{{"password":"{LONG}"}}"#);
                    format!(
                        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
                        body.len()
                    )
                }
                _ => format!("HTTP/1.1 200 Is {LONG}\r\ncontent-length: 0\r\n\r\n"),
            };
            connection.write(answer).await;
        }
    });
    let trial = Trial::new();
    let session = scope("c", trial.sandbox.config(Mode::Record), async {
        for path in ["/first", "/teach"] {
            client()
                .get(server.url(path))
                .send()
                .await
                .unwrap()
                .text()
                .await
                .unwrap();
        }
        trial.sandbox.read(JOURNAL)
    });
    let journal = session.await.unwrap();
    assert!(!journal.contains(LONG), "{journal}");
    let stored = trial.sandbox.read(FILE);
    assert!(!stored.contains(LONG), "{stored}");
    assert!(
        stored.contains("Is [REDACTED]") && stored.contains("/of/[REDACTED]"),
        "{stored}"
    );
}

/// It was refused while nobody knew what it is; now it is masked like all others.
#[tokio::test]
async fn a_token_that_is_learned_late_keeps_nothing_from_being_saved() {
    for first in [
        Ask::json(r#"{"note":"see $."}"#),
        Ask::target("/of/$"),
        Ask::header("x-note", "$"),
        Ask::body("text/plain", "a $ b"),
    ] {
        let (trial, token) = (Trial::new(), token());
        let (live, teaching) = (first.replace("$", &token), teaching().replace("$", &token));
        let [before, _] = record(&trial, &live, &teaching).await;
        assert!(
            before.contains("[BLOCKED]") && !before.contains(&token),
            "{before}"
        );
        trial.expect_stored(0, &first.replace("$", "[REDACTED]"));
        let stored = trial.sandbox.read(FILE);
        assert!(
            !stored.contains("[BLOCKED]") && !stored.contains(&token),
            "{stored}"
        );
        trial.replay(&redact(&[]), &[live, teaching]).await;
    }
}

/// What is a secret may be more than what looks like one; what is around that is in the file already.
#[tokio::test]
async fn a_token_within_a_longer_value_that_is_learned_late_is_no_reason_to_refuse() {
    let (trial, value) = (Trial::new(), format!("id={}.tail", token()));
    let asks = [
        Ask::json(format!(r#"{{"note":"see {value}!"}}"#)),
        teaching().replace("$", &value),
    ];
    trial.record(&redact(&[]), &asks).await.unwrap();
    let stored = trial.interaction(0);
    assert_eq!(
        stored["request"]["body"]["json"]["note"],
        "see id=[REDACTED].tail!"
    );
}

#[tokio::test]
async fn a_token_beside_one_that_is_learned_late_is_still_refused() {
    let (trial, token) = (Trial::new(), token());
    let text = format!("{token} and {}", crate::other_token());
    let asks = [
        Ask::body("text/plain", text),
        teaching().replace("$", &token),
    ];
    let error = trial.record(&redact(&[]), &asks).await.unwrap_err();
    assert!(
        error.is_secret() && error.to_string().contains("gitlab"),
        "{error}"
    );
    assert!(!error.to_string().contains("github"), "{error}");
    assert!(!trial.sandbox.read(REJECTED).contains(&token[4..]));
}

/// A recording that is large is gone through when it has doubled, and at its end in any case.
#[tokio::test]
async fn a_large_recording_is_masked_at_its_end() {
    const PIECE: usize = 300 * 1024;
    let server = Server::start(|request| {
        let body = match request.uri().path() {
            "/teach" => format!(r#"{{"password":"{LONG}"}}"#),
            path => format!("{path} {} {LONG}", filler(PIECE)),
        };
        Response::new(body.into())
    });
    let trial = Trial::new();
    let config: Config = trial.sandbox.config(Mode::Record);
    let session = scope("c", config, async {
        let get = async |path: &str| {
            let answer = client().get(server.url(path)).send().await.unwrap();
            answer.text().await.unwrap()
        };
        for path in ["/1", "/2", "/3", "/4", "/5"] {
            get(path).await;
        }
        get("/teach").await;
        get("/6").await;
    });
    session.await.unwrap();
    let names = trial.sandbox.files();
    assert_eq!(names.len(), 7, "each has a file: {names:?}");
    for name in names {
        let text = trial.sandbox.read(&name);
        assert!(!text.contains(LONG), "{name}");
        assert!(name == FILE || text.ends_with(" [REDACTED]"), "{name}");
    }
}

/// So that the whole costs no more than twice its size.
#[tokio::test]
async fn a_large_recording_is_gone_through_once_it_has_doubled() {
    const PIECE: usize = 200 * 1024;
    let trial = Trial::new();
    let session = scope(
        "c",
        trial.sandbox.config(Mode::Record).body_limit(u64::MAX),
        async {
            let large = |n: usize| Ask::body("text/plain", format!("{n} {} {LONG}", filler(PIECE)));
            for number in 0..4 {
                trial.send(&large(number)).await;
            }
            trial.send(&teaching().filled("hunter2-hunter2", "")).await;
            trial.send(&teaching().filled(LONG, "")).await;
            let at_once = trial.sandbox.read(JOURNAL).matches(LONG).count();
            for number in 4..10 {
                trial.send(&large(number)).await;
            }
            trial
                .send(&teaching().filled("another-one-of-them", ""))
                .await;
            [at_once, trial.sandbox.read(JOURNAL).matches(LONG).count()]
        },
    );
    let [at_once, later] = session.await.unwrap();
    assert!(
        at_once > 0,
        "above 1 MiB nothing is rewritten for one value"
    );
    assert_eq!(later, 0);
    assert!(!trial.sandbox.read(FILE).contains(LONG));
}

#[tokio::test]
async fn a_large_recording_that_is_saved_in_between_holds_no_value_that_is_known_by_then() {
    let trial = Trial::new();
    let config = trial.sandbox.config(Mode::Record);
    let session = scope("c", config, async {
        // Of so much not everything is looked through each time a value is learned.
        trial.send(&Ask::body("text/plain", filler(100_000))).await;
        trial
            .send(&teaching().filled("the-first-value-of-all", ""))
            .await;
        trial
            .send(&Ask::json(r#"{"a":"$"}"#).filled(LONG, ""))
            .await;
        trial.send(&teaching().filled(LONG, "")).await;
        current().unwrap().flush().unwrap();
        trial.sandbox.read(FILE)
    });
    let flushed = session.await.unwrap();
    assert!(!flushed.contains(LONG), "{flushed}");
    assert_eq!(flushed, trial.sandbox.read(FILE));
}

#[tokio::test]
async fn a_variable_that_is_used_as_a_secret_refuses_the_recording() {
    let trial = Trial::new();
    let session = scope("c", trial.sandbox.config(Mode::Record), async {
        let made = current()
            .unwrap()
            .variable("device", || LONG.to_owned())
            .unwrap();
        let before = trial.sandbox.read(JOURNAL);
        let bearer = client().get(trial.server.url("/")).bearer_auth(&made);
        bearer.send().await.unwrap();
        assert!(before.contains(LONG), "nobody can know it yet: {before}");
        let after = trial.sandbox.read(JOURNAL);
        assert!(!after.contains(LONG), "{after}");
        let again = current().unwrap().variable("device", String::new);
        assert_eq!(again.unwrap(), LONG, "the test goes on with what it has");
    });
    let error = session.await.unwrap_err();
    assert!(error.is_secret(), "{error}");
    assert!(
        error.to_string().starts_with("the variable device is used"),
        "{error}"
    );
    assert!(!trial.sandbox.read(REJECTED).contains(LONG));
    assert!(!trial.sandbox.exists(FILE));
}
