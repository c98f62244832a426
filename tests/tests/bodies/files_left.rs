//! Recordings with large bodies that failed or were killed.

use std::fs;
use std::future::pending;

use cassette_core::Mode;
use cassette_reqwest::{client, scope};
use cassette_tests::Sandbox;
use serde_json::Value;
use tokio::sync::Notify;

use crate::files::{record, run};
use crate::servers::Telling;

/// Asks for these paths and ends as by a timeout around the test.
async fn interrupt(sandbox: &Sandbox, mode: Mode, telling: &Telling, paths: &[&str]) {
    let answered = Notify::new();
    let session = scope("c", sandbox.config(mode).body_limit(8), async {
        for path in paths {
            client().get(telling.server.url(path)).send().await.unwrap();
        }
        answered.notify_one();
        pending::<()>().await;
    });
    tokio::select! {
        _ = session => unreachable!("it waits for ever"),
        () = answered.notified() => {}
    }
}

/// Returns all files with their content.
fn all(sandbox: &Sandbox) -> Vec<(String, String)> {
    let files = sandbox.files().into_iter();
    files
        .map(|name| (name.clone(), sandbox.read(&name)))
        .collect()
}

/// Returns the texts of the bodies in a cassette, wherever they are.
fn texts(sandbox: &Sandbox, name: &str) -> Vec<String> {
    let cassette = sandbox.cassette(name);
    let interactions = cassette["interactions"].as_array().unwrap().iter();
    let text = |interaction: &Value| {
        let body = &interaction["response"]["body"];
        match body["file"].as_str() {
            Some(file) => sandbox.read(file),
            None => body["text"].as_str().unwrap().to_owned(),
        }
    };
    interactions.map(text).collect()
}

#[tokio::test]
async fn a_recording_that_fails_has_files_of_its_own_until_one_passes() {
    let (sandbox, telling) = (Sandbox::new(), Telling::start());
    telling.says("/", "the first large body");
    record(&sandbox, &telling).await;
    let recorded = all(&sandbox);

    telling.says("/", "the second large body");
    interrupt(&sandbox, Mode::Record, &telling, &["/"]).await;
    telling.says("/", "the third large body");
    interrupt(&sandbox, Mode::Record, &telling, &["/"]).await;
    let left = all(&sandbox);
    assert_eq!(left.len(), 6, "{left:?}");
    assert!(recorded.iter().all(|file| left.contains(file)));
    assert_eq!(
        texts(&sandbox, "c.rejected.json"),
        ["the second large body"]
    );
    assert_eq!(
        texts(&sandbox, "c.2.rejected.rejected.json"),
        ["the third large body"]
    );
    for stem in ["c.rejected", "c.2.rejected.rejected"] {
        let body =
            &sandbox.cassette(&format!("{stem}.json"))["interactions"][0]["response"]["body"];
        let file = body["file"].as_str().unwrap();
        let digits = file.strip_prefix(&format!("{stem}.")).unwrap();
        assert_eq!(digits.len(), "0123456789ab.bin".len(), "{file}");
    }

    telling.says("/", "the first large body");
    record(&sandbox, &telling).await;
    assert_eq!(all(&sandbox), recorded, "the next that passes clears up");
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_of_a_recording_that_failed_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let (sandbox, telling) = (Sandbox::new(), Telling::start());
    telling.says("/", "a large body");
    interrupt(&sandbox, Mode::Record, &telling, &["/"]).await;
    assert_eq!(sandbox.files().len(), 2);
    for name in sandbox.files() {
        let metadata = fs::metadata(sandbox.path().join(name)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o077, 0);
    }
}

/// Returns the journal as it is after these requests.
async fn journal(sandbox: &Sandbox, mode: Mode, telling: &Telling, paths: &[&str]) -> String {
    let session = scope("c", sandbox.config(mode).body_limit(8), async {
        for path in paths {
            client().get(telling.server.url(path)).send().await.unwrap();
        }
        sandbox.read("c.partial.jsonl")
    });
    session.await.unwrap()
}

#[tokio::test]
async fn a_killed_recording_leaves_its_large_bodies_whole() {
    let (sandbox, telling) = (Sandbox::new(), Telling::start());
    telling.says("/", "a large body");
    let journal = journal(&sandbox, Mode::Record, &telling, &["/"]).await;
    let killed = Sandbox::new();
    killed.write("c.partial.jsonl", journal);
    telling.says("/", "small");
    run(&killed, "c", Mode::Auto, &telling, &["/"])
        .await
        .unwrap();
    assert_eq!(texts(&killed, "c.rejected.json"), ["a large body"]);
    assert_eq!(texts(&killed, "c.json"), ["small"]);

    record(&killed, &telling).await;
    assert_eq!(killed.files(), ["c.json"]);
}

/// What is left of it must hold what was there as well, whatever becomes of the files beside it.
#[tokio::test]
async fn a_killed_update_leaves_its_large_bodies_whole() {
    let (sandbox, telling) = (Sandbox::new(), Telling::start());
    telling.says("/old", "an old large body");
    telling.says("/new", "a new large body");
    let recorded = run(&sandbox, "c", Mode::Record, &telling, &["/old"]);
    recorded.await.unwrap();
    let journal = journal(&sandbox, Mode::Update, &telling, &["/old", "/new"]).await;
    let killed = Sandbox::new();
    killed.write("c.partial.jsonl", journal);
    run(&killed, "c", Mode::Auto, &telling, &["/old"])
        .await
        .unwrap();
    let both = ["an old large body", "a new large body"];
    assert_eq!(texts(&killed, "c.rejected.json"), both);
}

/// Given the place of the cassette, it still names the files that were its own.
#[tokio::test]
async fn a_failed_recording_that_became_the_cassette_keeps_its_files() {
    let (sandbox, telling) = (Sandbox::new(), Telling::start());
    telling.says("/", "a large body");
    interrupt(&sandbox, Mode::Record, &telling, &["/"]).await;
    let path = |name: &str| sandbox.path().join(name);
    fs::rename(path("c.rejected.json"), path("c.json")).unwrap();
    interrupt(&sandbox, Mode::Record, &telling, &["/"]).await;
    for mode in [Mode::Replay, Mode::Record, Mode::Replay] {
        let texts = run(&sandbox, "c", mode, &telling, &["/"]).await.unwrap();
        assert_eq!(texts, ["a large body"], "{mode}");
    }
    let files = sandbox.files();
    assert_eq!(files.len(), 2, "{files:?}");
    assert!(
        files.iter().all(|name| !name.contains("rejected")),
        "{files:?}"
    );
}
