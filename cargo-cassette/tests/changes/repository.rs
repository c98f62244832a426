//! A package with cassettes in a git repository, and `cargo cassette` run in it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

pub(crate) struct Repository {
    folder: TempDir,
    /// The folder of the package.
    pub(crate) root: PathBuf,
}

/// What a command said.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Repository {
    /// Makes a package at the root of a repository without a commit.
    pub(crate) fn new() -> Self {
        let repository = Self::without_git();
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    /// Makes a package in a folder below the root of a repository without a commit.
    pub(crate) fn with_package_below() -> Self {
        let mut repository = Self::new();
        let root = repository.folder.path().canonicalize().unwrap();
        repository.root = root.join("below/package");
        package(&repository.root);
        repository
    }

    pub(crate) fn without_git() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        package(&root);
        Self { folder, root }
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    pub(crate) fn cassette_path(&self, file: &str) -> PathBuf {
        self.path("tests/cassettes").join(file)
    }

    pub(crate) fn write(&self, file: &str, content: impl AsRef<[u8]>) {
        let path = self.cassette_path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Writes a cassette with these interactions.
    pub(crate) fn record(&self, name: &str, interactions: &[Value]) {
        self.write(&format!("{name}.json"), cassette(name, interactions));
    }

    pub(crate) fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=cassettes"]);
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let mut git = Command::new("git");
        git.current_dir(self.folder.path()).args(arguments);
        clean(&mut git);
        let output = git.output().unwrap();
        let said = Said::of(&output);
        assert!(output.status.success(), "git {arguments:?}: {}", said.err);
        said.out
    }

    /// Runs `cargo cassette` in the folder of the package.
    pub(crate) fn cassette(&self, arguments: &[&str]) -> Said {
        Said::of(&self.command(arguments).output().unwrap())
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-cassette"));
        command
            .arg("cassette")
            .args(arguments)
            .current_dir(&self.root);
        clean(&mut command);
        command
    }

    /// The names of the files of cassettes that are there.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut names: Vec<_> = names(&self.path("tests/cassettes"), "");
        names.sort();
        names
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.cassette_path(file)).unwrap()
    }
}

impl Said {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.out)?;
        if !self.err.is_empty() {
            write!(f, "--- stderr\n{}", self.err)?;
        }
        match self.code {
            Some(0) => Ok(()),
            code => write!(f, "--- exit {}", code.unwrap_or(-1)),
        }
    }
}

/// No setting of whoever runs the tests counts.
pub(crate) fn clean(command: &mut Command) {
    for name in [
        "CASSETTE_DIR",
        "CASSETTE_MODE",
        "CASSETTE_EVENTS",
        "CARGO_TARGET_DIR",
        "GIT_DIR",
        "CLICOLOR_FORCE",
    ] {
        command.env_remove(name);
    }
    let null = OsStr::new(if cfg!(windows) { "NUL" } else { "/dev/null" });
    for (name, value) in [
        ("GIT_CONFIG_GLOBAL", null),
        ("GIT_CONFIG_SYSTEM", null),
        ("GIT_AUTHOR_NAME", OsStr::new("ada")),
        ("GIT_AUTHOR_EMAIL", OsStr::new("ada@example.com")),
        ("GIT_COMMITTER_NAME", OsStr::new("ada")),
        ("GIT_COMMITTER_EMAIL", OsStr::new("ada@example.com")),
        ("NO_COLOR", OsStr::new("1")),
    ] {
        command.env(name, value);
    }
}

/// The text of a cassette.
pub(crate) fn cassette(test: &str, interactions: &[Value]) -> String {
    let file = json!({
        "format": 1,
        "test": test.replace('/', "::"),
        "recorded_at": "2026-11-21T10:30:00Z",
        "interactions": interactions,
    });
    serde_json::to_string_pretty(&file).unwrap() + "\n"
}

/// An interaction that asks for a path.
#[expect(clippy::needless_pass_by_value, reason = "`json!` stands in the calls")]
pub(crate) fn get(path: &str, response: Value) -> Value {
    json!({
        "request": { "method": "GET", "url": format!("http://shop.test{path}") },
        "response": response,
    })
}

/// An answer with JSON.
#[expect(clippy::needless_pass_by_value, reason = "`json!` stands in the calls")]
pub(crate) fn ok(json: Value) -> Value {
    json!({ "status": 200, "headers": { "content-type": "application/json" }, "body": { "json": json } })
}

/// The name of the file beside a cassette that holds this body.
pub(crate) fn body_file(stem: &str, content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let digits: String = digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{stem}.{digits}.bin")
}

fn package(root: &Path) {
    fs::create_dir_all(root.join("src")).unwrap();
    let manifest =
        "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n";
    fs::write(root.join("Cargo.toml"), manifest).unwrap();
    fs::write(root.join("src/lib.rs"), "").unwrap();
    fs::write(root.join(".gitignore"), "/target\nCargo.lock\n").unwrap();
}

fn names(folder: &Path, below: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let entries = entries.map(|entry| entry.unwrap());
    let of = |entry: fs::DirEntry| {
        let name = format!("{below}{}", entry.file_name().into_string().unwrap());
        match entry.path().is_dir() {
            true => names(&entry.path(), &format!("{name}/")),
            false => vec![name],
        }
    };
    entries.flat_map(of).collect()
}
