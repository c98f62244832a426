//! What is saved before the end.

use std::future::pending;
use std::time::Duration;

use bytes::Bytes;
use cassette_core::{Mode, current, scope};
use cassette_reqwest::{cassette, client};
use cassette_tests::{Child, Sandbox, Server, Stage, count, run, staged, url, url_of_parent};
use http::Response;
use tokio::sync::Notify;

use crate::bench::{Bench, answer, get};

const CHILD: &str = "flushes::replays_what_its_parent_is_recording";

#[tokio::test]
#[ignore = "run by its parent"]
async fn replays_what_its_parent_is_recording() {
    let config = cassette_core::Config::new().mode(Mode::Replay);
    let answer = scope("c", config, async {
        let response = client().get(url_of_parent("/a")).send().await.unwrap();
        response.text().await.unwrap()
    });
    assert_eq!(answer.await.unwrap(), "a1");
}

#[tokio::test]
async fn what_is_flushed_is_there_for_others_while_the_recording_runs() {
    let bench = Bench::new();
    let session = scope("c", bench.config(Mode::Record), async {
        bench.ask("a").await;
        current().unwrap().flush().unwrap();
        let child = Child::exactly(CHILD, &bench.sandbox, &bench.server.url(""));
        child.run().expect_passed(1);
        let other = bench.config(Mode::Auto).extends(["c"]);
        assert_eq!(bench.run_as("other", other, "a").await.unwrap(), "a1");
        assert!(bench.sandbox.exists("c.partial.jsonl"));
        bench.ask("b").await;
        assert_eq!(bench.stored("c.json"), "a", "not flushed again");
    });
    session.await.unwrap();
    assert_eq!(bench.answers("c.json"), "a1 b1");
    assert_eq!(bench.sandbox.files(), ["c.json", "other.json"]);
}

#[tokio::test]
async fn what_is_flushed_last_stays_where_nothing_came_after_it() {
    let bench = Bench::new();
    for mode in [Mode::Record, Mode::Update, Mode::Record] {
        let session = scope("c", bench.config(mode), async {
            bench.ask(&format!("a {mode}")).await;
            current().unwrap().flush().unwrap();
            bench.sandbox.read("c.json")
        });
        let flushed = session.await.unwrap();
        assert_eq!(bench.sandbox.read("c.json"), flushed, "{mode}");
    }
}

#[tokio::test]
async fn what_is_taken_back_after_a_flush_is_not_in_the_file() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a").await.unwrap();
    let file = bench.sandbox.read("c.json");
    let session = scope("c", bench.config(Mode::Update), async {
        bench.ask("a b").await;
        current().unwrap().flush().unwrap();
        assert_eq!(bench.stored("c.json"), "a b");
        bench.delete("b");
    });
    session.await.unwrap();
    assert_eq!(bench.sandbox.read("c.json"), file);
}

/// Flushes after `a`, then asks for `b` and never ends.
async fn drop_after_flush(bench: &Bench) {
    let asked = Notify::new();
    let session = scope("c", bench.config(Mode::Record), async {
        bench.ask("a").await;
        current().unwrap().flush().unwrap();
        bench.ask("b").await;
        asked.notify_one();
        pending::<()>().await;
    });
    tokio::select! {
        _ = session => unreachable!("it waits for ever"),
        () = asked.notified() => {}
    }
}

#[tokio::test]
async fn what_was_flushed_stays_when_the_future_is_dropped() {
    let bench = Bench::new();
    drop_after_flush(&bench).await;
    assert_eq!(bench.sandbox.files(), ["c.json", "c.rejected.json"]);
    assert_eq!(bench.stored("c.json"), "a");
    assert_eq!(bench.stored("c.rejected.json"), "a b");
    assert_eq!(bench.run(Mode::Replay, "a").await.unwrap(), "a1");
}

fn token() -> String {
    ["ghp_", "x8Kq2Lw9", "Zt4Rv7Bn", "1Mc6Yd3P", "s5Hf0Jg2AbCd"].concat()
}

#[tokio::test]
async fn what_looks_like_a_secret_is_not_flushed() {
    let bench = Bench::new();
    let session = scope("c", bench.config(Mode::Record), async {
        let session = current().unwrap();
        bench.ask("a").await;
        session.flush().unwrap();
        answer(
            &session,
            &get("http://e.com/"),
            &format!("it is {}", token()),
        );
        let error = session.flush().unwrap_err();
        assert!(error.is_secret(), "{error}");
        assert_eq!(bench.stored("c.json"), "a");
        // It is no reason to fail that an automatic one would have been refused.
        assert_eq!(session.delete(&get("http://e.com/")), 1);
        session.flush().unwrap();
        answer(
            &session,
            &get("http://e.com/"),
            &format!("it is {}", token()),
        );
    });
    assert!(session.await.unwrap_err().is_secret());
    assert_eq!(bench.stored("c.json"), "a");
    assert!(!bench.sandbox.read("c.rejected.json").contains(&token()));
}

