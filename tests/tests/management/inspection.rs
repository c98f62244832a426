//! What a session says about its cassette.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use cassette_core::{Mode, Order, Repeat, current, scope};
use cassette_reqwest::client;
use cassette_tests::{Sandbox, Server, channel};
use futures_util::FutureExt;
use http::Response;

use crate::bench::{Bench, get};

#[tokio::test]
async fn info_counts_answers_and_calls_while_recording() {
    let bench = Bench::new();
    let session = scope("c", bench.config(Mode::Record), async {
        assert_eq!(bench.counts("a"), None);
        bench.ask("a b a").await;
        assert_eq!(bench.counts("a"), Some((2, 2)));
        assert_eq!(bench.counts("b"), Some((1, 1)));
        assert_eq!(bench.counts("c"), None);
        assert_eq!(current().unwrap().len(), 3);
    });
    session.await.unwrap();
}

#[tokio::test]
async fn a_recording_made_again_says_nothing_of_the_old_one() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a a b").await.unwrap();
    bench.age("c.json");
    let session = scope("c", bench.config(Mode::Record), async {
        let session = current().unwrap();
        assert!(session.is_empty() && session.interactions().is_empty());
        assert_eq!(bench.counts("a"), None);
        bench.ask("a").await;
        assert_eq!((bench.counts("a"), session.len()), (Some((1, 1)), 1));
        let age = SystemTime::now().duration_since(bench.info("a").unwrap().recorded_at);
        assert!(age.unwrap() < Duration::from_secs(3600));
    });
    session.await.unwrap();
}

#[tokio::test]
async fn info_counts_answers_and_calls_of_a_replay() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a b a").await.unwrap();
    let session = scope("c", bench.config(Mode::Replay), async {
        assert_eq!(bench.counts("a"), Some((2, 0)));
        assert_eq!(bench.ask("a").await, "a1");
        assert_eq!(bench.counts("a"), Some((2, 1)));
        assert_eq!(bench.ask("a b").await, "a2 b1");
        assert_eq!(bench.counts("a"), Some((2, 2)));
        assert_eq!(bench.counts("unknown"), None);
        assert_eq!(current().unwrap().len(), 3);
    });
    session.await.unwrap();
}

#[tokio::test]
async fn what_is_asked_beyond_the_last_answer_counts_only_when_it_is_answered() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a a").await.unwrap();
    for (repeat, answers, counts) in [
        (Repeat::Never, "a1 a2 ! !", (2, 2)),
        (Repeat::Last, "a1 a2 a2 a2", (2, 4)),
        (Repeat::Cycle, "a1 a2 a1 a2", (2, 4)),
    ] {
        let session = scope("c", bench.config(Mode::Replay).repeat(repeat), async {
            assert_eq!(bench.ask("a a a a").await, answers);
            assert_eq!(bench.counts("a"), Some(counts), "{repeat:?}");
        });
        assert_eq!(session.await.is_ok(), repeat != Repeat::Never);
    }
}

#[tokio::test]
async fn info_of_an_update_adds_what_is_there_and_what_is_new() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a b").await.unwrap();
    bench.age("c.json");
    let recorded_at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_009_843_200);
    let session = scope("c", bench.config(Mode::Update), async {
        let session = current().unwrap();
        assert_eq!((bench.counts("a"), session.len()), (Some((1, 0)), 2));
        assert_eq!(bench.ask("a a new").await, "a1 a2 new1");
        assert_eq!(bench.counts("a"), Some((2, 2)));
        assert_eq!(bench.counts("new"), Some((1, 1)));
        assert_eq!((bench.counts("b"), session.len()), (Some((1, 0)), 4));
        let paths: Vec<_> = session.interactions().iter().map(path).collect();
        assert_eq!(paths, ["/a", "/b", "/a", "/new"]);
        assert!(bench.info("new").unwrap().recorded_at < recorded_at);
        assert_eq!(session.recorded_at(), bench.info("a").unwrap().recorded_at);
    });
    session.await.unwrap();
}

fn path(interaction: &cassette_core::Interaction) -> String {
    let url: http::Uri = interaction.request().url().parse().unwrap();
    url.path().to_owned()
}

#[tokio::test]
async fn there_is_nothing_to_say_about_a_live_session() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a").await.unwrap();
    let session = scope("c", bench.config(Mode::Live), async {
        let session = current().unwrap();
        assert_eq!(bench.ask("a").await, "a2");
        assert_eq!((bench.counts("a"), session.len()), (None, 0));
        assert_eq!(bench.delete("a"), 0);
        session.replace(Vec::new()).unwrap();
        session.reset_counts();
        session.flush().unwrap();
    });
    session.await.unwrap();
    assert_eq!(bench.answers("c.json"), "a1");
}

