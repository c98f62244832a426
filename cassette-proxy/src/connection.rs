use std::sync::Arc;

use http::header::PROXY_AUTHENTICATE;
use http::uri::Scheme;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpStream;

use crate::credentials::Passage;
use crate::exchange::{Answer, BrokenOff, exchange, plain, refused};
use crate::line::{Line, Lined};
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
    let line = Arc::new(Line::default());
    let stream = Lined::tcp(stream, Arc::clone(&line));
    let answer = service_fn(move |request| answer(Arc::clone(&shared), request, Arc::clone(&line)));
    // An error here is a client that went away, or a connection that was to break off.
    let _ = auto::Builder::new(TokioExecutor::new())
        .serve_connection_with_upgrades(TokioIo::new(stream), answer)
        .await;
}

async fn answer(
    shared: Arc<Shared>,
    request: Request<Incoming>,
    line: Arc<Line>,
) -> Result<Response<Answer>, BrokenOff> {
    let Some(session) = &shared.session else {
        return Ok(match *request.method() {
            // What is said inside is the only thing that its user sees.
            Method::CONNECT => tunnel::open(&shared, Passage::Cassette, request, line),
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
        return Ok(tunnel::open(&shared, passage, request, line));
    }
    if request.uri().scheme().is_none() {
        return Ok(plain(StatusCode::BAD_REQUEST, NO_SERVER));
    }
    exchange(&shared, session, passage, request, &line).await
}

fn foreign() -> Response<Answer> {
    let mut response = plain(StatusCode::PROXY_AUTHENTICATION_REQUIRED, FOREIGN);
    let asked_for = HeaderValue::from_static("Basic realm=\"cassette\"");
    response.headers_mut().insert(PROXY_AUTHENTICATE, asked_for);
    response
}
