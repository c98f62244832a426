//! Both versions on one cassette.

use cassette_reqwest::reqwest_0_12;
use cassette_tests::{Sandbox, Server, echo};

use crate::{FILE, record, replay};

async fn by_0_12(url: String) -> String {
    let request = reqwest_0_12::client().post(url).body("a question");
    request.send().await.unwrap().text().await.unwrap()
}

async fn by_0_13(url: String) -> String {
    let request = cassette_reqwest::client().post(url).body("a question");
    request.send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn they_are_recorded_into_one_cassette_in_the_order_of_their_requests() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let origin = server.url("");
    let ask = async || {
        let first = by_0_12(format!("{origin}/older")).await;
        let second = by_0_13(format!("{origin}/newer")).await;
        (first, second, by_0_12(format!("{origin}/again")).await)
    };
    let live = record(&sandbox, ask()).await.unwrap();
    assert_eq!(sandbox.requested(FILE), ["/older", "/newer", "/again"]);
    server.stop();
    assert_eq!(replay(&sandbox, ask()).await.unwrap(), live);
}

#[tokio::test]
async fn what_one_has_recorded_is_replayed_to_the_other() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let (a, b) = (server.url("/a"), server.url("/b"));
    let recorded = record(&sandbox, async {
        (by_0_12(a.clone()).await, by_0_13(b.clone()).await)
    });
    let recorded = recorded.await.unwrap();
    server.stop();
    let replayed = replay(&sandbox, async { (by_0_13(a).await, by_0_12(b).await) });
    assert_eq!(replayed.await.unwrap(), recorded);
}

/// Nothing in the file says which version it was, but what the clients themselves send.
#[tokio::test]
async fn the_cassettes_they_record_are_the_same() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let url = server.url("/");
    let mut stored = Vec::new();
    record(&sandbox, by_0_12(url.clone())).await.unwrap();
    stored.push(sandbox.cassette(FILE));
    record(&sandbox, by_0_13(url)).await.unwrap();
    stored.push(sandbox.cassette(FILE));
    for cassette in &mut stored {
        cassette["recorded_at"].take();
        cassette["interactions"][0]["recorded_at"].take();
    }
    assert_eq!(stored[0], stored[1]);
}
