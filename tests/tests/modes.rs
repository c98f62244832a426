//! The table of modes, end to end: what a cassette that is missing, fresh or expired comes to in
//! each mode, on a developer's machine and in CI. What a change of the function comes to is in
//! `attribute/changes.rs`.

use std::time::Duration;

use cassette_core::{Config, Mode, OnExpiry, Order, Repeat};
use cassette_reqwest::{client, scope};
use cassette_tests::{Sandbox, Server, echo, visible};

/// What one run did: what became of it, how many requests reached the server, and whether the file
/// has changed.
#[derive(Debug, PartialEq)]
struct Did {
    end: &'static str,
    hits: usize,
    written: bool,
}

const fn did(end: &'static str, hits: usize, written: bool) -> Did {
    Did { end, hits, written }
}

const RECORDED: Did = did("ok", 1, true);
const PLAYED: Did = did("ok", 0, false);
const FORWARDED: Did = did("ok", 1, false);

struct Bench {
    server: Server,
    sandbox: Sandbox,
}

impl Bench {
    fn new() -> Self {
        Self {
            server: Server::start(echo),
            sandbox: Sandbox::new(),
        }
    }

    fn config(&self, environment: &[(&str, &str)], mode: Mode) -> Config {
        let environment = environment.iter().copied();
        self.sandbox.config(mode).environment(environment)
    }

    fn file(&self) -> Option<String> {
        self.sandbox
            .exists("c.json")
            .then(|| self.sandbox.read("c.json"))
    }

    async fn run(&self, config: Config, paths: &[&str]) -> Did {
        let (before, hits) = (self.file(), self.server.hits());
        let session = scope("c", config, async {
            for path in paths {
                // A miss fails the scope as well.
                let _ = client().get(self.server.url(path)).send().await;
            }
        });
        let end = match session.await {
            Ok(()) => "ok",
            Err(error) if error.is_missing_cassette() => "missing",
            Err(error) if error.is_expired() => "expired",
            Err(error) if error.is_unmatched() => "unmatched",
            Err(error) if error.is_unused() => "unused",
            Err(error) => panic!("{error}"),
        };
        Did {
            end,
            hits: self.server.hits() - hits,
            written: self.file() != before,
        }
    }

    async fn recorded() -> Self {
        let bench = Self::new();
        bench.run(bench.sandbox.config(Mode::Record), &["/"]).await;
        bench
    }

    /// Makes the recording look old.
    fn age(&self) {
        let text = self.file().unwrap();
        let at = text.find("\"recorded_at\": \"").unwrap() + "\"recorded_at\": \"".len();
        self.sandbox
            .write("c.json", text.replace(&text[at..at + 4], "2001"));
    }
}

/// One row: the mode as it is asked for, then missing, fresh, and expired by policy.
async fn check(environment: &[(&str, &str)], mode: Mode, expect: [Did; 5]) {
    let bench = Bench::new();
    let config = bench.config(environment, mode);
    let missing = bench.run(config, &["/"]).await;
    let mut actual = vec![missing];
    let bench = Bench::recorded().await;
    actual.push(bench.run(bench.config(environment, mode), &["/"]).await);
    for policy in [OnExpiry::Record, OnExpiry::Warn, OnExpiry::Fail] {
        let bench = Bench::recorded().await;
        bench.age();
        let config = bench
            .config(environment, mode)
            .max_age(Duration::from_secs(3600))
            .on_expiry(policy);
        actual.push(bench.run(config, &["/"]).await);
    }
    assert_eq!(actual, expect, "{mode} {environment:?}");
}

const MISSING: Did = did("missing", 0, false);
const EXPIRED: Did = did("expired", 0, false);
/// Nothing has changed in what came back, so the file stays.
const RECORDED_THE_SAME: Did = did("ok", 1, false);

#[tokio::test]
async fn what_is_recorded_is_replayed_without_a_server() {
    let bench = Bench::new();
    let run = |mode| {
        let post = client().post(bench.server.url("/users?page=2"));
        let seen = async { visible(post.body("hello").send().await.unwrap()).await };
        scope("users/second-page", bench.sandbox.config(mode), seen)
    };
    let recorded = run(Mode::Record).await.unwrap();
    let replayed = run(Mode::Replay).await.unwrap();
    assert_eq!(replayed, recorded);
    assert_eq!(bench.server.hits(), 1);
}

