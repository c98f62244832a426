//! Rules that came after the recording: what it holds that goes past it now is neither missed nor due.

use cassette_core::{Config, Mode, Order};

use crate::bench::Bench;

type Say = fn(Config) -> Config;

const RULES: [(&str, Say); 4] = [
    ("unrecorded", |config| config.unrecorded(["*/health"])),
    ("exclude_urls", |config| config.exclude_urls(["/health"])),
    ("regex", |config| config.exclude_urls(["regex:/hea.th"])),
    ("should_playback", |config| {
        config.should_playback(|request| request.uri().path() != "/health")
    }),
];

const RECORDED: [&str; 3] = ["/a", "/health?at=1", "/b"];

/// Records without the rule, then asks for something with it.
async fn check(asks: &[&str], modes: &[(Mode, &str)]) {
    for (rule, say) in RULES {
        for order in [Order::Any, Order::Strict] {
            for (mode, expected) in modes {
                let bench = Bench::recorded(&RECORDED).await;
                let config = say(bench.config(*mode)).order(order);
                let said = bench.run(config, asks).await;
                assert_eq!(&said, expected, "{rule} {mode} {order:?}");
            }
        }
    }
}

const PLAYS: [Mode; 3] = [Mode::Auto, Mode::Replay, Mode::Update];

#[tokio::test]
async fn what_goes_past_now_is_sent() {
    let sent = "ok [/health?at=1] [/a /health?at=1 /b]";
    check(&RECORDED, &PLAYS.map(|mode| (mode, sent))).await;
}

#[tokio::test]
async fn what_goes_past_now_is_not_missed_when_it_is_asked_for_in_another_way() {
    let sent = "ok [/health?at=2] [/a /health?at=1 /b]";
    let asks = ["/a", "/health?at=2", "/b"];
    check(&asks, &PLAYS.map(|mode| (mode, sent))).await;
}

#[tokio::test]
async fn what_goes_past_now_is_not_missed_when_it_is_not_asked_for() {
    let quiet = "ok [] [/a /health?at=1 /b]";
    check(&["/a", "/b"], &PLAYS.map(|mode| (mode, quiet))).await;
}

#[tokio::test]
async fn what_goes_past_now_is_not_due_before_others() {
    let late = "ok [/health?at=1] [/a /health?at=1 /b]";
    let asks = ["/a", "/b", "/health?at=1"];
    check(&asks, &PLAYS.map(|mode| (mode, late))).await;
}

#[tokio::test]
async fn what_no_rule_lets_past_is_missed_and_due_as_ever() {
    let (unused, unmatched) = (
        "unused [] [/a /health?at=1 /b]",
        "unmatched [] [/a /health?at=1 /b]",
    );
    for (rule, say) in RULES {
        let bench = Bench::recorded(&RECORDED).await;
        let replay = || say(bench.config(Mode::Replay));
        assert_eq!(bench.run(replay(), &["/a"]).await, unused, "{rule}");
        let strict = replay().order(Order::Strict);
        assert_eq!(bench.run(strict, &["/b", "/a"]).await, unmatched, "{rule}");
    }
}

/// A recording from nothing leaves out what goes past.
#[tokio::test]
async fn what_goes_past_now_is_gone_when_it_is_recorded_again() {
    for (rule, say) in &RULES[..3] {
        let bench = Bench::recorded(&RECORDED).await;
        let said = bench.run(say(bench.config(Mode::Record)), &RECORDED).await;
        assert_eq!(said, "ok [/a /health?at=1 /b] [/a /b]", "{rule}");
    }
}
