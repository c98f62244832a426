//! Files of large bodies that are missing or were changed: a clear error, and nothing is lost.

use std::fs;

use cassette_core::Mode;
use cassette_tests::Sandbox;

use crate::files::{record, run};
use crate::limits::bodies;
use crate::servers::Telling;

const MODES: [Mode; 4] = [Mode::Auto, Mode::Replay, Mode::Record, Mode::Update];

/// In every mode the cassette is an error after `damage` of the body's file, and stays as it is.
/// Returns the first line of the text.
async fn check(damage: impl Fn(&Sandbox, &str)) -> String {
    let (sandbox, telling) = (Sandbox::new(), Telling::start());
    telling.says("/", "a large body");
    record(&sandbox, &telling).await;
    damage(&sandbox, &bodies(&sandbox).remove(0));
    let (damaged, files) = (sandbox.read("c.json"), sandbox.files());
    let mut texts = Vec::new();
    for mode in MODES {
        let run = run(&sandbox, "c", mode, &telling, &["/"]);
        let error = run.await.unwrap_err();
        assert!(error.is_format(), "{mode}: {error}");
        texts.push(error.to_string());
    }
    assert_eq!(telling.server.hits(), 1);
    assert_eq!((sandbox.read("c.json"), sandbox.files()), (damaged, files));
    texts.dedup();
    assert_eq!(texts.len(), 1, "{texts:?}");
    let folder = sandbox.path().display().to_string();
    texts[0]
        .replace(&folder, "…")
        .lines()
        .next()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_missing_file_is_named() {
    let text = check(|sandbox, name| fs::remove_file(sandbox.path().join(name)).unwrap()).await;
    insta::assert_snapshot!(text, @"…/c.json is not whole: it needs the file c.9ffbf09dc6d8.bin beside it: No such file or directory (os error 2)");
}

#[tokio::test]
async fn a_changed_file_is_named() {
    let text = check(|sandbox, name| sandbox.write(name, "a large body\r\n")).await;
    insta::assert_snapshot!(text, @"…/c.json is not whole: c.9ffbf09dc6d8.bin was changed: the digest of what it holds is d65f840ce3bd (is it a binary file for git, `*.bin -text`?)");
}

#[tokio::test]
async fn a_file_elsewhere_is_not_read() {
    let text = check(|sandbox, name| {
        sandbox.write(&format!("sub/{name}"), "a large body");
        let text = sandbox.read("c.json");
        sandbox.write("c.json", text.replace(name, &format!("sub/{name}")));
    })
    .await;
    insta::assert_snapshot!(text, @"…/c.json is not whole: `sub/c.9ffbf09dc6d8.bin` is no name of a body's file, like `name.0123456789ab.bin`");
}

#[tokio::test]
async fn a_folder_in_its_place_is_named() {
    let text = check(|sandbox, name| {
        fs::remove_file(sandbox.path().join(name)).unwrap();
        fs::create_dir(sandbox.path().join(name)).unwrap();
    })
    .await;
    insta::assert_snapshot!(text, @"…/c.json is not whole: it needs the file c.9ffbf09dc6d8.bin beside it: Is a directory (os error 21)");
}

#[tokio::test]
async fn a_cassette_and_its_files_can_be_moved_together() {
    let (sandbox, telling) = (Sandbox::new(), Telling::start());
    telling.says("/", "a large body");
    record(&sandbox, &telling).await;
    let moved = Sandbox::new();
    for name in sandbox.files() {
        moved.write(&name, sandbox.read(&name));
    }
    let texts = run(&moved, "c", Mode::Replay, &telling, &["/"]).await;
    assert_eq!(texts.unwrap(), ["a large body"]);
}
