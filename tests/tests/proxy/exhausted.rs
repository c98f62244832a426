//! A process that can open nothing more.

use std::fs::File;
use std::time::Duration;

use cassette_reqwest::{Config, Mode, scope};
use cassette_tests::{Child, Sandbox, Server, echo, url_of_parent};
use tokio::time::timeout;

use crate::bound::Bound;
use crate::proxy;
use crate::raw_client::{RawClient, credentials};
use crate::work::Work;

#[tokio::test]
#[ignore = "run by its parent"]
async fn asks_when_nothing_more_can_be_opened() {
    let _bound = Bound::new();
    let asked = scope("exhausted", Config::new().mode(Mode::Record), async {
        let (proxy, mut work) = (proxy(), Work::of_the_proxy().await);
        let mut fillers: Vec<File> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
        assert!(fillers.pop().is_some());
        // It takes the last one; the system lets it in without the proxy.
        let mut client = RawClient::connect(&proxy).await;
        let url = url_of_parent("/");
        let line = credentials(&proxy);
        client
            .send(format!("GET {url} HTTP/1.1\r\nHost: a\r\n{line}\r\n"))
            .await;
        let before = work.done();
        let answered = timeout(Duration::from_millis(500), client.head()).await;
        assert!(answered.is_err(), "nobody can be answered");
        let worked = work.done() - before;
        assert!(worked < Duration::from_millis(40), "{worked:?} of 500 ms");
        drop(fillers);
        client.head().await
    });
    let answer = asked.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[test]
fn a_proxy_that_can_open_nothing_more_waits_and_goes_on() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let test = "exhausted::asks_when_nothing_more_can_be_opened";
    let child = Child::with_descriptor_limit(64, test, &sandbox, &server.url(""));
    child.run().expect_passed(1);
    assert_eq!(server.hits(), 1);
}
