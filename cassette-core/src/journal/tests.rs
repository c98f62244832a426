use std::time::SystemTime;

use tempfile::TempDir;

use super::*;
use crate::cassette::Hashes;

/// A journal in a folder of its own, with these interactions.
fn journal(paths: &[&str]) -> (TempDir, Journal) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.partial.jsonl");
    let journal = Journal::lock(&path, "c.json").unwrap();
    let journal = journal.start(&head("old")).unwrap();
    for (number, path) in paths.iter().enumerate() {
        journal.append(number, &interaction(path)).unwrap();
    }
    (folder, journal)
}

fn head(test: &str) -> Cassette {
    Cassette::new(test.to_owned(), None, SystemTime::now(), Hashes::default())
}

fn interaction(path: &str) -> Interaction {
    let text = format!(
        r#"{{"request":{{"method":"GET","url":"http://e.com{path}"}},"response":{{"status":200}}}}"#
    );
    serde_json::from_str(&text).unwrap()
}

fn rewrite(journal: &Journal, paths: &[&str]) -> Result<()> {
    let interactions = paths.iter().map(|path| interaction(path));
    journal.rewrite(&head("new"), interactions.enumerate())
}

/// The URLs of what a killed recording has left there, behind the name of its test.
fn left_over(path: &Path) -> Vec<String> {
    let lock = Journal::lock(path, "c.json").unwrap();
    let cassette = lock.left_over().unwrap().unwrap();
    lock.leave();
    let urls = cassette
        .interactions()
        .iter()
        .map(|interaction| interaction.request().url().to_owned());
    [cassette.test().to_owned()]
        .into_iter()
        .chain(urls)
        .collect()
}

const REWRITTEN: [&str; 4] = ["new", "http://e.com/1", "http://e.com/2", "http://e.com/3"];

#[test]
fn a_rewritten_journal_goes_on() {
    let (folder, journal) = journal(&["/secret", "/2"]);
    rewrite(&journal, &["/1", "/2"]).unwrap();
    journal.append(2, &interaction("/3")).unwrap();
    let text = fs::read_to_string(&journal.path).unwrap();
    assert_eq!(text.lines().count(), 4);
    assert!(!text.contains("secret"), "{text}");
    let files = fs::read_dir(folder.path()).unwrap();
    assert_eq!(files.count(), 1, "nothing else is left");

    journal.keep().unwrap();
    assert_eq!(left_over(&journal.path), REWRITTEN);
    journal.remove().unwrap();
    assert!(!journal.path.exists());
}

#[test]
fn a_shorter_journal_leaves_nothing_of_a_longer_one() {
    let (_folder, journal) = journal(&["/secret/secret/secret", "/secret"]);
    rewrite(&journal, &["/1"]).unwrap();
    rewrite(&journal, &["/1", "/2", "/3"]).unwrap();
    journal.keep().unwrap();
    assert_eq!(left_over(&journal.path), REWRITTEN);
}

/// As on Windows.
#[test]
fn a_journal_that_is_rewritten_in_place_goes_on() {
    let (_folder, journal) = journal(&["/secret/secret/secret", "/secret"]);
    let lines = [Line {
        number: 0,
        interaction: interaction("/1"),
    }];
    let text = text(&head("new"), lines.into_iter()).unwrap();
    rewrite_in_place(&mut journal.file.lock().unwrap(), text.as_bytes()).unwrap();
    journal.append(1, &interaction("/2")).unwrap();
    journal.append(2, &interaction("/3")).unwrap();
    journal.keep().unwrap();
    assert_eq!(left_over(&journal.path), REWRITTEN);
}

#[test]
fn who_waits_for_a_journal_waits_for_the_rewritten_one() {
    let (_folder, journal) = journal(&["/secret"]);
    let waiting = open(&journal.path).unwrap();
    assert!(is_locked(&waiting));
    rewrite(&journal, &["/1"]).unwrap();
    // The old file is nobody's, and not the one at the path.
    assert!(!is_locked(&waiting));
    assert!(!is_at(&waiting, &journal.path));
    assert!(is_locked(&open(&journal.path).unwrap()));

    let path = journal.path.clone();
    let waiter = thread::spawn(move || left_over(&path));
    journal.append(1, &interaction("/2")).unwrap();
    journal.append(2, &interaction("/3")).unwrap();
    journal.keep().unwrap();
    assert_eq!(waiter.join().unwrap(), REWRITTEN);
}

fn is_locked(file: &File) -> bool {
    matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}

#[test]
fn a_recording_that_is_killed_after_that_leaves_all() {
    let (_folder, journal) = journal(&["/secret"]);
    rewrite(&journal, &["/1", "/2"]).unwrap();
    journal.append(2, &interaction("/3")).unwrap();
    let path = journal.path.clone();
    // Killed while it wrote a line.
    journal
        .file
        .lock()
        .unwrap()
        .write_all(br#"{"number":3,"inter"#)
        .unwrap();
    drop(journal);
    assert_eq!(left_over(&path), REWRITTEN);
}

#[test]
fn a_journal_that_cannot_be_rewritten_stays_and_stays_locked() {
    let (folder, journal) = journal(&["/1"]);
    // Where it was there is no folder now: no new file can be made.
    let elsewhere = tempfile::tempdir().unwrap();
    let moved = elsewhere.path().join("moved");
    fs::rename(folder.path(), &moved).unwrap();
    let error = rewrite(&journal, &["/never"]).unwrap_err();
    assert!(error.is_storage(), "{error}");

    let path = moved.join("c.partial.jsonl");
    assert!(is_locked(&open(&path).unwrap()));
    journal.append(1, &interaction("/2")).unwrap();
    journal.keep().unwrap();
    assert_eq!(
        left_over(&path),
        ["old", "http://e.com/1", "http://e.com/2"]
    );
}

#[cfg(unix)]
#[test]
fn the_journal_of_another_is_left_alone() {
    let (_folder, journal) = journal(&["/secret"]);
    fs::remove_file(&journal.path).unwrap();
    fs::write(&journal.path, "another's").unwrap();
    rewrite(&journal, &["/1"]).unwrap();
    assert_eq!(fs::read_to_string(&journal.path).unwrap(), "another's");
}

#[cfg(unix)]
#[test]
fn a_rewritten_journal_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let (_folder, journal) = journal(&["/secret"]);
    rewrite(&journal, &["/1"]).unwrap();
    let metadata = fs::metadata(&journal.path).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
}

#[test]
fn what_a_killed_recording_left_is_read_and_stays_until_it_is_removed() {
    let (_folder, journal) = journal(&["/1", "/2"]);
    let path = journal.path.clone();
    drop(journal);
    let partial = PartialRecording::open(&path).unwrap();
    let cassette = partial.cassette().unwrap().unwrap();
    assert_eq!(cassette.interactions().len(), 2);
    drop(partial);
    assert!(path.exists());
    PartialRecording::open(&path).unwrap().remove().unwrap();
    assert!(!path.exists());
    assert!(PartialRecording::open(&path).unwrap_err().is_storage());
    assert!(!path.exists(), "looking made one");
}

#[test]
fn the_journal_of_a_recording_that_runs_is_not_touched() {
    let (_folder, journal) = journal(&["/1"]);
    let error = PartialRecording::open(&journal.path).unwrap_err();
    assert!(error.is_busy(), "{error}");
    assert!(journal.path.exists());
}
