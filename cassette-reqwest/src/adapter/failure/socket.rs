//! Failures of a connection that was made: from a server for one request inside this process.

use std::io;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::sync::mpsc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use cassette_core::{ErrorKind, RecordedError};
use http_body::Frame;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;

use super::reqwest::redirect::Policy;
use super::reqwest::{self, Body, ClientBuilder, Response, retry};
use super::unconnected;

/// It takes well under a millisecond; only a system that does not play along can need this long.
const LIMIT: Duration = Duration::from_secs(5);

/// Returns the failure, or nothing where the system has no sockets for it.
pub(super) async fn broken_off(error: &RecordedError) -> Option<reqwest::Error> {
    let error = &match error.kind() {
        ErrorKind::Closed | ErrorKind::Reset | ErrorKind::Redirect => error.clone(),
        _ => RecordedError::new(ErrorKind::Request, error.message()),
    };
    within_limit(by_any_socket(error)).await.flatten()
}

/// Gives up after `LIMIT` of real time, and holds a paused clock.
///
/// Such a clock moves on by itself while its runtime only waits for a socket, and would let time
/// limits of the test's own run out; it does not while a blocking task runs.
pub(super) async fn within_limit<T>(work: impl Future<Output = T>) -> Option<T> {
    let (done, waiting) = mpsc::channel::<()>();
    let limit = tokio::task::spawn_blocking(move || waiting.recv_timeout(LIMIT));
    let outcome = tokio::select! {
        outcome = work => Some(outcome),
        _ = limit => None,
    };
    drop(done);
    outcome
}

/// A network namespace may have its loopback down; names of the abstract kind work even there.
async fn by_any_socket(error: &RecordedError) -> Option<reqwest::Error> {
    let failed = by_loopback(error).await;
    #[cfg(target_os = "linux")]
    let failed = match failed {
        None => by_abstract_name(error).await,
        failed => failed,
    };
    failed
}

async fn by_loopback(error: &RecordedError) -> Option<reqwest::Error> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.ok()?;
    let url = format!("http://{}/", listener.local_addr().ok()?);
    let kind = error.kind();
    let server = async move {
        let (stream, _) = listener.accept().await?;
        if kind == ErrorKind::Reset {
            stream.set_zero_linger()?;
        }
        serve(stream, kind).await
    };
    provoked(error, unconnected::builder(), &url, server).await
}

#[cfg(target_os = "linux")]
pub(super) async fn by_abstract_name(error: &RecordedError) -> Option<reqwest::Error> {
    use std::hash::{BuildHasher, RandomState};

    let random = RandomState::new().hash_one(std::process::id());
    let name = format!("\0cassette-{random:x}");
    let listener = tokio::net::UnixListener::bind(&name).ok()?;
    let kind = error.kind();
    let server = async move { serve(listener.accept().await?.0, kind).await };
    let builder = unconnected::builder().unix_socket(name);
    provoked(error, builder, "http://replayed.invalid/", server).await
}

/// Asks the server, and returns the failure if it is the one that was asked for.
async fn provoked(
    error: &RecordedError,
    builder: ClientBuilder,
    url: &str,
    server: impl Future<Output = io::Result<()>>,
) -> Option<reqwest::Error> {
    let asked = ask(error, builder, url);
    tokio::pin!(asked);
    let response = tokio::select! {
        response = &mut asked => response,
        // What comes of it is the client's to tell.
        _ = server => asked.await,
    };
    let failed = response.err()?;
    (super::kind(&failed) == error.kind()).then_some(failed)
}

async fn ask(
    error: &RecordedError,
    builder: ClientBuilder,
    url: &str,
) -> reqwest::Result<Response> {
    let error = error.clone();
    let builder = builder.retry(retry::never());
    match error.kind() {
        ErrorKind::Closed | ErrorKind::Reset => builder.build()?.get(url).send().await,
        ErrorKind::Redirect => {
            let policy = Policy::custom(move |attempt| attempt.error(io::Error::from(&error)));
            let client = builder.redirect(policy).build()?;
            client.get(url).send().await
        }
        _ => {
            let body = Body::wrap(Broken(error));
            builder.build()?.post(url).body(body).send().await
        }
    }
}

/// Answers one request such that it fails in the way asked for.
async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, kind: ErrorKind) -> io::Result<()> {
    match kind {
        ErrorKind::Closed => read_head(&mut stream).await,
        // What is left unread makes the end a reset.
        ErrorKind::Reset => stream.read_u8().await.map(drop),
        ErrorKind::Redirect => {
            read_head(&mut stream).await?;
            let head = b"HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(head).await
        }
        _ => tokio::io::copy(&mut stream, &mut tokio::io::sink())
            .await
            .map(drop),
    }
}

async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut head).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

/// The body of a request that fails for no reason of the connection's.
struct Broken(RecordedError);

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Poll::Ready(Some(Err(io::Error::from(&self.0))))
    }
}
