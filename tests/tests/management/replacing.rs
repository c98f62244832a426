//! Interactions that a test puts in the place of its own.

use cassette_core::{Cassette, Error, Interaction, Mode, Order, Repeat, current, scope};

use crate::bench::Bench;

/// Interactions with these requests, and an answer that says `new`.
pub(crate) fn others(bench: &Bench, names: &str) -> Vec<Interaction> {
    let one = |name| {
        let url = bench.server.url(&format!("/{name}"));
        format!(
            r#"{{"request":{{"method":"GET","url":"{url}"}},"response":{{"status":200,"body":{{"text":"new-{name}"}}}}}}"#
        )
    };
    let all: Vec<_> = names.split_whitespace().map(one).collect();
    of_text(&all.join(","))
}

fn of_text(interactions: &str) -> Vec<Interaction> {
    let text = format!(
        r#"{{"format":1,"test":"x","recorded_at":"2026-11-21T10:30:00Z","interactions":[{interactions}]}}"#
    );
    let cassette = Cassette::from_json(text.as_bytes()).unwrap();
    cassette.interactions().to_vec()
}

async fn replaced(bench: &Bench, mode: Mode, before: &str, after: &str) -> Result<String, Error> {
    let session = scope("c", bench.config(mode), async {
        bench.ask(before).await;
        let session = current().unwrap();
        session.replace(others(bench, "x y x")).unwrap();
        assert_eq!(session.len(), 3);
        bench.ask(after).await
    });
    session.await
}

#[tokio::test]
async fn a_recording_holds_what_is_put_into_it_and_what_comes_after() {
    let bench = Bench::new();
    assert_eq!(
        replaced(&bench, Mode::Record, "a b", "x").await.unwrap(),
        "x1"
    );
    assert_eq!(bench.answers("c.json"), "new-x new-y new-x x1");
}

#[tokio::test]
async fn an_update_holds_what_is_put_into_it_and_does_not_play_it() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a b c").await.unwrap();
    let answers = replaced(&bench, Mode::Update, "a d", "x a").await;
    assert_eq!(answers.unwrap(), "x1 a2");
    assert_eq!(bench.answers("c.json"), "new-x new-y new-x x1 a2");
}

#[tokio::test]
async fn a_replay_plays_what_is_put_into_it_and_leaves_the_file() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a b").await.unwrap();
    let file = bench.sandbox.read("c.json");
    let answers = replaced(&bench, Mode::Replay, "a", "x x y").await.unwrap();
    assert_eq!(answers, "new-x new-x new-y");
    let missed = replaced(&bench, Mode::Replay, "a", "x x").await;
    let missed = missed.unwrap_err();
    assert!(missed.is_unused(), "{missed}");
    let shown = missed.to_string();
    assert!(shown.contains("1 of 3 recorded interactions"), "{shown}");
    let unknown = replaced(&bench, Mode::Replay, "a", "x x y b").await;
    let unknown = unknown.unwrap_err();
    assert!(unknown.is_unmatched(), "{unknown}");
    let shown = unknown.to_string();
    assert!(
        shown.contains("(3 interactions, 3 already played)"),
        "{shown}"
    );
    assert!(shown.contains("closest is interaction 1"), "{shown}");
    assert_eq!(bench.sandbox.read("c.json"), file);
}

#[tokio::test]
async fn what_is_put_in_has_the_order_and_the_repetition_that_is_asked_for() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a b").await.unwrap();
    let config = bench.config(Mode::Replay).order(Order::Strict);
    let session = scope("c", config.repeat(Repeat::Last), async {
        bench.ask("a").await;
        current().unwrap().replace(others(&bench, "x y")).unwrap();
        bench.ask("y x y y").await
    });
    let error = session.await.unwrap_err();
    let shown = error.to_string();
    assert!(shown.contains("interaction 1 is due before it"), "{shown}");
    assert!(!shown.contains("more without an answer"), "{shown}");
}

#[tokio::test]
async fn everything_can_be_put_away() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a b").await.unwrap();
    for mode in [Mode::Replay, Mode::Update] {
        let session = scope("c", bench.config(mode), async {
            let session = current().unwrap();
            session.replace([]).unwrap();
            assert!(session.is_empty());
            assert_eq!(bench.counts("a"), None);
        });
        session.await.unwrap();
    }
    assert_eq!(bench.stored("c.json"), "");
}

const SECRET: &str = "s3cret-value-of-a-key";

