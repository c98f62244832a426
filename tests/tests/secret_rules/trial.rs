//! A request, its answer, and what is stored and replayed of the two.

use std::slice::from_ref;

use bytes::Bytes;
use cassette_core::{Config, Error, Mode};
use cassette_reqwest::{client, scope};
use cassette_tests::{Sandbox, Server};
use http::{Request, Response};
use reqwest_middleware::RequestBuilder;
use serde_json::Value;

use crate::FILE;

/// A request, and the same in its answer. In its texts `$` is a secret, `@` one that is no string of
/// JSON, and `#` the same value in a place where it may stand.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) target: String,
    pub(crate) header: Option<(&'static str, String)>,
    pub(crate) body: (&'static str, String),
}

impl Default for Ask {
    fn default() -> Self {
        Self::target("/")
    }
}

impl Ask {
    pub(crate) fn target(target: impl Into<String>) -> Self {
        Self {
            target: target.into(),
            header: None,
            body: ("text/plain", String::new()),
        }
    }

    pub(crate) fn header(name: &'static str, value: impl Into<String>) -> Self {
        let header = Some((name, value.into()));
        Self {
            header,
            ..Self::default()
        }
    }

    pub(crate) fn body(kind: &'static str, body: impl Into<String>) -> Self {
        let body = (kind, body.into());
        Self {
            body,
            ..Self::default()
        }
    }

    pub(crate) fn json(body: impl Into<String>) -> Self {
        Self::body("application/json", body)
    }

    /// Returns it with another text in place of each `word`.
    pub(crate) fn replace(&self, word: &str, text: &str) -> Self {
        let replace = |template: &str| template.replace(word, text);
        Self {
            target: replace(&self.target),
            header: self
                .header
                .as_ref()
                .map(|(name, value)| (*name, replace(value))),
            body: (self.body.0, replace(&self.body.1)),
        }
    }

    pub(crate) fn filled(&self, secret: &str, open: &str) -> Self {
        let filled = self.replace("$", secret).replace("@", secret);
        filled.replace("#", open)
    }

    fn masked(&self, open: &str) -> Self {
        let masked = self.replace("$", "[REDACTED]");
        masked.replace("@", "\"[REDACTED]\"").replace("#", open)
    }
}

/// What of a request comes back.
#[derive(Debug, PartialEq)]
pub(crate) struct Got {
    pub(crate) target: String,
    pub(crate) header: Option<String>,
    pub(crate) body: String,
}

impl From<&Ask> for Got {
    fn from(ask: &Ask) -> Self {
        Self {
            target: ask.target.clone(),
            header: ask.header.as_ref().map(|(_, value)| value.clone()),
            body: ask.body.1.clone(),
        }
    }
}

/// Answers with what it was asked: the body as it came, the target in `location`, and all headers that
/// begin with `x-`.
pub(crate) fn mirror(request: Request<Bytes>) -> Response<Bytes> {
    let target = request.uri().path_and_query().unwrap().as_str().to_owned();
    let (head, body) = request.into_parts();
    let mut answer = Response::builder().header("location", target);
    for (name, value) in &head.headers {
        if name.as_str().starts_with("x-") || name == "content-type" {
            answer = answer.header(name, value);
        }
    }
    answer.body(body).unwrap()
}

/// A server that is a mirror, and a folder.
#[derive(Debug)]
pub(crate) struct Trial {
    pub(crate) server: Server,
    pub(crate) sandbox: Sandbox,
}

impl Trial {
    pub(crate) fn new() -> Self {
        let (server, sandbox) = (Server::start(mirror), Sandbox::new());
        Self { server, sandbox }
    }

    pub(crate) fn request(&self, ask: &Ask) -> RequestBuilder {
        let mut request = client().post(self.server.url(&ask.target));
        if let Some((name, value)) = &ask.header {
            request = request.header(*name, value);
        }
        let (kind, body) = &ask.body;
        request.header("content-type", *kind).body(body.clone())
    }

    pub(crate) async fn send(&self, ask: &Ask) -> Got {
        let answer = self.request(ask).send().await.unwrap();
        let text = |name: &str| {
            let value = answer.headers().get(name)?;
            Some(value.to_str().unwrap().to_owned())
        };
        let target = text("location").unwrap();
        let header = ask.header.as_ref().and_then(|(name, _)| text(name));
        let length = text("content-length").unwrap();
        let body = answer.text().await.unwrap();
        assert_eq!(length, body.len().to_string(), "{body}");
        Got {
            target,
            header,
            body,
        }
    }

    pub(crate) async fn record(&self, config: &Say<'_>, asks: &[Ask]) -> Result<Vec<Got>, Error> {
        self.run(Mode::Record, config, asks).await
    }

    pub(crate) async fn replay(&self, config: &Say<'_>, asks: &[Ask]) -> Vec<Got> {
        let replayed = self.run(Mode::Replay, config, asks).await;
        replayed.unwrap_or_else(|error| panic!("{error}\n{}", self.sandbox.read(FILE)))
    }

    pub(crate) async fn run(
        &self,
        mode: Mode,
        config: &Say<'_>,
        asks: &[Ask],
    ) -> Result<Vec<Got>, Error> {
        let config = config(self.sandbox.config(mode));
        let asking = async {
            let mut got = Vec::new();
            for ask in asks {
                got.push(self.send(ask).await);
            }
            got
        };
        scope("c", config, asking).await
    }

    pub(crate) fn interaction(&self, number: usize) -> Value {
        self.sandbox.cassette(FILE)["interactions"][number].clone()
    }

    /// Expects that an interaction is stored like this, its request and its answer.
    #[track_caller]
    pub(crate) fn expect_stored(&self, number: usize, ask: &Ask) {
        let stored = self.interaction(number);
        let (request, response) = (&stored["request"], &stored["response"]);
        assert_eq!(request["url"], self.server.url(&ask.target), "{stored:#}");
        assert_eq!(response["headers"]["location"], ask.target, "{stored:#}");
        if let Some((name, value)) = &ask.header {
            assert_eq!(request["headers"][name], *value, "{stored:#}");
        }
        assert_eq!(
            text(&request["body"]),
            text(&response["body"]),
            "{stored:#}"
        );
    }
}

/// Returns what is stored of a body, whether by lines or by chunks.
fn text(body: &Value) -> Value {
    let joined = |form: &str, between: &str| {
        let pieces = body[form].as_array()?.iter();
        let pieces: Vec<&str> = pieces.filter_map(Value::as_str).collect();
        Some(Value::from(pieces.join(between)))
    };
    let text = joined("text", "\n").or_else(|| joined("chunks", ""));
    text.or_else(|| body.get("text").cloned())
        .unwrap_or_else(|| body.clone())
}

/// What is said besides the defaults.
pub(crate) type Say<'a> = dyn Fn(Config) -> Config + 'a;

/// Records a request with `secret`, and expects that each `$` is masked, in the request and in its
/// answer, and nothing else; that it is replayed with the secret, and with another.
pub(crate) async fn check(say: &Say<'_>, ask: &Ask, secret: &str) {
    let trial = Trial::new();
    let live = ask.filled(secret, secret);
    let got = trial.record(say, from_ref(&live)).await;
    let got = got.unwrap_or_else(|error| panic!("{ask:?}: {error}"));
    assert_eq!(got, [Got::from(&live)], "the test sees the real answer");

    let masked = ask.masked(secret);
    trial.expect_stored(0, &masked);
    for value in [secret, &another(secret)] {
        let again = ask.filled(value, secret);
        let got = trial.replay(say, &[again]).await;
        assert_eq!(got, [Got::from(&masked)], "{}", trial.sandbox.read(FILE));
    }
    assert_eq!(trial.server.hits(), 1);
}

/// Returns another value that looks alike.
fn another(secret: &str) -> String {
    let next = |sign: char| match sign {
        '9' => '0',
        sign if sign.is_ascii_digit() => (sign as u8 + 1) as char,
        sign => sign,
    };
    let text = secret.replace("horse", "camel");
    let another: String = text.chars().map(next).collect();
    assert_ne!(another, secret);
    another
}

/// Returns what adds these to `redact`.
pub(crate) fn redact<'a>(lines: &'a [&'a str]) -> impl Fn(Config) -> Config + 'a {
    move |config| config.redact(lines.iter().copied())
}

/// Returns what adds these to `keep`.
pub(crate) fn keep<'a>(lines: &'a [&'a str]) -> impl Fn(Config) -> Config + 'a {
    move |config| config.keep(lines.iter().copied())
}
