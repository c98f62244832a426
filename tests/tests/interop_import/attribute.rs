//! A test that is written for what was imported: it is named after it.

use cassette_reqwest::{Config, Mode, cassette};

use crate::{imported, server, staying};

fn of_the_import(config: Config) -> Config {
    let config = config.dir(imported()).environment::<&str, &str>([]);
    config.mode(Mode::Replay)
}

#[cassette(config = of_the_import)]
#[tokio::test]
async fn a_test_with_the_attribute_replays_what_was_imported() {
    let client = staying();
    let redirect = client
        .get(server() + "/redirect")
        .send()
        .await
        .expect("it is recorded");
    assert_eq!(redirect.status(), 302);
    let target = client
        .get(server() + "/json")
        .send()
        .await
        .expect("it is recorded");
    let body: serde_json::Value =
        serde_json::from_slice(&target.bytes().await.expect("it has a body")).expect("it is JSON");
    assert_eq!(body["a"], "<&>");
}
