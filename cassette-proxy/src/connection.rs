use std::sync::Arc;

use http::header::PROXY_AUTHENTICATE;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpStream;

use crate::exchange::{Answer, BrokenOff, exchange, plain, refused};
use crate::line::{Line, Lined};
use crate::shared::Shared;
use crate::tunnel;

const FOREIGN: &str = "this is the proxy of a test, and the client is not the test's\n\n\
    help: a client that is bound to a test, as blocking ones are, is built in the test that uses it";

const NO_SERVER: &str = "this is the proxy of a test, and no server: it is asked for absolute URLs";

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
        return Ok(without_session());
    };
    let Some(passage) = shared.passage(&request) else {
        return Ok(foreign());
    };
    if request.method() == Method::CONNECT {
        return Ok(tunnel::open(&shared, passage, request, line));
    }
    if request.uri().scheme().is_none() {
        return Ok(plain(StatusCode::BAD_REQUEST, NO_SERVER));
    }
    exchange(&shared, session, passage, request, &line).await
}

/// What the core says to any client where no cassette is in use.
fn without_session() -> Response<Answer> {
    let error = cassette_core::current().err();
    refused(&error.map_or_else(String::new, |error| error.to_string()))
}

fn foreign() -> Response<Answer> {
    let mut response = plain(StatusCode::PROXY_AUTHENTICATION_REQUIRED, FOREIGN);
    let asked_for = HeaderValue::from_static("Basic realm=\"cassette\"");
    response.headers_mut().insert(PROXY_AUTHENTICATE, asked_for);
    response
}
