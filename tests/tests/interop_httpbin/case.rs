use std::future::Future;

use cassette_reqwest::{Config, Mode, client, scope};
use cassette_tests::{Gate, Sandbox};
use reqwest_middleware::ClientWithMiddleware;

/// What stands in a cassette for a secret.
const REDACTED: &str = "[REDACTED]";

/// One recording and its replay.
pub(crate) struct Case {
    name: &'static str,
    client: fn() -> ClientWithMiddleware,
    config: fn(Config) -> Config,
    files: usize,
    secrets: &'static [&'static str],
}

impl Case {
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            client,
            config: |config| config,
            files: 0,
            secrets: &[],
        }
    }

    pub(crate) fn client(self, client: fn() -> ClientWithMiddleware) -> Self {
        Self { client, ..self }
    }

    pub(crate) fn config(self, config: fn(Config) -> Config) -> Self {
        Self { config, ..self }
    }

    /// Says how many bodies are in files of their own.
    pub(crate) fn files(self, files: usize) -> Self {
        Self { files, ..self }
    }

    /// Names what the recording run sees and the replay need not: the placeholder counts as equal.
    pub(crate) fn secrets(self, secrets: &'static [&'static str]) -> Self {
        Self { secrets, ..self }
    }

    /// Returns the cassette.
    pub(crate) async fn both_runs<F, T>(self, run: F) -> String
    where
        F: Fn(ClientWithMiddleware, String) -> T,
        T: Future<Output = String>,
    {
        let sandbox = Sandbox::new();
        let gate = Gate::open(&httpbin());
        let base = format!("http://127.0.0.1:{}", gate.port());
        let once = |mode| {
            let run = run((self.client)(), base.clone());
            scope(self.name, (self.config)(sandbox.config(mode)), run)
        };

        let recorded = once(Mode::Record).await.expect("the recording is saved");
        assert!(gate.connections() >= 1, "recording reaches the server");
        gate.close();
        self.check_files(&sandbox.files());

        let replayed = once(Mode::Replay).await.expect("the recording is played");
        let (recorded, replayed) = (self.masked(&recorded), self.masked(&replayed));
        for (recorded, replayed) in recorded.lines().zip(replayed.lines()) {
            assert_eq!(recorded, replayed, "left: recording, right: replay");
        }
        assert_eq!(recorded, replayed, "left: recording, right: replay");
        sandbox.read(&self.cassette())
    }

    fn cassette(&self) -> String {
        format!("{}.json", self.name)
    }

    fn check_files(&self, files: &[String]) {
        let (bodies, others): (Vec<&String>, Vec<_>) =
            files.iter().partition(|file| file.ends_with(".bin"));
        assert_eq!(others, [&self.cassette()]);
        assert_eq!(bodies.len(), self.files, "bodies in files: {bodies:?}");
    }

    /// Where a whole header is a secret its scheme goes too; where only its value is, it stays.
    fn masked(&self, text: &str) -> String {
        let mask = |text: String, secret: &&str| text.replace(secret, REDACTED);
        let masked = self.secrets.iter().fold(text.to_owned(), mask);
        masked.replace(&format!("Bearer {REDACTED}"), REDACTED)
    }
}

/// Runs `run` while recording and while replaying, and compares what it saw. Returns the cassette.
pub(crate) async fn both_runs<F, T>(name: &'static str, run: F) -> String
where
    F: Fn(ClientWithMiddleware, String) -> T,
    T: Future<Output = String>,
{
    Case::new(name).both_runs(run).await
}

/// The `host:port` of the httpbin that `tests/interop.sh` started.
#[expect(
    clippy::disallowed_methods,
    reason = "the address of a server comes from the script that started it"
)]
fn httpbin() -> String {
    let base = std::env::var("CASSETTE_INTEROP_HTTPBIN")
        .expect("CASSETTE_INTEROP_HTTPBIN is set: run these tests by `tests/interop.sh`");
    base.trim_start_matches("http://").to_owned()
}
