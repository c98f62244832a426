//! tonic's services behind a server that counts its hits.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};

use bytes::Bytes;
use cassette_tests::{Body, Server};
use futures_util::stream::{self, BoxStream, StreamExt};
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt, Full};
use tonic::Status;
use tonic::server::Grpc;
use tonic_prost::ProstCodec;
use tower::{Service, ServiceExt, service_fn};

/// The path of a call that streams the words of a text; at the word `fail` it fails.
pub(crate) const WORDS: &str = "/test.Text/Words";

type Asked = Request<Full<Bytes>>;

pub(crate) fn start<S>(service: S) -> Server
where
    S: Service<Asked, Response = Response<tonic::body::Body>, Error = Infallible>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send,
{
    Server::start_body(move |request| {
        let (service, request) = (service.clone(), request.map(Full::new));
        async move {
            let answered = service.oneshot(request).await;
            let response = answered.unwrap_or_else(|never| match never {});
            response.map(shared)
        }
    })
}

pub(crate) fn words() -> Server {
    start(service_fn(async |request: Asked| {
        assert_eq!(request.uri().path(), WORDS);
        let mut grpc = Grpc::new(ProstCodec::<String, String>::new());
        let words = service_fn(async |request: tonic::Request<String>| split(request.get_ref()));
        Ok(grpc.server_streaming(words, request).await)
    }))
}

type Words = BoxStream<'static, Result<String, Status>>;

fn split(text: &str) -> Result<tonic::Response<Words>, Status> {
    let words: Vec<_> = text.split(' ').map(str::to_owned).collect();
    let words = words.into_iter().map(|word| match &*word {
        "fail" => Err(Status::data_loss("no more words")),
        _ => Ok(word),
    });
    let mut response = tonic::Response::new(stream::iter(words).boxed());
    let metadata = response.metadata_mut();
    metadata.insert("x-length", text.len().into());
    Ok(response)
}

fn shared(body: tonic::body::Body) -> Body {
    Shared(Mutex::new(body)).boxed()
}

/// A body that the server's threads may share: nobody ever locks it.
struct Shared(Mutex<tonic::body::Body>);

impl http_body::Body for Shared {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let polled = Pin::new(self.0.get_mut().unwrap()).poll_frame(cx);
        polled.map_err(io::Error::other)
    }

    fn size_hint(&self) -> SizeHint {
        self.0.lock().unwrap().size_hint()
    }

    fn is_end_stream(&self) -> bool {
        self.0.lock().unwrap().is_end_stream()
    }
}
