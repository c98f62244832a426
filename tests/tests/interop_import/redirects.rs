use cassette_core::{Config, Mode, scope};
use cassette_reqwest::client;

use crate::{imported, server};

#[tokio::test]
async fn a_client_that_follows_redirects_replays_them_joined() {
    let config = Config::new().dir(imported()).environment::<&str, &str>([]);
    let replayed = scope("followed", config.mode(Mode::Replay), async {
        client()
            .get(server() + "/redirect")
            .send()
            .await
            .expect("it is recorded")
    });
    let replayed = replayed.await.unwrap_or_else(|error| panic!("{error:?}"));
    let live = reqwest::get(server() + "/redirect")
        .await
        .expect("the server answers");
    assert_eq!(replayed.url(), live.url());
    assert_eq!(replayed.status(), live.status());
    let (replayed, live) = (
        replayed.bytes().await.expect("a body"),
        live.bytes().await.expect("a body"),
    );
    assert_eq!(replayed, live);
}
