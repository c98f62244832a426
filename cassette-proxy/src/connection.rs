use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::PROXY_AUTHENTICATE;
use http::uri::Scheme;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::credentials::Passage;
use crate::exchange::{Answer, BrokenOff, Reset, exchange, plain, refused};
use crate::refusing;
use crate::shared::Shared;
use crate::tunnel;

const FOREIGN: &str = "this is the proxy of a test, and the client is not the test's\n\n\
    help: a client that is bound to a test, as blocking ones are, is built in the test that uses it";

const NO_SERVER: &str = "this is the proxy of a test, and no server: it is asked for absolute URLs";

const NO_TLS: &str = "an https address was asked for without TLS\n\n\
    help: enable a TLS feature of the client, such as `rustls-tls` of reqwest 0.12";

/// Serves one connection to its end.
pub(crate) async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    // Without it the kernel holds small writes back for up to 40 ms.
    let _ = stream.set_nodelay(true);
    let reset = Arc::new(Reset::default());
    let stream = Breakable {
        stream,
        reset: Arc::clone(&reset),
    };
    let answer =
        service_fn(move |request| answer(Arc::clone(&shared), request, Arc::clone(&reset)));
    // An error here is a client that went away, or a connection that was to break off.
    let _ = auto::Builder::new(TokioExecutor::new())
        .serve_connection_with_upgrades(TokioIo::new(stream), answer)
        .await;
}

async fn answer(
    shared: Arc<Shared>,
    request: Request<Incoming>,
    reset: Arc<Reset>,
) -> Result<Response<Answer>, BrokenOff> {
    let Some(session) = &shared.session else {
        return Ok(match *request.method() {
            // What is said inside is the only thing that its user sees.
            Method::CONNECT => tunnel::open(&shared, Passage::Cassette, request, &reset),
            _ => refused(&refusing::reason(request.headers())),
        });
    };
    let Some(passage) = shared.passage(&request) else {
        return Ok(match request.uri().scheme() == Some(&Scheme::HTTPS) {
            true => plain(StatusCode::BAD_REQUEST, NO_TLS),
            false => foreign(),
        });
    };
    if request.method() == Method::CONNECT {
        return Ok(tunnel::open(&shared, passage, request, &reset));
    }
    if request.uri().scheme().is_none() {
        return Ok(plain(StatusCode::BAD_REQUEST, NO_SERVER));
    }
    exchange(&shared, session, passage, request, &reset).await
}

fn foreign() -> Response<Answer> {
    let mut response = plain(StatusCode::PROXY_AUTHENTICATION_REQUIRED, FOREIGN);
    let asked_for = HeaderValue::from_static("Basic realm=\"cassette\"");
    response.headers_mut().insert(PROXY_AUTHENTICATE, asked_for);
    response
}

/// A connection that can end by a reset.
struct Breakable {
    stream: TcpStream,
    reset: Arc<Reset>,
}

impl Drop for Breakable {
    fn drop(&mut self) {
        if self.reset.is_asked_for() {
            // If the system does not let it, the client finds the connection closed.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for Breakable {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Breakable {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
