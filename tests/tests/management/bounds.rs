//! A recording with a bound: what was not used for the longest time goes.

use std::sync::Arc;

use bytes::Bytes;
use cassette_core::{Cassette, Mode, Repeat, current, scope};
use cassette_reqwest::client;
use cassette_tests::{Sandbox, Server, echo, one_thread};
use http::Response;
use tokio::sync::Notify;

use crate::bench::{Bench, answer, get};

#[tokio::test]
async fn a_recording_keeps_what_came_last() {
    let bench = Bench::new();
    let session = scope("c", bench.config(Mode::Record).max_interactions(2), async {
        assert_eq!(bench.ask("a b c").await, "a1 b1 c1");
        assert_eq!(current().unwrap().len(), 2);
        assert_eq!((bench.counts("a"), bench.counts("b")), (None, Some((1, 1))));
    });
    session.await.unwrap();
    assert_eq!(bench.answers("c.json"), "b1 c1");
}

/// Number 10 of what others get wrong: the oldest by insertion went, used or not.
#[tokio::test]
async fn an_interaction_that_was_played_stays_and_the_one_that_was_not_goes() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a b c").await.unwrap();
    let config = bench.config(Mode::Update).max_interactions(3);
    let played = bench.run_as("c", config, "a d").await.unwrap();
    assert_eq!(played, "a1 d1");
    assert_eq!(bench.stored("c.json"), "a d c");
    let config = bench.config(Mode::Update).max_interactions(3);
    assert_eq!(
        bench.run_as("c", config, "a e b").await.unwrap(),
        "a1 e1 b2"
    );
    assert_eq!(bench.stored("c.json"), "a e b");
}

#[tokio::test]
async fn of_a_cassette_that_is_too_long_the_first_go() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a b c d").await.unwrap();
    let config = bench.config(Mode::Update).max_interactions(2);
    let session = scope("c", config, async {
        assert_eq!((bench.counts("a"), current().unwrap().len()), (None, 2));
        assert_eq!(bench.ask("d").await, "d1");
    });
    session.await.unwrap();
    assert_eq!(bench.stored("c.json"), "c d");
}

#[tokio::test]
async fn of_a_sequence_the_first_answers_go() {
    let bench = Bench::new();
    let config = || bench.config(Mode::Record).max_interactions(2);
    bench.run_as("c", config(), "a a a a").await.unwrap();
    assert_eq!(bench.run(Mode::Replay, "a a").await.unwrap(), "a3 a4");
    let config = bench.config(Mode::Update).max_interactions(2);
    assert_eq!(
        bench.run_as("c", config, "a a a").await.unwrap(),
        "a3 a4 a5"
    );
    assert_eq!(bench.answers("c.json"), "a4 a5");
}

#[tokio::test]
async fn a_replay_has_no_bound() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a b c").await.unwrap();
    let config = bench.config(Mode::Replay).max_interactions(1);
    let played = bench
        .run_as("c", config.repeat(Repeat::Last), "a b c a")
        .await;
    assert_eq!(played.unwrap(), "a1 b1 c1 a1");
}

#[tokio::test]
async fn of_none_nothing_is_kept_and_nothing_written_of_it() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a").await.unwrap();
    for mode in [Mode::Record, Mode::Update] {
        let config = bench.config(mode).max_interactions(0);
        let session = scope("c", config, async {
            let answers = bench.ask("b b").await;
            assert!(current().unwrap().is_empty() && bench.counts("b").is_none());
            (answers, bench.sandbox.read("c.partial.jsonl"))
        });
        let (answers, journal) = session.await.unwrap();
        assert!(answers.starts_with('b'), "{answers}");
        assert!(!journal.contains("/b"), "{mode}: {journal}");
        assert_eq!(bench.stored("c.json"), "", "{mode}");
    }
}

