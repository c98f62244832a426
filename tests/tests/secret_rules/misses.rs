//! Reports of a replay: they hold no secret of the environment either, though it plays no part in what
//! is found.

use std::slice::from_ref;

use cassette_core::{Config, Mode};

use crate::LONG;
use crate::trial::{Ask, Trial, redact};

/// Replays a request that was not recorded, with a secret in the environment, and returns what is said.
async fn missed(ask: Ask) -> String {
    let trial = Trial::new();
    let asks = [Ask::target("/of/it?page=1"), Ask::json(r#"{"note":"one"}"#)];
    trial.record(&redact(&[]), &asks).await.unwrap();
    let say = |config: Config| {
        config
            .environment([("ACME_API_KEY", LONG), ("PIN", "pin-4711")])
            .redact(["env:PIN"])
    };
    let mut texts = String::new();
    let config = say(trial.sandbox.config(Mode::Replay));
    let session = cassette_reqwest::scope("c", config, async {
        let error = trial.request(&ask).send().await.unwrap_err();
        texts = format!(
            "{error} {error:?} {:?}",
            cassette_reqwest::current().unwrap()
        );
    });
    let error = session.await.unwrap_err();
    assert!(error.is_unmatched());
    texts + &format!("{error} {error:?}")
}

#[tokio::test]
async fn a_miss_shows_no_secret_of_the_environment() {
    for ask in [
        Ask::target("/of/$?page=1"),
        Ask::target("/of/it?page=$"),
        Ask::json(r#"{"note":"it is $."}"#),
        Ask::body("text/plain", "it is $"),
        Ask::header("x-note", "$"),
    ] {
        let mut ask = ask;
        if ask.header.is_some() {
            ask.target = "/$".to_owned();
        }
        for secret in [LONG, "pin-4711"] {
            let report = missed(ask.replace("$", secret)).await;
            assert!(!report.contains(secret), "{report}");
            assert!(report.contains("[REDACTED]"), "{report}");
        }
    }
}

/// What is sent as it is recorded is found before anything is masked in it. The secret is of no shape, so
/// that the report can know it from that request only.
#[tokio::test]
async fn a_miss_shows_no_secret_from_a_header_of_what_was_played_as_it_is_recorded() {
    let trial = Trial::new();
    let ask = Ask::header("authorization", format!("Bearer {LONG}"));
    trial.record(&redact(&[]), from_ref(&ask)).await.unwrap();
    for (played, is_masked) in [(Some(&ask), true), (None, false)] {
        let session = cassette_reqwest::scope("c", trial.sandbox.config(Mode::Replay), async {
            if let Some(ask) = played {
                trial.send(ask).await;
            }
            let other = Ask::target(format!("/of/{LONG}"));
            trial.request(&other).send().await.unwrap_err().to_string()
        });
        let report = session.await.unwrap_err().to_string();
        assert!(report.contains("/of/"), "{report}");
        assert_eq!(!report.contains(LONG), is_masked, "{report}");
    }
}

/// Whether the variable is set changes nothing for what was recorded with its value in sight.
#[tokio::test]
async fn the_environment_of_a_replay_decides_nothing() {
    let (trial, ask) = (Trial::new(), Ask::json(format!(r#"{{"note":"{LONG}"}}"#)));
    trial.record(&redact(&[]), from_ref(&ask)).await.unwrap();
    let say = |config: Config| config.environment([("ACME_API_KEY", LONG)]);
    let got = trial.replay(&say, from_ref(&ask)).await;
    assert!(got[0].body.contains(LONG), "{got:?}");
}
