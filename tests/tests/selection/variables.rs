//! `variable`: what a test makes by chance is made once, and given back.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use cassette_core::{Config, Mode};
use cassette_reqwest::{current, scope};
use serde_json::json;
use tokio::task::spawn_blocking;

use crate::bench::{Bench, FILE};

static NEXT: AtomicUsize = AtomicUsize::new(0);

/// Something else every time.
fn chance() -> String {
    format!("chance {}", NEXT.fetch_add(1, Ordering::SeqCst))
}

/// Makes an order with an id of its own, and returns that.
async fn orders(bench: &Bench, config: Config, name: &str) -> cassette_core::Result<String> {
    let test = async {
        let id = current().unwrap().variable(name, chance).unwrap();
        let body = json!({ "order": id }).to_string();
        let request = bench.request("POST /orders").body(body);
        request.send().await.unwrap();
        id
    };
    scope("c", config, test).await
}

#[tokio::test]
async fn a_variable_is_stored_and_given_back() {
    let bench = Bench::new();
    let id = orders(&bench, bench.config(Mode::Auto), "id")
        .await
        .unwrap();
    let cassette = bench.sandbox.cassette(FILE);
    assert_eq!(cassette["variables"], json!({ "id": id }));
    let file = bench.sandbox.read(FILE);
    for mode in [Mode::Auto, Mode::Replay, Mode::Update] {
        let again = orders(&bench, bench.config(mode), "id").await.unwrap();
        assert_eq!(again, id, "{mode}");
    }
    assert_eq!(bench.server.hits(), 1);
    assert_eq!(bench.sandbox.read(FILE), file);
}

#[tokio::test]
async fn a_recording_from_nothing_has_new_ones() {
    let bench = Bench::new();
    let record = || bench.config(Mode::Record);
    let first = orders(&bench, record(), "id").await.unwrap();
    let second = orders(&bench, record(), "id").await.unwrap();
    assert_ne!(first, second);
    let cassette = bench.sandbox.cassette(FILE);
    assert_eq!(cassette["variables"], json!({ "id": second }));
    orders(&bench, record(), "other").await.unwrap();
    let names = bench.sandbox.cassette(FILE)["variables"].clone();
    assert_eq!(names.as_object().unwrap().len(), 1, "{names}");
}

#[tokio::test]
async fn an_update_keeps_what_is_there_and_adds() {
    let bench = Bench::new();
    let id = orders(&bench, bench.config(Mode::Record), "id")
        .await
        .unwrap();
    let test = async {
        let session = current().unwrap();
        let name = session.variable("name", || "new".to_owned()).unwrap();
        (session.variable("id", chance).unwrap(), name)
    };
    let update = bench.config(Mode::Update);
    let updated = scope("c", update, test).await.unwrap();
    assert_eq!(updated, (id.clone(), "new".to_owned()));
    let cassette = bench.sandbox.cassette(FILE);
    assert_eq!(cassette["variables"], json!({ "id": id, "name": "new" }));
    assert_eq!(bench.stored(), ["/orders"]);
}

#[tokio::test]
async fn in_live_it_is_made_each_time_and_stored_nowhere() {
    let bench = Bench::new();
    let test = async {
        let session = current().unwrap();
        (
            session.variable("id", chance).unwrap(),
            session.variable("id", chance).unwrap(),
        )
    };
    let (first, second) = scope("c", bench.config(Mode::Live), test).await.unwrap();
    assert_ne!(first, second);
    assert!(bench.sandbox.files().is_empty());
}

#[tokio::test]
async fn one_that_is_missing_fails_a_replay_though_nobody_looks_at_the_error() {
    let bench = Bench::recorded(&["/a"]).await;
    let a = bench.request("/a");
    let test = async {
        a.send().await.unwrap();
        let missing = current()
            .unwrap()
            .variable("id", || panic!("nothing is made"));
        assert!(missing.unwrap_err().is_unmatched());
    };
    let error = scope("c", bench.config(Mode::Replay), test)
        .await
        .unwrap_err();
    assert!(error.is_unmatched());
    insta::assert_snapshot!(bench.masked(&error.to_string()), @"
    the cassette holds no variable id

        cassette: [sandbox]/c.json
        mode: replay

    help: to record it, run it with `CASSETTE_MODE=update`
    ");
}

#[tokio::test]
async fn it_is_made_once_in_a_run() {
    let bench = Bench::new();
    let test = async {
        let session = current().unwrap();
        let ids: BTreeSet<_> = (0..3)
            .map(|_| session.variable("id", chance).unwrap())
            .collect();
        let other = session.variable("other", chance).unwrap();
        (ids.len(), ids.contains(&other))
    };
    let made = scope("c", bench.config(Mode::Auto), test).await.unwrap();
    assert_eq!(made, (1, false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn all_who_ask_at_the_same_time_are_given_the_same() {
    let bench = Bench::new();
    let test = async {
        let session = current().unwrap();
        let ask = |_| {
            let session = session.clone();
            spawn_blocking(move || session.variable("id", chance).unwrap())
        };
        let asking: Vec<_> = (0..32).map(ask).collect();
        let mut ids = BTreeSet::new();
        for asked in asking {
            ids.insert(asked.await.unwrap());
        }
        ids
    };
    let ids = scope("c", bench.config(Mode::Auto), test).await.unwrap();
    assert_eq!(ids.len(), 1);
    let stored = bench.sandbox.cassette(FILE)["variables"]["id"].clone();
    assert_eq!(
        Some(stored.as_str().unwrap()),
        ids.first().map(String::as_str)
    );
}

/// One may be made of another, and of itself.
#[tokio::test]
async fn what_makes_it_may_ask_for_variables() {
    let bench = Bench::new();
    let test = || async {
        let session = current().unwrap();
        let inner = || session.variable("inner", || "1".to_owned()).unwrap();
        let same = || session.variable("outer", || "first".to_owned()).unwrap();
        session.variable("outer", || inner() + &same()).unwrap()
    };
    for mode in [Mode::Record, Mode::Replay] {
        let outer = scope("c", bench.config(mode), test()).await.unwrap();
        assert_eq!(outer, "first", "{mode}");
    }
    let stored = bench.sandbox.cassette(FILE)["variables"].clone();
    assert_eq!(stored, json!({ "inner": "1", "outer": "first" }));
}

#[tokio::test]
async fn any_text_comes_back_as_it_was() {
    let bench = Bench::new();
    let texts = [
        "",
        " ",
        "a\nb\t\u{0}\"\\",
        "[REDACTED",
        "é\u{1F600}",
        "{\"a\":1}",
    ];
    let test = || async {
        let session = current().unwrap();
        let asked = texts.iter().enumerate().map(|(number, text)| {
            let name = format!("n {number}\n");
            session.variable(&name, || (*text).to_owned()).unwrap()
        });
        asked.collect::<Vec<_>>()
    };
    for mode in [Mode::Record, Mode::Replay] {
        let got = scope("c", bench.config(mode), test()).await.unwrap();
        assert_eq!(got, texts, "{mode}");
    }
}

#[tokio::test]
async fn behind_the_end_of_its_test_there_is_none() {
    let bench = Bench::new();
    let session = async { current().unwrap() };
    let session = scope("c", bench.config(Mode::Record), session)
        .await
        .unwrap();
    let late = session.variable("id", chance).unwrap_err();
    assert!(late.is_no_session(), "{late}");
}
