//! Cassettes that are compressed.

mod refused;

use std::fs;
use std::future::pending;
use std::io::Read;
use std::path::PathBuf;

use bytes::Bytes;
use cassette_core::{Config, Mode, current, scope};
use cassette_tests::{Sandbox, Server, json};
use flate2::read::GzDecoder;
use tokio::sync::Notify;

use crate::bench::Bench;

fn packing(bench: &Bench, mode: Mode) -> Config {
    bench.config(mode).compress(true)
}

async fn record_packed(bench: &Bench, names: &str) {
    let config = packing(bench, Mode::Record);
    bench.run_as("c", config, names).await.unwrap();
}

fn path(sandbox: &Sandbox) -> PathBuf {
    sandbox.path().join("c.json.gz")
}

fn bytes(sandbox: &Sandbox) -> Vec<u8> {
    fs::read(path(sandbox)).unwrap()
}

fn unpacked(sandbox: &Sandbox) -> String {
    let (packed, mut text) = (bytes(sandbox), String::new());
    GzDecoder::new(&packed[..])
        .read_to_string(&mut text)
        .unwrap();
    text
}

#[tokio::test]
async fn it_is_a_gzip_file_of_what_the_cassette_would_be() {
    let bench = Bench::new();
    record_packed(&bench, "a b").await;
    assert_eq!(bench.sandbox.files(), ["c.json.gz"]);
    let text = unpacked(&bench.sandbox);
    // Written anew by an update of the other form.
    bench.run(Mode::Update, "a b").await.unwrap();
    assert_eq!(bench.sandbox.files(), ["c.json"]);
    assert_eq!(bench.sandbox.read("c.json"), text);
}

#[tokio::test]
async fn it_is_played_whatever_form_is_asked_for() {
    let bench = Bench::new();
    record_packed(&bench, "a b").await;
    for config in [bench.config(Mode::Replay), packing(&bench, Mode::Replay)] {
        assert_eq!(bench.run_as("c", config, "a b").await.unwrap(), "a1 b1");
    }
    let config = bench.config(Mode::Auto).extends(["c"]);
    assert_eq!(bench.run_as("other", config, "a").await.unwrap(), "a1");
}

