//! Listing 10,000 cassettes takes at most twice what reading their bytes takes.
//!
//! `cargo bench -p cargo-cassette --bench list`. The best of several runs counts on both sides, since what
//! else the machine does only adds to them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const CASSETTES: usize = 10_000;
const RUNS: usize = 20;
const MOST: f64 = 2.0;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let files = project(folder.path());
    let bytes: u64 = files
        .iter()
        .map(|file| fs::metadata(file).unwrap().len())
        .sum();
    let (mut reading, mut listing) = (Duration::MAX, Duration::MAX);
    for _ in 0..RUNS {
        reading = reading.min(time(|| read(&files)));
        listing = listing.min(time(|| list(folder.path())));
    }
    let ratio = listing.as_secs_f64() / reading.as_secs_f64();
    say(&format!(
        "{CASSETTES} cassettes, {bytes} bytes: read in {reading:.1?}, listed in {listing:.1?}: {ratio:.2} times as long"
    ));
    assert!(ratio <= MOST, "more than {MOST} times as long");
}

fn time(work: impl FnOnce()) -> Duration {
    let begin = Instant::now();
    work();
    begin.elapsed()
}

/// One file after the other, as a program does that has nothing else to do with them.
fn read(files: &[PathBuf]) {
    for file in files {
        std::hint::black_box(fs::read(file).unwrap());
    }
}

/// The whole command, with what cargo takes to tell where the package is.
fn list(folder: &Path) {
    let status = Command::new(env!("CARGO_BIN_EXE_cargo-cassette"))
        .args(["list"])
        .current_dir(folder)
        .stdout(Stdio::null())
        .status();
    assert!(status.unwrap().success());
}

/// Makes a package whose cassettes have five interactions each, with bodies as APIs have them.
fn project(folder: &Path) -> Vec<PathBuf> {
    let manifest =
        "[package]\nname = \"many\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n";
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("src/lib.rs"), "").unwrap();
    let file = |number: usize| {
        let module = folder.join(format!("tests/cassettes/api/m{:02}", number % 50));
        fs::create_dir_all(&module).unwrap();
        let path = module.join(format!("t{number}.json"));
        fs::write(&path, cassette(number)).unwrap();
        path
    };
    (0..CASSETTES).map(file).collect()
}

fn cassette(number: usize) -> String {
    let interaction = |page: usize| {
        format!(
            r#"{{"request": {{"method": "POST", "url": "https://api.example.com/v1/users?page={page}", "headers": {{"authorization": "[REDACTED]", "content-type": "application/json"}}, "body": {{"json": {{"model": "m-{number}", "messages": [{{"role": "user", "content": "Create a gamer persona"}}]}}}}}}, "response": {{"status": 200, "headers": {{"content-type": "application/json"}}, "body": {{"json": {{"id": {number}, "kind": "gamer", "tags": ["a", "b", "c"], "text": "{}"}}}}}}}}"#,
            "lorem ipsum ".repeat(20)
        )
    };
    let interactions: Vec<_> = (0..5).map(interaction).collect();
    let text = format!(
        r#"{{"format": 1, "test": "api::m{:02}::t{number}", "source": "tests/api.rs", "recorded_at": "2026-11-21T10:30:00Z", "interactions": [{}]}}"#,
        number % 50,
        interactions.join(", ")
    );
    let cassette = cassette_core::Cassette::from_json(text.as_bytes());
    cassette.unwrap().to_json().unwrap()
}

#[expect(clippy::print_stdout, reason = "what a benchmark is for")]
fn say(text: &str) {
    println!("{text}");
}
