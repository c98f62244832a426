//! A plain client that is built once, outside any test, for all of them.

use std::sync::{Barrier, LazyLock};
use std::thread;

use cassette_core::Mode;
use cassette_reqwest::{
    InCurrentCassette, Proxy, current, plain_client_builder, scope, scope_sync, unrecorded,
};
use cassette_tests::{Sandbox, Server, TlsServer, echo, one_thread, two_workers};
use reqwest::Client;
use tokio::sync::oneshot;

use crate::{FILE, record, replay};

static CLIENT: LazyLock<Client> = LazyLock::new(|| plain_client_builder().build().unwrap());

async fn get(url: &str) -> String {
    let answer = CLIENT.get(url).send().await.unwrap();
    answer.text().await.unwrap()
}

/// Where a session of a test asks: it says so at once with all others, several times.
fn asks(id: usize, mode: Mode, sandbox: &Sandbox, urls: &[String], all: &Barrier) -> Vec<String> {
    let runtime = if id.is_multiple_of(2) {
        one_thread()
    } else {
        two_workers()
    };
    let session = scope(format!("c{id}"), sandbox.config(mode), async {
        all.wait();
        let mut answers = Vec::new();
        for url in urls {
            answers.push(get(&format!("{url}/{id}")).await);
        }
        answers
    });
    runtime.block_on(session).unwrap()
}

/// Lets eight sessions ask at once, each in a thread of its own.
fn all_ask(mode: Mode, sandbox: &Sandbox, urls: &[String]) -> Vec<Vec<String>> {
    let all = Barrier::new(8);
    thread::scope(|scope| {
        let asks = |id| {
            let all = &all;
            scope.spawn(move || asks(id, mode, sandbox, urls, all))
        };
        let threads: Vec<_> = (0..8).map(asks).collect();
        let ends = threads.into_iter().map(|thread| thread.join().unwrap());
        ends.collect()
    })
}

#[test]
fn it_reaches_the_cassette_of_the_test_that_calls() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let urls: Vec<_> = (0..10).map(|n| server.url(&format!("/{n}"))).collect();
    let recorded = all_ask(Mode::Record, &sandbox, &urls);
    assert_eq!(server.hits(), 80);
    server.stop();
    for id in 0..8 {
        let own: Vec<_> = (0..10).map(|n| format!("/{n}/{id}")).collect();
        assert_eq!(sandbox.requested(&format!("c{id}.json")), own);
    }
    assert_eq!(all_ask(Mode::Replay, &sandbox, &urls), recorded);
}

/// One after the other on one thread and runtime: no connection is left over from the test before.
#[tokio::test]
async fn no_connection_outlives_its_test() {
    let (sandbox, server) = (Sandbox::new(), TlsServer::start(echo));
    let url = server.url("/");
    for id in ["c", "d", "e"] {
        let session = scope(id, sandbox.config(Mode::Record), async {
            let proxy = Proxy::start(&current().unwrap()).unwrap();
            proxy.trust(server.certificate_pem()).unwrap();
            get(&url).await
        });
        assert!(session.await.unwrap().contains("GET"));
        assert_eq!(sandbox.requested(&format!("{id}.json")), ["/"]);
    }
    assert_eq!(server.hits(), 3);
    server.stop();
    assert!(replay(&sandbox, get(&url)).await.unwrap().contains("GET"));
}

#[tokio::test]
async fn between_tests_it_is_refused() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    record(&sandbox, get(&server.url("/"))).await.unwrap();
    let refused = get(&server.url("/")).await;
    assert!(
        refused.starts_with("no cassette is in use here"),
        "{refused}"
    );
    record(&sandbox, get(&server.url("/"))).await.unwrap();
    assert_eq!(server.hits(), 2);
}

#[tokio::test]
async fn what_is_unrecorded_goes_past_the_cassette_of_the_test_that_calls() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let (recorded, health) = (server.url("/recorded"), server.url("/health"));
    let ask = async || {
        get(&recorded).await;
        unrecorded(get(&health)).await;
    };
    record(&sandbox, ask()).await.unwrap();
    replay(&sandbox, ask()).await.unwrap();
    assert_eq!(sandbox.requested(FILE), ["/recorded"]);
    assert_eq!(server.paths(), ["/recorded", "/health", "/health"]);
}

/// reqwest asks for the credentials of `http` when `send` is called, and for the proxy when it connects.
#[tokio::test]
async fn a_request_belongs_to_the_test_that_awaits_it_wherever_it_was_made() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let made = CLIENT.get(server.url("/a")).send();
    let answer = record(&sandbox, made).await.unwrap().unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(sandbox.requested(FILE), ["/a"]);
    let made = || CLIENT.get(server.url("/a")).send();
    let made = scope_sync("other", sandbox.config(Mode::Record), made).unwrap();
    let answer = replay(&sandbox, made).await.unwrap().unwrap();
    assert_eq!((answer.status(), server.hits()), (http::StatusCode::OK, 1));
}

/// A task that was left behind by its test.
#[tokio::test]
async fn a_test_that_has_ended_is_told_so() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let url = server.url("/late");
    let (go, gone) = oneshot::channel::<()>();
    let mut task = None;
    let test = record(&sandbox, async {
        let late = async move {
            gone.await.unwrap();
            get(&url).await
        };
        task = Some(tokio::spawn(late.in_current_cassette()));
    });
    test.await.unwrap();
    go.send(()).unwrap();
    let said = task.unwrap().await.unwrap();
    assert!(
        said.starts_with("a request was made after c had ended"),
        "{said}"
    );
    assert_eq!(server.hits(), 0);
}
