//! Ten thousand interactions cost about ten times as much as a thousand.

use std::time::{Duration, Instant};

use cassette_core::{Config, Mode, Repeat, current, scope};
use cassette_tests::{Sandbox, one_thread};
use http::Request;

use crate::bench::{answer, get};

fn requests(number: usize) -> Vec<Request<bytes::Bytes>> {
    let url = |number| format!("http://e.com/{number}");
    (0..number).map(|number| get(&url(number))).collect()
}

/// Runs a session of these requests, each with a look at what there is of it.
fn run(config: Config, requests: &[Request<bytes::Bytes>]) -> Duration {
    let begun = Instant::now();
    let session = scope("c", config, async {
        let session = current().unwrap();
        for request in requests {
            let before = session.info(request).map_or(0, |info| info.calls);
            answer(&session, request, "an answer").unwrap();
            assert_eq!(session.info(request).unwrap().calls, before + 1);
        }
    });
    one_thread().block_on(session).unwrap();
    begun.elapsed()
}

/// What takes a moment says nothing about how it grows.
const MOMENT: Duration = Duration::from_secs(5);

#[track_caller]
fn check(what: &str, time: impl Fn(usize) -> Duration) {
    let (small, large) = (time(1_000), time(10_000));
    assert!(
        large < MOMENT.max(small * 25),
        "{what}: {small:?}, then {large:?}"
    );
}

#[test]
fn recording_playing_and_updating_take_time_by_their_length() {
    for mode in [Mode::Record, Mode::Replay, Mode::Update] {
        check(&mode.to_string(), |number| {
            let (sandbox, requests) = (Sandbox::new(), requests(number));
            if mode != Mode::Record {
                run(sandbox.config(Mode::Record), &requests);
            }
            run(sandbox.config(mode).max_interactions(number), &requests)
        });
    }
}

#[test]
fn dropping_what_is_beyond_a_bound_takes_time_by_its_length() {
    check("update beyond the bound", |number| {
        let (sandbox, requests) = (Sandbox::new(), requests(number));
        run(sandbox.config(Mode::Record), &requests);
        let (_, last) = requests.split_at(number - 10);
        run(sandbox.config(Mode::Update).max_interactions(10), last)
    });
    check("record beyond the bound", |number| {
        let sandbox = Sandbox::new();
        run(
            sandbox.config(Mode::Record).max_interactions(10),
            &requests(number),
        )
    });
}

#[test]
fn adding_to_much_takes_time_by_its_length() {
    check("as many new ones", |number| {
        let (sandbox, all) = (Sandbox::new(), requests(2 * number));
        run(sandbox.config(Mode::Record), &all[..number]);
        run(sandbox.config(Mode::Update), &all)
    });
}

#[test]
fn replacing_and_deleting_take_time_by_their_length() {
    for mode in [Mode::Update, Mode::Replay] {
        check(&format!("replaced: {mode}"), |number| {
            let (sandbox, requests) = (Sandbox::new(), requests(number));
            run(sandbox.config(Mode::Record), &requests);
            let begun = Instant::now();
            let config = sandbox.config(mode).unused(cassette_core::Unused::Allow);
            let session = scope("c", config, async {
                let session = current().unwrap();
                let interactions = session.interactions();
                session.replace(interactions.clone()).unwrap();
                session.replace(interactions).unwrap();
                for request in &requests[..10] {
                    session.delete(request);
                }
            });
            one_thread().block_on(session).unwrap();
            begun.elapsed()
        });
    }
}

#[test]
fn one_long_sequence_takes_time_by_its_length() {
    for repeat in [Repeat::Never, Repeat::Last] {
        check(&format!("{repeat:?}"), |number| {
            let sandbox = Sandbox::new();
            let same = vec![get("http://e.com/"); number];
            run(sandbox.config(Mode::Record), &same[..number / 2]);
            let asked = if repeat == Repeat::Last {
                &same[..]
            } else {
                &same[..number / 2]
            };
            run(sandbox.config(Mode::Replay).repeat(repeat), asked)
        });
    }
}