/// Gives up the first request for `a` when it has been issued.
async fn give_up(bench: &Bench) {
    let request = client().get(bench.server.url("/a")).send();
    assert!(request.now_or_never().is_none());
}

#[tokio::test]
async fn a_given_up_request_is_neither_an_answer_nor_a_call() {
    let bench = Bench::new();
    for mode in [Mode::Record, Mode::Replay, Mode::Update] {
        let session = scope("c", bench.config(mode), async {
            give_up(&bench).await;
            bench.ask("b a").await;
            assert_eq!(bench.counts("a"), Some((1, 1)), "{mode}");
            assert_eq!(current().unwrap().len(), 3, "{mode}");
        });
        session.await.unwrap();
    }
    // One that is passed over is no call either.
    for mode in [Mode::Replay, Mode::Update] {
        let session = scope("c", bench.config(mode), async {
            bench.ask("b").await;
            assert_eq!(bench.counts("a"), Some((1, 0)), "{mode}");
            bench.ask("a").await;
            assert_eq!(bench.counts("a"), Some((1, 1)), "{mode}");
        });
        session.await.unwrap();
    }
}

#[tokio::test]
async fn a_stream_counts_when_it_has_come_to_its_end() {
    let (sender, body) = channel();
    let body = std::sync::Mutex::new(Some(body));
    let server = Server::start_body(move |_| {
        let body = body.lock().unwrap().take().unwrap();
        async { Response::new(body) }
    });
    let sandbox = Sandbox::new();
    let request = get(&server.url("/"));
    let session = scope("c", sandbox.config(Mode::Record), async {
        let session = current().unwrap();
        sender.send(Ok(Bytes::from_static(b"one"))).unwrap();
        let mut response = client().get(server.url("/")).send().await.unwrap();
        assert_eq!(response.chunk().await.unwrap().unwrap(), "one");
        assert_eq!((session.info(&request), session.len()), (None, 0));
        // Nor can what is still coming be taken out.
        assert_eq!(session.delete(&request), 0);
        drop(sender);
        assert_eq!(response.chunk().await.unwrap(), None);
        assert_eq!(session.info(&request).unwrap().answers, 1);
        assert_eq!(session.len(), 1);
    });
    session.await.unwrap();
    assert_eq!(sandbox.requested("c.json"), ["/"]);
}

#[tokio::test]
async fn a_secret_in_the_request_does_not_hide_what_there_is() {
    let bench = Bench::new();
    bench
        .run(Mode::Record, "a?api_key=one-key-of-many")
        .await
        .unwrap();
    let session = scope("c", bench.config(Mode::Replay), async {
        assert_eq!(bench.counts("a?api_key=another-one"), Some((1, 0)));
        bench.ask("a?api_key=another-one").await;
        assert_eq!(bench.counts("a?api_key=a-third-one"), Some((1, 1)));
    });
    session.await.unwrap();
}

#[tokio::test]
async fn in_strict_order_a_request_out_of_turn_is_no_call() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a b").await.unwrap();
    let config = bench.config(Mode::Replay).order(Order::Strict);
    let session = scope("c", config, async {
        assert_eq!(bench.ask("b a b").await, "! a1 b1");
        assert_eq!(bench.counts("b"), Some((1, 1)));
    });
    assert!(session.await.unwrap_err().is_unmatched());
}

#[tokio::test]
async fn a_session_that_has_ended_can_be_asked_and_changes_nothing() {
    let bench = Bench::new();
    for mode in [Mode::Record, Mode::Replay, Mode::Update, Mode::Live] {
        let session = scope("c", bench.config(mode), async {
            bench.ask("a").await;
            current().unwrap()
        });
        let session = session.await.unwrap();
        let file = bench.sandbox.read("c.json");
        let there = usize::from(mode != Mode::Live);
        assert_eq!(session.len(), there, "{mode}");
        assert_eq!(session.info(&bench.request("a")).is_some(), there == 1);
        let replaced = session.replace(session.interactions());
        assert!(replaced.unwrap_err().is_no_session(), "{mode}");
        assert!(session.flush().unwrap_err().is_no_session(), "{mode}");
        session.reset_counts();
        assert_eq!(session.delete(&bench.request("a")), there, "{mode}");
        assert_eq!((session.len(), session.is_empty()), (0, true));
        assert_eq!(bench.sandbox.read("c.json"), file);
        drop(session);
        assert_eq!(bench.sandbox.read("c.json"), file);
    }
}
