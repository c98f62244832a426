//! What an update makes of failures, and of requests that were given up.

use cassette_core::Mode;
use cassette_reqwest::client;
use cassette_tests::{RawServer, Refusing, Sandbox};
use tokio::time::timeout;

use crate::patience::TEN_MINUTES;
use crate::{FILE, LIMIT, answering, in_vain, limited, outcomes, play, record, text};

/// A cassette with a request to `/slow` that was given up, and an answer to `/fast`.
fn recorded() -> (Sandbox, RawServer) {
    let (sandbox, server) = (Sandbox::new(), answering());
    record(&sandbox, async {
        let slow = in_vain(client().get(server.url("/slow")));
        limited(&server, 1, text(slow)).await.unwrap_err();
        text(client().get(server.url("/fast"))).await;
    });
    (sandbox, server)
}

#[test]
fn an_update_gives_up_what_was_given_up_without_the_network() {
    let (sandbox, server) = recorded();
    let before = sandbox.read(FILE);
    let (ended, took) = play(sandbox.config(Mode::Update), async {
        let slow = text(client().get(server.url("/slow")));
        timeout(LIMIT, slow).await.unwrap_err();
        text(client().get(server.url("/fast"))).await
    });
    assert_eq!((ended.unwrap().as_str(), took), ("/fast", LIMIT));
    assert_eq!((server.hits(), sandbox.read(FILE)), (2, before));
}

#[test]
fn an_update_waits_as_long_as_a_replay_for_what_was_given_up() {
    let (sandbox, server) = recorded();
    let (ended, took) = play(sandbox.config(Mode::Update), async {
        client().get(server.url("/slow")).send().await.unwrap_err();
    });
    assert!(ended.unwrap_err().is_unmatched());
    assert_eq!((took, server.hits()), (TEN_MINUTES, 2));
}

#[test]
fn an_update_adds_the_answer_to_a_retry_of_it() {
    let (sandbox, server) = recorded();
    let asks = async || {
        let slow = || text(client().get(server.url("/slow")));
        timeout(LIMIT, slow()).await.unwrap_err();
        slow().await
    };
    let (ended, _) = play(sandbox.config(Mode::Update), asks());
    assert_eq!((ended.unwrap().as_str(), server.hits()), ("/slow", 3));
    assert_eq!(sandbox.requested(FILE), ["/slow", "/slow", "/fast"]);
    assert_eq!(outcomes(&sandbox), ["cancelled", "200", "200"]);
    let (ended, took) = play(sandbox.config(Mode::Update), asks());
    assert_eq!((ended.unwrap().as_str(), took), ("/slow", LIMIT));
    assert_eq!(server.hits(), 3);
}

#[test]
fn an_update_leaves_what_was_given_up_and_is_not_asked_for_where_it_is() {
    let (sandbox, server) = recorded();
    let (ended, _) = play(sandbox.config(Mode::Update), async {
        text(client().get(server.url("/fast"))).await;
        text(client().get(server.url("/new"))).await;
    });
    ended.unwrap();
    assert_eq!(outcomes(&sandbox), ["cancelled", "200", "200"]);
    assert_eq!(sandbox.requested(FILE), ["/slow", "/fast", "/new"]);
}

#[test]
fn an_update_replays_a_failure_and_records_a_new_one() {
    let (sandbox, server) = recorded();
    let refusing = Refusing::new();
    let asks = async || client().get(refusing.url("/")).send().await.unwrap_err();
    let (ended, _) = play(sandbox.config(Mode::Update), asks());
    assert!(ended.unwrap().is_connect());
    assert_eq!(outcomes(&sandbox), ["connect", "cancelled", "200"]);
    let after = sandbox.read(FILE);
    let (ended, _) = play(sandbox.config(Mode::Update), asks());
    assert!(ended.unwrap().is_connect());
    assert_eq!((server.hits(), sandbox.read(FILE)), (2, after));
}
