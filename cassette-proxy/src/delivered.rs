use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use cassette_core::adapter::BoxError;
use http_body::{Body, Frame, SizeHint};

use crate::line::Line;

/// How many turns HTTP/2 is given to send what it holds of a body. It does not tell when that is done, so that
/// of a long one the end may be lost.
const TURNS: usize = 16;

/// A body that fails when what came before has been delivered: hyper throws away what it holds when a body
/// fails.
pub(crate) struct Delivered<B> {
    body: B,
    failure: Option<BoxError>,
    sending: Sending,
}

enum Sending {
    /// One body after the other: until the connection is flushed.
    InTurn(Arc<Line>),
    /// Among others, whose flushes tell nothing of this one.
    Together(usize),
}

impl<B> Delivered<B> {
    /// Returns a body on this line of HTTP/1, or on one of HTTP/2.
    pub(crate) fn new(body: B, line: Option<Arc<Line>>) -> Self {
        Self {
            body,
            failure: None,
            sending: line.map_or(Sending::Together(TURNS), Sending::InTurn),
        }
    }
}

impl Sending {
    fn poll_done(&mut self, cx: &Context<'_>) -> Poll<()> {
        match self {
            Self::InTurn(line) => line.poll_flushed(cx),
            Self::Together(0) => Poll::Ready(()),
            Self::Together(turns) => {
                *turns -= 1;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }
}

impl<B: Body<Data = Bytes, Error = BoxError> + Unpin> Body for Delivered<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.failure.is_none() {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Err(failure)) => self.failure = Some(failure),
                other => return Poll::Ready(other),
            }
        }
        ready!(self.sending.poll_done(cx));
        Poll::Ready(self.failure.take().map(Err))
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }

    fn is_end_stream(&self) -> bool {
        self.failure.is_none() && self.body.is_end_stream()
    }
}
