//! Recorded responses on their way to the test.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use http_body::{Body, Frame, SizeHint};
use hyper::ext::ReasonPhrase;
use tokio::time::{Instant, Sleep, sleep};

use super::BoxError;
use crate::failure::{ErrorKind, RecordedError};
use crate::session::{Content, Piece, Playback, PlayedBody};

/// Returns a recorded response, its reason phrase among the extensions. It waits for nothing: that is
/// [`Playback::delay`], before this.
///
/// Behind the `deadline` the body fails, if a simulated latency is longer: for clients whose time limit
/// is above the body.
#[must_use]
pub fn played(playback: Playback, deadline: Option<Instant>) -> Response<PlayingBody> {
    let reason = playback.recorded().reason().map(<[u8]>::to_vec);
    let mut response = playback.into_response();
    if let Some(phrase) = reason.and_then(|phrase| ReasonPhrase::try_from(phrase).ok()) {
        response.extensions_mut().insert(phrase);
    }
    response.map(|pieces| PlayingBody {
        pieces,
        next: None,
        deadline,
        is_read_ahead: false,
    })
}

/// A recorded body, piece by piece, each when its time has come.
///
/// It needs the time of tokio's runtime where `latency` is simulated, and where more is asked for than
/// was read when it was recorded.
#[derive(Debug)]
pub struct PlayingBody {
    pieces: PlayedBody,
    /// A piece whose time has not come.
    next: Option<Late>,
    /// When the sender of the request stops waiting.
    deadline: Option<Instant>,
    /// Who reads it is not the test.
    is_read_ahead: bool,
}

#[derive(Debug)]
struct Late {
    content: Content,
    sleep: Pin<Box<Sleep>>,
    /// The deadline comes before it.
    is_too_late: bool,
}

impl PlayingBody {
    /// Returns the bytes when nothing else is to come, and their number was announced.
    #[must_use]
    pub fn as_single_chunk(&self) -> Option<Bytes> {
        self.pieces.length()?;
        self.pieces.as_single_chunk()
    }

    pub(super) fn read_ahead(self) -> Self {
        Self {
            is_read_ahead: true,
            ..self
        }
    }

    fn patient(&self, content: Content) -> Content {
        match content {
            Content::Wait(waiting) if self.is_read_ahead => Content::Wait(waiting.patiently()),
            other => other,
        }
    }

    fn late(&self, content: Content, delay: Duration) -> Late {
        let left = self
            .deadline
            .map(|deadline| deadline.duration_since(Instant::now()));
        let is_too_late = left.is_some_and(|left| left < delay);
        let delay = left.map_or(delay, |left| left.min(delay));
        Late {
            content,
            sleep: Box::pin(sleep(delay)),
            is_too_late,
        }
    }
}

impl Body for PlayingBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.next.is_none() {
            let Some(Piece { delay, content }) = self.pieces.next() else {
                return Poll::Ready(None);
            };
            let content = self.patient(content);
            let delay = match &content {
                Content::Wait(waiting) => waiting.patience(),
                _ => delay,
            };
            if delay.is_zero() {
                return Poll::Ready(Some(frame(content)));
            }
            self.next = Some(self.late(content, delay));
        }
        if let Some(late) = &mut self.next {
            ready!(late.sleep.as_mut().poll(cx));
        }
        let in_time = |late: Late| match late.is_too_late {
            true => Err(io::Error::from(&timed_out()).into()),
            false => frame(late.content),
        };
        Poll::Ready(self.next.take().map(in_time))
    }

    fn size_hint(&self) -> SizeHint {
        let length = self.pieces.length();
        length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

fn timed_out() -> RecordedError {
    RecordedError::new(ErrorKind::Timeout, "operation timed out")
}

fn frame(content: Content) -> Result<Frame<Bytes>, BoxError> {
    match content {
        Content::Chunk(bytes) => Ok(Frame::data(bytes)),
        Content::Trailers(trailers) => Ok(Frame::trailers(trailers)),
        Content::Broken(error) => Err(io::Error::from(&error).into()),
        Content::Wait(waiting) => Err(waiting.expired().into()),
    }
}
