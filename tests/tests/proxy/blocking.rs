//! `reqwest::blocking`.

use std::time::Duration;

use bytes::Bytes;
use cassette_core::Mode;
use cassette_reqwest::{Proxy, ThroughCassette, blocking_client_builder, current, scope_sync};
use cassette_tests::{Sandbox, Server, TlsServer, echo, json};
use http::{Request, Response, header::LOCATION};
use reqwest::blocking::Client;
use tokio::task::spawn_blocking;

use crate::FILE;

fn client() -> Client {
    blocking_client_builder().build().unwrap()
}

fn record<T>(sandbox: &Sandbox, test: impl FnOnce() -> T) -> cassette_core::Result<T> {
    scope_sync("c", sandbox.config(Mode::Record), test)
}

fn replay<T>(sandbox: &Sandbox, test: impl FnOnce() -> T) -> cassette_core::Result<T> {
    scope_sync("c", sandbox.config(Mode::Replay), test)
}

#[test]
fn its_requests_are_recorded_and_replayed_without_the_server() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let url = server.url("/items?page=2");
    let ask = || {
        let answer = client().post(&url).body("a question").send();
        answer.unwrap().text().unwrap()
    };
    let live = record(&sandbox, ask).unwrap();
    assert!(live.contains("a question"), "{live}");
    assert_eq!(server.hits(), 1);
    server.stop();
    assert_eq!(sandbox.requested(FILE), ["/items?page=2"]);
    assert_eq!(replay(&sandbox, ask).unwrap(), live);
}

#[test]
fn https_is_recorded_and_replayed_without_the_server() {
    let (sandbox, server) = (Sandbox::new(), TlsServer::start(json(200, "[1]")));
    let url = server.url("/items");
    let ask = || client().get(&url).send().unwrap().text().unwrap();
    let recorded = record(&sandbox, || {
        let proxy = Proxy::start(&current().unwrap()).unwrap();
        proxy.trust(server.certificate_pem()).unwrap();
        ask()
    });
    assert_eq!(recorded.unwrap(), "[1]");
    assert_eq!(server.hits(), 1);
    server.stop();
    assert_eq!(replay(&sandbox, ask).unwrap(), "[1]");
}

#[test]
fn many_requests_of_one_client_are_replayed_in_their_order() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let urls: Vec<_> = (0..20).map(|n| server.url(&format!("/{n}"))).collect();
    let ask = || {
        let client = client();
        let mut asked_from = Vec::new();
        for url in &urls {
            let answer = client.get(url).send().unwrap();
            asked_from.push(answer.text().unwrap());
        }
        asked_from
    };
    let live = record(&sandbox, ask).unwrap();
    server.stop();
    assert_eq!(replay(&sandbox, ask).unwrap(), live);
}

#[test]
fn every_hop_of_a_redirect_is_an_interaction() {
    let (sandbox, server) = (Sandbox::new(), Server::start(first_elsewhere));
    let url = server.url("/first");
    let ask = || {
        let answer = client().get(&url).send().unwrap();
        (answer.url().path().to_owned(), answer.text().unwrap())
    };
    let live = record(&sandbox, ask).unwrap();
    assert_eq!(live, ("/last".to_owned(), "there".to_owned()));
    assert_eq!(sandbox.requested(FILE), ["/first", "/second", "/last"]);
    server.stop();
    assert_eq!(replay(&sandbox, ask).unwrap(), live);
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is a handler, and handlers own their request"
)]
fn first_elsewhere(request: Request<Bytes>) -> Response<Bytes> {
    let to = |path| Response::builder().status(302).header(LOCATION, path);
    let response = match request.uri().path() {
        "/first" => to("/second").body(Bytes::new()),
        "/second" => to("/last").body(Bytes::new()),
        _ => Response::builder().body("there".into()),
    };
    response.unwrap()
}

/// The time limit is the client's own, and it is the client's own again in a replay.
#[test]
fn a_time_limit_of_the_client_fires_again_in_a_replay() {
    let sandbox = Sandbox::new();
    let server = Server::start_async(|_| std::future::pending());
    let url = server.url("/slow");
    let ask = || {
        let builder = blocking_client_builder().timeout(Duration::from_millis(300));
        builder.build().unwrap().get(&url).send().unwrap_err()
    };
    assert!(record(&sandbox, ask).unwrap().is_timeout());
    assert_eq!(server.hits(), 1);
    let stored = sandbox.cassette(FILE);
    assert_eq!(stored["interactions"][0]["error"]["kind"], "cancelled");
    server.stop();
    assert!(replay(&sandbox, ask).unwrap().is_timeout());
}

