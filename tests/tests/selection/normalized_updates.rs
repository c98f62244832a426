//! Updates and recordings made again, of requests that are compared after a change.

use cassette_core::{Config, Mode, RecordedRequest};
use cassette_tests::{Server, count, json};

use crate::bench::{Bench, FILE};

fn without_id(request: &mut RecordedRequest) {
    let url = request
        .url()
        .split("?id=")
        .next()
        .unwrap_or_default()
        .to_owned();
    request.set_url(url);
}

fn normal(config: Config) -> Config {
    config.normalize(without_id)
}

fn numbers(bench: &Bench) -> Vec<String> {
    let cassette = bench.sandbox.cassette(FILE);
    let interactions = cassette["interactions"].as_array().unwrap();
    let text = |interaction: &serde_json::Value| {
        let body = &interaction["response"]["body"]["text"];
        body.as_str().unwrap().to_owned()
    };
    interactions.iter().map(text).collect()
}

#[tokio::test]
async fn an_update_records_only_what_goes_beyond_its_like() {
    let bench = Bench::of(Server::start(count()));
    let record = normal(bench.config(Mode::Record));
    bench.run(record, &["/a?id=1", "/b?id=1"]).await;
    let asks = ["/a?id=7", "/a?id=8", "/b?id=9", "/c?id=1"];
    let update = || normal(bench.config(Mode::Update));
    let stored = "[/a?id=1 /a?id=8 /b?id=1 /c?id=1]";
    let said = bench.run(update(), &asks).await;
    assert_eq!(said, format!("ok [/a?id=8 /c?id=1] {stored}"));
    assert_eq!(numbers(&bench), ["0", "2", "1", "3"]);
    let again = bench
        .run(update(), &["/a?id=3", "/a?id=4", "/b?id=5", "/c?id=6"])
        .await;
    assert_eq!(again, format!("ok [] {stored}"));
}

/// The file differs where the traffic did, and so does the id that was sent.
#[tokio::test]
async fn a_recording_made_again_keeps_the_places_of_its_likes() {
    let bench = Bench::of(Server::start(json(200, "{}")));
    let record = || normal(bench.config(Mode::Record));
    bench
        .run(record(), &["/a?id=1", "/b?id=1", "/a?id=2"])
        .await;
    let said = bench
        .run(record(), &["/b?id=3", "/a?id=4", "/a?id=5"])
        .await;
    let sent = "/b?id=3 /a?id=4 /a?id=5";
    assert_eq!(said, format!("ok [{sent}] [/a?id=4 /b?id=3 /a?id=5]"));
}

#[tokio::test]
async fn a_recording_made_again_of_the_same_requests_changes_nothing() {
    let bench = Bench::of(Server::start(json(200, "{}")));
    let record = || normal(bench.config(Mode::Record));
    bench.run(record(), &["/a?id=1", "/b?id=1"]).await;
    let file = bench.sandbox.read(FILE);
    bench.run(record(), &["/b?id=1", "/a?id=1"]).await;
    assert_eq!(bench.sandbox.read(FILE), file);
}
