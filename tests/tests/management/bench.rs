//! A server whose answers say which they are, and a folder.

use std::collections::HashMap;
use std::sync::Mutex;

use bytes::Bytes;
use cassette_core::{Config, Decision, Error, Mode, RequestInfo, Session, current, scope};
use cassette_reqwest::client;
use cassette_tests::{Sandbox, Server};
use http::{Request, Response};

/// What stands in the place of an answer that was an error.
pub(crate) const FAILED: &str = "!";

#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) server: Server,
    pub(crate) sandbox: Sandbox,
}

impl Bench {
    /// `/a` is answered with `a1`, then with `a2`; `/b` with `b1`.
    pub(crate) fn new() -> Self {
        let next = Mutex::new(HashMap::<String, usize>::new());
        let server = Server::start(move |request| {
            let name = request.uri().path()[1..].to_owned();
            let mut next = next.lock().unwrap();
            let number = next.entry(name.clone()).or_default();
            *number += 1;
            Response::new(format!("{name}{number}").into())
        });
        let sandbox = Sandbox::new();
        Self { server, sandbox }
    }

    pub(crate) fn config(&self, mode: Mode) -> Config {
        self.sandbox.config(mode)
    }

    pub(crate) fn request(&self, name: &str) -> Request<Bytes> {
        get(&self.server.url(&format!("/{name}")))
    }

    pub(crate) fn info(&self, name: &str) -> Option<RequestInfo> {
        current().unwrap().info(&self.request(name))
    }

    /// What there is for a request: answers and calls.
    pub(crate) fn counts(&self, name: &str) -> Option<(usize, usize)> {
        self.info(name).map(|info| (info.answers, info.calls))
    }

    pub(crate) fn delete(&self, name: &str) -> usize {
        current().unwrap().delete(&self.request(name))
    }

    /// Asks for one after the other and returns the answers.
    pub(crate) async fn ask(&self, names: &str) -> String {
        let mut answers = Vec::new();
        for name in names.split_whitespace() {
            let url = self.server.url(&format!("/{name}"));
            answers.push(match client().get(url).send().await {
                Ok(response) => response.text().await.unwrap(),
                Err(_) => FAILED.to_owned(),
            });
        }
        answers.join(" ")
    }

    /// The same with the cassette `c`.
    pub(crate) async fn run(&self, mode: Mode, names: &str) -> Result<String, Error> {
        self.run_as("c", self.config(mode), names).await
    }

    pub(crate) async fn run_as(
        &self,
        id: &str,
        config: Config,
        names: &str,
    ) -> Result<String, Error> {
        scope(id, config, self.ask(names)).await
    }

    /// The names that were asked for, as the file has them.
    pub(crate) fn stored(&self, file: &str) -> String {
        let requested = self.sandbox.requested(file);
        let names: Vec<_> = requested.iter().map(|path| &path[1..]).collect();
        names.join(" ")
    }

    /// The answers, as the file has them.
    pub(crate) fn answers(&self, file: &str) -> String {
        let cassette = self.sandbox.cassette(file);
        let interactions = cassette["interactions"].as_array().unwrap();
        let text = |interaction: &serde_json::Value| {
            let body = &interaction["response"]["body"];
            body["text"].as_str().unwrap_or(FAILED).to_owned()
        };
        let answers: Vec<_> = interactions.iter().map(text).collect();
        answers.join(" ")
    }

    /// Makes a recording look old: its line for the time says 2001.
    pub(crate) fn age(&self, file: &str) {
        let text = self.sandbox.read(file);
        let at = text.find("\"recorded_at\": \"").unwrap() + "\"recorded_at\": \"".len();
        let old = text[..at].to_owned() + "2001" + &text[at + 4..];
        self.sandbox.write(file, old);
    }
}

pub(crate) fn get(url: &str) -> Request<Bytes> {
    Request::get(url).body(Bytes::new()).unwrap()
}

/// Asks a session without a client and a server: what is recorded is this answer.
pub(crate) fn answer(session: &Session, request: &Request<Bytes>, live: &str) -> Option<Bytes> {
    match session.intercept(request).ok()? {
        Decision::Play(playback) => Some(playback.recorded().body().bytes().clone()),
        Decision::Record(pending) => {
            let live = Bytes::from(live.to_owned());
            pending.complete(&Response::new(live.clone())).unwrap();
            Some(live)
        }
        other => panic!("{other:?}"),
    }
}
