//! Requests that are made elsewhere than in the test's own task.

use cassette_tests::{Sandbox, Server, echo};
use cassette_tower::{CassetteLayer, Config, Mode, scope};
use tower::{ServiceBuilder, ServiceExt};

use crate::see::{ask, read};
use crate::{FILE, client, get, hyper, twice};

#[tokio::test]
async fn what_a_spawned_task_asks_belongs_to_the_test() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let url = server.url("/spawned");
    let seen = twice(&sandbox, async || {
        let request = get(&url);
        let asked = tokio::spawn(async move { ask(&client(), request).await.unwrap() });
        asked.await.unwrap()
    });
    assert!(seen.await.text().contains("/spawned"));
    assert_eq!(sandbox.requested(FILE), ["/spawned"]);
    assert_eq!(server.hits(), 1);
}

/// The worker of a buffer is a task of its own, which two tests share here.
#[tokio::test]
async fn a_buffered_client_that_tests_share_reaches_the_cassette_of_the_one_that_asks() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let client = ServiceBuilder::new()
        .buffer(8)
        .layer(CassetteLayer::new())
        .service(hyper());
    let run = async |name: &'static str, config: Config| {
        scope(name, config, async {
            let request = get(server.url(&format!("/{name}")));
            read(client.clone().oneshot(request).await.unwrap()).await
        })
        .await
        .unwrap()
    };
    for mode in [Mode::Record, Mode::Replay] {
        let config = || sandbox.config(mode);
        let (a, b) = tokio::join!(run("a", config()), run("b", config()));
        assert!(a.text().contains("/a") && b.text().contains("/b"));
    }
    assert_eq!(sandbox.requested("a.json"), ["/a"]);
    assert_eq!(sandbox.requested("b.json"), ["/b"]);
    assert_eq!(server.hits(), 2);
}
