//! Cassettes that others extend.

use std::fs;
use std::time::{Duration, SystemTime};

use cassette_core::{Config, Mode, OnExpiry, Order, Repeat, Unused, current, scope};
use cassette_tests::masked;
use tokio::task::JoinSet;

use crate::bench::Bench;

async fn with_login() -> Bench {
    let bench = Bench::new();
    let config = bench.config(Mode::Record);
    bench.run_as("login", config, "login").await.unwrap();
    bench
}

fn extending(bench: &Bench, mode: Mode) -> Config {
    bench.config(mode).extends(["login"])
}

/// What tells that a file was not touched.
fn trace(bench: &Bench, file: &str) -> (String, SystemTime) {
    let metadata = fs::metadata(bench.sandbox.path().join(file)).unwrap();
    (bench.sandbox.read(file), metadata.modified().unwrap())
}

#[tokio::test]
async fn a_login_is_played_in_every_mode_and_never_written() {
    let bench = with_login().await;
    let login = trace(&bench, "login.json");
    for mode in [Mode::Record, Mode::Auto, Mode::Replay, Mode::Update] {
        for id in ["one", "two"] {
            let (config, names) = (extending(&bench, mode), format!("login {id}"));
            let answers = bench.run_as(id, config, &names).await.unwrap();
            assert_eq!(answers, format!("login1 {id}1"), "{mode}");
            assert_eq!(bench.stored(&format!("{id}.json")), id, "only its own");
        }
    }
    assert_eq!(trace(&bench, "login.json"), login);
    assert_eq!(bench.server.hits(), 3);
    assert_eq!(
        bench.sandbox.files(),
        ["login.json", "one.json", "two.json"]
    );
}

#[tokio::test]
async fn live_and_verify_send_it() {
    let bench = with_login().await;
    let live = bench.run_as("one", extending(&bench, Mode::Live), "login");
    assert_eq!(live.await.unwrap(), "login2");
    bench
        .run_as("one", extending(&bench, Mode::Record), "")
        .await
        .unwrap();
    let verify = bench.run_as("one", extending(&bench, Mode::Verify), "login");
    assert_eq!(verify.await.unwrap(), "login3");
    assert_eq!(bench.answers("login.json"), "login1");
}

#[tokio::test]
async fn live_does_not_need_it() {
    let bench = Bench::new();
    let live = bench.run_as("one", extending(&bench, Mode::Live), "login");
    assert_eq!(live.await.unwrap(), "login1");
}

#[tokio::test]
async fn it_is_no_failure_when_nothing_of_it_is_played() {
    let bench = with_login().await;
    for mode in [Mode::Record, Mode::Replay, Mode::Auto, Mode::Update] {
        let config = extending(&bench, mode).unused(Unused::Fail);
        bench.run_as("one", config, "a").await.unwrap();
    }
}

