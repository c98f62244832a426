use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use cassette_core::adapter::{BoxError, ExchangeBody};
use http_body::{Body, Frame, SizeHint};

/// The body of an answer: that of the service below, recorded while it is read, or one from the cassette.
pub struct ResponseBody<C>(ExchangeBody<Live<C>>)
where
    C: Body<Error: Into<BoxError>>;

impl<C: Body<Error: Into<BoxError>>> ResponseBody<C> {
    pub(crate) fn new(body: ExchangeBody<Live<C>>) -> Self {
        Self(body)
    }

    /// Returns a body that goes past the cassette.
    pub(crate) fn live(body: Live<C>) -> Self {
        Self(ExchangeBody::live(body))
    }
}

impl<C: Body<Error: Into<BoxError>>> Body for ResponseBody<C> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        Pin::new(&mut self.0).poll_frame(cx)
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }
}

impl<C: Body<Error: Into<BoxError>>> fmt::Debug for ResponseBody<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseBody").finish_non_exhaustive()
    }
}

type Polled = Poll<Option<Result<Frame<Bytes>, BoxError>>>;

/// The body of the service below, whatever its chunks and errors are.
pub(crate) struct Live<C>(Pin<Box<C>>);

impl<C> Live<C> {
    pub(crate) fn new(body: C) -> Self {
        Self(Box::pin(body))
    }
}

impl<C: Body<Error: Into<BoxError>>> Body for Live<C> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        // Of bytes nothing is copied.
        let whole = |mut data: C::Data| data.copy_to_bytes(data.remaining());
        let polled = self.0.as_mut().poll_frame(cx);
        polled.map(|frame| {
            let frame = frame.map(|frame| frame.map(|frame| frame.map_data(whole)));
            frame.map(|frame| frame.map_err(Into::into))
        })
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }
}
