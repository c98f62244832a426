//! Recorded responses on their way to the test.

use std::error::Error as StdError;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use cassette_core::{
    Content, ErrorKind, Failure, Piece, Playback, PlayedBody, RecordedError, Waiting,
};
use http_body::{Body as HttpBody, Frame, SizeHint};
use reqwest::{Body, Response, Url};
use reqwest_middleware::{Error, Result};
use tokio::time::{Instant, Sleep, sleep};

use crate::convert::{client_response, set_reason, without_fragment};
use crate::failure::replayed;

/// What a replay keeps of a request: where it went, and how long its sender would wait.
pub(crate) struct Asked {
    pub(crate) url: Url,
    pub(crate) timeout: Option<Duration>,
}

impl Asked {
    /// Waits, if the sender does; else it fails as the client does.
    async fn wait(&self, delay: Duration) -> Result<()> {
        match self.timeout {
            Some(timeout) if timeout < delay => {
                sleep(timeout).await;
                Err(replayed(&timed_out(), &self.url).await.into())
            }
            _ if delay.is_zero() => Ok(()),
            _ => {
                sleep(delay).await;
                Ok(())
            }
        }
    }
}

fn timed_out() -> RecordedError {
    RecordedError::new(ErrorKind::Timeout, "operation timed out")
}

/// Answers with a recorded response.
pub(crate) async fn play(playback: Playback, asked: &Asked) -> Result<Response> {
    // A timeout of ages is none.
    let deadline = asked
        .timeout
        .and_then(|timeout| Instant::now().checked_add(timeout));
    asked.wait(playback.delay()).await?;
    let url = playback
        .recorded()
        .url()
        .and_then(|url| Url::parse(url).ok());
    let reason = playback.recorded().reason().map(<[u8]>::to_vec);
    let mut response = playback
        .into_response()
        .map(|body| played_body(body, deadline));
    if let Some(reason) = reason {
        set_reason(&mut response, &reason);
    }
    let url = url.unwrap_or_else(|| without_fragment(&asked.url));
    Ok(client_response(response, url))
}

/// Fails as recorded.
pub(crate) async fn fail(failure: Failure, asked: &Asked) -> Error {
    match asked.wait(failure.delay()).await {
        Ok(()) => {
            let url = failure.error().url().and_then(|url| Url::parse(url).ok());
            let url = url.as_ref().unwrap_or(&asked.url);
            replayed(failure.error(), url).await.into()
        }
        Err(timed_out) => timed_out,
    }
}

/// Does not answer, as long as the test can be expected to give up.
pub(crate) async fn never(waiting: Waiting, asked: &Asked) -> Error {
    match asked.wait(waiting.patience()).await {
        Ok(()) => Error::middleware(waiting.expired()),
        Err(timed_out) => timed_out,
    }
}

fn played_body(pieces: PlayedBody, deadline: Option<Instant>) -> Body {
    match (pieces.length(), pieces.as_single_chunk()) {
        (Some(_), Some(bytes)) => Body::from(bytes),
        _ => Body::wrap(Played {
            pieces,
            next: None,
            deadline,
        }),
    }
}

/// A recorded body, piece by piece.
struct Played {
    pieces: PlayedBody,
    /// A piece whose time has not come.
    next: Option<Late>,
    /// When the sender of the request stops waiting.
    deadline: Option<Instant>,
}

struct Late {
    content: Content,
    sleep: Pin<Box<Sleep>>,
    /// The deadline comes before it.
    is_too_late: bool,
}

type BoxError = Box<dyn StdError + Send + Sync>;
type FrameResult = std::result::Result<Frame<Bytes>, BoxError>;

impl Played {
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

impl HttpBody for Played {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<FrameResult>> {
        if self.next.is_none() {
            let Some(Piece { delay, content }) = self.pieces.next() else {
                return Poll::Ready(None);
            };
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
        let late = self.next.take();
        let in_time = |late: Late| {
            if late.is_too_late {
                Err(io::Error::from(&timed_out()).into())
            } else {
                frame(late.content)
            }
        };
        Poll::Ready(late.map(in_time))
    }

    fn size_hint(&self) -> SizeHint {
        self.pieces
            .length()
            .map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

fn frame(content: Content) -> FrameResult {
    match content {
        Content::Chunk(bytes) => Ok(Frame::data(bytes)),
        Content::Trailers(trailers) => Ok(Frame::trailers(trailers)),
        Content::Broken(error) => Err(io::Error::from(&error).into()),
        Content::Wait(waiting) => Err(waiting.expired().into()),
    }
}