#[tokio::test]
async fn each_mode_does_what_the_table_says() {
    check(
        &[],
        Mode::Auto,
        [RECORDED, PLAYED, RECORDED, PLAYED, EXPIRED],
    )
    .await;
    check(
        &[],
        Mode::Replay,
        [MISSING, PLAYED, PLAYED, PLAYED, EXPIRED],
    )
    .await;
    check(
        &[],
        Mode::Record,
        [RECORDED, RECORDED_THE_SAME, RECORDED, RECORDED, RECORDED],
    )
    .await;
    check(
        &[],
        Mode::Update,
        [RECORDED, PLAYED, RECORDED, PLAYED, EXPIRED],
    )
    .await;
    check(
        &[],
        Mode::Live,
        [FORWARDED, FORWARDED, FORWARDED, FORWARDED, FORWARDED],
    )
    .await;
}

#[tokio::test]
async fn in_ci_every_mode_is_replay() {
    for mode in [
        Mode::Auto,
        Mode::Replay,
        Mode::Record,
        Mode::Update,
        Mode::Live,
    ] {
        check(
            &[("CI", "true")],
            mode,
            [MISSING, PLAYED, PLAYED, PLAYED, EXPIRED],
        )
        .await;
    }
}

#[tokio::test]
async fn the_variable_asks_for_a_mode_even_in_ci() {
    let record = [("CI", "true"), ("CASSETTE_MODE", "record")];
    check(
        &record,
        Mode::Replay,
        [RECORDED, RECORDED_THE_SAME, RECORDED, RECORDED, RECORDED],
    )
    .await;
    let playback = [("CASSETTE_MODE", "playback")];
    check(
        &playback,
        Mode::Record,
        [MISSING, PLAYED, PLAYED, PLAYED, EXPIRED],
    )
    .await;
}

#[tokio::test]
async fn recording_is_limited_to_the_tests_that_are_named() {
    let bench = Bench::new();
    let only = |pattern| {
        bench.config(
            &[("CASSETTE_ONLY", pattern), ("CASSETTE_MODE", "record")],
            Mode::Auto,
        )
    };
    assert_eq!(bench.run(only("other*"), &["/"]).await, MISSING);
    assert_eq!(bench.run(only("c*"), &["/"]).await, RECORDED);
}

#[tokio::test]
async fn a_request_that_was_not_recorded_fails_a_replay_and_stays_off_the_network() {
    let bench = Bench::recorded().await;
    let replay = bench.sandbox.config(Mode::Replay);
    assert_eq!(
        bench.run(replay, &["/", "/new"]).await,
        did("unmatched", 0, false)
    );
}

#[tokio::test]
async fn an_update_plays_what_is_there_and_puts_new_requests_where_they_came() {
    let bench = Bench::new();
    bench
        .run(bench.sandbox.config(Mode::Record), &["/a", "/b", "/c"])
        .await;
    let recorded_at = line(&bench, "recorded_at");

    let update = || bench.sandbox.config(Mode::Update);
    // `/b` is not asked for: no failure, and it stays. The second `/a` goes beyond the recording.
    assert_eq!(
        bench
            .run(update(), &["/0", "/a", "/new", "/a", "/c", "/z"])
            .await,
        did("ok", 4, true)
    );
    assert_eq!(
        bench.sandbox.requested("c.json"),
        ["/0", "/a", "/new", "/a", "/b", "/c", "/z"]
    );
    assert_eq!(line(&bench, "recorded_at"), recorded_at);

    assert_eq!(
        bench
            .run(update(), &["/0", "/a", "/new", "/a", "/c", "/z"])
            .await,
        PLAYED
    );
}

fn line(bench: &Bench, name: &str) -> String {
    let text = bench.file().unwrap();
    text.lines()
        .find(|line| line.contains(name))
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn an_update_plays_only_what_is_unplayed_whatever_repeat_says() {
    let bench = Bench::new();
    let update = || bench.config(&[], Mode::Update).repeat(Repeat::Last);
    bench.run(bench.config(&[], Mode::Record), &["/a"]).await;
    assert_eq!(bench.run(update(), &["/a", "/a"]).await, did("ok", 1, true));
    assert_eq!(bench.sandbox.requested("c.json"), ["/a", "/a"]);
}

#[tokio::test]
async fn an_update_in_strict_order_does_not_record_twice_what_is_there() {
    let bench = Bench::new();
    bench
        .run(bench.config(&[], Mode::Record), &["/a", "/b"])
        .await;
    let update = bench.config(&[], Mode::Update).order(Order::Strict);
    assert_eq!(bench.run(update, &["/b"]).await, did("unmatched", 0, false));
}
