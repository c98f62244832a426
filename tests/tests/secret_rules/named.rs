//! `secret("NAME")`: its value is masked wherever it stands, however short it is.

use cassette_core::{Config, Mode};
use cassette_reqwest::{scope, secret};

use crate::trial::{Ask, Trial};
use crate::{FILE, JOURNAL};

/// Asks with the secret in place of each `$`.
async fn ask(trial: &Trial, mode: Mode, value: Option<&str>, asks: &[Ask]) -> Vec<String> {
    let config: Config = trial.sandbox.config(mode);
    let config = config.environment(value.map(|value| ("ACME_PIN", value)));
    let session = scope("c", config, async {
        let mut bodies = Vec::new();
        let key = secret("ACME_PIN").unwrap();
        for ask in asks {
            bodies.push(trial.send(&ask.replace("$", &key)).await.body);
        }
        if mode == Mode::Record {
            let journal = trial.sandbox.read(JOURNAL);
            assert!(!journal.contains(&key), "{journal}");
        }
        bodies
    });
    session.await.unwrap()
}

fn asks() -> Vec<Ask> {
    vec![
        Ask::target("/of/$?q=$&page=1"),
        Ask::header("x-note", "it is $."),
        Ask::json(r#"{"a":"$","b":["it is $."],"n":1}"#),
        Ask::body("text/plain", "it is $, and $"),
        Ask::body("application/x-www-form-urlencoded", "a=$&b=c"),
        Ask::body("text/event-stream", "data: {\"a\":\"$\"}\n\n"),
    ]
}

#[tokio::test]
async fn its_value_is_masked_wherever_it_stands() {
    for value in ["aB3$x", "hunter2", "correct horse battery", "ü&<>/+"] {
        let value = &value.replace('$', "x");
        let asks: Vec<Ask> = match value.contains([' ', '&', 'ü']) {
            true => asks().into_iter().skip(2).take(2).collect(),
            false => asks(),
        };
        let trial = Trial::new();
        ask(&trial, Mode::Record, Some(value), &asks).await;
        for (number, asked) in asks.iter().enumerate() {
            trial.expect_stored(number, &asked.replace("$", "[REDACTED]"));
        }
        assert!(!trial.sandbox.read(FILE).contains(value.as_str()));
        for other in [None, Some("another one")] {
            let bodies = ask(&trial, Mode::Replay, other, &asks).await;
            for (asked, body) in asks.iter().zip(bodies) {
                assert_eq!(body, asked.replace("$", "[REDACTED]").body.1);
            }
        }
        assert_eq!(trial.server.hits(), asks.len());
    }
}

/// Digits alone are masked in numbers too, and JSON stays JSON.
#[tokio::test]
async fn digits_are_masked_in_numbers() {
    let asks = [Ask::json(r#"{"pin":$,"list":["$",1],"n":7}"#)];
    let trial = Trial::new();
    ask(&trial, Mode::Record, Some("47114"), &asks).await;
    let stored = &trial.interaction(0)["response"]["body"]["json"];
    let expect = serde_json::json!({ "pin": "[REDACTED]", "list": ["[REDACTED]", 1], "n": 7 });
    assert_eq!(*stored, expect);
}

/// Asked for late, it is masked in what was recorded before.
#[tokio::test]
async fn it_is_masked_in_what_was_recorded_before_it_was_asked_for() {
    let trial = Trial::new();
    let config = trial
        .sandbox
        .config(Mode::Record)
        .environment([("ACME_PIN", "hunter2")]);
    let session = scope("c", config, async {
        trial.send(&Ask::json(r#"{"a":"hunter2"}"#)).await;
        let _ = secret("ACME_PIN");
        trial.send(&Ask::target("/second")).await;
        trial.sandbox.read(JOURNAL)
    });
    let journal = session.await.unwrap();
    assert!(!journal.contains("hunter2"), "{journal}");
    trial.expect_stored(0, &Ask::json(r#"{"a":"[REDACTED]"}"#));
    assert_eq!(
        trial.interaction(0)["response"]["body"]["json"]["a"],
        "[REDACTED]"
    );
}

/// The last thing that a test does may be to ask for it.
#[tokio::test]
async fn it_is_masked_though_nothing_is_recorded_after_it() {
    let trial = Trial::new();
    let config = trial
        .sandbox
        .config(Mode::Record)
        .environment([("ACME_PIN", "hunter2")]);
    let session = scope("c", config, async {
        trial.send(&Ask::json(r#"{"a":"hunter2"}"#)).await;
        secret("ACME_PIN").unwrap();
    });
    session.await.unwrap();
    assert!(!trial.sandbox.read(FILE).contains("hunter2"));
}
