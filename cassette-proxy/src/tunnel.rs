//! What a client does behind CONNECT: it speaks with a server, it thinks.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;

use cassette_core::Session;
use cassette_core::adapter::BoxError;
use http::uri::Authority;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::upgrade::Upgraded;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rustls::server::Acceptor;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, BufReader};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use crate::credentials::Passage;
use crate::exchange::{Answer, BrokenOff, exchange, plain, refused};
use crate::head;
use crate::line::{Line, Lined};
use crate::refusing;
use crate::shared::Shared;

/// What TLS begins with: a record of its handshake.
const HANDSHAKE: u8 = 22;

/// A tunnel of one client.
struct Tunnel {
    shared: Arc<Shared>,
    passage: Passage,
    /// Host and port, as the client asked for them.
    authority: Authority,
    line: Arc<Line>,
    /// What every request is told where there is no session.
    refusal: String,
}

/// Lets a client begin. The server is asked nothing yet: there is nothing to ask in a replay.
pub(crate) fn open(
    shared: &Arc<Shared>,
    passage: Passage,
    request: Request<Incoming>,
    line: Arc<Line>,
) -> Response<Answer> {
    let Some(authority) = request.uri().authority() else {
        return plain(
            StatusCode::BAD_REQUEST,
            "CONNECT is asked for a host and a port",
        );
    };
    let tunnel = Tunnel {
        shared: Arc::clone(shared),
        passage,
        authority: authority.clone(),
        line,
        refusal: refusing::reason(request.headers()),
    };
    tokio::spawn(async move {
        if let Ok(upgraded) = hyper::upgrade::on(request).await {
            tunnel.serve(upgraded).await;
        }
    });
    let mut response = plain(StatusCode::OK, "");
    *response.body_mut() = Answer::default();
    response.headers_mut().clear();
    response
}

impl Tunnel {
    async fn serve(self, upgraded: Upgraded) {
        let mut stream = BufReader::new(TokioIo::new(upgraded));
        let Ok(begin) = stream.fill_buf().await else {
            return;
        };
        match begin.first() {
            None => {}
            Some(&HANDSHAKE) => self.serve_tls(stream).await,
            // An error here is a client that went away, or a connection that was to break off.
            Some(_) => drop(self.serve_http(stream, "http").await),
        }
    }

    async fn serve_tls<S>(self, stream: S)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        match self.accept_tls(stream).await {
            // An error here is a client that went away, or a connection that was to break off.
            Ok(stream) => {
                let stream = Lined::tls(stream, Arc::clone(&self.line));
                drop(self.serve_http(stream, "https").await);
            }
            Err(error) => {
                let session = self.shared.session.iter();
                session.for_each(|session| explain(session, self.authority.host(), &error));
            }
        }
    }

    /// Poses as the server whose name the client says, or whose address it has asked for.
    async fn accept_tls<S>(&self, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let begun = LazyConfigAcceptor::new(Acceptor::default(), stream).await?;
        let hello = begun.client_hello();
        let name = hello.server_name().unwrap_or(self.authority.host());
        let config = self.shared.authority.server(name)?;
        begun.into_stream(config).await
    }

    async fn serve_http<S>(self, stream: S, scheme: &'static str) -> Result<(), BoxError>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let tunnel = Arc::new(self);
        let answer = service_fn(move |request| Arc::clone(&tunnel).answer(request, scheme));
        auto::Builder::new(TokioExecutor::new())
            .serve_connection(TokioIo::new(stream), answer)
            .await
    }

    async fn answer(
        self: Arc<Self>,
        mut request: Request<Incoming>,
        scheme: &str,
    ) -> Result<Response<Answer>, BrokenOff> {
        let Some(session) = &self.shared.session else {
            return Ok(refused(&self.refusal));
        };
        let Ok(uri) = head::in_tunnel(scheme, self.authority.as_str(), request.uri()) else {
            return Ok(plain(StatusCode::BAD_REQUEST, "the URL cannot be read"));
        };
        *request.uri_mut() = uri;
        exchange(&self.shared, session, self.passage, request, &self.line).await
    }
}

/// A client that does not trust the proxy says so by an alert of TLS or closes the connection, and tells its
/// user nothing that would help.
fn explain(session: &Session, host: &str, error: &(dyn StdError + 'static)) {
    let Some(said) = causes(error).find_map(said) else {
        return;
    };
    session.explain(format!(
        "a client did not take the test's proxy for {host} ({said}): it does not trust its certificate\n\n\
         help: build a client of reqwest with `cassette_reqwest::plain_client_builder()`\n\
         help: give another program `Proxy::env()`, and any other client the certificate, \
         `cassette_proxy::certificate_pem()`"
    ));
}

fn causes<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// An alert stands inside an error of the system, which does not name it as its cause.
fn said(cause: &(dyn StdError + 'static)) -> Option<String> {
    let error = cause.downcast_ref::<io::Error>()?;
    if let Some(alert) = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>())
    {
        return Some(alert.to_string());
    }
    let is_closed = matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe
    );
    is_closed.then(|| "it closed the connection instead of agreeing on TLS".to_owned())
}