/// A large recording is not looked through for each secret that is learned; a flush must do so first.
#[tokio::test]
async fn a_secret_that_was_learned_late_is_not_flushed() {
    let sandbox = Sandbox::new();
    let secret = |number| format!("Zq8-long-session-id-{number}");
    let server = Server::start(move |request| {
        let text = secret(2) + &"x".repeat(100_000);
        match request.uri().path() {
            "/large" => Response::new(Bytes::from(text)),
            path => {
                let number = path[1..].parse::<usize>().unwrap();
                let cookie = format!("sid={}; Path=/", secret(number));
                let response = Response::builder().header("set-cookie", cookie);
                response.body(Bytes::new()).unwrap()
            }
        }
    });
    for every in [false, true] {
        let mut config = sandbox.config(Mode::Record);
        if every {
            config = config.flush_every(Duration::ZERO);
        }
        let session = scope("c", config, async {
            for path in ["/large", "/1", "/2"] {
                client().get(server.url(path)).send().await.unwrap();
            }
            if !every {
                current().unwrap().flush().unwrap();
            }
            let file = sandbox.read("c.json");
            assert!(!file.contains(&secret(2)), "every: {every}");
        });
        session.await.unwrap();
        assert!(!sandbox.read("c.json").contains(&secret(2)));
    }
}

#[tokio::test]
async fn a_recording_is_saved_as_often_as_it_is_asked_to_be() {
    let bench = Bench::new();
    let flushed = |every, names: &'static str| {
        let config = bench.config(Mode::Record).flush_every(every);
        let (id, bench) = (format!("every-{}", every.as_millis()), &bench);
        scope(id.clone(), config, async move {
            let file = format!("{id}.json");
            let mut stored = Vec::new();
            for name in names.split(' ') {
                bench.ask(name).await;
                stored.push(match bench.sandbox.exists(&file) {
                    true => bench.stored(&file),
                    false => String::new(),
                });
                // So that the time has passed when the next answer comes.
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            stored
        })
    };
    let always = flushed(Duration::ZERO, "a b c").await.unwrap();
    assert_eq!(always, ["a", "a b", "a b c"]);
    let short = flushed(Duration::from_millis(1), "a b c").await.unwrap();
    assert_eq!(short[1..], ["a b", "a b c"]);
    let long = flushed(Duration::from_secs(3600), "a b").await.unwrap();
    assert_eq!(long, ["", ""]);
    assert_eq!(bench.stored("every-3600000.json"), "a b");
}

/// Number 16 of what others get wrong: timers that keep the process alive, one more for each recording.
/// Here the runtime has no timers at all.
#[test]
fn to_save_now_and_then_takes_no_timer() {
    let sandbox = Sandbox::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let config = sandbox.config(Mode::Record).flush_every(Duration::ZERO);
    let session = scope("c", config, async {
        let session = current().unwrap();
        for number in 0..3 {
            answer(&session, &get(&format!("http://e.com/{number}")), "ok");
        }
        sandbox.requested("c.json")
    });
    assert_eq!(runtime.block_on(session).unwrap(), ["/0", "/1", "/2"]);
    assert_eq!(runtime.metrics().num_alive_tasks(), 0);
}

#[cassette(config = staged)]
async fn flushes_in_a_test(passes: bool) -> Result<(), &'static str> {
    client().get(url("/a")).send().await.unwrap();
    current().unwrap().flush().unwrap();
    passes.then_some(()).ok_or("it does not pass")
}

#[cassette(config = flushing)]
async fn flushes_by_itself_in_a_test() -> Result<(), &'static str> {
    client().get(url("/a")).send().await.unwrap();
    Err("it does not pass")
}

fn flushing(config: cassette_core::Config) -> cassette_core::Config {
    staged(config).flush_every(Duration::ZERO)
}

#[test]
fn a_test_saves_only_when_it_has_passed() {
    let stage = Stage::new(Server::start(count()));
    let file = |name: &str| format!("management/flushes/flushes_{name}");
    run(flushes_in_a_test(false)).unwrap().unwrap_err();
    run(flushes_by_itself_in_a_test()).unwrap().unwrap_err();
    assert_eq!(
        stage.sandbox.files(),
        [
            file("by_itself_in_a_test.rejected.json"),
            file("in_a_test.rejected.json")
        ]
    );
    run(flushes_in_a_test(true)).unwrap().unwrap();
    assert!(stage.sandbox.exists(&file("in_a_test.json")));
}

#[tokio::test]
async fn where_nothing_is_recorded_a_flush_leaves_the_file() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a").await.unwrap();
    let edited = bench.sandbox.read("c.json").replace("  ", "\t");
    bench.sandbox.write("c.json", &edited);
    for mode in [Mode::Replay, Mode::Update, Mode::Auto] {
        let session = scope("c", bench.config(mode), async {
            bench.ask("a").await;
            current().unwrap().flush().unwrap();
        });
        session.await.unwrap();
        assert_eq!(bench.sandbox.read("c.json"), edited, "{mode}");
    }
}
