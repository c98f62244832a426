use std::process::{Command, Output, Stdio};

use crate::Sandbox;

/// Where a child finds its parent's server.
const SERVER: &str = "TEST_SERVER";

/// What an environment may hold that would change how the child behaves.
const FOREIGN: [&str; 10] = [
    "CASSETTE_ALLOW_FALLBACK",
    "CASSETTE_EVENTS",
    "CASSETTE_MODE",
    "CASSETTE_ONLY",
    "CI",
    "RUST_BACKTRACE",
    "RUST_LIB_BACKTRACE",
    "RUST_TEST_NOCAPTURE",
    "RUST_TEST_SHUFFLE",
    "RUST_TEST_THREADS",
];

/// Tests of this test binary, run by the harness in a process of its own with their cassettes in
/// a sandbox and a server to ask.
///
/// Such tests are marked `#[ignore = "run by its parent"]`. Their output is captured, as it is
/// for everybody.
#[derive(Debug)]
#[must_use = "nothing runs before `output` or `command`"]
pub struct Child(Command);

impl Child {
    /// Prepares the ignored tests whose names contain `filter`; `origin` is the URL of a server
    /// for them, without a path.
    ///
    /// # Panics
    ///
    /// When the system does not know the running binary.
    pub fn new(filter: &str, sandbox: &Sandbox, origin: &str) -> Self {
        let binary = std::env::current_exe().expect("the running binary has a path");
        let mut command = Command::new(binary);
        command.args([filter, "--ignored"]);
        Self::prepare(command, sandbox, origin)
    }

    /// Prepares the one ignored test of this name.
    pub fn exactly(test: &str, sandbox: &Sandbox, origin: &str) -> Self {
        let mut child = Self::new(test, sandbox, origin);
        child.0.arg("--exact");
        child
    }

    /// Prepares the one ignored test of this name under a shell that may write files of so many
    /// blocks (of 512 or 1024 bytes, as the shell has it) and no longer, as on a full disk.
    ///
    /// # Panics
    ///
    /// When the system does not know the running binary.
    #[cfg(unix)]
    pub fn with_file_size_limit(
        blocks: usize,
        test: &str,
        sandbox: &Sandbox,
        origin: &str,
    ) -> Self {
        let limits = format!("trap '' XFSZ; ulimit -f {blocks}");
        Self::under_shell(&limits, test, sandbox, origin)
    }

    /// Prepares the one ignored test of this name under a shell that may have so many files and connections open
    /// and no more.
    ///
    /// # Panics
    ///
    /// When the system does not know the running binary.
    #[cfg(unix)]
    pub fn with_descriptor_limit(
        limit: usize,
        test: &str,
        sandbox: &Sandbox,
        origin: &str,
    ) -> Self {
        Self::under_shell(&format!("ulimit -n {limit}"), test, sandbox, origin)
    }

    #[cfg(unix)]
    fn under_shell(limits: &str, test: &str, sandbox: &Sandbox, origin: &str) -> Self {
        let binary = std::env::current_exe().expect("the running binary has a path");
        let mut command = Command::new("sh");
        let script = format!("{limits}; exec \"$0\" \"$@\"");
        command.args(["-c", &script]).arg(binary);
        command.args([test, "--ignored", "--exact"]);
        Self::prepare(command, sandbox, origin)
    }

    fn prepare(mut command: Command, sandbox: &Sandbox, origin: &str) -> Self {
        for name in FOREIGN {
            command.env_remove(name);
        }
        command
            .env("CASSETTE_DIR", sandbox.path())
            .env(SERVER, origin)
            .stdin(Stdio::null());
        Self(command)
    }

    /// Sets a variable of its environment.
    pub fn variable(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// Runs it to its end.
    ///
    /// # Panics
    ///
    /// When the system does not start it.
    #[must_use = "nothing else says whether the tests passed"]
    pub fn run(mut self) -> Ran {
        self.0
            .output()
            .expect("the running binary can be started")
            .into()
    }

    /// Starts it, its output held until it has ended.
    ///
    /// # Panics
    ///
    /// When the system does not start it.
    #[must_use = "dropped, it runs on without anyone"]
    pub fn start(mut self) -> std::process::Child {
        self.0
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the running binary can be started")
    }
}

/// How a child ended, and what it wrote.
#[derive(Clone, Debug)]
pub struct Ran {
    /// True when the harness found all its tests passing.
    pub passed: bool,
    /// What the harness wrote, with the captured output of tests that failed.
    pub stdout: String,
    /// What went past the capture.
    pub stderr: String,
}

impl Ran {
    /// Expects that so many tests were run, and all passed.
    ///
    /// # Panics
    ///
    /// When it is not so.
    #[track_caller]
    pub fn expect_passed(&self, tests: usize) {
        let verdict = format!("test result: ok. {tests} passed");
        assert!(self.passed && self.stdout.contains(&verdict), "{self:#?}");
    }

    /// Expects that one test was run, and failed.
    ///
    /// # Panics
    ///
    /// When it is not so.
    #[track_caller]
    pub fn expect_failed(&self) {
        let verdict = "test result: FAILED. 0 passed; 1 failed";
        assert!(!self.passed && self.stdout.contains(verdict), "{self:#?}");
    }

    /// Returns the text of the first panic that the harness reports.
    ///
    /// # Panics
    ///
    /// When it reports none.
    #[must_use]
    pub fn panic(&self) -> &str {
        let (_, text) = self
            .stdout
            .split_once(" panicked at ")
            .and_then(|(_, text)| text.split_once('\n'))
            .unwrap_or_else(|| panic!("no test panicked:\n{}", self.stdout));
        let end = text.find("\nnote: run with `RUST_BACKTRACE");
        &text[..end.unwrap_or(text.len())]
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            passed: output.status.success(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }
}

/// Returns, in a child, the absolute URL of a path on its parent's server.
///
/// # Panics
///
/// When no parent runs this process.
#[must_use]
pub fn url_of_parent(path: &str) -> String {
    parent_variable(SERVER) + path
}

/// Returns, in a child, a variable that its parent has set.
///
/// # Panics
///
/// When the parent has not.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "a child has nothing but its environment to hear from its parent"
)]
pub fn parent_variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("this test is run by its parent, with {name}"))
}
