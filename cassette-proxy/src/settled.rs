use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use cassette_core::adapter::BoxError;
use http_body::{Body, Frame, SizeHint};

/// A body whose last announced byte is held back until its end is known.
///
/// A client that was told the length takes no notice of what comes behind it, so the test may have ended
/// before the body has, and would be recorded as having read no further.
pub(crate) struct Settled<B> {
    body: B,
    last: Option<Frame<Bytes>>,
    trailers: Option<Frame<Bytes>>,
}

impl<B> Settled<B> {
    pub(crate) fn new(body: B) -> Self {
        Self {
            body,
            last: None,
            trailers: None,
        }
    }
}

type Polled = Poll<Option<Result<Frame<Bytes>, BoxError>>>;

impl<B: Body<Data = Bytes, Error = BoxError> + Unpin> Settled<B> {
    fn is_last(&self, frame: &Frame<Bytes>) -> bool {
        frame.is_data() && self.body.size_hint().exact() == Some(0) && !self.body.is_end_stream()
    }
}

impl<B: Body<Data = Bytes, Error = BoxError> + Unpin> Body for Settled<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        if self.last.is_none() && self.trailers.is_some() {
            return Poll::Ready(self.trailers.take().map(Ok));
        }
        loop {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) if self.last.is_none() && self.is_last(&frame) => {
                    self.last = Some(frame);
                }
                Some(Ok(frame)) if self.last.is_some() => {
                    self.trailers = Some(frame).filter(Frame::is_trailers);
                }
                None => return Poll::Ready(self.last.take().map(Ok)),
                other => return Poll::Ready(other),
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }

    fn is_end_stream(&self) -> bool {
        self.last.is_none() && self.trailers.is_none() && self.body.is_end_stream()
    }
}
