use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

/// A port of the loopback where connections are refused as long as this is there.
///
/// The port of a stopped server is free, so another test's server may get it; this one is taken, by
/// nobody who listens.
#[derive(Debug)]
#[must_use = "dropped, the port is free"]
pub struct Refusing {
    _socket: TcpSocket,
    port: u16,
}

impl Refusing {
    /// Takes a free port.
    ///
    /// # Panics
    ///
    /// Panics when there is none.
    #[expect(clippy::new_without_default, reason = "it takes a port")]
    pub fn new() -> Self {
        let socket = TcpSocket::new_v4().expect("the system has sockets");
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        socket.bind(any).expect("a port is free");
        let address = socket.local_addr().expect("a bound socket has an address");
        let port = address.port();
        Self {
            _socket: socket,
            port,
        }
    }

    /// Returns the absolute URL of a path that begins with `/`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Returns the port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}