#[tokio::test]
async fn secrets_in_what_is_put_in_are_masked_everywhere() {
    let bench = Bench::new();
    let interactions = of_text(&format!(
        r#"{{
            "request": {{
                "method": "POST", "url": "http://e.com/?api_key={SECRET}",
                "headers": {{ "authorization": "Bearer {SECRET}", "content-type": "application/json" }},
                "body": {{ "json": {{ "password": "{SECRET}" }} }}
            }},
            "response": {{ "status": 200, "headers": {{ "set-cookie": "sid={SECRET}; Path=/" }}, "body": {{ "text": "you said {SECRET}" }} }}
        }}"#
    ));
    for mode in [Mode::Record, Mode::Update] {
        let session = scope("c", bench.config(mode), async {
            let session = current().unwrap();
            session.replace(interactions.clone()).unwrap();
            let journal = bench.sandbox.read("c.partial.jsonl");
            assert!(!journal.contains(SECRET), "{mode}: {journal}");
            let seen = format!("{:?}", session.interactions());
            assert!(!seen.contains(SECRET), "{mode}: {seen}");
        });
        session.await.unwrap();
        let file = bench.sandbox.read("c.json");
        assert!(!file.contains(SECRET), "{mode}: {file}");
        assert!(file.contains("you said [REDACTED]"), "{mode}: {file}");
    }
}

fn token() -> String {
    ["ghp_", "x8Kq2Lw9", "Zt4Rv7Bn", "1Mc6Yd3P", "s5Hf0Jg2AbCd"].concat()
}

#[tokio::test]
async fn what_looks_like_a_secret_in_what_is_put_in_refuses_the_save() {
    let bench = Bench::new();
    let text = format!(
        r#"{{"request":{{"method":"GET","url":"http://e.com/"}},"response":{{"status":200,"body":{{"text":"it is {}"}}}}}}"#,
        token()
    );
    let refused = |mode| {
        scope("c", bench.config(mode), async {
            current().unwrap().replace(of_text(&text)).unwrap();
        })
    };
    let error = refused(Mode::Record).await.unwrap_err();
    assert!(error.is_secret(), "{error}");
    assert_eq!(bench.sandbox.files(), ["c.rejected.json"]);
    assert!(!bench.sandbox.read("c.rejected.json").contains(&token()));

    bench.run(Mode::Record, "a").await.unwrap();
    let file = bench.sandbox.read("c.json");
    assert!(refused(Mode::Update).await.unwrap_err().is_secret());
    assert_eq!(bench.sandbox.read("c.json"), file);

    // Taken out again it is no reason.
    let session = scope("c", bench.config(Mode::Record), async {
        let session = current().unwrap();
        session.replace(of_text(&text)).unwrap();
        session.replace(others(&bench, "x")).unwrap();
    });
    session.await.unwrap();
    let session = scope("c", bench.config(Mode::Record), async {
        let session = current().unwrap();
        session.replace(of_text(&text)).unwrap();
        assert_eq!(session.delete(&crate::bench::get("http://e.com/")), 1);
    });
    session.await.unwrap();
}

#[tokio::test]
async fn what_is_put_in_is_in_the_journal() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a b").await.unwrap();
    for mode in [Mode::Record, Mode::Update] {
        let session = scope("c", bench.config(mode), async {
            bench.ask("c").await;
            current().unwrap().replace(others(&bench, "x")).unwrap();
            bench.sandbox.read("c.partial.jsonl")
        });
        let journal = session.await.unwrap();
        assert!(journal.contains("new-x"), "{mode}: {journal}");
        assert!(
            !journal.contains("a1") && !journal.contains("/c"),
            "{mode}: {journal}"
        );
    }
}

#[tokio::test]
async fn interactions_without_their_bodies_are_refused() {
    let bench = Bench::new();
    let config = bench.config(Mode::Record).body_limit(1);
    bench.run_as("large", config, "a").await.unwrap();
    let text = bench.sandbox.read("large.json");
    // The file beside it is not read.
    let bodiless = Cassette::from_json(text.as_bytes()).unwrap();
    let session = scope("c", bench.config(Mode::Record), async {
        let session = current().unwrap();
        let replaced = session.replace(bodiless.interactions().to_vec());
        let error = replaced.unwrap_err();
        assert!(error.is_format(), "{error}");
        assert!(error.to_string().contains("in the file large."), "{error}");
        bench.ask("b").await;
    });
    session.await.unwrap();
    assert_eq!(bench.stored("c.json"), "b");

    // Taken from a session they have them.
    let taken = scope(
        "large",
        bench.config(Mode::Replay).repeat(Repeat::Last),
        async {
            bench.ask("a").await;
            current().unwrap().interactions()
        },
    );
    let taken = taken.await.unwrap();
    let session = scope("c", bench.config(Mode::Record), async {
        current().unwrap().replace(taken).unwrap();
    });
    session.await.unwrap();
    assert_eq!(bench.run(Mode::Replay, "a").await.unwrap(), "a1");
    let files = bench.sandbox.files();
    assert_eq!(files.len(), 4, "each has its own: {files:?}");
}
