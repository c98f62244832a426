//! The files of large bodies from one recording to the next: what is no longer named goes, and what has
//! not changed is not touched.

use std::fs;
use std::time::SystemTime;

use cassette_core::{Error, Mode};
use cassette_reqwest::{client, scope};
use cassette_tests::Sandbox;

use crate::limits::bodies;
use crate::servers::Telling;

/// Asks for these paths, in a cassette whose bodies are large from 9 bytes on.
pub(crate) async fn run(
    sandbox: &Sandbox,
    name: &str,
    mode: Mode,
    telling: &Telling,
    paths: &[&str],
) -> Result<Vec<String>, Error> {
    let session = scope(name, sandbox.config(mode).body_limit(8), async {
        let mut texts = Vec::new();
        for path in paths {
            let answer = client().get(telling.server.url(path)).send().await;
            texts.push(answer.unwrap().text().await.unwrap());
        }
        texts
    });
    session.await
}

pub(crate) async fn record(sandbox: &Sandbox, telling: &Telling) {
    let run = run(sandbox, "c", Mode::Record, telling, &["/"]);
    run.await.unwrap();
}

/// Returns what decides whether a file was written: when, and which it is.
fn written(sandbox: &Sandbox, name: &str) -> (SystemTime, u64) {
    let metadata = fs::metadata(sandbox.path().join(name)).unwrap();
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let inode = 0;
    (metadata.modified().unwrap(), inode)
}

#[tokio::test]
async fn another_body_takes_the_place_of_the_old_file() {
    let (sandbox, telling) = (Sandbox::new(), Telling::start());
    telling.says("/", "the first body");
    record(&sandbox, &telling).await;
    let first = bodies(&sandbox);
    telling.says("/", "the second body");
    record(&sandbox, &telling).await;
    let second = bodies(&sandbox);
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_ne!(first, second);
    assert_eq!(sandbox.read(&second[0]), "the second body");

    telling.says("/", "small");
    record(&sandbox, &telling).await;
    assert_eq!(sandbox.files(), ["c.json"]);
}

#[tokio::test]
async fn a_recording_that_brings_nothing_new_touches_no_file() {
    let (sandbox, telling) = (Sandbox::new(), Telling::start());
    telling.says("/", "a large body");
    record(&sandbox, &telling).await;
    let files = sandbox.files();
    let before: Vec<_> = files.iter().map(|name| written(&sandbox, name)).collect();
    record(&sandbox, &telling).await;
    let after: Vec<_> = files.iter().map(|name| written(&sandbox, name)).collect();
    assert_eq!((sandbox.files(), after), (files, before));
}

#[tokio::test]
async fn a_body_that_stays_keeps_its_file_untouched_beside_one_that_changes() {
    let (sandbox, telling) = (Sandbox::new(), Telling::start());
    telling.says("/stays", "this one stays");
    telling.says("/changes", "this one changes");
    let record = || {
        run(
            &sandbox,
            "c",
            Mode::Record,
            &telling,
            &["/stays", "/changes"],
        )
    };
    record().await.unwrap();
    let name = |number: usize| {
        let cassette = sandbox.cassette("c.json");
        let file = &cassette["interactions"][number]["response"]["body"]["file"];
        file.as_str().unwrap().to_owned()
    };
    let (stays, changes) = (name(0), name(1));
    let before = written(&sandbox, &stays);
    telling.says("/changes", "it has changed");
    record().await.unwrap();
    assert_eq!((name(0), written(&sandbox, &stays)), (stays, before));
    assert_ne!(name(1), changes);
    assert!(!sandbox.exists(&changes));
}

#[tokio::test]
async fn another_limit_moves_a_body_into_the_cassette_and_out_of_it() {
    let (sandbox, telling) = (Sandbox::new(), Telling::start());
    telling.says("/", "fourteen bytes");
    let record = async |limit| {
        let config = sandbox.config(Mode::Record).body_limit(limit);
        let session = scope("c", config, async {
            drop(client().get(telling.server.url("/")).send().await.unwrap());
        });
        session.await.unwrap();
        bodies(&sandbox).len()
    };
    assert_eq!(record(14).await, 0);
    assert_eq!(record(13).await, 1);
    assert_eq!(record(14).await, 0);
}

#[tokio::test]
async fn the_limit_of_a_replay_says_nothing_of_what_is_recorded() {
    let (sandbox, telling) = (Sandbox::new(), Telling::start());
    telling.says("/", "fourteen bytes");
    record(&sandbox, &telling).await;
    let config = sandbox.config(Mode::Replay).body_limit(1 << 20);
    let session = scope("c", config, async {
        let answer = client().get(telling.server.url("/")).send().await.unwrap();
        answer.text().await.unwrap()
    });
    assert_eq!(session.await.unwrap(), "fourteen bytes");
}

#[tokio::test]
async fn the_files_of_neighbours_are_left_alone() {
    let (sandbox, telling) = (Sandbox::new(), Telling::start());
    let neighbours = ["c.x", "c2", "c.0123456789ab", "sub/c"];
    for name in neighbours {
        telling.says("/", format!("a large body of {name}"));
        let run = run(&sandbox, name, Mode::Record, &telling, &["/"]);
        run.await.unwrap();
    }
    let theirs = sandbox.files();
    assert_eq!(theirs.len(), 8, "{theirs:?}");
    for body in ["a large body of c", "another large body of c", "small"] {
        telling.says("/", body);
        record(&sandbox, &telling).await;
    }
    let mut files = sandbox.files();
    files.retain(|name| name != "c.json");
    assert_eq!(files, theirs);
    for name in neighbours {
        let texts = run(&sandbox, name, Mode::Replay, &telling, &["/"]).await;
        assert_eq!(texts.unwrap(), [format!("a large body of {name}")]);
    }
}

#[tokio::test]
async fn a_file_that_is_no_bodys_is_left_alone() {
    let (sandbox, telling) = (Sandbox::new(), Telling::start());
    let others = [
        "c.bin",
        "c.notes.bin",
        "c.0123456789AB.bin",
        "c.0123456789ab.txt",
    ];
    for name in others {
        sandbox.write(name, "mine");
    }
    for body in ["a large body", "small"] {
        telling.says("/", body);
        record(&sandbox, &telling).await;
    }
    for name in others {
        assert_eq!(sandbox.read(name), "mine");
    }
}

#[tokio::test]
async fn an_update_keeps_the_files_of_what_it_did_not_play() {
    let (sandbox, telling) = (Sandbox::new(), Telling::start());
    for path in ["/played", "/unplayed", "/new"] {
        telling.says(path, format!("a large body of {path}"));
    }
    let recorded = run(
        &sandbox,
        "c",
        Mode::Record,
        &telling,
        &["/played", "/unplayed"],
    );
    recorded.await.unwrap();
    let before = bodies(&sandbox);
    let updated = run(&sandbox, "c", Mode::Update, &telling, &["/played", "/new"]);
    updated.await.unwrap();
    assert_eq!(telling.server.paths(), ["/played", "/unplayed", "/new"]);
    let after = bodies(&sandbox);
    assert_eq!(after.len(), 3);
    assert!(before.iter().all(|name| after.contains(name)));
    let all = ["/played", "/unplayed", "/new"];
    let texts = run(&sandbox, "c", Mode::Replay, &telling, &all).await;
    assert_eq!(
        texts.unwrap(),
        all.map(|path| format!("a large body of {path}"))
    );
}
