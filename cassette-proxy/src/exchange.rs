//! The way of one request through the proxy.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use cassette_core::adapter::{self, BoxError, ExchangeBody, ExchangeError};
use cassette_core::{ErrorKind, RecordedError, Session};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;

use crate::credentials::Passage;
use crate::head;
use crate::settled::Settled;
use crate::shared::Shared;
use crate::upstream::Live;

/// The body of any answer.
pub(crate) type Answer = UnsyncBoxBody<Bytes, BoxError>;

/// Ends a connection without an answer: the client is to find it broken.
#[derive(Debug)]
pub(crate) struct BrokenOff;

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is to break off")
    }
}

impl std::error::Error for BrokenOff {}

/// Whether a connection that breaks off is reset, rather than closed.
#[derive(Debug, Default)]
pub(crate) struct Reset(AtomicBool);

impl Reset {
    pub(crate) fn is_asked_for(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Answers a request with an absolute URI.
pub(crate) async fn exchange(
    shared: &Shared,
    session: &Session,
    passage: Passage,
    request: Request<Incoming>,
    reset: &Reset,
) -> Result<Response<Answer>, BrokenOff> {
    let (uri, version) = (request.uri().clone(), request.version());
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| BrokenOff)?.to_bytes();
    let request = adapter::asked(&parts, body);
    let send = |request| shared.upstream.send(request, version);
    let answered = if passage == Passage::Past || session.is_forwarding() {
        let sent = send(request).await.map_err(ExchangeError::Client);
        sent.map(|response| response.map(ExchangeBody::live))
    } else {
        adapter::exchange(session, request, send).await
    };
    match answered {
        Ok(response) => {
            shared.note_redirect(&uri, &response);
            Ok(head::answered(response).map(boxed))
        }
        Err(error) => failed(session, &uri, error, reset),
    }
}

fn boxed(body: ExchangeBody<Live>) -> Answer {
    Settled::new(body).boxed_unsync()
}

/// A miss is an answer; what befell the connection to the server befalls that of the client.
fn failed(
    session: &Session,
    uri: &Uri,
    error: ExchangeError,
    reset: &Reset,
) -> Result<Response<Answer>, BrokenOff> {
    let failure = match error {
        ExchangeError::Refused(error) => return Ok(refused(&error.to_string())),
        ExchangeError::Recorded(failure) => failure,
        ExchangeError::Client(error) => adapter::failure(&*error),
    };
    session.explain(unreached(uri, &failure));
    if failure.kind() == ErrorKind::Reset {
        reset.ask();
    }
    Err(BrokenOff)
}

/// The path is left out: a secret may be in it.
fn unreached(uri: &Uri, failure: &RecordedError) -> String {
    let host = uri.authority().map_or("the server", |host| host.as_str());
    format!(
        "no answer came from {host}: {}; so the proxy broke its client's connection off",
        failure.message()
    )
}

/// Says why a request has no answer, with a status that few clients take for a reason to try again.
pub(crate) fn refused(text: &str) -> Response<Answer> {
    plain(StatusCode::NOT_IMPLEMENTED, text)
}

pub(crate) fn plain(status: StatusCode, text: &str) -> Response<Answer> {
    let body = Full::from(format!("{text}\n"));
    let body = body.map_err(|never| match never {}).boxed_unsync();
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let utf8 = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, utf8);
    response
}
