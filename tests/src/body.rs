use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::BodyExt;
use http_body_util::combinators::BoxBody;
use hyper::body::{self, Frame};
use tokio::sync::mpsc;

/// A body of any kind: of a response that a [`Server`](crate::Server) gives, or of a request by
/// `reqwest::Body::wrap`.
pub type Body = BoxBody<Bytes, io::Error>;

/// Returns a body of unknown length and the end that feeds it.
///
/// Every `Ok` sent is one chunk, an `Err` breaks the body off, dropping the sender ends it.
#[must_use]
pub fn channel() -> (mpsc::UnboundedSender<io::Result<Bytes>>, Body) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (sender, Chunks(receiver).boxed())
}

struct Chunks(mpsc::UnboundedReceiver<io::Result<Bytes>>);

impl body::Body for Chunks {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        self.0
            .poll_recv(cx)
            .map(|chunk| chunk.map(|chunk| chunk.map(Frame::data)))
    }
}