#[tokio::test]
async fn the_same_content_gives_the_same_bytes() {
    let server = Server::start(json(200, r#"{"a":1}"#));
    let sandbox = Sandbox::new();
    let record = || {
        let config = sandbox.config(Mode::Record).compress(true);
        scope("c", config, async {
            let sent = cassette_reqwest::client().get(server.url("/")).send();
            sent.await.unwrap();
        })
    };
    record().await.unwrap();
    let (first, written) = (
        bytes(&sandbox),
        fs::metadata(path(&sandbox)).unwrap().modified(),
    );
    assert_eq!(first[4..8], [0; 4], "no time in its head");
    record().await.unwrap();
    assert_eq!(bytes(&sandbox), first);
    assert_eq!(
        fs::metadata(path(&sandbox)).unwrap().modified().unwrap(),
        written.unwrap()
    );

    // Unpacked and packed again by an update.
    for compress in [false, true] {
        let config = sandbox.config(Mode::Update).compress(compress);
        scope("c", config, async {}).await.unwrap();
    }
    assert_eq!(bytes(&sandbox), first);
}

#[tokio::test]
async fn the_other_form_goes_with_the_next_save_and_not_before() {
    let bench = Bench::new();
    bench.run(Mode::Record, "a").await.unwrap();
    for mode in [Mode::Replay, Mode::Auto, Mode::Live] {
        bench.run_as("c", packing(&bench, mode), "a").await.unwrap();
        assert_eq!(bench.sandbox.files(), ["c.json"], "{mode}");
    }
    let session = scope("c", packing(&bench, Mode::Record), async {
        bench.ask("a").await;
        assert_eq!(bench.sandbox.files(), ["c.json", "c.partial.jsonl"]);
        current().unwrap().flush().unwrap();
        assert_eq!(bench.sandbox.files(), ["c.json.gz", "c.partial.jsonl"]);
    });
    session.await.unwrap();
    assert_eq!(bench.sandbox.files(), ["c.json.gz"]);
    for mode in [Mode::Replay, Mode::Auto] {
        bench.run(mode, "a").await.unwrap();
        assert_eq!(bench.sandbox.files(), ["c.json.gz"], "{mode}");
    }
    bench.run(Mode::Record, "a").await.unwrap();
    assert_eq!(bench.sandbox.files(), ["c.json"]);
}

#[tokio::test]
async fn one_that_is_not_saved_stays_and_is_kept_aside_in_the_clear() {
    let bench = Bench::new();
    record_packed(&bench, "a").await;
    let file = bytes(&bench.sandbox);
    let asked = Notify::new();
    let session = scope("c", packing(&bench, Mode::Record), async {
        bench.ask("b").await;
        asked.notify_one();
        pending::<()>().await;
    });
    tokio::select! {
        _ = session => unreachable!("it waits for ever"),
        () = asked.notified() => {}
    }
    assert_eq!(bench.sandbox.files(), ["c.json.gz", "c.rejected.json"]);
    assert_eq!(bytes(&bench.sandbox), file);
    assert_eq!(bench.stored("c.rejected.json"), "b");
    record_packed(&bench, "a").await;
    assert_eq!(bench.sandbox.files(), ["c.json.gz"]);
}

#[tokio::test]
async fn large_bodies_stay_beside_it_as_they_are() {
    let bench = Bench::new();
    let config = |mode, compress| bench.config(mode).compress(compress).body_limit(1);
    bench
        .run_as("c", config(Mode::Record, true), "a")
        .await
        .unwrap();
    let files = bench.sandbox.files();
    assert_eq!(files.len(), 2);
    assert!(
        files[0].ends_with(".bin") && files[1] == "c.json.gz",
        "{files:?}"
    );
    assert_eq!(bench.sandbox.read(&files[0]), "a1");
    assert_eq!(bench.run(Mode::Replay, "a").await.unwrap(), "a1");
    bench
        .run_as("c", config(Mode::Update, false), "a")
        .await
        .unwrap();
    assert_eq!(bench.sandbox.files(), [files[0].as_str(), "c.json"]);
    bench
        .run_as("c", config(Mode::Record, true), "b")
        .await
        .unwrap();
    let names = bench.sandbox.files();
    assert_eq!(names.len(), 2, "the old body is gone: {names:?}");
    assert_eq!(bench.run(Mode::Replay, "b").await.unwrap(), "b1");
}

#[tokio::test]
async fn what_a_killed_recording_left_is_kept() {
    let bench = Bench::new();
    let journal = scope("c", packing(&bench, Mode::Record), async {
        bench.ask("a b").await;
        bench.sandbox.read("c.partial.jsonl")
    });
    bench
        .sandbox
        .write("c.partial.jsonl", journal.await.unwrap());
    record_packed(&bench, "a").await;
    assert_eq!(bench.sandbox.files(), ["c.json.gz", "c.rejected.json"]);
    assert_eq!(bench.stored("c.rejected.json"), "a b");
}

#[tokio::test]
async fn reports_show_the_file_that_is_there() {
    let bench = Bench::new();
    let missed = async |config: Config| {
        let error = bench.run_as("c", config, "unknown").await.unwrap_err();
        error.to_string()
    };
    assert!(
        missed(packing(&bench, Mode::Replay))
            .await
            .contains("/c.json.gz")
    );
    record_packed(&bench, "a").await;
    assert!(
        missed(bench.config(Mode::Replay))
            .await
            .contains("/c.json.gz (1 interaction")
    );
    bench.run(Mode::Record, "a").await.unwrap();
    assert!(
        missed(packing(&bench, Mode::Replay))
            .await
            .contains("/c.json (1 interaction")
    );
}

#[cfg(unix)]
#[tokio::test]
async fn it_keeps_the_mode_of_the_other_form_and_a_new_one_has_that_of_its_neighbours() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new();
    let mode = |name: &str| {
        let metadata = fs::metadata(bench.sandbox.path().join(name)).unwrap();
        metadata.permissions().mode() & 0o777
    };
    let set = |name: &str, mode| {
        let path = bench.sandbox.path().join(name);
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    bench.run(Mode::Record, "a").await.unwrap();
    set("c.json", 0o640);
    record_packed(&bench, "b").await;
    assert_eq!(mode("c.json.gz"), 0o640);
    set("c.json.gz", 0o660);
    bench.run(Mode::Record, "a").await.unwrap();
    assert_eq!(mode("c.json"), 0o660);
    record_packed(&bench, "b").await;
    bench
        .run_as("d", packing(&bench, Mode::Record), "b")
        .await
        .unwrap();
    assert_eq!(mode("d.json.gz"), 0o660);
}

#[tokio::test]
async fn a_body_of_any_bytes_comes_back() {
    let body: Vec<u8> = (0..=255).cycle().take(5000).collect();
    let sent = Bytes::from(body.clone());
    let server = Server::start(move |_| http::Response::new(sent.clone()));
    let sandbox = Sandbox::new();
    for mode in [Mode::Record, Mode::Replay] {
        let config = sandbox.config(mode).compress(true);
        let got = scope("c", config, async {
            let sent = cassette_reqwest::client().get(server.url("/")).send();
            sent.await.unwrap().bytes().await.unwrap()
        });
        assert_eq!(got.await.unwrap(), body, "{mode}");
    }
}
