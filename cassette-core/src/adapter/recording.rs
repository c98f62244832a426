//! Responses on their way to the test, recorded as they come.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::ext::ReasonPhrase;
use tokio::time::timeout;

use crate::error::Result;
use crate::failure::RecordedError;
use crate::session::{PendingInteraction, PendingResponse};

const UPGRADED: &str = "an upgraded connection, like a WebSocket's, is not recorded\n\n\
    help: take `#[cassette]` off this test, or give it `mode = \"live\"`";

/// How long a stream that is compared may be silent: it could be so for ever.
const PATIENCE: Duration = Duration::from_secs(10);

type FrameResult<E> = Result<Frame<Bytes>, E>;

/// Records a response and returns it for the test: at once, or when its body has come.
///
/// What `failure` returns is recorded where the body breaks off; the test gets the error itself.
///
/// # Errors
///
/// When the journal cannot be written.
pub async fn received<C>(
    mut pending: PendingInteraction,
    response: Response<C>,
    failure: fn(&C::Error) -> RecordedError,
) -> Result<Response<RecordingBody<C>>>
where
    C: Body<Data = Bytes> + Unpin,
{
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        pending.refuse(UPGRADED);
        return Ok(response.map(|body| RecordingBody(Kind::Unrecorded(body))));
    }
    note_reason(&mut pending, &response);
    let (parts, body) = response.into_parts();
    let head = Response::from_parts(parts, ());
    let kind = if pending.is_handed_on_early(&head) {
        Kind::Tee(Tee::new(body, pending.respond(&head), failure))
    } else {
        Kind::Whole(buffered(body, pending, &head, failure).await?)
    };
    Ok(head.map(|()| RecordingBody(kind)))
}

/// Reads a response as far as there is something recorded to compare it with.
pub async fn compared<C>(
    mut pending: PendingInteraction,
    response: Response<C>,
    failure: fn(&C::Error) -> RecordedError,
) where
    C: Body<Data = Bytes> + Unpin,
{
    note_reason(&mut pending, &response);
    let (parts, mut body) = response.into_parts();
    let mut pending = pending.respond(&Response::from_parts(parts, ()));
    // What is dropped is compared as far as it came; the session keeps what comes of it.
    while !pending.is_enough() {
        match timeout(PATIENCE, body.frame()).await {
            Err(_) => return,
            Ok(None) => return drop(pending.end()),
            Ok(Some(Err(error))) => return drop(pending.break_off(failure(&error))),
            Ok(Some(Ok(frame))) => note(&mut pending, &frame),
        }
    }
}

fn note_reason<C>(pending: &mut PendingInteraction, response: &Response<C>) {
    if let Some(phrase) = response.extensions().get::<ReasonPhrase>() {
        pending.reason(phrase.as_bytes());
    }
}

fn note(pending: &mut PendingResponse, frame: &Frame<Bytes>) {
    if let Some(bytes) = frame.data_ref() {
        pending.chunk(bytes);
    }
    if let Some(trailers) = frame.trailers_ref() {
        pending.trailers(trailers);
    }
}

