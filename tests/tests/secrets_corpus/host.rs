//! A server that answers as it is told, and a client that asks it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cassette_reqwest::client;
use cassette_tests::{Connection, RawRequest, RawServer, Refusing};
use http::{HeaderMap, Method, StatusCode};
use reqwest::Url;
use reqwest_middleware::{ClientWithMiddleware, RequestBuilder};

use crate::script::{Message, Step};
use crate::template::Filling;
use crate::wire::{Reply, Then, body, headers, reply};

/// How long a replay of a request that was given up is waited for.
const PATIENCE: Duration = Duration::from_millis(2);

/// A server and a client, for many cases one after the other.
pub(crate) struct Host {
    server: Option<RawServer>,
    refusing: Refusing,
    origin: String,
    replies: Arc<Mutex<VecDeque<Reply>>>,
    client: ClientWithMiddleware,
}

/// What a client got.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Got {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// What came of a request.
#[derive(Debug)]
pub(crate) enum Outcome {
    Answered(Got),
    Failed,
    GivenUp,
}

impl Outcome {
    /// Returns what it is, without what is in it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Answered(_) => "an answer",
            Self::Failed => "a failure",
            Self::GivenUp => "no answer",
        }
    }
}

impl Host {
    pub(crate) fn new() -> Self {
        let replies = Arc::new(Mutex::new(VecDeque::new()));
        let told = Arc::clone(&replies);
        let server = RawServer::start(move |connection| serve(connection, Arc::clone(&told)));
        Self {
            origin: server.url(""),
            server: Some(server),
            refusing: Refusing::new(),
            replies,
            client: client(),
        }
    }

    /// From then on nobody listens.
    pub(crate) fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop();
        }
    }

    /// Returns the last requests that the server has read.
    pub(crate) fn last_request(&self) -> RawRequest {
        let server = self.server.as_ref().expect("it is not stopped");
        server.requests().pop().expect("there was a request")
    }

    /// Returns where a step is tried, and with what.
    pub(crate) fn place<'a>(
        &'a self,
        step: &Step,
        secret: &'a str,
        cut: Option<usize>,
    ) -> Place<'a> {
        let is_refused = step.answers.iter().any(|answer| answer.first == "refused");
        let origin = match is_refused {
            true => self.refusing.url(""),
            false => self.origin.clone(),
        };
        Place {
            origin,
            secret,
            cut,
        }
    }

    /// Asks, while the server answers as it is told.
    pub(crate) async fn record(&self, step: &Step, place: &Place<'_>) -> Outcome {
        let server = self.server.as_ref().expect("it is not stopped");
        let arrived = server.hits() + 1;
        let told = step
            .answers
            .iter()
            .filter_map(|answer| reply(answer, &place.filling()));
        *self.replies.lock().expect("no handler panics") = told.collect();
        let asked = self.request(&step.request, place, "");
        if step.answers.iter().any(|answer| answer.first == "never") {
            tokio::select! {
                outcome = send(asked) => return outcome,
                () = server.arrived(arrived) => return Outcome::GivenUp,
            }
        }
        send(asked).await
    }

    /// Asks in a replay.
    pub(crate) async fn replay(&self, step: &Step, place: &Place<'_>) -> Outcome {
        let asked = send(self.request(&step.request, place, ""));
        if step.answers.iter().any(|answer| answer.first == "never") {
            let waited = tokio::time::timeout(PATIENCE, asked).await;
            return waited.unwrap_or(Outcome::GivenUp);
        }
        asked.await
    }

    /// Asks for what was not recorded: the same elsewhere.
    pub(crate) async fn ask_elsewhere(&self, step: &Step, place: &Place<'_>) -> Outcome {
        send(self.request(&step.request, place, "/elsewhere")).await
    }

    fn request(&self, asked: &Message, place: &Place<'_>, prefix: &str) -> RequestBuilder {
        let filling = place.filling();
        let first = filling.text(&asked.first);
        let (method, target) = first.split_once(' ').expect("a method and a target");
        let url = match target.starts_with('/') {
            true => format!("{}{target}", place.origin),
            false => target.to_owned(),
        };
        let mut url = Url::parse(&url).expect("it is a URL");
        if !prefix.is_empty() {
            url.set_path(&format!("{prefix}{}", url.path()));
        }
        let method = Method::from_bytes(method.as_bytes()).expect("it is a method");
        let request = self
            .client
            .request(method, url)
            .headers(headers(&asked.headers, &filling));
        match body(asked, &filling) {
            body if body.is_empty() => request,
            body => request.body(body),
        }
    }
}

/// Where a case is tried, and with what.
#[derive(Clone, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) origin: String,
    pub(crate) secret: &'a str,
    pub(crate) cut: Option<usize>,
}

impl Place<'_> {
    pub(crate) fn filling(&self) -> Filling<'_> {
        Filling {
            secret: self.secret,
            origin: &self.origin,
            cut: self.cut,
        }
    }
}

async fn serve(mut connection: Connection, replies: Arc<Mutex<VecDeque<Reply>>>) {
    while connection.request().await.is_some() {
        let reply = replies.lock().expect("nobody panics").pop_front();
        let reply = reply.unwrap_or_default();
        for piece in &reply.pieces {
            connection.write(piece).await;
        }
        match reply.then {
            Then::GoOn if !reply.pieces.is_empty() => {}
            Then::GoOn | Then::Close => return connection.close(),
            Then::Wait => return connection.closed().await,
        }
    }
}

async fn send(request: RequestBuilder) -> Outcome {
    let Ok(mut response) = request.send().await else {
        return Outcome::Failed;
    };
    let mut got = Got {
        status: response.status(),
        headers: response.headers().clone(),
        body: Vec::new(),
    };
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => got.body.extend_from_slice(&chunk),
            Ok(None) => return Outcome::Answered(got),
            Err(_) => return Outcome::Failed,
        }
    }
}