/// What `of_another` says of two requests, plain and with TLS, that reached no server.
fn refused(client: &Client, servers: (&Server, &TlsServer)) -> String {
    let (plain, tls) = servers;
    let ask = |url: String| {
        let answer = client.get(url).send().unwrap();
        assert_eq!(answer.status(), 501);
        answer.text().unwrap()
    };
    let said = ask(plain.url("/"));
    assert_eq!(ask(tls.url("/")), said);
    assert_eq!((plain.hits(), tls.hits()), (0, 0));
    said
}

#[test]
fn one_that_was_built_without_a_cassette_reaches_nothing_and_says_why() {
    let servers = (Server::start(echo), TlsServer::start(echo));
    let client = Client::builder().through_cassette().build().unwrap();
    let said = refused(&client, (&servers.0, &servers.1));
    insta::assert_snapshot!(said, @"
    no cassette is in use here

    help: put `#[cassette]` above the test, or wrap the call in `scope(…)`
    help: into a thread or runtime of your own, carry it: `in_current_cassette(closure)`, `future.in_current_cassette()`
    help: a client that is bound to a test, as blocking ones are, is built in the test that uses it
    ");
    let sandbox = Sandbox::new();
    let inside = record(&sandbox, || refused(&client, (&servers.0, &servers.1)));
    assert_eq!(inside.unwrap(), said);
}

#[test]
fn one_that_was_built_in_another_test_reaches_nothing_and_says_why() {
    let servers = (Server::start(echo), TlsServer::start(echo));
    let sandbox = Sandbox::new();
    let first = scope_sync("first", sandbox.config(Mode::Record), client).unwrap();
    let said = record(&sandbox, || refused(&first, (&servers.0, &servers.1)));
    insta::assert_snapshot!(said.unwrap(), @"
    a request was made after first had ended

    help: await what the test spawns before it returns
    help: a client that is bound to a test, as blocking ones are, is built in the test that uses it
    ");
    assert_eq!(sandbox.requested("first.json").len(), 0);
    assert_eq!(sandbox.requested(FILE).len(), 0);
}

/// Nothing in a request of it tells whose it is.
#[test]
fn one_that_was_built_in_another_test_asks_its_cassette_as_long_as_that_one_runs() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let (first, second) = (Sandbox::new(), &sandbox);
    record(&first, || {
        let client = client();
        let ask = || client.get(server.url("/")).send().unwrap().status();
        assert_eq!(record(second, ask).unwrap(), 200);
    })
    .unwrap();
    assert_eq!(first.requested(FILE), ["/"]);
    assert_eq!(second.requested(FILE).len(), 0);
}

#[tokio::test]
async fn a_blocking_task_of_an_async_test_has_the_cassette() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let url = server.url("/");
    let ask = async || {
        let url = url.clone();
        let asked = spawn_blocking(|| client().get(url).send().unwrap().text().unwrap());
        asked.await.unwrap()
    };
    let live = crate::record(&sandbox, ask()).await.unwrap();
    server.stop();
    assert_eq!(crate::replay(&sandbox, ask()).await.unwrap(), live);
}

#[test]
fn a_connection_it_kept_open_ends_with_its_test() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let ask = |client: &Client| client.get(server.url("/")).send().unwrap().status();
    let first = record(&sandbox, || {
        let client = client();
        assert_eq!(ask(&client), 200);
        client
    });
    assert_eq!(ask(&first.unwrap()), 501);
    assert_eq!(server.hits(), 1);
}

#[test]
fn a_miss_is_an_answer_with_the_report_and_fails_the_test() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let ask = |path: &str| client().get(server.url(path)).send().unwrap();
    record(&sandbox, || ask("/a")).unwrap();
    let mut said = String::new();
    let missed = replay(&sandbox, || {
        let answer = ask("/b");
        assert_eq!(answer.status(), 501);
        said = answer.text().unwrap();
    });
    let error = missed.unwrap_err();
    assert!(error.is_unmatched(), "{error}");
    assert!(
        error.to_string().starts_with(said.trim_end()),
        "{said}\n{error}"
    );
    assert!(said.contains("closest is interaction 1"), "{said}");
}
