use std::fmt;
use std::future::ready;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use rcgen::CertifiedKey;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use crate::acceptor::Acceptor;
use crate::body::full;
use crate::server::Service;

/// An HTTPS server on the loopback, on its own thread and runtime, with a certificate that it signed
/// itself, so that nobody trusts it who was not told to.
#[must_use = "dropped, the server is stopped"]
pub struct TlsServer {
    acceptor: Acceptor,
    service: Arc<Service>,
    certificate: rcgen::Certificate,
}

impl TlsServer {
    /// Starts a server on a free port that answers with `handler`.
    pub fn start<H>(handler: H) -> Self
    where
        H: Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static,
    {
        let (tls, certificate) = identity();
        let service = Arc::new(Service::new(move |request| {
            Box::pin(ready(handler(request).map(full)))
        }));
        let serving = Arc::clone(&service);
        let acceptor = Acceptor::start(0, move |stream| {
            let (tls, service) = (tls.clone(), Arc::clone(&serving));
            async move {
                // An error here is a client that does not trust the certificate.
                if let Ok(stream) = tls.accept(stream).await {
                    service.serve(stream).await;
                }
            }
        });
        Self {
            acceptor,
            service,
            certificate,
        }
    }

    /// Returns the absolute URL of a path that begins with `/`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("https://127.0.0.1:{}{path}", self.port())
    }

    /// Returns the port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.acceptor.port()
    }

    /// Returns how many requests have arrived whole.
    #[must_use]
    pub fn hits(&self) -> usize {
        self.service.seen().len()
    }

    /// Returns the certificate in DER, for a client that is to trust it.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        self.certificate.der()
    }

    /// Returns the certificate in PEM.
    #[must_use]
    pub fn certificate_pem(&self) -> String {
        self.certificate.pem()
    }

    /// Closes the listener and all connections; from then on connecting is refused. Dropping does
    /// the same.
    pub fn stop(mut self) {
        self.acceptor.stop();
    }
}

impl fmt::Debug for TlsServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsServer")
            .field("port", &self.port())
            .field("hits", &self.hits())
            .finish_non_exhaustive()
    }
}

/// Makes a key and a certificate of its own.
pub(crate) fn identity() -> (TlsAcceptor, rcgen::Certificate) {
    let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
    let CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(names).expect("two plain names make a certificate");
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("the provider knows the versions of TLS")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key.into())
        .expect("the key belongs to the certificate");
    (TlsAcceptor::from(Arc::new(config)), cert)
}
