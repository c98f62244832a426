//! The connection of a client, and how it ends.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What the requests of one connection ask of it.
#[derive(Default)]
pub(crate) struct Line {
    reset: AtomicBool,
    flush: Mutex<Flush>,
}

#[derive(Default)]
enum Flush {
    #[default]
    NotAskedFor,
    AskedFor(Waker),
    Done,
}

impl Line {
    /// Lets the connection end by a reset, rather than in order.
    pub(crate) fn reset(&self) {
        self.reset.store(true, Ordering::Relaxed);
    }

    fn is_reset(&self) -> bool {
        self.reset.load(Ordering::Relaxed)
    }

    /// Is ready when all that was written before has been given to the system.
    pub(crate) fn poll_flushed(&self, cx: &Context<'_>) -> Poll<()> {
        let mut flush = self.flush.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*flush, Flush::Done) {
            *flush = Flush::NotAskedFor;
            return Poll::Ready(());
        }
        *flush = Flush::AskedFor(cx.waker().clone());
        Poll::Pending
    }

    fn flushed(&self) {
        let mut flush = self.flush.lock().unwrap_or_else(PoisonError::into_inner);
        if let Flush::AskedFor(waker) = &*flush {
            waker.wake_by_ref();
            *flush = Flush::Done;
        }
    }
}

/// A stream that tells its line what was flushed, and ends as it asks.
pub(crate) struct Lined<S> {
    stream: S,
    line: Arc<Line>,
    end: fn(&mut S, &Line),
}

impl Lined<TcpStream> {
    pub(crate) fn tcp(stream: TcpStream, line: Arc<Line>) -> Self {
        let end = |stream: &mut TcpStream, line: &Line| {
            if line.is_reset() {
                // If the system does not let it, the client finds the connection closed.
                let _ = stream.set_zero_linger();
            }
        };
        Self { stream, line, end }
    }
}

impl<S: AsyncWrite + Unpin> Lined<S> {
    /// A stream of TLS says that it ends, or its end would look like an attack.
    pub(crate) fn tls(stream: S, line: Arc<Line>) -> Self {
        let end = |stream: &mut S, line: &Line| {
            if !line.is_reset() {
                // As far as it goes without waiting: there is nobody left who could.
                let mut cx = Context::from_waker(Waker::noop());
                let _ = Pin::new(stream).poll_shutdown(&mut cx);
            }
        };
        Self { stream, line, end }
    }
}

impl<S> Drop for Lined<S> {
    fn drop(&mut self) {
        (self.end)(&mut self.stream, &self.line);
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Lined<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Lined<S> {
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
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        self.line.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
