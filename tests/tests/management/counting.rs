//! Sequences of answers, and how they begin anew.

use cassette_core::{Mode, Order, Repeat, current, scope};

use crate::bench::Bench;

#[tokio::test]
async fn a_reset_begins_all_sequences_anew() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a b a").await.unwrap();
    for repeat in [Repeat::Never, Repeat::Last, Repeat::Cycle] {
        let session = scope("c", bench.config(Mode::Replay).repeat(repeat), async {
            assert_eq!(bench.ask("a a b").await, "a1 a2 b1");
            current().unwrap().reset_counts();
            assert_eq!(bench.counts("a"), Some((2, 0)));
            assert_eq!(bench.ask("a a b").await, "a1 a2 b1", "{repeat:?}");
        });
        session.await.unwrap();
    }
}

#[tokio::test]
async fn what_was_played_before_a_reset_is_not_missed() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a b").await.unwrap();
    let session = scope("c", bench.config(Mode::Replay), async {
        bench.ask("a b").await;
        current().unwrap().reset_counts();
        bench.ask("a").await;
    });
    session.await.unwrap();
    let session = scope("c", bench.config(Mode::Replay), async {
        bench.ask("a").await;
        current().unwrap().reset_counts();
        bench.ask("a").await;
    });
    assert!(session.await.unwrap_err().is_unused());
}

#[tokio::test]
async fn a_reset_in_strict_order_begins_with_the_first_again() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a b a c").await.unwrap();
    let strict = || bench.config(Mode::Replay).order(Order::Strict);
    let session = scope("c", strict(), async {
        assert_eq!(bench.ask("a b").await, "a1 b1");
        current().unwrap().reset_counts();
        assert_eq!(bench.ask("a b a c").await, "a1 b1 a2 c1");
    });
    session.await.unwrap();
    let session = scope("c", strict(), async {
        assert_eq!(bench.ask("a b").await, "a1 b1");
        current().unwrap().reset_counts();
        assert_eq!(bench.ask("c").await, "!");
    });
    assert!(session.await.unwrap_err().is_unmatched());
}

#[tokio::test]
async fn a_reset_update_plays_again_and_records_nothing_of_it() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a a").await.unwrap();
    let file = bench.sandbox.read("c.json");
    let session = scope("c", bench.config(Mode::Update), async {
        assert_eq!(bench.ask("a a").await, "a1 a2");
        current().unwrap().reset_counts();
        assert_eq!(bench.ask("a a").await, "a1 a2");
    });
    session.await.unwrap();
    assert_eq!(
        (bench.sandbox.read("c.json"), bench.server.hits()),
        (file, 2)
    );
}

#[tokio::test]
async fn a_reset_of_a_recording_takes_nothing_back() {
    let bench = Bench::new();
    let session = scope("c", bench.config(Mode::Record), async {
        bench.ask("a").await;
        current().unwrap().reset_counts();
        bench.ask("a").await;
    });
    session.await.unwrap();
    assert_eq!(bench.answers("c.json"), "a1 a2");
}

/// Number 1 of what others get wrong: the second run of an update got the last answer three times.
#[tokio::test]
async fn an_update_run_twice_gives_the_same_sequence_both_times() {
    let bench = Bench::new();
    assert_eq!(bench.run(Mode::Update, "a a a").await.unwrap(), "a1 a2 a3");
    let file = bench.sandbox.read("c.json");
    for _ in 0..2 {
        assert_eq!(bench.run(Mode::Update, "a a a").await.unwrap(), "a1 a2 a3");
        assert_eq!(bench.sandbox.read("c.json"), file);
    }
    assert_eq!(bench.server.hits(), 3);
}

/// Number 2: a further call repeated the last answer and was not recorded.
#[tokio::test]
async fn an_update_adds_to_a_sequence() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a b a").await.unwrap();
    for repeat in [Repeat::Never, Repeat::Last, Repeat::Cycle] {
        let config = bench.config(Mode::Update).repeat(repeat);
        let before = bench.sandbox.requested("c.json").len();
        let calls = vec!["a"; before].join(" ");
        bench.run_as("c", config, &calls).await.unwrap();
        assert_eq!(
            bench.sandbox.requested("c.json").len(),
            before + 1,
            "{repeat:?}"
        );
    }
    assert_eq!(bench.answers("c.json"), "a1 b1 a2 a3 a4 a5");
    let replayed = bench.run(Mode::Replay, "a a a a a b").await.unwrap();
    assert_eq!(replayed, "a1 a2 a3 a4 a5 b1");
}

#[tokio::test]
async fn the_first_call_gets_one_answer_and_the_second_another() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a a").await.unwrap();
    assert_eq!(bench.run(Mode::Replay, "a a").await.unwrap(), "a1 a2");
    let beyond = bench.run(Mode::Replay, "a a a").await.unwrap_err();
    assert!(
        beyond.to_string().contains("it was recorded 2 times"),
        "{beyond}"
    );
}

#[tokio::test]
async fn the_last_answer_is_repeated_where_that_is_asked_for() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a b a").await.unwrap();
    let run = |repeat| {
        bench.run_as(
            "c",
            bench.config(Mode::Replay).repeat(repeat),
            "a b a a b a",
        )
    };
    assert_eq!(run(Repeat::Last).await.unwrap(), "a1 b1 a2 a2 b1 a2");
    assert_eq!(run(Repeat::Cycle).await.unwrap(), "a1 b1 a2 a1 b1 a2");
    assert!(run(Repeat::Never).await.unwrap_err().is_unmatched());
}
