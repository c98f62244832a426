//! The candidates, each as its users hold it.

use bytes::Bytes;
use cassette_core::{Config, Mode, Repeat, Unused, scope};
use cassetter::{RecordMode, Recorder};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use reqwest_vcr::{VCRMiddleware, VCRMode, VCRReplaySearch};

use crate::floors::{Canned, Hashing};
use crate::traffic::{Exchange, Files, TOKEN, Traffic};

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A middleware that answers without a look.
    Canned,
    /// A middleware that hashes method, URL and body, looks up, compares and answers.
    Hashing,
    /// This library.
    Cassette,
    /// reqwest-vcr, which counts requests and so keeps to the recorded order.
    Vcr,
    /// reqwest-vcr, which searches from the beginning.
    VcrSearching,
    /// cassetter.
    Cassetter,
}

impl Kind {
    /// Returns the name in the table.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Canned => "canned answer",
            Self::Hashing => "hashing middleware",
            Self::Cassette => "cassette",
            Self::Vcr => "reqwest-vcr",
            Self::VcrSearching => "reqwest-vcr, searching",
            Self::Cassetter => "cassetter",
        }
    }

    /// Does `work` with a client that replays this traffic.
    ///
    /// # Panics
    ///
    /// Panics when the candidate does not take its recording.
    pub async fn replaying<T>(
        self,
        traffic: &Traffic,
        files: &Files,
        work: impl AsyncFnOnce(Client) -> T,
    ) -> T {
        match self {
            Self::Canned => work(Client::with(Canned::new(traffic))).await,
            Self::Hashing => work(Client::with(Hashing::new(traffic))).await,
            Self::Cassette => {
                let test = async { work(Client::Middleware(cassette_reqwest::client())).await };
                let played = scope(files.name.as_str(), config(files), test).await;
                played.expect("the cassette answers")
            }
            Self::Vcr => work(Client::with(vcr(files, VCRReplaySearch::SkipFound))).await,
            Self::VcrSearching => work(Client::with(vcr(files, VCRReplaySearch::SearchAll))).await,
            Self::Cassetter => {
                let recorder = Recorder::builder(&files.cassetter).record_mode(RecordMode::None);
                // By default it does not look at the body.
                let recorder = recorder.match_on(["method", "uri", "body"]);
                let recorder = recorder.expect("these can be matched").build();
                work(Client::cassetter(recorder.expect("it reads its cassette"))).await
            }
        }
    }
}

fn config(files: &Files) -> Config {
    Config::new()
        .dir(&files.folder)
        .environment::<&str, &str>([])
        .mode(Mode::Replay)
        .repeat(Repeat::Cycle)
        .unused(Unused::Allow)
}

fn vcr(files: &Files, search: VCRReplaySearch) -> VCRMiddleware {
    let middleware = VCRMiddleware::try_from(files.vcr.clone()).expect("it reads its cassette");
    middleware.with_mode(VCRMode::Replay).with_search(search)
}

/// A client as production code is given it.
#[derive(Clone, Debug)]
pub enum Client {
    /// With some middleware.
    Middleware(ClientWithMiddleware),
    /// cassetter's own.
    Cassetter(cassetter::reqwest::Client),
}

impl Client {
    /// Returns a client with this middleware.
    pub fn with(middleware: impl reqwest_middleware::Middleware) -> Self {
        let client = ClientBuilder::new(reqwest::Client::new());
        Self::Middleware(client.with(middleware).build())
    }

    /// Returns a client without middleware.
    #[must_use]
    pub fn plain() -> Self {
        Self::Middleware(ClientBuilder::new(reqwest::Client::new()).build())
    }

    /// Returns one of cassetter.
    #[must_use]
    pub fn cassetter(recorder: Recorder) -> Self {
        let inner = reqwest::Client::new();
        Self::Cassetter(cassetter::reqwest::Client::new(inner, recorder))
    }

    /// Makes a request, reads the answer to its end, and sees that it is the right one.
    ///
    /// # Panics
    ///
    /// Panics when it is not, and when there is none.
    pub async fn ask(&self, exchange: &Exchange) {
        let answer = match self {
            Self::Middleware(client) => ask(client, exchange).await,
            Self::Cassetter(client) => {
                let request = match exchange.question.is_empty() {
                    true => client.inner().get(&exchange.url),
                    false => (client.inner().post(&exchange.url))
                        .header("content-type", "application/json")
                        .body(exchange.question.clone()),
                };
                let request = match exchange.has_token {
                    true => request
                        .header("authorization", TOKEN)
                        .header("accept", "application/json"),
                    false => request,
                };
                let request = request.build().expect("the URL is one");
                let response = client.execute(request).await.expect("there is an answer");
                response.bytes().await.expect("it has a body")
            }
        };
        assert!(
            answer == exchange.answer,
            "a wrong answer to {}",
            exchange.url
        );
    }
}

async fn ask(client: &ClientWithMiddleware, exchange: &Exchange) -> Bytes {
    let request = match exchange.question.is_empty() {
        true => client.get(&exchange.url),
        false => (client.post(&exchange.url))
            .header("content-type", "application/json")
            .body(exchange.question.clone()),
    };
    let request = match exchange.has_token {
        true => request
            .header("authorization", TOKEN)
            .header("accept", "application/json"),
        false => request,
    };
    let response = request.send().await.expect("there is an answer");
    response.bytes().await.expect("it has a body")
}
