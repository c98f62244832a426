//! The fuzzer's corpus, read by an ordinary test, and what is too large or too deep for a corpus.

#[path = "../../fuzz/check.rs"]
mod check;

use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use std::{fs, thread};

use cassette_core::{Error, Mode, Unused};
use cassette_reqwest::scope;
#[cfg(target_os = "linux")]
use cassette_tests::Child;
use cassette_tests::Sandbox;

use check::check;

/// A file of the corpus takes milliseconds; one that takes this long takes for ever.
const LIMIT: Duration = Duration::from_secs(60);

/// Half of what a thread has by default.
const STACK: usize = 1024 * 1024;

/// Calls `work`, and panics where it panics or does not end.
#[track_caller]
fn in_bounds<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || sender.send(work()))
        .expect("a thread can be started");
    receiver
        .recv_timeout(LIMIT)
        .unwrap_or_else(|why| match why {
            RecvTimeoutError::Timeout => panic!("{name} is not read within {LIMIT:?}"),
            RecvTimeoutError::Disconnected => panic!("{name} is read wrongly, as said above"),
        })
}

fn corpus() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/read_cassette");
    let files = fs::read_dir(folder).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, fs::read(path).unwrap())
    });
    files.collect()
}

/// Files written by hand say in their name what they are; what a fuzzer has found may be either.
#[test]
fn each_file_of_the_corpus_is_a_cassette_or_an_error_with_its_place() {
    let (mut good, mut bad) = (0, 0);
    for (name, bytes) in corpus() {
        let read = in_bounds(&name, move || check(&bytes));
        match (read, name.split('-').next()) {
            (Err(error), Some("good")) => panic!("{name} is refused: {error}"),
            (Ok(_), Some("bad")) => panic!("{name} is not refused"),
            (Ok(_), _) => good += 1,
            (Err(_), _) => bad += 1,
        }
    }
    assert!(good > 50 && bad > 50, "{good} cassettes, {bad} others");
}

/// Returns a cassette with one answer, whose body this is.
fn cassette(body: &str) -> String {
    format!(
        r#"{{"format":1,"test":"c","recorded_at":"2026-11-21T10:30:00Z","interactions":[{{"request":{{"method":"GET","url":"http://e.com/"}},"response":{{"status":200,"body":{body}}}}}]}}"#
    )
}

const MILLION: usize = 1_000_000;

fn refusal(text: String) -> String {
    let read = in_bounds("a generated file", move || check(text.as_bytes()));
    read.unwrap_err()
}

