use cassette_core::{Config, Error, Mode};
use cassette_reqwest::{client, scope};
use cassette_tests::{Child, Ran, Sandbox, Server, echo, masked};
use http::Method;
use reqwest_middleware::RequestBuilder;

/// The cassette of these tests.
pub(crate) const FILE: &str = "c.json";

/// A server that answers everything, and a folder with one cassette.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) server: Server,
    pub(crate) sandbox: Sandbox,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::of(Server::start(echo))
    }

    pub(crate) fn of(server: Server) -> Self {
        let sandbox = Sandbox::new();
        Self { server, sandbox }
    }

    /// Returns one with a cassette of these requests.
    pub(crate) async fn recorded(asks: &[&str]) -> Self {
        let bench = Self::new();
        let said = bench.run(bench.config(Mode::Record), asks).await;
        assert!(said.starts_with("ok"), "{said}");
        bench
    }

    pub(crate) fn config(&self, mode: Mode) -> Config {
        self.sandbox.config(mode)
    }

    /// Sends `/path`, `METHOD /path` or `METHOD /path body`.
    pub(crate) fn request(&self, ask: &str) -> RequestBuilder {
        let mut words = ask.splitn(3, ' ');
        let first = words.next().unwrap();
        let (method, path) = match first.starts_with('/') {
            true => (Method::GET, first),
            false => (first.parse().unwrap(), words.next().unwrap()),
        };
        let request = client().request(method, self.server.url(path));
        match words.next() {
            Some(body) => request
                .header("content-type", "application/json")
                .body(body.to_owned()),
            None => request,
        }
    }

    /// Sends these one after another; returns how that ended, what reached the server, and what the file
    /// holds then.
    pub(crate) async fn run(&self, config: Config, asks: &[&str]) -> String {
        let requests: Vec<_> = asks.iter().map(|ask| self.request(ask)).collect();
        let sent = async {
            for request in requests {
                // A miss fails the scope as well.
                let _ = request.send().await;
            }
        };
        self.told(config, sent).await
    }

    /// The same for anything else that a test does.
    pub(crate) async fn told<F: Future>(&self, config: Config, test: F) -> String {
        let hits = self.server.hits();
        let ended = scope("c", config, test).await;
        let ended = ended.map_or_else(|error| kind(&error), |_| "ok");
        let sent = self.server.paths()[hits..].join(" ");
        format!("{ended} [{sent}] [{}]", self.stored().join(" "))
    }

    /// Returns the requests of the file, none where there is none.
    pub(crate) fn stored(&self) -> Vec<String> {
        match self.sandbox.exists(FILE) {
            true => self.sandbox.requested(FILE),
            false => Vec::new(),
        }
    }

    /// Returns why a run fails.
    pub(crate) async fn failure(&self, config: Config, asks: &[&str]) -> Error {
        let requests: Vec<_> = asks.iter().map(|ask| self.request(ask)).collect();
        let sent = async {
            for request in requests {
                let _ = request.send().await;
            }
        };
        scope("c", config, sent).await.unwrap_err()
    }

    /// Prepares a test of this binary that asks the same server.
    pub(crate) fn child(&self, test: &str) -> Child {
        Child::exactly(test, &self.sandbox, &self.server.url(""))
    }

    /// Returns what a child has to say, without what differs from run to run.
    #[track_caller]
    pub(crate) fn notices(&self, ran: &Ran) -> String {
        ran.expect_passed(1);
        self.masked(&ran.stderr)
    }

    pub(crate) fn masked(&self, text: &str) -> String {
        masked(text, &self.sandbox, &self.server.url(""))
    }
}

fn kind(error: &Error) -> &'static str {
    let kinds = [
        (error.is_missing_cassette(), "missing"),
        (error.is_unmatched(), "unmatched"),
        (error.is_unused(), "unused"),
        (error.is_rejected(), "rejected"),
        (error.is_secret(), "secret"),
        (error.is_stale(), "stale"),
        (error.is_config(), "config"),
    ];
    let found = kinds.into_iter().find(|(is_so, _)| *is_so);
    found.unwrap_or_else(|| panic!("{error:?}")).1
}
