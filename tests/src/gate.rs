use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::TcpStream;

use crate::acceptor::Acceptor;
use crate::tls::Identity;

/// A door on the loopback in front of a server that the test cannot stop: it forwards bytes until
/// it is closed.
#[derive(Debug)]
#[must_use = "dropped, the gate is closed"]
pub struct Gate {
    acceptor: Acceptor,
    connections: Arc<AtomicUsize>,
}

impl Gate {
    /// Opens a gate on a free port in front of `upstream`, a `host:port`.
    pub fn open(upstream: &str) -> Self {
        let upstream = Arc::<str>::from(upstream);
        Self::start(move |stream| forward(stream, Arc::clone(&upstream)))
    }

    /// Opens one that speaks TLS with its clients and none with the server. Returns it with its
    /// certificate in PEM, which nobody trusts who was not told to.
    pub fn open_with_tls(upstream: &str) -> (Self, String) {
        let upstream = Arc::<str>::from(upstream);
        let (tls, certificate) = Identity::default().acceptor();
        let gate = Self::start(move |stream| {
            let (tls, upstream) = (tls.clone(), Arc::clone(&upstream));
            async move {
                // An error here is a client that does not trust the certificate.
                if let Ok(stream) = tls.accept(stream).await {
                    forward(stream, upstream).await;
                }
            }
        });
        (gate, certificate.pem())
    }

    fn start<S, F>(serve: S) -> Self
    where
        S: Fn(TcpStream) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        let acceptor = Acceptor::start(0, move |stream| {
            counter.fetch_add(1, Ordering::SeqCst);
            serve(stream)
        });
        Self {
            acceptor,
            connections,
        }
    }

    /// Returns the port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.acceptor.port()
    }

    /// Returns how many connections came in.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Closes the listener and all connections; from then on connecting is refused. Dropping does
    /// the same.
    pub fn close(mut self) {
        self.acceptor.stop();
    }
}

async fn forward<S: AsyncRead + AsyncWrite + Unpin>(mut client: S, upstream: Arc<str>) {
    // When the upstream is not there the client sees its connection close, as it would behind any
    // forwarder.
    let Ok(mut server) = TcpStream::connect(&*upstream).await else {
        return;
    };
    let _ = server.set_nodelay(true);
    let _ = copy_bidirectional(&mut client, &mut server).await;
}