/// Reads a body to its end, or to where it breaks off. Until then nothing is recorded: a test that
/// gives up meanwhile has seen no response.
async fn buffered<C>(
    mut body: C,
    pending: PendingInteraction,
    head: &Response<()>,
    failure: fn(&C::Error) -> RecordedError,
) -> Result<Buffered<C::Error>>
where
    C: Body<Data = Bytes> + Unpin,
{
    // A client that would have decoded the body does not know that it is empty; a replay does.
    let length = match pending.is_bodiless(head) {
        true => Some(0),
        false => body.size_hint().exact(),
    };
    let (mut bytes, mut trailers) = (BytesMut::new(), HeaderMap::new());
    let error = loop {
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
    let mut pending = pending.respond(head);
    pending.chunk(&bytes);
    pending.trailers(&trailers);
    match &error {
        None => pending.end()?,
        Some(error) => pending.break_off(failure(error))?,
    }
    let last = match error {
        Some(error) => Some(Err(error)),
        None => (!trailers.is_empty()).then(|| Ok(Frame::trailers(trailers))),
    };
    Ok(Buffered {
        bytes,
        last,
        length,
    })
}

/// The body of a response that has just been received: recorded already, or while the test reads it and
/// no faster.
pub struct RecordingBody<C: Body>(Kind<C>);

enum Kind<C: Body> {
    Unrecorded(C),
    Tee(Tee<C>),
    Whole(Buffered<C::Error>),
}

impl<C> Body for RecordingBody<C>
where
    C: Body<Data = Bytes, Error: Unpin> + Unpin,
{
    type Data = Bytes;
    type Error = C::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<FrameResult<C::Error>>> {
        match &mut self.0 {
            Kind::Unrecorded(body) => Pin::new(body).poll_frame(cx),
            Kind::Tee(tee) => tee.poll_frame(cx),
            Kind::Whole(buffered) => Poll::Ready(buffered.next()),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Unrecorded(body) => body.size_hint(),
            Kind::Tee(tee) => tee.body.size_hint(),
            Kind::Whole(buffered) => buffered.size_hint(),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Unrecorded(body) => body.is_end_stream(),
            Kind::Tee(tee) => tee.body.is_end_stream(),
            Kind::Whole(buffered) => buffered.bytes.is_empty() && buffered.last.is_none(),
        }
    }
}

impl<C: Body> fmt::Debug for RecordingBody<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordingBody").finish_non_exhaustive()
    }
}

/// A body that is there already, and what came behind it.
struct Buffered<E> {
    bytes: Bytes,
    last: Option<FrameResult<E>>,
    /// How much is to come, if the server has said so.
    length: Option<u64>,
}

impl<E> Buffered<E> {
    fn next(&mut self) -> Option<FrameResult<E>> {
        let bytes = std::mem::take(&mut self.bytes);
        if bytes.is_empty() {
            return self.last.take();
        }
        let rest = |length: u64| length.saturating_sub(bytes.len() as u64);
        self.length = self.length.map(rest);
        Some(Ok(Frame::data(bytes)))
    }

    fn size_hint(&self) -> SizeHint {
        let length = self.length;
        length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// A body that is recorded while the test reads it.
struct Tee<C: Body> {
    body: C,
    /// Until the end.
    pending: Option<PendingResponse>,
    failure: fn(&C::Error) -> RecordedError,
}

impl<C: Body<Data = Bytes> + Unpin> Tee<C> {
    fn new(body: C, pending: PendingResponse, failure: fn(&C::Error) -> RecordedError) -> Self {
        let pending = Some(pending);
        let mut tee = Self {
            body,
            pending,
            failure,
        };
        tee.end_with_body();
        tee
    }

    fn poll_frame(&mut self, cx: &mut Context<'_>) -> Poll<Option<FrameResult<C::Error>>> {
        loop {
            let polled = Pin::new(&mut self.body).poll_frame(cx);
            match &polled {
                Poll::Ready(frame) => self.record(frame.as_ref()),
                Poll::Pending => self.pending.iter_mut().for_each(PendingResponse::waiting),
            }
            if !is_empty_chunk(&polled) {
                return polled;
            }
        }
    }

    fn record(&mut self, frame: Option<&FrameResult<C::Error>>) {
        match (frame, &mut self.pending) {
            (Some(Ok(frame)), Some(pending)) => {
                note(pending, frame);
                self.end_with_body();
            }
            (Some(Err(error)), _) => {
                let error = (self.failure)(error);
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

/// HTTP/2 has them, often as the last one. They are not recorded, so the test gets none either.
fn is_empty_chunk<E>(polled: &Poll<Option<FrameResult<E>>>) -> bool {
    match polled {
        Poll::Ready(Some(Ok(frame))) => frame.data_ref().is_some_and(Bytes::is_empty),
        _ => false,
    }
}
