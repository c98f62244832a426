use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::server::Server;
use crate::support::{Project, Ran};

const TESTS: &str = include_str!("project/api.rs");

/// The project, as long as no other test has it.
pub(crate) struct Weather {
    pub(crate) project: Project,
    pub(crate) server: Server,
    _lock: File,
}

impl Weather {
    /// Takes the project: its tests are as they stand here, and nothing is recorded.
    pub(crate) fn take() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("weather");
        fs::create_dir_all(&folder).unwrap();
        let lock = File::create(folder.with_extension("lock")).unwrap();
        lock.lock().unwrap();
        let project = Project::at(&folder);
        let server = Server::start();
        let keep = ["Cargo.toml", "Cargo.lock", "src", "tests", "origin"];
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if !keep.iter().any(|name| path.ends_with(name)) {
                remove(&path);
            }
        }
        remove(&folder.join("tests/cassettes"));
        remove(&folder.join("tests/tapes"));
        put(&folder.join("Cargo.toml"), &manifest());
        put(&folder.join("src/lib.rs"), "");
        put(&folder.join("tests/api.rs"), TESTS);
        put(&folder.join("origin"), &server.origin);
        let locked = workspace().join("Cargo.lock");
        put(
            &folder.join("Cargo.lock"),
            &fs::read_to_string(locked).unwrap(),
        );
        project.git(&["init", "-q"]);
        Self {
            project,
            server,
            _lock: lock,
        }
    }

    /// The same, with a recording of all tests.
    pub(crate) fn recorded() -> Self {
        let weather = Self::take();
        let ran = weather.run(&["record"]);
        assert_eq!(ran.code, Some(0), "{ran}");
        weather
    }

    /// Makes tests behave in another way.
    pub(crate) fn switch(&self, name: &str) {
        self.project.write(name, "");
    }

    pub(crate) fn switch_off(&self, name: &str) {
        fs::remove_file(self.project.path().join(name)).unwrap();
    }

    /// Changes a line of the test `changes`.
    pub(crate) fn change(&self) {
        let changed = TESTS.replace("let path = \"/changes\";", "let path = \"/changed\";");
        assert_ne!(changed, TESTS);
        put(&self.project.path().join("tests/api.rs"), &changed);
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.project.command(arguments);
        command.env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap(),
        );
        command.env("CARGO_NET_OFFLINE", "true");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.project.ran(&self.command(arguments).output().unwrap())
    }

    /// Returns the part of the output behind that of the tests, whose order is left to chance.
    pub(crate) fn summary(ran: &Ran) -> String {
        let (_, summary) = ran
            .stdout
            .rsplit_once("\n\n")
            .unwrap_or_else(|| panic!("{ran}"));
        let mut lines: Vec<_> = summary.lines().collect();
        let end = lines.len() - 1;
        if end > 1 {
            lines[1..end].sort_unstable();
        }
        let advice = ran.stderr.lines().filter(|line| {
            ["help: ", "note: ", "interrupted"]
                .iter()
                .any(|begin| line.starts_with(begin))
        });
        lines.extend(advice.filter(|line| !line.starts_with("note: run with")));
        format!(
            "{}\n--- exit code {}",
            lines.join("\n"),
            ran.code.unwrap_or(-1)
        )
    }

    /// Returns the names of the files below the folder of cassettes, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut names = Vec::new();
        let folder = self.project.path().join("tests/cassettes/api");
        for entry in fs::read_dir(folder).into_iter().flatten() {
            names.push(entry.unwrap().file_name().into_string().unwrap());
        }
        names.sort();
        names
    }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// The profile is that of the workspace, so that what both need is built once.
fn manifest() -> String {
    format!(
        "[package]\nname = \"cassette-weather\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [lib]\ntest = false\ndoctest = false\n\n\
         [dev-dependencies]\n\
         cassette-reqwest = {{ path = {:?}, default-features = false }}\n\
         tokio = {{ version = \"1\", features = [\"macros\"] }}\n\n\
         [profile.dev]\ndebug = \"line-tables-only\"\n\n[workspace]\n",
        workspace().join("cassette-reqwest")
    )
}

/// Writes a file only where it has another content: else cargo would build anew.
fn put(path: &Path, content: &str) {
    if fs::read_to_string(path).is_ok_and(|old| old == content) {
        return;
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

fn remove(path: &Path) {
    let removed = match path.is_dir() {
        true => fs::remove_dir_all(path),
        false => fs::remove_file(path),
    };
    let is_gone = removed.is_ok() || !path.exists();
    assert!(is_gone, "{}", path.display());
}
