use std::future::ready;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
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

/// Returns a body of these chunks, of a length that its reader is not told.
#[must_use]
pub fn chunks<C: Into<Bytes>>(chunks: impl IntoIterator<Item = C>) -> Body {
    let (sender, body) = channel();
    for chunk in chunks {
        sender
            .send(Ok(chunk.into()))
            .expect("the body is there to take it");
    }
    body
}

/// Returns a body with these trailers behind it.
///
/// HTTP/2 always has room for them. In HTTP/1 they are sent only when the length of the body is not
/// known, the request says `te: trailers`, and the response names them in `trailer`.
#[must_use]
pub fn with_trailers(body: Body, trailers: HeaderMap) -> Body {
    body.with_trailers(ready(Some(Ok(trailers)))).boxed()
}

/// Returns a body of known length.
pub(crate) fn full(bytes: Bytes) -> Body {
    Full::new(bytes)
        .map_err(|never| -> io::Error { match never {} })
        .boxed()
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
