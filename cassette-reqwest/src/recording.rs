//! Responses on their way to the test, recorded as they come.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use cassette_core::{PendingInteraction, PendingResponse, Result};
use http::{HeaderMap, StatusCode};
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt;
use reqwest::{Body, Error, Response, Url};
use tokio::time::timeout;

use crate::convert::{self, client_response};
use crate::failure::recorded_body_error;

const UPGRADED: &str = "an upgraded connection, like a WebSocket's, is not recorded\n\n\
    help: take `#[cassette]` off this test, or give it `mode = \"live\"`";

/// How long a stream that is compared may be silent: it could be so for ever.
const PATIENCE: Duration = Duration::from_secs(10);

/// Records a response and returns it for the test: at once, or when its body has come.
pub(crate) async fn received(
    mut pending: PendingInteraction,
    response: Response,
    asked: &Url,
) -> Result<Response> {
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        pending.refuse(UPGRADED);
        return Ok(response);
    }
    let url = response.url().clone();
    let (mut response, body) = taken_apart(response, &mut pending, asked);
    *response.body_mut() = if pending.is_handed_on_early(&response) {
        Body::wrap(Tee::new(body, pending.respond(&response)))
    } else {
        buffered(body, pending, &response).await?
    };
    Ok(client_response(response, url))
}

/// Notes what an `http` response does not tell, and returns one with its body beside it.
fn taken_apart(
    response: Response,
    pending: &mut PendingInteraction,
    asked: &Url,
) -> (http::Response<Body>, Body) {
    if response.url() != asked {
        pending.answered_by(response.url().as_str());
    }
    if let Some(phrase) = convert::reason(&response) {
        pending.reason(phrase.as_bytes());
    }
    let response: http::Response<Body> = response.into();
    let (parts, body) = response.into_parts();
    (http::Response::from_parts(parts, Body::default()), body)
}

/// Reads a response as far as there is something recorded to compare it with.
pub(crate) async fn compared(mut pending: PendingInteraction, response: Response, asked: &Url) {
    let (response, mut body) = taken_apart(response, &mut pending, asked);
    let mut pending = pending.respond(&response);
    // What is dropped is compared as far as it came; the session keeps what comes of it.
    while !pending.is_enough() {
        match timeout(PATIENCE, body.frame()).await {
            Err(_) => return,
            Ok(None) => return drop(pending.end()),
            Ok(Some(Err(error))) => return drop(pending.break_off(recorded_body_error(&error))),
            Ok(Some(Ok(frame))) => {
                frame
                    .data_ref()
                    .into_iter()
                    .for_each(|data| pending.chunk(data));
                frame
                    .trailers_ref()
                    .into_iter()
                    .for_each(|trailers| pending.trailers(trailers));
            }
        }
    }
}

/// Reads a body to its end, or to where it breaks off. Until then nothing is recorded: a test that
/// gives up meanwhile has seen no response.
async fn buffered(
    mut body: Body,
    pending: PendingInteraction,
    response: &http::Response<Body>,
) -> Result<Body> {
    // A client that would have decoded the body does not know that it is empty; a replay does.
    let length = match pending.is_bodiless(response) {
        true => Some(0),
        false => body.size_hint().exact(),
    };
    let (mut bytes, mut trailers) = (BytesMut::new(), HeaderMap::new());
    let failure = loop {
        match body.frame().await {
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => bytes.extend_from_slice(&data),
                Err(frame) => trailers.extend(frame.into_trailers().unwrap_or_default()),
            },
            Some(Err(error)) => break Some(error),
            None => break None,
        }
    };
    let bytes = bytes.freeze();
    let mut pending = pending.respond(response);
    pending.chunk(&bytes);
    pending.trailers(&trailers);
    match failure {
        None => {
            pending.end()?;
            Ok(whole(bytes, trailers, length))
        }
        Some(error) => {
            pending.break_off(recorded_body_error(&error))?;
            let last = Some(Err(error));
            Ok(Body::wrap(Buffered {
                bytes,
                last,
                length,
            }))
        }
    }
}

fn whole(bytes: Bytes, trailers: HeaderMap, length: Option<u64>) -> Body {
    if trailers.is_empty() && length.is_some() {
        return Body::from(bytes);
    }
    let last = (!trailers.is_empty()).then(|| Ok(Frame::trailers(trailers)));
    Body::wrap(Buffered {
        bytes,
        last,
        length,
    })
}

/// A body that is there already, and what came behind it.
struct Buffered {
    bytes: Bytes,
    last: Option<Result<Frame<Bytes>, Error>>,
    /// How much is to come, if the server has said so.
    length: Option<u64>,
}

impl HttpBody for Buffered {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let bytes = std::mem::take(&mut self.bytes);
        if bytes.is_empty() {
            return Poll::Ready(self.last.take());
        }
        let rest = |length: u64| length.saturating_sub(bytes.len() as u64);
        self.length = self.length.map(rest);
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn size_hint(&self) -> SizeHint {
        self.length
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// A body that is recorded while the test reads it, and no faster.
struct Tee {
    body: Body,
    /// Until the end.
    pending: Option<PendingResponse>,
}

impl Tee {
    fn new(body: Body, pending: PendingResponse) -> Self {
        let pending = Some(pending);
        let mut tee = Self { body, pending };
        tee.end_with_body();
        tee
    }

    fn record(&mut self, frame: Option<&Result<Frame<Bytes>, Error>>) {
        match (frame, &mut self.pending) {
            (Some(Ok(frame)), Some(pending)) => {
                frame
                    .data_ref()
                    .into_iter()
                    .for_each(|bytes| pending.chunk(bytes));
                let trailers = frame.trailers_ref();
                trailers
                    .into_iter()
                    .for_each(|trailers| pending.trailers(trailers));
                self.end_with_body();
            }
            (Some(Err(error)), _) => {
                let error = recorded_body_error(error);
                self.finish(|pending| pending.break_off(error));
            }
            (None, _) => self.finish(PendingResponse::end),
            (Some(Ok(_)), None) => {}
        }
    }

    /// Who knows that nothing more is to come need not ask.
    fn end_with_body(&mut self) {
        if self.body.is_end_stream() {
            self.finish(PendingResponse::end);
        }
    }

    fn finish(&mut self, end: impl FnOnce(PendingResponse) -> Result<()>) {
        // The session keeps the failure, and fails the test for it.
        let _ = self.pending.take().map(end);
    }
}

impl HttpBody for Tee {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        loop {
            let polled = Pin::new(&mut self.body).poll_frame(cx);
            match &polled {
                Poll::Ready(frame) => self.record(frame.as_ref()),
                Poll::Pending => {
                    self.pending.iter_mut().for_each(PendingResponse::waiting);
                }
            }
            if !is_empty_chunk(&polled) {
                return polled;
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}

/// HTTP/2 has them, often as the last one. They are not recorded, so the test gets none either.
fn is_empty_chunk(polled: &Poll<Option<Result<Frame<Bytes>, Error>>>) -> bool {
    match polled {
        Poll::Ready(Some(Ok(frame))) => frame.data_ref().is_some_and(Bytes::is_empty),
        _ => false,
    }
}
