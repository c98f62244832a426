use std::fs;
use std::net::TcpStream;

use cassette_core::{Config, Mode, Result, scope};

use crate::{Gate, Sandbox};

/// The cassette's name, and its file.
const NAME: &str = "c";
const FILE: &str = "c.json";

/// A server that was not written here, recorded through a gate and replayed with the gate shut.
#[derive(Debug)]
#[must_use = "nothing runs before `both_runs`"]
pub struct Foreign {
    sandbox: Sandbox,
    gate: Gate,
    certificate: Option<String>,
    config: fn(Config) -> Config,
}

impl Foreign {
    /// Opens a gate in front of the server that `tests/interop.sh` has told of in this variable.
    pub fn http(variable: &str) -> Self {
        Self::new(Gate::open(&address(variable)), None)
    }

    /// The same over TLS.
    pub fn https(variable: &str) -> Self {
        let (gate, certificate) = Gate::open_with_tls(&address(variable));
        Self::new(gate, Some(certificate))
    }

    fn new(gate: Gate, certificate: Option<String>) -> Self {
        Self {
            sandbox: Sandbox::new(),
            gate,
            certificate,
            config: |config| config,
        }
    }

    /// Adds to the configuration of both runs.
    pub fn config(self, config: fn(Config) -> Config) -> Self {
        Self { config, ..self }
    }

    /// Runs it while recording and, with the gate shut, in a replay, and expects that both return the same
    /// text.
    ///
    /// # Panics
    ///
    /// When they do not; when the recording does not reach the server.
    pub async fn both_runs(self, run: impl AsyncFn(Run) -> String) -> Recorded {
        let (sandbox, recorded, replayed) = self.record_and_replay(run).await;
        let replayed = replayed.unwrap_or_else(|error| panic!("not replayed: {error}"));
        assert_eq!(recorded, replayed, "left: recording, right: replay");
        assert!(!recorded.is_empty(), "something was seen");
        Recorded(sandbox)
    }

    /// The same with a replay that is to fail. Returns its report.
    ///
    /// # Panics
    ///
    /// When it passes; when the recording does not reach the server.
    pub async fn missed(self, run: impl AsyncFn(Run) -> String) -> String {
        let (_, _, replayed) = self.record_and_replay(run).await;
        replayed.expect_err("the replay misses one").to_string()
    }

    async fn record_and_replay(
        self,
        run: impl AsyncFn(Run) -> String,
    ) -> (Sandbox, String, Result<String>) {
        let port = self.gate.port();
        let scheme = self.certificate.as_ref().map_or("http", |_| "https");
        let given = |is_replay| Run {
            base: format!("{scheme}://127.0.0.1:{port}"),
            certificate: self.certificate.clone(),
            is_replay,
        };
        let config = |mode| (self.config)(self.sandbox.config(mode));
        let recorded = scope(NAME, config(Mode::Record), run(given(false))).await;
        let recorded = recorded.unwrap_or_else(|error| panic!("not recorded: {error}"));
        assert!(self.gate.connections() >= 1, "it reaches the server");

        self.gate.close();
        let refused = TcpStream::connect(("127.0.0.1", port));
        assert!(refused.is_err(), "nobody listens at port {port}");
        let replayed = scope(NAME, config(Mode::Replay), run(given(true))).await;
        (self.sandbox, recorded, replayed)
    }
}

/// What a run of a test is given.
#[derive(Clone, Debug)]
pub struct Run {
    /// The URL of the server, without a path.
    pub base: String,
    /// The server's certificate in PEM, if it speaks TLS.
    pub certificate: Option<String>,
    /// False while it is recorded.
    pub is_replay: bool,
}

/// The files of a recording that was replayed.
#[derive(Debug)]
pub struct Recorded(Sandbox);

impl Recorded {
    /// Returns the text of the cassette.
    #[must_use]
    pub fn cassette(&self) -> String {
        self.0.read(FILE)
    }

    /// Returns method and path of each request in the order of the file, with the query behind a `?`.
    ///
    /// # Panics
    ///
    /// When the file is no cassette.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        let cassette = self.0.cassette(FILE);
        let interactions = cassette["interactions"].as_array();
        let interactions = interactions.expect("a cassette has interactions").iter();
        let methods =
            interactions.map(|each| each["request"]["method"].as_str().expect("it has a method"));
        methods
            .zip(self.0.requested(FILE))
            .map(|(method, path)| format!("{method} {path}"))
            .collect()
    }

    /// Expects that none of these texts is in any file of the recording.
    ///
    /// # Panics
    ///
    /// When one is.
    pub fn expect_without(&self, secrets: &[&str]) {
        for name in self.0.files() {
            let bytes = fs::read(self.0.path().join(&name)).expect("a recorded file can be read");
            for secret in secrets {
                let mut places = bytes.windows(secret.len());
                let found = places.any(|place| place == secret.as_bytes());
                assert!(!found, "{secret} is in {name}");
            }
        }
    }
}

/// The `host:port` of a server that `tests/interop.sh` has started.
#[expect(
    clippy::disallowed_methods,
    reason = "the address of a server comes from the script that started it"
)]
fn address(variable: &str) -> String {
    let base = std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} is set: run these tests by `tests/interop.sh`"));
    base.trim_start_matches("http://").to_owned()
}
