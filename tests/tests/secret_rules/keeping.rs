//! `keep` by other means than names: patterns, variables, shapes.

use std::slice::from_ref;

use cassette_core::Config;

use crate::trial::{Ask, Trial, check, keep};
use crate::{LONG, PIN, other_token, token};

#[tokio::test]
async fn a_value_that_a_pattern_keeps_stays_under_any_name() {
    let say = keep(&["text:^pin-[0-9]{4}$", "text:^(test|demo)-"]);
    for ask in [
        Ask::target("/?api_key=#&password=$x"),
        Ask::header("x-api-key", "#"),
        Ask::json(r##"{"password":"#","api_key":"$-"}"##),
        Ask::body("application/x-www-form-urlencoded", "password=#&api_key=$-"),
        Ask::body(
            "text/xml",
            "<r><password>#</password><password>$-</password></r>",
        ),
    ] {
        // What stands with the `$` is part of the secret.
        let ask = ask.replace("$x", "$").replace("$-", "$");
        let (live, trial) = (ask.replace("$", "hunter2").replace("#", PIN), Trial::new());
        trial.record(&say, &[live]).await.unwrap();
        trial.expect_stored(0, &ask.replace("$", "[REDACTED]").replace("#", PIN));
    }
}

#[tokio::test]
async fn a_token_that_a_pattern_keeps_is_let_pass_and_others_are_refused() {
    let (token, other) = (token(), other_token());
    let kept = format!("text:{}", &token[..10]);
    let trial = Trial::new();
    let ask = Ask::json(format!(r#"{{"text":"see {token}."}}"#));
    trial.record(&keep(&[&kept]), from_ref(&ask)).await.unwrap();
    trial.expect_stored(0, &ask);
    let ask = Ask::body("text/plain", format!("{token} {other}"));
    let refused = trial.record(&keep(&[&kept]), &[ask]).await.unwrap_err();
    assert!(refused.is_secret() && refused.to_string().contains("gitlab"));
    assert!(!refused.to_string().contains("github"), "{refused}");
}

#[tokio::test]
async fn a_shape_that_is_kept_is_let_pass_in_every_place_and_others_are_not() {
    let (token, other) = (token(), other_token());
    for ask in [
        Ask::target("/of/#?page=#"),
        Ask::header("x-note", "see #, #"),
        Ask::json(r#"{"text":"see #."}"#),
        Ask::body("text/plain", "see #."),
        Ask::body("application/x-www-form-urlencoded", "note=#"),
    ] {
        let trial = Trial::new();
        let say = keep(&["shape:github"]);
        let live = ask.replace("#", &token);
        trial.record(&say, from_ref(&live)).await.unwrap();
        trial.expect_stored(0, &live);
        let another = trial.record(&say, &[ask.replace("#", &other)]).await;
        assert!(another.unwrap_err().is_secret());
    }
}

/// A shape is no name: `keep` takes back what the gate refuses, not what has a secret's name.
#[tokio::test]
async fn a_shape_that_is_kept_is_masked_where_it_is_one_by_its_name() {
    let ask = Ask::json(r#"{"password":"$","note":"it is $"}"#);
    check(&keep(&["shape:github"]), &ask, &token()).await;
}

#[tokio::test]
async fn a_variable_that_is_kept_is_not_looked_for() {
    let environment =
        |config: Config| config.environment([("ACME_KEY", LONG), ("B_KEY", "hunter2-hunter2")]);
    let ask = Ask::json(format!(r#"{{"a":"{LONG}","b":"hunter2-hunter2"}}"#));
    let trial = Trial::new();
    trial.record(&environment, from_ref(&ask)).await.unwrap();
    let stored = &trial.interaction(0)["response"]["body"]["json"];
    assert_eq!(
        *stored,
        serde_json::json!({ "a": "[REDACTED]", "b": "[REDACTED]" })
    );
    let kept = |config: Config| environment(config).keep(["env:ACME_KEY", "env:acme_key", "b_key"]);
    trial.record(&kept, &[ask]).await.unwrap();
    let stored = &trial.interaction(0)["response"]["body"]["json"];
    assert_eq!(*stored, serde_json::json!({ "a": LONG, "b": "[REDACTED]" }));
}

/// A value at a kept name is not learned.
#[tokio::test]
async fn what_is_kept_teaches_nothing() {
    let asks = [
        Ask::json(r##"{"password":"#","note":"#"}"##),
        Ask::header("x-api-key", "#"),
    ];
    let say = keep(&["json:password", "header:x-api-key"]);
    for ask in asks {
        check(&say, &ask, LONG).await;
    }
}

#[tokio::test]
async fn what_is_kept_in_one_place_is_masked_there_if_another_teaches_it() {
    for line in ["json:password", "json:/password", "text:^correct-"] {
        let ask = match line {
            // A pattern keeps the value in every place where a name is.
            "text:^correct-" => Ask::json(r#"{"password":"$"}"#),
            _ => Ask::json(r#"{"password":"$","api_key":"$"}"#),
        };
        let say = |config: Config| {
            let config = config.environment([("ACME_KEY", LONG)]);
            config.keep([line])
        };
        let trial = Trial::new();
        trial.record(&say, &[ask.filled(LONG, "")]).await.unwrap();
        trial.expect_stored(0, &ask.replace("$", "[REDACTED]"));
        assert!(!trial.sandbox.read("c.json").contains(LONG));
    }
    let ask = Ask {
        header: Some(("x-api-key", "$".to_owned())),
        ..Ask::json(r#"{"password":"$"}"#)
    };
    check(&keep(&["header:x-api-key"]), &ask, LONG).await;
}
