//! A project in a folder of its own, and the command run in it.
#![expect(dead_code, reason = "each test binary uses its part")]

pub(crate) mod last_run;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

/// What an environment may hold that would change what the command does.
const FOREIGN: [&str; 12] = [
    "CARGO_MANIFEST_DIR",
    "CARGO_TARGET_DIR",
    "CASSETTE_ALLOW_FALLBACK",
    "CASSETTE_DIR",
    "CASSETTE_EVENTS",
    "CASSETTE_MODE",
    "CASSETTE_ONLY",
    "CI",
    "CLICOLOR_FORCE",
    "NO_COLOR",
    "RUST_TEST_THREADS",
    "RUST_BACKTRACE",
];

/// A cargo project in a temporary folder, removed at the end.
#[must_use = "dropped, the folder is removed"]
pub(crate) struct Project {
    folder: PathBuf,
    _removed: Option<TempDir>,
}

impl Project {
    /// Makes one of a package without tests, in a git repository.
    pub(crate) fn new() -> Self {
        let project = Self::nowhere();
        project.write(
            "Cargo.toml",
            "[package]\nname = \"fixture\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n",
        );
        project.write("src/lib.rs", "");
        project.git(&["init", "-q"]);
        project
    }

    /// Makes a folder in which there is nothing.
    pub(crate) fn nowhere() -> Self {
        let folder = TempDir::with_prefix("cargo-cassette-").unwrap();
        Self {
            folder: folder.path().canonicalize().unwrap(),
            _removed: Some(folder),
        }
    }

    /// Takes a folder that stays.
    pub(crate) fn at(folder: &Path) -> Self {
        Self {
            folder: folder.canonicalize().unwrap(),
            _removed: None,
        }
    }

    /// Returns where it is, as the system calls it.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.clone()
    }

    /// Writes a file, and makes the folders above it.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        self.path().join(name).exists()
    }

    pub(crate) fn git(&self, arguments: &[&str]) {
        let status = clean("git", &self.path()).args(arguments).status();
        assert!(status.unwrap().success(), "git {arguments:?}");
    }

    /// Commits all there is.
    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&[
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@t",
            "commit",
            "-qm",
            message,
        ]);
    }

    /// Prepares the command in this folder.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = clean(env!("CARGO_BIN_EXE_cargo-cassette"), &self.path());
        command.arg("cassette").args(arguments);
        command
    }

    /// Runs the command in this folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.ran(&self.command(arguments).output().unwrap())
    }

    /// Returns what a command wrote, with the folder and times masked.
    pub(crate) fn ran(&self, output: &Output) -> Ran {
        let text = |bytes: &[u8]| self.masked(&String::from_utf8_lossy(bytes));
        Ran {
            code: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    fn masked(&self, text: &str) -> String {
        let text = text.replace(&self.path().display().to_string(), "[project]");
        let lines: Vec<_> = text.lines().map(without_time).collect();
        lines.join("\n")
    }
}

/// How the command ended, and what it wrote.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// As a person sees it, with the exit code below.
impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            code,
            stdout,
            stderr,
        } = self;
        if !stdout.is_empty() {
            writeln!(f, "{}", stdout.trim_end())?;
        }
        if !stderr.is_empty() {
            writeln!(f, "--- stderr\n{}", stderr.trim_end())?;
        }
        write!(f, "--- exit code {}", code.unwrap_or(-1))
    }
}

fn clean(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(program);
    for name in FOREIGN {
        command.env_remove(name);
    }
    command
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .stdin(Stdio::null());
    command
}

/// Masks `17 ms` and `1.2 s`, whose length would move a column.
fn without_time(line: &str) -> String {
    let words: Vec<_> = line.split(' ').collect();
    let mut masked: Vec<&str> = Vec::new();
    for word in words {
        let unit = word.trim_end_matches(')');
        let number = masked.last().is_some_and(|last| {
            let last = last.trim_start_matches('(');
            !last.is_empty() && last.chars().all(|c| c.is_ascii_digit() || c == '.')
        });
        if number && matches!(unit, "ms" | "s") {
            masked.pop();
            while masked.last() == Some(&"") {
                masked.pop();
            }
            masked.push("[time]");
        } else {
            masked.push(word);
        }
    }
    let line = masked.join(" ");
    match line.strip_suffix(" time").or(line.strip_suffix(" [time]")) {
        Some(start) => format!("{}  {}", start.trim_end(), line[start.len()..].trim()),
        None => line.trim_end().to_owned(),
    }
}

/// Returns a cassette of this test, recorded three days ago, with these interactions.
pub(crate) fn cassette(test: &str, interactions: &[&str]) -> String {
    with_head(&format!("\"test\": \"{test}\""), interactions)
}

/// Returns a cassette with these fields between its format and its interactions.
pub(crate) fn with_head(fields: &str, interactions: &[&str]) -> String {
    let (head, rest) = match fields.split_once(", \"fingerprint\"") {
        Some((head, rest)) => (head, format!("\"fingerprint\"{rest}, ")),
        None => (fields, String::new()),
    };
    let at = SystemTime::now() - Duration::from_secs(3 * 86_400 + 60);
    let at = humantime::format_rfc3339_seconds(at);
    let text = format!(
        "{{\"format\": 1, {head}, \"recorded_at\": \"{at}\", {rest}\"interactions\": [{}]}}",
        interactions.join(", ")
    );
    let cassette = cassette_core::Cassette::from_json(text.as_bytes());
    cassette.unwrap().to_json().unwrap()
}

/// An interaction that is all in order.
pub(crate) const PING: &str = r#"{"request": {"method": "GET", "url": "http://api/ping"}, "response": {"status": 200, "headers": {"content-type": "application/json"}, "body": {"json": {"pong": 1.10}}}}"#;

/// Returns a text as `.json.gz` has it.
pub(crate) fn gzip(text: &str) -> Vec<u8> {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}
