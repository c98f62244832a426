use std::fmt::Debug;
use std::future::Future;

use cassette_core::{Config, Error, Mode};
use cassette_reqwest::{client, scope};
use cassette_tests::{Connection, RawServer, Sandbox, chunk, last_chunk};
use reqwest::Response;
use serde_json::Value;
use tokio::time::{pause, resume};

const FILE: &str = "c.json";

/// A server that streams, and a folder with the one cassette `c.json`.
pub(crate) struct Scene {
    pub(crate) server: RawServer,
    pub(crate) sandbox: Sandbox,
    config: fn(Config) -> Config,
}

impl Scene {
    pub(crate) fn new<H, F>(handler: H) -> Self
    where
        H: Fn(Connection) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        Self {
            server: RawServer::start(handler),
            sandbox: Sandbox::new(),
            config: |config| config,
        }
    }

    /// Answers every request with these bytes.
    pub(crate) fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::new(move |mut connection| {
            let answer = answer.clone();
            async move {
                while connection.request().await.is_some() {
                    connection.write(&answer).await;
                }
            }
        })
    }

    /// Answers every request with these chunks, all sent at once.
    pub(crate) fn streaming<C: AsRef<[u8]>>(content_type: &str, chunks: &[C]) -> Self {
        Self::answering([head(content_type).into_bytes(), body(chunks)].concat())
    }

    /// Answers every request with these chunks, each held back until the test has
    /// [`released`](RawServer::release) it, the first one at once, the end like a chunk.
    pub(crate) fn holding<C: AsRef<[u8]>>(content_type: &str, chunks: &[C]) -> Self {
        let head = head(content_type);
        let mut parts: Vec<Vec<u8>> = chunks.iter().map(chunk).collect();
        parts.push(last_chunk());
        Self::new(move |mut connection| {
            let (head, parts) = (head.clone(), parts.clone());
            async move {
                while connection.request().await.is_some() {
                    connection.write(&head).await;
                    for (number, part) in parts.iter().enumerate() {
                        if number > 0 {
                            connection.released().await;
                        }
                        connection.write(part).await;
                    }
                }
            }
        })
    }

    pub(crate) fn with(mut self, config: fn(Config) -> Config) -> Self {
        self.config = config;
        self
    }

    pub(crate) async fn get(&self) -> Response {
        self.get_path("/").await
    }

    pub(crate) async fn get_path(&self, path: &str) -> Response {
        client().get(self.server.url(path)).send().await.unwrap()
    }

    pub(crate) async fn record<T>(&self, test: impl Future<Output = T>) -> T {
        self.run(Mode::Record, test).await.unwrap()
    }

    /// Replays without a request.
    pub(crate) async fn replay<T>(&self, test: impl Future<Output = T>) -> T {
        self.try_replay(test).await.unwrap()
    }

    pub(crate) async fn try_replay<T>(&self, test: impl Future<Output = T>) -> Result<T, Error> {
        let (hits, file) = (self.server.hits(), self.sandbox.read(FILE));
        let replayed = self.run(Mode::Replay, test).await;
        assert_eq!(self.server.hits(), hits, "a replay sends nothing");
        assert_eq!(self.sandbox.read(FILE), file, "a replay writes nothing");
        replayed
    }

    /// Replays a test that asks for more than was recorded, on a stopped clock: whoever waits for it
    /// is told at once. Returns what the test says, and what the session does.
    pub(crate) async fn overreach<T>(&self, test: impl Future<Output = T>) -> (T, Error) {
        let mut output = None;
        pause();
        let failed = self.try_replay(async { output = Some(test.await) }).await;
        resume();
        let failed = failed.unwrap_err();
        assert!(failed.is_unmatched(), "{failed}");
        (output.expect("the test came to its end"), failed)
    }

    /// Records, replays, and returns what both saw alike.
    pub(crate) async fn twice<T: Debug + PartialEq>(&self, test: impl AsyncFn() -> T) -> T {
        let recorded = self.record(test()).await;
        let replayed = self.replay(test()).await;
        assert_eq!(recorded, replayed, "recorded and replayed");
        replayed
    }

    async fn run<T>(&self, mode: Mode, test: impl Future<Output = T>) -> Result<T, Error> {
        let config = (self.config)(self.sandbox.config(mode));
        scope("c", config, test).await
    }

    /// The text of the cassette.
    pub(crate) fn file(&self) -> String {
        self.sandbox.read(FILE)
    }

    /// The recorded interaction of this number.
    pub(crate) fn interaction(&self, number: usize) -> Value {
        self.sandbox.cassette(FILE)["interactions"][number].clone()
    }

    /// The recorded body of the first response.
    pub(crate) fn body(&self) -> Value {
        self.interaction(0)["response"]["body"].clone()
    }

    /// A text without what differs from run to run.
    pub(crate) fn masked(&self, text: &str) -> String {
        cassette_tests::masked(text, &self.sandbox, &self.server.url(""))
    }
}

/// The head of a response of unknown length.
pub(crate) fn head(content_type: &str) -> String {
    let content_type = match content_type {
        "" => String::new(),
        content_type => format!("content-type: {content_type}\r\n"),
    };
    format!("HTTP/1.1 200 OK\r\n{content_type}transfer-encoding: chunked\r\n\r\n")
}

/// The bytes of a whole body in these chunks.
pub(crate) fn body<C: AsRef<[u8]>>(chunks: &[C]) -> Vec<u8> {
    let mut body: Vec<u8> = chunks.iter().flat_map(chunk).collect();
    body.extend(last_chunk());
    body
}
