//! What a refused recording leaves behind, and in which modes it is refused.

use std::slice::from_ref;

use cassette_core::Mode;
use cassette_reqwest::{cassette, client};
use cassette_tests::{Server, Stage, json, masked, run, staged, url};
use reqwest_middleware::ClientWithMiddleware;

use crate::trial::{Ask, Trial, redact};
use crate::{FILE, JOURNAL, REJECTED, token};

fn with_token() -> Ask {
    Ask::json(format!(r#"{{"note":"{}"}}"#, token()))
}

#[tokio::test]
async fn the_old_cassette_stays_byte_for_byte_and_the_new_one_is_kept_aside() {
    let (trial, plain) = (Trial::new(), redact(&[]));
    trial
        .record(&plain, &[Ask::json(r#"{"note":"fine"}"#)])
        .await
        .unwrap();
    let before = trial.sandbox.read(FILE);
    let asks = [with_token(), Ask::target("/second")];
    let error = trial.record(&plain, &asks).await.unwrap_err();
    assert!(error.is_secret());
    assert_eq!(trial.sandbox.read(FILE), before);
    assert_eq!(trial.sandbox.files(), [FILE, REJECTED]);
    assert_eq!(trial.sandbox.requested(REJECTED), ["/", "/second"]);
    let kept = trial.sandbox.cassette(REJECTED);
    for side in ["request", "response"] {
        let body = &kept["interactions"][0][side]["body"];
        assert_eq!(body["json"]["note"], "[BLOCKED]");
    }
    assert!(!trial.sandbox.read(REJECTED).contains(&token()[4..]));
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_kept_aside_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let trial = Trial::new();
    trial
        .record(&redact(&[]), &[with_token()])
        .await
        .unwrap_err();
    let metadata = std::fs::metadata(trial.sandbox.path().join(REJECTED)).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_recording_that_passes_takes_away_what_was_kept_aside() {
    let trial = Trial::new();
    trial
        .record(&redact(&[]), &[with_token()])
        .await
        .unwrap_err();
    trial
        .record(&redact(&["note"]), &[with_token()])
        .await
        .unwrap();
    assert_eq!(trial.sandbox.files(), [FILE]);
}

#[tokio::test]
async fn the_journal_holds_no_token_while_it_is_written() {
    let trial = Trial::new();
    let session = cassette_reqwest::scope("c", trial.sandbox.config(Mode::Record), async {
        trial.send(&with_token()).await;
        trial.sandbox.read(JOURNAL)
    });
    let mut journal = String::new();
    let error = async { session.await.map(|text| journal = text) }.await;
    assert!(error.unwrap_err().is_secret());
    assert_eq!(journal, "", "a refused session returns nothing");
    let trial = Trial::new();
    let mut journal = String::new();
    let session = cassette_reqwest::scope("c", trial.sandbox.config(Mode::Record), async {
        trial.send(&with_token()).await;
        journal = trial.sandbox.read(JOURNAL);
    });
    session.await.unwrap_err();
    assert!(
        journal.contains("[BLOCKED]") && !journal.contains(&token()[4..]),
        "{journal}"
    );
}

/// Without the gate nothing would be written in these modes.
#[tokio::test]
async fn nothing_is_refused_where_nothing_is_recorded() {
    let trial = Trial::new();
    trial
        .run(Mode::Live, &redact(&[]), &[with_token()])
        .await
        .unwrap();
    assert!(trial.sandbox.files().is_empty());
    trial
        .record(&redact(&["note"]), &[with_token()])
        .await
        .unwrap();
    let got = trial.replay(&redact(&["note"]), &[with_token()]).await;
    assert_eq!(got[0].body, r#"{"note":"[REDACTED]"}"#);
}

/// Puts a token into a cassette, as an older version of the rules would have let it in.
fn put_token(trial: &Trial, word: &str) -> String {
    let text = trial.sandbox.read(FILE);
    assert!(text.contains(word), "{text}");
    let text = text.replace(word, &token());
    trial.sandbox.write(FILE, &text);
    text
}

#[tokio::test]
async fn an_update_refuses_for_what_was_there_before_and_names_it() {
    let (trial, plain) = (Trial::new(), redact(&[]));
    let asks = [Ask::target("/first"), Ask::json(r#"{"note":"WORD"}"#)];
    trial.record(&plain, &asks).await.unwrap();
    let before = put_token(&trial, "WORD");
    let more = [Ask::target("/first"), Ask::target("/new")];
    let error = trial.run(Mode::Update, &plain, &more).await.unwrap_err();
    assert!(error.is_secret());
    insta::assert_snapshot!(masked(&error.to_string(), &trial.sandbox, &trial.server.url("")), @r#"
    the recording may hold a secret, and is not saved

        cassette: [sandbox]/c.json

        interaction 2, request body /note: the shape of a token of github
            of POST http://server/
        interaction 2, response body /note: the shape of a token of github
            of POST http://server/

    help: if it is one, mask it: `#[cassette(redact = ["json:/note"])]`
    help: if it is none, keep it: `#[cassette(keep = ["json:/note"])]`

    note: the recording of c is not saved; 1 interaction kept in [sandbox]/c.rejected.json
    "#);
    assert_eq!(trial.sandbox.read(FILE), before);
    let rejected = trial.sandbox.read(REJECTED);
    assert!(
        rejected.contains("[BLOCKED]") && !rejected.contains(&token()[4..]),
        "{rejected}"
    );
    trial
        .run(Mode::Update, &redact(&["note"]), &more)
        .await
        .unwrap();
    assert!(!trial.sandbox.read(FILE).contains(&token()[4..]));
}

/// The request is shown, but not what is refused in it.
#[tokio::test]
async fn an_update_shows_no_token_of_an_old_url() {
    let (trial, plain) = (Trial::new(), redact(&[]));
    trial
        .record(&plain, &[Ask::target("/first?sid=WORD")])
        .await
        .unwrap();
    put_token(&trial, "WORD");
    let more = [Ask::target("/new")];
    let error = trial.run(Mode::Update, &plain, &more).await.unwrap_err();
    assert!(error.is_secret());
    assert!(!error.to_string().contains(&token()[4..]), "{error}");
}

#[cassette(config = staged)]
async fn asks(passes: bool) {
    let client: ClientWithMiddleware = client();
    client
        .get(url("/"))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(passes, "the panic of the test");
}

#[test]
fn the_failure_is_that_of_the_annotated_test() {
    let answer = format!(r#"{{"note":"{}"}}"#, token());
    let stage = Stage::new(Server::start(json(200, answer)));
    let panic = run(asks(true)).unwrap_err();
    insta::assert_snapshot!(stage.masked(&panic), @r#"
    the recording may hold a secret, and is not saved

        cassette: [sandbox]/secret_rules/refused/asks.json

        interaction 1, response body /note: the shape of a token of github
            of GET http://server/

    help: if it is one, mask it: `#[cassette(redact = ["json:/note"])]`
    help: if it is none, keep it: `#[cassette(keep = ["json:/note"])]`
    "#);
    assert_eq!(
        stage.sandbox.files(),
        ["secret_rules/refused/asks.rejected.json"]
    );
}

#[test]
fn a_test_that_fails_anyhow_fails_for_its_own_reason_and_keeps_no_token() {
    let answer = format!(r#"{{"note":"{}"}}"#, token());
    let stage = Stage::new(Server::start(json(200, answer)));
    assert_eq!(run(asks(false)).unwrap_err(), "the panic of the test");
    let rejected = stage
        .sandbox
        .read("secret_rules/refused/asks.rejected.json");
    assert!(
        rejected.contains("[BLOCKED]") && !rejected.contains(&token()[4..]),
        "{rejected}"
    );
}

/// What was recorded before there was a rule holds what it masks now.
#[tokio::test]
async fn a_recording_made_again_takes_nothing_unmasked_from_the_old_one() {
    let trial = Trial::new();
    let ask = Ask::json(r#"{"pin":"pin-4711","n":1}"#);
    trial.record(&redact(&[]), from_ref(&ask)).await.unwrap();
    assert!(trial.sandbox.read(FILE).contains("pin-4711"));
    trial
        .record(&redact(&["pin"]), from_ref(&ask))
        .await
        .unwrap();
    assert!(!trial.sandbox.read(FILE).contains("pin-4711"));
    trial.record(&redact(&[]), from_ref(&ask)).await.unwrap();
    trial
        .run(Mode::Update, &redact(&["pin"]), &[ask, Ask::target("/new")])
        .await
        .unwrap();
    let text = trial.sandbox.read(FILE);
    assert!(!text.contains("pin-4711"), "{text}");
}
