use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};

use crate::RawRequest;
use crate::acceptor::Acceptor;
use crate::wire::{Framing, LINE_END, chunk_length};

/// A server on the loopback, on its own thread and runtime, whose handler writes every byte itself.
///
/// A handler that waits for the test calls [`released`](Connection::released), and the test
/// [`release`](Self::release); a test that waits for a request calls [`arrived`](Self::arrived).
#[must_use = "dropped, the server is stopped"]
pub struct RawServer {
    acceptor: Acceptor,
    shared: Arc<Shared>,
}

impl RawServer {
    /// Starts a server on a free port that gives each connection to `handler`.
    ///
    /// The handler is `async |connection| …` when it needs nothing from around it, otherwise
    /// `move |connection| { …; async move { … } }`. When its future ends, the connection is closed.
    pub fn start<H, F>(handler: H) -> Self
    where
        H: Fn(Connection) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let shared = Arc::new(Shared::default());
        let serving = Arc::clone(&shared);
        let acceptor = Acceptor::start(0, move |stream| {
            serving.connections.fetch_add(1, Ordering::SeqCst);
            handler(Connection {
                stream,
                unread: BytesMut::new(),
                shared: Arc::clone(&serving),
            })
        });
        Self { acceptor, shared }
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

    /// Returns how many requests the handlers have read whole.
    #[must_use]
    pub fn hits(&self) -> usize {
        self.shared.requests.borrow().len()
    }

    /// Returns how many connections came in.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Returns the requests that the handlers have read whole, in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<RawRequest> {
        self.shared.requests.borrow().clone()
    }

    /// Waits until the handlers have read so many requests whole.
    pub async fn arrived(&self, requests: usize) {
        let mut arrivals = self.shared.requests.subscribe();
        arrivals
            .wait_for(|arrived| arrived.len() >= requests)
            .await
            .expect("the server that is asked has not been dropped");
    }

    /// Lets one handler go on that waits in [`Connection::released`], or the next one to do so.
    pub fn release(&self) {
        self.shared.releases.add_permits(1);
    }

    /// Closes the listener and all connections; from then on connecting is refused. Dropping does
    /// the same.
    pub fn stop(mut self) {
        self.acceptor.stop();
    }
}

impl fmt::Debug for RawServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawServer")
            .field("port", &self.port())
            .field("hits", &self.hits())
            .finish_non_exhaustive()
    }
}

/// What the server and its connections share.
struct Shared {
    requests: watch::Sender<Vec<RawRequest>>,
    connections: AtomicUsize,
    releases: Semaphore,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            requests: watch::Sender::default(),
            connections: AtomicUsize::default(),
            releases: Semaphore::new(0),
        }
    }
}

/// A connection that came in at a [`RawServer`].
#[must_use = "dropped, the connection is closed"]
pub struct Connection {
    stream: TcpStream,
    unread: BytesMut,
    shared: Arc<Shared>,
}

impl Connection {
    /// Reads a request whole, its body by `content-length` or in chunks; none when the client
    /// closes the connection before.
    ///
    /// # Panics
    ///
    /// Panics when the length of the body or of a chunk is no number. The connection is closed.
    pub async fn request(&mut self) -> Option<RawRequest> {
        let head = self.read_through(b"\r\n\r\n").await?;
        let head = String::from_utf8_lossy(&head).into_owned();
        let body = match Framing::of(&head) {
            Framing::Length(length) => self.read(length).await?,
            Framing::Chunked => self.read_chunks().await?,
        };
        let request = RawRequest { head, body };
        let arrived = request.clone();
        let requests = &self.shared.requests;
        requests.send_modify(|requests| requests.push(arrived));
        Some(request)
    }

    /// Writes bytes at once, in a segment of their own if it holds them, and returns whether the
    /// client was still there.
    ///
    /// A client may find two writes in one read when it comes late; one that is to see them apart
    /// must have seen the first when the handler is [`released`](Self::released) to do the second.
    pub async fn write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        let written = self.stream.write_all(bytes.as_ref()).await;
        written.is_ok() && self.stream.flush().await.is_ok()
    }

    /// Waits until the test calls [`RawServer::release`] once more.
    pub async fn released(&self) {
        self.shared
            .releases
            .acquire()
            .await
            .expect("nobody closes the semaphore")
            .forget();
    }

    /// Waits until the client has closed the connection, or broken it. What it still sends is
    /// thrown away.
    pub async fn closed(&mut self) {
        while self.fill().await.is_some() {
            self.unread.clear();
        }
    }

    /// Closes the connection as the end of what was sent.
    ///
    /// The system makes a reset of it while there are bytes that nobody read, so a handler that is
    /// to close in order reads the [`request`](Self::request) first.
    pub fn close(self) {}

    /// Breaks the connection: the client finds it reset.
    ///
    /// What the client has not read by then it may never see, by the system it runs on.
    ///
    /// # Panics
    ///
    /// Panics when the system does not let it.
    pub fn reset(self) {
        self.stream
            .set_zero_linger()
            .expect("a connection can be made not to linger");
    }

    async fn read_chunks(&mut self) -> Option<Bytes> {
        let mut body = BytesMut::new();
        loop {
            let length = chunk_length(&self.read_through(LINE_END).await?);
            if length == 0 {
                break;
            }
            body.extend_from_slice(&self.read(length).await?);
            self.read(LINE_END.len()).await?;
        }
        // Trailers end with an empty line, with or without any.
        while self.read_through(LINE_END).await? != LINE_END {}
        Some(body.freeze())
    }

    async fn read_through(&mut self, end: &[u8]) -> Option<Bytes> {
        loop {
            let found = self.unread.windows(end.len()).position(|part| part == end);
            if let Some(at) = found {
                return self.read(at + end.len()).await;
            }
            self.fill().await?;
        }
    }

    async fn read(&mut self, length: usize) -> Option<Bytes> {
        while self.unread.len() < length {
            self.fill().await?;
        }
        Some(self.unread.split_to(length).freeze())
    }

    /// Reads more; none when there is no more.
    async fn fill(&mut self) -> Option<()> {
        let read = self.stream.read_buf(&mut self.unread).await;
        read.is_ok_and(|length| length > 0).then_some(())
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("client", &self.stream.peer_addr())
            .field("unread", &self.unread)
            .finish_non_exhaustive()
    }
}
