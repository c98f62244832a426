//! What becomes of sessions, as `CASSETTE_EVENTS` is told it.

use cassette_core::{CassetteState, Config, Event, Mode, Outcome};
use cassette_reqwest::{cassette, client, scope};
use cassette_tests::{Child, Sandbox, Server, echo, url_of_parent};

/// Runs a session that asks for these paths, and returns the lines that it wrote.
async fn lines(sandbox: &Sandbox, server: &Server, config: Config, paths: &[&str]) -> Vec<Event> {
    let file = sandbox.path().join("events.jsonl");
    let _ = std::fs::remove_file(&file);
    let config = config.environment([("CASSETTE_EVENTS", file.to_str().unwrap())]);
    let _ = scope("api/asks", config, async {
        for path in paths {
            let _ = client().get(server.url(path)).send().await;
        }
    })
    .await;
    read(sandbox)
}

fn read(sandbox: &Sandbox) -> Vec<Event> {
    let lines = sandbox.read("events.jsonl");
    let events = lines.lines().map(|line| Event::from_json(line).unwrap());
    events.collect()
}

#[tokio::test]
async fn a_session_tells_that_it_has_begun_and_how_it_ended() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let config = |mode| sandbox.config(mode);
    let events = lines(&sandbox, &server, config(Mode::Auto), &["/a", "/b"]).await;
    let [began, ended] = &events[..] else {
        panic!("{events:#?}");
    };
    assert_eq!(
        (began.outcome, began.state),
        (None, Some(CassetteState::Missing))
    );
    assert_eq!(began.cassette, sandbox.path().join("api/asks.json"));
    assert_eq!(began.dir, sandbox.path());
    assert_eq!(
        (began.test.as_str(), began.mode.as_str()),
        ("api/asks", "auto")
    );
    assert_eq!(began.plan.as_deref(), Some("record"));
    assert_eq!(
        (ended.outcome, ended.recorded),
        (Some(Outcome::Recorded), 2)
    );

    let ended = |events: Vec<Event>| events.into_iter().next_back().unwrap();
    let again = ended(lines(&sandbox, &server, config(Mode::Record), &["/a", "/b"]).await);
    assert_eq!(
        (again.outcome, again.recorded),
        (Some(Outcome::Unchanged), 2)
    );
    let replayed = ended(lines(&sandbox, &server, config(Mode::Replay), &["/a", "/b"]).await);
    assert_eq!(
        (replayed.outcome, replayed.state),
        (Some(Outcome::Played), Some(CassetteState::Fresh))
    );
    assert_eq!(
        (replayed.played, replayed.plan.as_deref()),
        (2, Some("play"))
    );
    let live = ended(lines(&sandbox, &server, config(Mode::Live), &["/a"]).await);
    assert_eq!(
        (live.outcome, live.plan.as_deref()),
        (Some(Outcome::Forwarded), Some("forward"))
    );
}

#[tokio::test]
async fn a_failure_is_told_with_its_kind_and_first_line() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let config = |mode| sandbox.config(mode);
    let missing = lines(&sandbox, &server, config(Mode::Replay), &["/a"]).await;
    assert_eq!(missing.len(), 1, "it did not begin: {missing:#?}");
    assert_eq!(missing[0].failure.as_deref(), Some("missing-cassette"));
    assert_eq!(missing[0].plan.as_deref(), Some("refuse"));
    assert_eq!(
        missing[0].reason.as_deref(),
        Some("no cassette for api/asks")
    );

    lines(&sandbox, &server, config(Mode::Record), &["/a", "/b"]).await;
    let unmatched = lines(&sandbox, &server, config(Mode::Replay), &["/a", "/c", "/d"]).await;
    let ended = &unmatched[1];
    assert_eq!(
        (ended.outcome, ended.failure.as_deref()),
        (Some(Outcome::Failed), Some("unmatched"))
    );
    assert_eq!((ended.played, ended.unplayed, ended.misses), (1, 1, 2));
    let unused = lines(&sandbox, &server, config(Mode::Replay), &["/a"]).await;
    assert_eq!(
        (unused[1].failure.as_deref(), unused[1].unplayed),
        (Some("unused"), 1)
    );

    let refused = config(Mode::Record).reject_status([cassette_core::StatusPattern::from(200)]);
    let rejected = lines(&sandbox, &server, refused, &["/a"]).await;
    assert_eq!(
        (rejected[1].outcome, rejected[1].recorded),
        (Some(Outcome::Rejected), 1)
    );
    assert_eq!(rejected[1].failure.as_deref(), Some("rejected"));
}