#[tokio::test]
async fn a_bound_may_be_as_large_as_can_be() {
    let bench = Bench::new();
    let config = bench.config(Mode::Record).max_interactions(usize::MAX);
    bench.run_as("c", config, "a b").await.unwrap();
    assert_eq!(bench.stored("c.json"), "a b");
}

#[tokio::test]
async fn a_request_in_flight_stays_and_counts_as_used_when_it_is_answered() {
    let (arrived, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handles = (Arc::clone(&arrived), Arc::clone(&go));
    let server = Server::start_async(move |request| {
        let (arrived, go) = handles.clone();
        async move {
            if request.uri().path() == "/slow" {
                arrived.notify_one();
                go.notified().await;
            }
            echo(request)
        }
    });
    let sandbox = Sandbox::new();
    let config = sandbox.config(Mode::Record).max_interactions(2);
    let session = scope("c", config, async {
        let slow = async { client().get(server.url("/slow")).send().await.unwrap() };
        let others = async {
            arrived.notified().await;
            for path in ["/a", "/b", "/c"] {
                client().get(server.url(path)).send().await.unwrap();
            }
            go.notify_one();
        };
        tokio::join!(slow, others);
    });
    session.await.unwrap();
    assert_eq!(sandbox.requested("c.json"), ["/slow", "/c"]);
}

#[tokio::test]
async fn what_is_deleted_makes_room_and_what_is_put_in_is_bounded() {
    let bench = Bench::new();
    let config = bench.config(Mode::Record).max_interactions(2);
    let session = scope("c", config, async {
        bench.ask("a b").await;
        bench.delete("a");
        bench.ask("c").await;
        let session = current().unwrap();
        session.flush().unwrap();
        assert_eq!(bench.stored("c.json"), "b c");
        bench.ask("d").await;
        session.flush().unwrap();
        assert_eq!(bench.stored("c.json"), "c d");
        let both = [session.interactions(), session.interactions()].concat();
        session.replace(both).unwrap();
        assert_eq!(session.len(), 2);
        bench.ask("e").await;
    });
    session.await.unwrap();
    assert_eq!(bench.stored("c.json"), "d e");
}

/// The request holds in clear what its own answer says is a secret.
#[tokio::test]
async fn what_is_dropped_at_once_leaves_no_secret_in_the_journal() {
    let server = Server::start(|_| {
        let response = Response::builder().header("set-cookie", "sid=Zq8-long-session-id-77");
        response.body(Bytes::from_static(b"ok")).unwrap()
    });
    let sandbox = Sandbox::new();
    for max in [0, 1, 5] {
        let config = sandbox.config(Mode::Record).max_interactions(max);
        let session = scope("c", config, async {
            let url = server.url("/?note=Zq8-long-session-id-77");
            client().get(url).send().await.unwrap();
            sandbox.read("c.partial.jsonl")
        });
        let journal = session.await.unwrap();
        assert!(!journal.contains("Zq8-long"), "{max}: {journal}");
    }
}

#[test]
fn the_journal_of_a_long_run_with_a_bound_stays_short() {
    let sandbox = Sandbox::new();
    let config = sandbox.config(Mode::Record).max_interactions(10);
    let session = scope("c", config, async {
        let session = current().unwrap();
        let mut longest = 0;
        for number in 0..5_000 {
            let url = format!("http://e.com/{number}");
            answer(&session, &get(&url), "an answer").unwrap();
            assert!(session.len() <= 10);
            if number % 10 == 9 {
                longest = longest.max(sandbox.read("c.partial.jsonl").lines().count());
            }
        }
        longest
    });
    let longest = one_thread().block_on(session).unwrap();
    assert!((11..=100).contains(&longest), "{longest}");
    let cassette = Cassette::from_json(sandbox.read("c.json").as_bytes()).unwrap();
    let urls: Vec<_> = cassette
        .interactions()
        .iter()
        .map(|one| one.request().url().to_owned())
        .collect();
    let last: Vec<_> = (4_990..5_000)
        .map(|number| format!("http://e.com/{number}"))
        .collect();
    assert_eq!(urls, last);
}
