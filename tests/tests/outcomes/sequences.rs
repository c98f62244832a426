//! Failures among other requests: several in one test, and retries that come through in the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cassette_core::{Mode, Order, Repeat};
use cassette_reqwest::client;
use cassette_tests::{RawServer, Refusing, Sandbox, Server, echo, visible_outcome};
use reqwest::Response;
use reqwest_middleware::Result;

use crate::{outcomes, play, record, record_with, replay};

/// Closes so many connections before it answers.
fn flaky(failures: usize) -> RawServer {
    let asked = Arc::new(AtomicUsize::new(0));
    RawServer::start(move |mut connection| {
        let number = asked.fetch_add(1, Ordering::SeqCst);
        async move {
            connection.request().await;
            if number >= failures {
                let answer =
                    "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 4\r\n\r\ndone";
                connection.write(answer).await;
            }
        }
    })
}

async fn get(url: &str) -> Result<Response> {
    client().get(url).send().await
}

/// Asks until there is an answer, and tells what came of each attempt.
async fn persist(url: &str) -> Vec<String> {
    let mut told = Vec::new();
    loop {
        let outcome = get(url).await;
        let is_over = outcome.is_ok();
        told.push(visible_outcome(outcome).await);
        if is_over {
            return told;
        }
    }
}

#[test]
fn a_retry_fails_as_often_as_it_did_and_then_has_its_answer() {
    let (sandbox, server) = (Sandbox::new(), flaky(2));
    let url = server.url("/");
    let live = record(&sandbox, persist(&url));
    assert_eq!(outcomes(&sandbox), ["closed", "closed", "200"]);
    let (again, took) = replay(&sandbox, persist(&url));
    assert_eq!(again, live);
    assert_eq!((server.connections(), took), (3, Duration::ZERO));
}

#[test]
fn a_failure_that_nobody_asks_for_again_is_missed() {
    let (sandbox, server) = (Sandbox::new(), flaky(1));
    let url = server.url("/");
    record(&sandbox, persist(&url));
    let (ended, _) = play(sandbox.config(Mode::Replay), get(&url));
    let error = ended.unwrap_err();
    assert!(error.is_unused(), "{error}");
}

#[test]
fn the_last_failure_is_given_again_where_the_last_answer_is() {
    let (sandbox, server) = (Sandbox::new(), flaky(usize::MAX));
    let url = server.url("/");
    let asks = async || visible_outcome(get(&url).await).await;
    let live = record(&sandbox, asks());
    let config = sandbox.config(Mode::Replay).repeat(Repeat::Last);
    let (again, _) = play(config, async { [asks().await, asks().await, asks().await] });
    assert_eq!(again.unwrap(), [live.clone(), live.clone(), live]);
}

/// Asks for an answer, a refused connection, one that is closed and one that is no HTTP.
async fn ask_all(urls: &[String]) -> Vec<String> {
    let mut told = Vec::new();
    for url in urls {
        told.push(visible_outcome(get(url).await).await);
    }
    told
}

struct Servers {
    answering: Server,
    closing: RawServer,
    talking: RawServer,
    refusing: Refusing,
}

impl Servers {
    fn start() -> Self {
        let talking = RawServer::start(async |mut connection| {
            connection.request().await;
            connection.write("220 mail\r\n\r\n").await;
        });
        Self {
            answering: Server::start(echo),
            closing: flaky(usize::MAX),
            talking,
            refusing: Refusing::new(),
        }
    }

    fn urls(&self) -> [String; 4] {
        [
            self.refusing.url("/"),
            self.closing.url("/"),
            self.answering.url("/"),
            self.talking.url("/"),
        ]
    }

    fn hits(&self) -> usize {
        self.answering.hits() + self.closing.connections() + self.talking.connections()
    }
}

#[test]
fn several_failures_in_one_test_each_come_back() {
    let (sandbox, servers) = (Sandbox::new(), Servers::start());
    let urls = servers.urls();
    let config = |mode| sandbox.config(mode).order(Order::Strict);
    let live = record_with(config(Mode::Record), ask_all(&urls));
    assert_eq!(outcomes(&sandbox), ["connect", "closed", "200", "request"]);
    let (again, took) = play(config(Mode::Replay), ask_all(&urls));
    assert_eq!(again.unwrap(), live);
    assert_eq!((servers.hits(), took), (3, Duration::ZERO));
}

#[test]
fn failures_that_are_replayed_at_once_do_not_mix() {
    let (sandbox, servers) = (Sandbox::new(), Servers::start());
    let [refused, closed, answered, nonsense] = servers.urls();
    let told = async |url: &str| visible_outcome(get(url).await).await;
    let asks = async || {
        tokio::join!(
            told(&refused),
            told(&closed),
            told(&answered),
            told(&nonsense)
        )
    };
    let live = record(&sandbox, asks());
    let (again, took) = replay(&sandbox, asks());
    assert_eq!((again, took), (live, Duration::ZERO));
}
