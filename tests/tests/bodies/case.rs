use std::fmt::Debug;
use std::str::FromStr;

use cassette_core::{Config, Mode};
use cassette_reqwest::{client, scope};
use cassette_tests::{RawServer, Sandbox, Server};
use http::Method;
use reqwest_middleware::{ClientWithMiddleware, RequestBuilder};

/// A server that a replay does without.
pub(crate) trait Stop {
    fn origin(&self) -> String;
    fn stop(self);
}

impl Stop for Server {
    fn origin(&self) -> String {
        self.url("")
    }

    fn stop(self) {
        Self::stop(self);
    }
}

impl Stop for RawServer {
    fn origin(&self) -> String {
        self.url("")
    }

    fn stop(self) {
        Self::stop(self);
    }
}

/// A client and whom it asks.
pub(crate) struct Asker {
    client: ClientWithMiddleware,
    pub(crate) origin: String,
}

impl Asker {
    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.request("GET", path)
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.request("POST", path)
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_str(method).expect("it is a method's name");
        self.client.request(method, self.origin.clone() + path)
    }
}

/// One recording, and its replay without the server.
pub(crate) struct Case<S> {
    server: S,
    client: ClientWithMiddleware,
    config: fn(Config) -> Config,
}

impl<S: Stop> Case<S> {
    pub(crate) fn new(server: S) -> Self {
        Self {
            server,
            client: client(),
            config: |config| config,
        }
    }

    pub(crate) fn client(self, client: ClientWithMiddleware) -> Self {
        Self { client, ..self }
    }

    pub(crate) fn config(self, config: fn(Config) -> Config) -> Self {
        Self { config, ..self }
    }

    /// Expects that both runs see the same; returns what, and the folder with the cassette `c`.
    pub(crate) async fn both_runs<T: Debug + PartialEq>(
        self,
        run: impl AsyncFn(&Asker) -> T,
    ) -> (Sandbox, T) {
        let (sandbox, recorded, replayed) = self.runs(run).await;
        assert_eq!(recorded, replayed, "left: recording, right: replay");
        (sandbox, replayed)
    }

    /// Returns the folder with the cassette `c`, and what the recording and the replay saw.
    pub(crate) async fn runs<T>(self, run: impl AsyncFn(&Asker) -> T) -> (Sandbox, T, T) {
        let sandbox = Sandbox::new();
        let config = |mode| (self.config)(sandbox.config(mode));
        let origin = self.server.origin();
        let asker = Asker {
            client: self.client,
            origin,
        };
        let recorded = scope("c", config(Mode::Record), run(&asker)).await;
        self.server.stop();
        let replayed = scope("c", config(Mode::Replay), run(&asker)).await;
        (
            sandbox,
            recorded.expect("the recording is saved"),
            replayed.expect("the recording is played"),
        )
    }
}

/// Runs `run` while recording and while replaying, and expects that it sees the same.
pub(crate) async fn both_runs<T: Debug + PartialEq>(
    server: impl Stop,
    run: impl AsyncFn(&Asker) -> T,
) -> (Sandbox, T) {
    Case::new(server).both_runs(run).await
}
