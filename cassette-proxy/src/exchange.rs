//! The way of one request through the proxy.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use cassette_core::adapter::{self, BoxError, ExchangeBody, ExchangeError};
use cassette_core::{ErrorKind, RecordedError, Session};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response, StatusCode, Uri, Version};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;

use crate::credentials::Passage;
use crate::delivered::Delivered;
use crate::head;
use crate::line::Line;
use crate::settled::Settled;
use crate::shared::Shared;
use crate::upstream::Live;

const UPGRADED: &str = "an upgraded connection, like a WebSocket's, does not go through the proxy of a test\n\n\
    help: give the code that opens it no proxy";

/// What rustls says of a certificate; a recorded failure has nothing but its text.
const UNTRUSTED: &str = "invalid peer certificate";

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

/// Answers a request with an absolute URI.
pub(crate) async fn exchange(
    shared: &Shared,
    session: &Session,
    passage: Passage,
    request: Request<Incoming>,
    line: &Arc<Line>,
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
    // A line of HTTP/2 has other requests on it, and lets the one end by itself.
    let line = Some(line).filter(|_| version != Version::HTTP_2);
    match answered {
        Ok(response) if response.status() == StatusCode::SWITCHING_PROTOCOLS => {
            Ok(refused(UPGRADED))
        }
        Ok(response) => {
            shared.note_redirect(&uri, &response);
            Ok(head::answered(response).map(|body| boxed(body, line)))
        }
        Err(error) => failed(session, &uri, error, line),
    }
}

fn boxed(body: ExchangeBody<Live>, line: Option<&Arc<Line>>) -> Answer {
    let settled = Settled::new(body.read_ahead());
    Delivered::new(settled, line.cloned()).boxed_unsync()
}

/// A miss is an answer; what befell the connection to the server befalls that of the client.
fn failed(
    session: &Session,
    uri: &Uri,
    error: ExchangeError,
    line: Option<&Arc<Line>>,
) -> Result<Response<Answer>, BrokenOff> {
    let failure = match error {
        ExchangeError::Refused(error) => return Ok(refused(&error.to_string())),
        ExchangeError::Recorded(failure) => failure,
        ExchangeError::Client(error) => adapter::failure(&*error),
    };
    session.explain(unreached(uri, &failure));
    if failure.kind() == ErrorKind::Reset {
        line.into_iter().for_each(|line| line.reset());
    }
    Err(BrokenOff)
}

/// The path and the name of a user are left out: a secret may be in them.
fn unreached(uri: &Uri, failure: &RecordedError) -> String {
    let (host, port) = (uri.host().unwrap_or_default(), uri.port());
    let port = port.map_or_else(String::new, |port| format!(":{port}"));
    let message = failure.message();
    let help = match message.starts_with(UNTRUSTED) {
        true => {
            "\n\nhelp: trust the server's certificate while recording: \
             `Proxy::start(&session)?.trust(pem)?`"
        }
        false => "",
    };
    format!(
        "no answer came from {host}{port}: {message}; so the proxy broke its client's connection off{help}"
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
