//! Answers that a test takes out.

use std::sync::Arc;

use cassette_core::{Mode, Order, Repeat, current, scope};
use cassette_reqwest::client;
use cassette_tests::{Sandbox, Server, echo, one_thread};
use futures_util::FutureExt;
use tokio::sync::Notify;

use crate::bench::{Bench, answer, get};

#[tokio::test]
async fn what_is_deleted_from_a_recording_is_not_saved() {
    let bench = Bench::new();
    let session = scope("c", bench.config(Mode::Record), async {
        bench.ask("a b a").await;
        assert_eq!(bench.delete("a"), 2);
        assert_eq!((bench.counts("a"), bench.delete("a")), (None, 0));
        assert_eq!(bench.ask("a").await, "a3");
    });
    session.await.unwrap();
    assert_eq!(bench.answers("c.json"), "b1 a3");
}

#[tokio::test]
async fn what_is_deleted_in_an_update_is_asked_for_again_and_saved() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a b a").await.unwrap();
    let session = scope("c", bench.config(Mode::Update), async {
        assert_eq!(bench.ask("a").await, "a1");
        assert_eq!(bench.delete("a"), 2);
        assert_eq!(bench.counts("a"), None);
        assert_eq!(bench.ask("a b").await, "a3 b1");
    });
    session.await.unwrap();
    assert_eq!(bench.answers("c.json"), "a3 b1");
}

#[tokio::test]
async fn an_update_that_only_deletes_changes_the_file() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a b").await.unwrap();
    let session = scope("c", bench.config(Mode::Update), async {
        assert_eq!(bench.delete("a"), 1);
    });
    session.await.unwrap();
    assert_eq!(bench.answers("c.json"), "b1");
}

#[tokio::test]
async fn a_replay_deletes_in_memory_only_and_misses_nothing_of_it() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a b").await.unwrap();
    let file = bench.sandbox.read("c.json");
    let session = scope("c", bench.config(Mode::Replay), async {
        assert_eq!(bench.delete("a"), 1);
        assert_eq!((bench.counts("a"), current().unwrap().len()), (None, 1));
        assert_eq!(bench.ask("b").await, "b1");
    });
    session.await.unwrap();
    let session = scope("c", bench.config(Mode::Replay), async {
        bench.delete("a");
        assert_eq!(bench.ask("b a").await, "b1 !");
    });
    let error = session.await.unwrap_err();
    assert!(error.is_unmatched(), "{error}");
    let shown = error.to_string();
    assert!(shown.contains("closest is interaction 2"), "{shown}");
    assert_eq!(bench.sandbox.read("c.json"), file);
}

#[tokio::test]
async fn what_is_deleted_is_no_longer_due_in_strict_order() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a b c").await.unwrap();
    let config = bench.config(Mode::Replay).order(Order::Strict);
    let session = scope("c", config, async {
        bench.delete("b");
        assert_eq!(bench.ask("a c").await, "a1 c1");
    });
    session.await.unwrap();
}

#[tokio::test]
async fn what_is_deleted_is_not_repeated() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a a").await.unwrap();
    for repeat in [Repeat::Last, Repeat::Cycle] {
        let session = scope("c", bench.config(Mode::Replay).repeat(repeat), async {
            assert_eq!(bench.ask("a a a").await.split(' ').count(), 3);
            assert_eq!(bench.delete("a"), 2);
            assert_eq!(bench.ask("a").await, "!", "{repeat:?}");
        });
        assert!(session.await.unwrap_err().is_unmatched());
    }
}

#[tokio::test]
async fn a_given_up_request_is_deleted_with_its_like() {
    let bench = Bench::new();
    let session = scope("c", bench.config(Mode::Record), async {
        let request = client().get(bench.server.url("/a")).send();
        assert!(request.now_or_never().is_none());
        bench.ask("b a").await;
    });
    session.await.unwrap();
    assert_eq!(bench.stored("c.json"), "a b a");
    let session = scope("c", bench.config(Mode::Update), async {
        assert_eq!(bench.delete("a"), 2);
    });
    session.await.unwrap();
    assert_eq!(bench.stored("c.json"), "b");
}

#[tokio::test]
async fn a_request_in_flight_is_not_deleted() {
    let (arrived, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handles = (Arc::clone(&arrived), Arc::clone(&go));
    let server = Server::start_async(move |request| {
        let (arrived, go) = handles.clone();
        async move {
            arrived.notify_one();
            go.notified().await;
            echo(request)
        }
    });
    let sandbox = Sandbox::new();
    for mode in [Mode::Record, Mode::Update] {
        let url = server.url(&format!("/{mode}"));
        let session = scope("c", sandbox.config(mode), async {
            let (client, session) = (client(), current().unwrap());
            let (answered, ()) = tokio::join!(client.get(&url).send(), async {
                arrived.notified().await;
                assert_eq!(session.delete(&get(&url)), 0);
                go.notify_one();
            });
            assert_eq!(answered.unwrap().status(), 200);
        });
        session.await.unwrap();
    }
    // An update puts what is new before what it has not played.
    assert_eq!(sandbox.requested("c.json"), ["/update", "/record"]);
}

#[tokio::test]
async fn all_that_a_masked_request_may_mean_is_deleted() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a?id=1 a?id=2 b").await.unwrap();
    let text = bench.sandbox.read("c.json");
    bench
        .sandbox
        .write("c.json", text.replace("?id=1", "?id=[REDACTED]"));
    let session = scope("c", bench.config(Mode::Update), async {
        // That with the placeholder answers every id, the other its own.
        assert_eq!(bench.delete("a?id=2"), 2);
        assert_eq!(bench.counts("a?id=2"), None);
    });
    session.await.unwrap();
    assert_eq!(bench.stored("c.json"), "b");
}

#[test]
fn the_journal_does_not_grow_where_all_is_deleted_again() {
    let sandbox = Sandbox::new();
    let session = scope("c", sandbox.config(Mode::Record), async {
        let session = current().unwrap();
        for number in 0..1_000 {
            let request = get(&format!("http://e.com/{number}"));
            answer(&session, &request, "an answer").unwrap();
            assert_eq!(session.delete(&request), 1);
        }
        sandbox.read("c.partial.jsonl").lines().count()
    });
    let lines = one_thread().block_on(session).unwrap();
    assert!(lines < 100, "{lines}");
}