#[tokio::test]
async fn what_is_kept_and_what_is_extended_is_told() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let keep = sandbox.config(Mode::Record).keep(["json:/pin"]);
    let kept = lines(&sandbox, &server, keep, &["/a"]).await;
    assert_eq!(kept[1].keep, ["json:/pin"]);
    std::fs::rename(
        sandbox.path().join("api/asks.json"),
        sandbox.path().join("login.json"),
    )
    .unwrap();
    let extends = sandbox.config(Mode::Record).extends(["login"]);
    let extending = lines(&sandbox, &server, extends, &["/b"]).await;
    assert_eq!(extending[0].extends, [sandbox.path().join("login.json")]);
}

#[cassette]
#[tokio::test]
#[ignore = "run by its parent"]
async fn asks_once() {
    client().get(url_of_parent("/once")).send().await.unwrap();
}

#[test]
fn tests_tell_their_function_source_and_package() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let ran = Child::exactly("asks_once", &sandbox, &server.url(""))
        .variable("CASSETTE_EVENTS", sandbox.path().join("events.jsonl"))
        .run();
    ran.expect_passed(1);
    let events = read(&sandbox);
    assert_eq!(events.len(), 2);
    for event in events {
        assert_eq!(event.test, "events::asks_once");
        assert_eq!(event.function.as_deref(), Some("asks_once"));
        assert_eq!(event.source.as_deref(), Some("tests/events.rs"));
        assert_eq!(event.package.to_str(), Some(env!("CARGO_MANIFEST_DIR")));
    }
}

#[test]
fn where_they_cannot_be_told_there_is_a_notice_and_the_test_passes() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let ran = Child::exactly("asks_once", &sandbox, &server.url(""))
        .variable(
            "CASSETTE_EVENTS",
            sandbox.path().join("no/folder/events.jsonl"),
        )
        .run();
    ran.expect_passed(1);
    let notice = "cassette: cannot write what becomes of events::asks_once to ";
    assert_eq!(ran.stderr.matches(notice).count(), 1, "{ran:#?}");
    assert!(ran.stderr.contains("(CASSETTE_EVENTS)"), "{ran:#?}");
}

#[test]
fn lines_of_processes_that_run_at_the_same_time_do_not_mix() {
    const PROCESSES: usize = 12;
    let (events, server) = (Sandbox::new(), Server::start(echo));
    let start = |_| {
        let sandbox = Sandbox::new();
        let child = Child::exactly("asks_once", &sandbox, &server.url(""))
            .variable("CASSETTE_EVENTS", events.path().join("events.jsonl"))
            .start();
        (sandbox, child)
    };
    let children: Vec<_> = (0..PROCESSES).map(start).collect();
    for (_sandbox, mut child) in children {
        assert!(child.wait().unwrap().success());
    }
    let events = read(&events);
    let ended = events
        .iter()
        .filter(|event| event.outcome == Some(Outcome::Recorded));
    assert_eq!((events.len(), ended.count()), (2 * PROCESSES, PROCESSES));
}

#[test]
fn a_line_of_another_version_is_refused() {
    let error = Event::from_json(r#"{"version": 2, "test": "t"}"#).unwrap_err();
    insta::assert_snapshot!(error, @"version 2 of an event is not 1, the one that this release reads");
    assert!(Event::from_json("{}").is_err() && Event::from_json("no JSON").is_err());
    let unknown = r#"{"version": 1, "test": "t", "colour": "blue"}"#;
    assert_eq!(
        Event::from_json(unknown).unwrap().test,
        "t",
        "fields may be added"
    );
}

#[test]
fn the_document_has_every_field_of_a_line() {
    let full = r#"{"version": 1, "test": "t", "function": "t", "source": "t.rs", "package": "/p", "dir": "/d", "cassette": "/c",
        "extends": ["/e"], "mode": "auto", "plan": "play", "state": "stale", "changed": ["body"], "keep": ["k"],
        "outcome": "failed", "failure": "stale", "reason": "r"}"#;
    let event = serde_json::to_value(Event::from_json(full).unwrap()).unwrap();
    let (_, table) = include_str!("../../docs/cli.md")
        .split_once("| field | what it is |")
        .unwrap();
    let cells = table
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split_once(" |"));
    let named = cells.flat_map(|(fields, _)| fields.split(", "));
    let mut named: Vec<_> = named.map(|field| field.trim_matches('`')).collect();
    named.sort_unstable();
    let fields = event.as_object().unwrap().keys();
    assert_eq!(named, fields.map(String::as_str).collect::<Vec<_>>());
}
