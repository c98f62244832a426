//! `mode = "verify"`: recorded answers beside those of the server.

mod answers;
mod notices;
mod secrets;
mod streams;

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use cassette_core::{Config, Error, Mode, Result};
use cassette_reqwest::{client, scope};
use cassette_tests::{Body, Sandbox, Server, chunks, masked, visible_outcome};
use http::{Request, Response};

/// A server that answers one way while it is recorded, and another way afterwards.
pub(crate) struct Scene {
    pub(crate) server: Server,
    pub(crate) sandbox: Sandbox,
    answer: Arc<Mutex<Answer>>,
}

type Answer = Box<dyn Fn(&Request<Bytes>) -> Response<Body> + Send>;

impl Scene {
    pub(crate) fn new(answer: impl Fn(&Request<Bytes>) -> Response<Body> + Send + 'static) -> Self {
        let answer: Arc<Mutex<Answer>> = Arc::new(Mutex::new(Box::new(answer)));
        let now = Arc::clone(&answer);
        let server = Server::start_body(move |request| {
            let response = now.lock().unwrap()(&request);
            async { response }
        });
        Self {
            server,
            sandbox: Sandbox::new(),
            answer,
        }
    }

    /// From now on the server answers so.
    pub(crate) fn change(
        &self,
        answer: impl Fn(&Request<Bytes>) -> Response<Body> + Send + 'static,
    ) {
        *self.answer.lock().unwrap() = Box::new(answer);
    }

    /// Asks for these paths and returns what the test sees.
    pub(crate) async fn run(&self, config: Config, paths: &[&str]) -> Result<String> {
        let ask = async {
            let mut seen = String::new();
            for path in paths {
                let answer = client().get(self.server.url(path)).send().await;
                seen.push_str(&visible_outcome(answer).await);
            }
            seen
        };
        scope("c", config, ask).await
    }

    pub(crate) fn verify(&self) -> Config {
        self.sandbox.config(Mode::Verify)
    }

    /// Records these paths, changes the server, verifies, and returns what the verifying run saw and
    /// what became of it. The file must stay.
    pub(crate) async fn drift(
        &self,
        paths: &[&str],
        config: impl Fn(Config) -> Config,
        now: impl Fn(&Request<Bytes>) -> Response<Body> + Send + 'static,
    ) -> Result<[String; 2], Error> {
        let recorded = self.run(self.sandbox.config(Mode::Record), paths).await?;
        let file = self.sandbox.read("c.json");
        self.change(now);
        let hits = self.server.hits();
        let verified = self.run(config(self.verify()), paths).await;
        assert_eq!(self.server.hits(), hits + paths.len(), "each is sent");
        assert_eq!(self.sandbox.read("c.json"), file, "nothing is written");
        assert_eq!(self.sandbox.files(), ["c.json"]);
        verified.map(|seen| [recorded, seen])
    }

    pub(crate) fn masked(&self, error: &Error) -> String {
        timeless(&masked(
            &error.to_string(),
            &self.sandbox,
            &self.server.url(""),
        ))
    }
}

/// Returns a report without the age of the recording.
pub(crate) fn timeless(report: &str) -> String {
    let (before, rest) = report.split_once("(recorded ").unwrap();
    let (_, behind) = rest.split_once(" ago)").unwrap();
    format!("{before}(recorded … ago){behind}")
}

/// An answer of this status and JSON.
pub(crate) fn json(status: u16, text: &'static str) -> Response<Body> {
    of_type(status, "application/json", [text])
}

pub(crate) fn of_type(
    status: u16,
    media_type: &str,
    text: impl IntoIterator<Item = &'static str>,
) -> Response<Body> {
    Response::builder()
        .status(status)
        .header("content-type", media_type)
        .body(chunks(text))
        .unwrap()
}
