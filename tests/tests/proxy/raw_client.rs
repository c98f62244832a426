use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cassette_reqwest::Proxy;
use reqwest::Url;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// A client that writes every byte itself, and sees every byte.
pub(crate) struct RawClient<S = TcpStream> {
    stream: S,
    unread: Vec<u8>,
}

/// Nobody waits for longer.
const LIMIT: Duration = Duration::from_secs(30);

impl RawClient {
    pub(crate) async fn connect(proxy: &Proxy) -> Self {
        Self::connect_to(port(proxy)).await
    }

    pub(crate) async fn connect_to(port: u16) -> Self {
        let stream = within(TcpStream::connect(("127.0.0.1", port))).await;
        Self {
            stream: stream.expect("the proxy listens"),
            unread: Vec::new(),
        }
    }

    /// Opens a tunnel to `host:port`.
    pub(crate) async fn tunnel(proxy: &Proxy, authority: &str) -> Self {
        let mut client = Self::connect(proxy).await;
        let line = credentials(proxy);
        let request = format!("CONNECT {authority} HTTP/1.1\r\n{line}\r\n");
        client.send(request).await;
        let opened = client.head().await;
        assert!(opened.starts_with("HTTP/1.1 200 "), "{opened}");
        assert!(
            !opened.contains("content-length"),
            "it has no body: {opened}"
        );
        client
    }

    /// Speaks TLS from here on with a server of this name or address, and trusts the proxy.
    pub(crate) async fn tls(self, name: &str) -> RawClient<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        let der = cassette_proxy::certificate_der().unwrap();
        roots.add(CertificateDer::from(der)).unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let agreed = TlsConnector::from(Arc::new(config)).connect(name, self.stream);
        RawClient {
            stream: within(agreed).await.unwrap(),
            unread: self.unread,
        }
    }
}

impl RawClient<TlsStream<TcpStream>> {
    /// The one that the proxy has shown.
    pub(crate) fn certificate(&self) -> Vec<u8> {
        let shown = self.stream.get_ref().1.peer_certificates();
        shown.expect("the proxy has shown one")[0].to_vec()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> RawClient<S> {
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let sent = within(self.stream.write_all(bytes.as_ref())).await;
        sent.expect("the proxy takes it");
    }

    /// Shuts the side that writes, and reads on.
    pub(crate) async fn shut(&mut self) {
        self.stream.shutdown().await.expect("it is still open");
    }

    /// Reads through the next empty line.
    pub(crate) async fn head(&mut self) -> String {
        self.through("\r\n\r\n").await
    }

    /// Reads through the next of these; all that comes, if it does not.
    pub(crate) async fn through(&mut self, end: &str) -> String {
        let end = end.as_bytes();
        loop {
            let found = self.unread.windows(end.len()).position(|part| part == end);
            let length = found.map(|at| at + end.len());
            if length.is_some() || self.fill().await == 0 {
                let rest = self.unread.split_off(length.unwrap_or(self.unread.len()));
                let read = std::mem::replace(&mut self.unread, rest);
                return String::from_utf8_lossy(&read).into_owned();
            }
        }
    }

    /// Reads until the connection is closed or reset.
    pub(crate) async fn rest(mut self) -> String {
        while self.fill().await > 0 {}
        String::from_utf8_lossy(&self.unread).into_owned()
    }

    async fn fill(&mut self) -> usize {
        let read = within(self.stream.read_buf(&mut self.unread)).await;
        read.unwrap_or_default()
    }
}

pub(crate) fn port(proxy: &Proxy) -> u16 {
    url(proxy).port().expect("a proxy has a port")
}

/// The line of a head that shows the proxy's credentials, with its end.
pub(crate) fn credentials(proxy: &Proxy) -> String {
    let url = url(proxy);
    let pair = format!("{}:{}", url.username(), url.password().unwrap_or_default());
    format!("Proxy-Authorization: Basic {}\r\n", STANDARD.encode(pair))
}

fn url(proxy: &Proxy) -> Url {
    Url::parse(proxy.url()).expect("a proxy has a URL")
}

/// Waits, but not for ever.
pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    let waited = timeout(LIMIT, future).await;
    waited.expect("it comes in time")
}