#[test]
fn a_million_levels_are_refused_at_the_first_too_many() {
    let deep = |open: &str, close: &str| open.repeat(MILLION) + &close.repeat(MILLION);
    let check = |text: String, column: usize| {
        let expected = format!("it is nested deeper than 128 at line 1 column {column}");
        assert_eq!(refusal(text), expected);
    };
    check(deep("[", ""), 129);
    check(deep("[", "]"), 129);
    check(deep(r#"{"a":"#, "}"), 128 * 5 + 1);
    let around = cassette("").find("}}]}").unwrap();
    // Five levels are the file's own.
    let begin = r#"{"json":"#.len();
    let json = |inner: String| cassette(&format!(r#"{{"json":{inner}}}"#));
    check(json(deep("[", "]")), around + begin + 124);
    let parts = deep(r#"{"boundary":"b","parts":[{"body":"#, "}]}");
    assert!(
        refusal(cassette(&parts)).starts_with("it is nested deeper than 128 at line 1 column ")
    );
}

/// Opens the cassette `c`.
async fn load(sandbox: &Sandbox) -> Result<(), Error> {
    let config = sandbox.config(Mode::Replay).unused(Unused::Allow);
    scope("c", config, async {}).await
}

/// Loads a cassette whose answer's body is in the file of this name, and returns why it is refused.
async fn refusal_of_file(sandbox: &Sandbox, name: &str) -> String {
    sandbox.write("c.json", cassette(&format!(r#"{{"file":"{name}"}}"#)));
    let error = load(sandbox).await.unwrap_err();
    assert!(error.is_format(), "{error}");
    let text = error.to_string();
    let text = text.replace(&sandbox.path().display().to_string(), "…");
    text.lines().next().unwrap_or_default().to_owned()
}

/// Makes a file of half a gigabyte and more that takes no room on the disk.
fn write_sparse(sandbox: &Sandbox, name: &str) {
    let file = fs::File::create(sandbox.path().join(name)).unwrap();
    file.set_len(TOO_LARGE).unwrap();
}

const TOO_LARGE: u64 = 512 * 1024 * 1024 + 1;

const BODY: &str = "c.0123456789ab.bin";

#[tokio::test]
async fn a_body_s_file_that_is_not_as_recorded_is_refused() {
    let sandbox = Sandbox::new();
    insta::assert_snapshot!(refusal_of_file(&sandbox, BODY).await, @"…/c.json is not whole: it needs the file c.0123456789ab.bin beside it: No such file or directory (os error 2)");
    sandbox.write(BODY, "another body");
    insta::assert_snapshot!(refusal_of_file(&sandbox, BODY).await, @"…/c.json is not whole: c.0123456789ab.bin was changed: the digest of what it holds is 867ad8c10a26 (is it a binary file for git, `*.bin -text`?)");
    write_sparse(&sandbox, BODY);
    insta::assert_snapshot!(refusal_of_file(&sandbox, BODY).await, @"…/c.json is not whole: it needs the file c.0123456789ab.bin beside it: it has more than 536870912 bytes, which is refused");
    // The digest of no bytes, so that only the name or the split can be wrong.
    let empty = "c.e3b0c44298fc.bin";
    sandbox.write(empty, "");
    sandbox.write("c.json", cassette(&format!(r#"{{"file":"{empty}"}}"#)));
    load(&sandbox).await.unwrap();
    insta::assert_snapshot!(refusal_of_file(&sandbox, &format!(r#"{empty}","split":"1 2"#)).await, @"…/c.json is not whole: `split` speaks of 3 bytes, the body has 0: write the lengths anew, or remove `split`");
}

#[tokio::test]
async fn a_body_s_file_is_one_beside_the_cassette() {
    let sandbox = Sandbox::new();
    sandbox.write("c.e3b0c44298fc.bin", "");
    sandbox.write("other/c.e3b0c44298fc.bin", "");
    let absolute = sandbox.path().join("c.e3b0c44298fc.bin");
    for name in [
        "other/c.e3b0c44298fc.bin",
        "./c.e3b0c44298fc.bin",
        "other/../c.e3b0c44298fc.bin",
        absolute.to_str().unwrap(),
        "c.json",
        "",
    ] {
        let name = name.replace('\\', "\\\\");
        let error = refusal_of_file(&sandbox, &name).await;
        let why = "is no name of a body's file, like `name.0123456789ab.bin`";
        assert!(error.ends_with(why), "{error}");
    }
}

/// In a process of its own, whose memory no other test shares.
#[cfg(target_os = "linux")]
#[tokio::test]
#[ignore = "run by its parent"]
async fn refuses_what_is_too_deep_or_too_large() {
    let sandbox = Sandbox::new();
    let peak_before = peak();
    assert!(refusal("[".repeat(MILLION)).contains("nested deeper than 128"));
    write_sparse(&sandbox, BODY);
    let error = refusal_of_file(&sandbox, BODY).await;
    assert!(error.contains("which is refused"), "{error}");
    write_sparse(&sandbox, "c.json");
    let error = load(&sandbox).await.unwrap_err();
    assert!(
        format!("{error:?}").contains("which is refused"),
        "{error:?}"
    );
    let taken = peak() - peak_before;
    assert!(taken < 16 * 1024 * 1024, "{taken} bytes of memory");
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_too_deep_or_too_large_takes_no_memory() {
    let sandbox = Sandbox::new();
    let child = Child::exactly("refuses_what_is_too_deep_or_too_large", &sandbox, "");
    child.run().expect_passed(1);
}

/// Returns how much memory this process has had at most, in bytes.
#[cfg(target_os = "linux")]
fn peak() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let mut lines = status.lines();
    let peak = lines.find_map(|line| line.strip_prefix("VmHWM:")?.strip_suffix(" kB"));
    peak.unwrap().trim().parse::<usize>().unwrap() * 1024
}
