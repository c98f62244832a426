use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::acceptor::Acceptor;
use crate::body::full;
use crate::{Body, Seen};

/// An HTTP server on the loopback, on its own thread and runtime, that remembers what it was asked.
///
/// It speaks HTTP/1, and HTTP/2 with a client that begins so (`http2_prior_knowledge`).
///
/// Handlers run on the server's one thread: one that blocks holds up every other request, one that
/// awaits does not.
#[must_use = "dropped, the server is stopped"]
pub struct Server {
    acceptor: Acceptor,
    service: Arc<Service>,
}

impl Server {
    /// Starts a server on a free port that answers with `handler`.
    pub fn start<H>(handler: H) -> Self
    where
        H: Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
    {
        Self::start_at(0, handler)
    }

    /// Starts a server on a port used before, after [`stop`](Self::stop).
    ///
    /// # Panics
    ///
    /// Panics when the port is taken.
    pub fn start_at<H>(port: u16, handler: H) -> Self
    where
        H: Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
    {
        Self::listen(port, move |request| {
            let response = handler(request).map(full);
            Box::pin(ready(response))
        })
    }

    /// Starts a server whose handler may wait, say on a `oneshot` that the test sends.
    pub fn start_async<H, F>(handler: H) -> Self
    where
        H: Fn(Request<Bytes>) -> F + Send + Sync + 'static,
        F: Future<Output = Response<Bytes>> + Send + 'static,
    {
        Self::listen(0, move |request| {
            let response = handler(request);
            Box::pin(async move { response.await.map(full) })
        })
    }

    /// Starts a server whose handler may wait and gives any body, say one of a
    /// [`channel`](crate::channel).
    pub fn start_body<H, F>(handler: H) -> Self
    where
        H: Fn(Request<Bytes>) -> F + Send + Sync + 'static,
        F: Future<Output = Response<Body>> + Send + 'static,
    {
        Self::listen(0, move |request| Box::pin(handler(request)))
    }

    /// Returns the absolute URL of a path that begins with `/`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port())
    }

    /// Returns the port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.acceptor.port()
    }

    /// Returns how many requests have arrived whole.
    #[must_use]
    pub fn hits(&self) -> usize {
        self.service.seen().len()
    }

    /// Returns the requests that have arrived whole, in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Seen> {
        self.service.seen().clone()
    }

    /// Returns the paths of the requests that have arrived whole, each with its query behind a `?`,
    /// in order of arrival.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        let requests = self.service.seen();
        requests.iter().map(|seen| seen.path.clone()).collect()
    }

    /// Closes the listener and all connections; from then on connecting is refused. Dropping does
    /// the same.
    ///
    /// A client with a pooled connection may try that one first and then report a broken
    /// connection, not a refused one.
    pub fn stop(mut self) {
        self.acceptor.stop();
    }

    fn listen(
        port: u16,
        respond: impl Fn(Request<Bytes>) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let service = Arc::new(Service::new(respond));
        let serving = Arc::clone(&service);
        let acceptor = Acceptor::start(port, move |stream| Arc::clone(&serving).serve(stream));
        Self { acceptor, service }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("port", &self.port())
            .field("hits", &self.hits())
            .finish_non_exhaustive()
    }
}

pub(crate) type Answer = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

/// What the connections of one server share.
pub(crate) struct Service {
    respond: Box<dyn Fn(Request<Bytes>) -> Answer + Send + Sync>,
    seen: Mutex<Vec<Seen>>,
}

impl Service {
    pub(crate) fn new(respond: impl Fn(Request<Bytes>) -> Answer + Send + Sync + 'static) -> Self {
        Self {
            respond: Box::new(respond),
            seen: Mutex::default(),
        }
    }

    pub(crate) async fn serve<S>(self: Arc<Self>, stream: S)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let answer = service_fn(move |request| Arc::clone(&self).answer(request));
        // An error here is a client that went away, or a body that a handler broke off.
        let _ = auto::Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(stream), answer)
            .await;
    }

    /// Returns the requests that have arrived whole.
    pub(crate) fn seen(&self) -> MutexGuard<'_, Vec<Seen>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> hyper::Result<Response<Body>> {
        let (head, body) = request.into_parts();
        let request = Request::from_parts(head, body.collect().await?.to_bytes());
        self.seen().push(Seen::from(&request));
        Ok((self.respond)(request).await)
    }
}
