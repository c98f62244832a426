use std::fmt;
use std::future::{Future, ready};
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

use crate::Body;
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
        Self::start_as(Identity::default(), move |request| {
            ready(handler(request).map(full))
        })
    }

    /// Starts a server on a free port that shows this identity, and whose handler may wait and gives any body.
    pub fn start_as<H, F>(identity: Identity, handler: H) -> Self
    where
        H: Fn(Request<Bytes>) -> F + Send + Sync + 'static,
        F: Future<Output = Response<Body>> + Send + 'static,
    {
        let (tls, certificate) = identity.acceptor();
        let service = Arc::new(Service::new(move |request| Box::pin(handler(request))));
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

/// What a [`TlsServer`] shows to those who connect: by default a certificate for this machine that has just been
/// made, and no version of HTTP to choose.
#[derive(Clone, Copy, Debug, Default)]
pub struct Identity {
    /// The only name in the certificate, if it is not to be for this machine.
    pub name: Option<&'static str>,
    /// True when the certificate is to have expired.
    pub expired: bool,
    /// The version of HTTP that it lets clients choose, as TLS names it.
    pub alpn: Option<&'static str>,
}

impl Identity {
    /// Makes a key and a certificate of its own.
    pub(crate) fn acceptor(self) -> (TlsAcceptor, rcgen::Certificate) {
        let this_machine = || vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let names = self
            .name
            .map_or_else(this_machine, |name| vec![name.to_owned()]);
        let mut params = CertificateParams::new(names).expect("plain names make a certificate");
        if self.expired {
            params.not_after = date_time_ymd(2001, 1, 1);
        }
        let key = KeyPair::generate().expect("the system gives random numbers");
        let certificate = params.self_signed(&key).expect("the key can sign");
        let der = PrivatePkcs8KeyDer::from(key.serialize_der());
        let mut config =
            ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("the provider knows the versions of TLS")
                .with_no_client_auth()
                .with_single_cert(vec![certificate.der().clone()], der.into())
                .expect("the key belongs to the certificate");
        let alpn = self.alpn.into_iter();
        config.alpn_protocols = alpn.map(|version| version.as_bytes().to_vec()).collect();
        (TlsAcceptor::from(Arc::new(config)), certificate)
    }
}