#[tokio::test]
async fn it_does_not_grow_too_old() {
    let bench = with_login().await;
    bench.age("login.json");
    for mode in [Mode::Record, Mode::Replay, Mode::Auto, Mode::Update] {
        let config = extending(&bench, mode);
        let config = config
            .max_age(Duration::from_secs(3600))
            .on_expiry(OnExpiry::Fail);
        let answers = bench.run_as("one", config, "login a").await.unwrap();
        assert_eq!(answers, "login1 a1", "{mode}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_sessions_have_it_at_once() {
    let bench = std::sync::Arc::new(with_login().await);
    for mode in [Mode::Record, Mode::Replay, Mode::Update] {
        let mut tasks = JoinSet::new();
        for number in 0..20 {
            let bench = std::sync::Arc::clone(&bench);
            tasks.spawn(async move {
                let names = format!("login {number}-");
                let config = extending(&bench, mode);
                bench
                    .run_as(&format!("t{number}"), config, &names)
                    .await
                    .unwrap()
            });
        }
        for answers in tasks.join_all().await {
            assert!(
                answers.starts_with("login1 ") && answers.ends_with("-1"),
                "{answers}"
            );
        }
    }
    assert_eq!(bench.server.hits(), 21);
}

#[tokio::test]
async fn it_is_asked_before_the_cassette_itself() {
    let bench = Bench::new();
    bench
        .run_as("one", bench.config(Mode::Record), "login")
        .await
        .unwrap();
    bench
        .run_as("login", bench.config(Mode::Record), "login")
        .await
        .unwrap();
    for order in [Order::Any, Order::Strict] {
        let config = extending(&bench, Mode::Replay).order(order);
        let answers = bench.run_as("one", config, "login login").await.unwrap();
        assert_eq!(answers, "login2 login1");
    }
}

#[tokio::test]
async fn it_has_sequences_and_repeats_them_where_that_is_asked_for() {
    let bench = Bench::new();
    bench
        .run_as("login", bench.config(Mode::Record), "login login")
        .await
        .unwrap();
    let calls = "login login login login";
    for (repeat, answers, own) in [
        (Repeat::Never, "login1 login2 login3 login4", 2),
        (Repeat::Last, "login1 login2 login2 login2", 0),
        (Repeat::Cycle, "login1 login2 login1 login2", 0),
    ] {
        for mode in [Mode::Record, Mode::Replay, Mode::Update] {
            let config = extending(&bench, mode).repeat(repeat);
            let answered = bench.run_as("one", config, calls).await.unwrap();
            assert_eq!(answered, answers, "{mode} {repeat:?}");
            assert_eq!(bench.sandbox.requested("one.json").len(), own);
        }
    }
}

#[tokio::test]
async fn of_several_the_first_that_has_it_answers() {
    let bench = Bench::new();
    for (id, names) in [("first", "a"), ("second", "a b"), ("third", "c")] {
        bench
            .run_as(id, bench.config(Mode::Record), names)
            .await
            .unwrap();
    }
    let config = bench
        .config(Mode::Record)
        .extends(["first", "second", "third"]);
    let answers = bench.run_as("one", config, "c b a a d").await.unwrap();
    assert_eq!(answers, "c1 b1 a1 a2 d1");
    assert_eq!(bench.stored("one.json"), "d");
    let config = bench.config(Mode::Auto).extends(["second", "first"]);
    assert_eq!(bench.run_as("two", config, "a a").await.unwrap(), "a2 a1");
}

#[tokio::test]
async fn it_may_be_in_another_folder() {
    let bench = Bench::new();
    bench
        .run_as("auth/login", bench.config(Mode::Record), "login")
        .await
        .unwrap();
    let config = || bench.config(Mode::Auto).extends(["auth/login"]);
    for _ in 0..2 {
        let answers = bench
            .run_as("api/users/reads", config(), "login a")
            .await
            .unwrap();
        assert_eq!(answers, "login1 a1");
    }
    assert_eq!(
        bench.sandbox.files(),
        ["api/users/reads.json", "auth/login.json"]
    );
}

#[tokio::test]
async fn one_that_is_missing_is_named_with_what_to_do() {
    let bench = Bench::new();
    let mut texts = Vec::new();
    for mode in [Mode::Record, Mode::Auto, Mode::Replay, Mode::Update] {
        let error = bench
            .run_as("one", extending(&bench, mode), "a")
            .await
            .unwrap_err();
        assert!(error.is_missing_cassette(), "{mode}: {error}");
        texts.push(masked(
            &error.to_string(),
            &bench.sandbox,
            &bench.server.url(""),
        ));
    }
    texts.dedup();
    insta::assert_snapshot!(texts.join("\n"), @"
    `extends` names the cassette login, and there is none at [sandbox]/login.json

    help: record the test that makes it first, `CASSETTE_MODE=record cargo test …`, or correct the name
    ");
    assert_eq!((bench.sandbox.files().len(), bench.server.hits()), (0, 0));
}

#[tokio::test]
async fn one_that_is_broken_is_an_error_that_names_the_file() {
    let bench = with_login().await;
    let text = bench.sandbox.read("login.json");
    for broken in ["", "{", &text[..text.len() / 2]] {
        bench.sandbox.write("login.json", broken);
        for mode in [Mode::Record, Mode::Replay] {
            let error = bench
                .run_as("one", extending(&bench, mode), "a")
                .await
                .unwrap_err();
            assert!(error.is_format(), "{error}");
            assert!(
                error.to_string().contains("login.json is no cassette"),
                "{error}"
            );
        }
    }
    assert_eq!(bench.sandbox.files(), ["login.json"]);
}

#[tokio::test]
async fn names_that_cannot_be_meant_are_refused() {
    let bench = with_login().await;
    let wrong: [&[&str]; 5] = [
        &["../login"],
        &[""],
        &["one"],
        &["login.rejected"],
        &["login", "login"],
    ];
    for names in wrong {
        for mode in [Mode::Record, Mode::Replay, Mode::Live] {
            let config = bench.config(mode).extends(names.iter().copied());
            let error = bench.run_as("one", config, "a").await.unwrap_err();
            assert!(error.is_config(), "{names:?} {mode}: {error}");
        }
    }
}

#[tokio::test]
async fn a_session_knows_what_it_has_and_takes_it_out_in_memory_only() {
    let bench = with_login().await;
    let login = trace(&bench, "login.json");
    for (mode, answer) in [(Mode::Record, "login2"), (Mode::Update, "login2")] {
        let session = scope("one", extending(&bench, mode), async {
            let session = current().unwrap();
            assert_eq!(
                bench.counts("login"),
                Some((if mode == Mode::Record { 1 } else { 2 }, 0))
            );
            assert_eq!(bench.ask("login").await, "login1");
            session.reset_counts();
            assert_eq!(bench.ask("login").await, "login1");
            session.replace([]).unwrap();
            assert_eq!(bench.delete("login"), 1);
            assert_eq!((bench.counts("login"), session.len()), (None, 0));
            bench.ask("login").await
        });
        let asked = session.await.unwrap();
        assert!(mode != Mode::Record || asked == answer, "{asked}");
        assert_eq!(bench.stored("one.json"), "login");
    }
    assert_eq!(trace(&bench, "login.json"), login);
}
