use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use cassette_core::adapter::BoxError;
use http::uri::Scheme;
use http::{Request, Response, Version};
use http_body_util::combinators::MapErr;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Builder, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;

use crate::authority::provider;
use crate::unanswered::{Resolver, unanswered};

/// The body of a real server's answer.
pub(crate) type Live = MapErr<Incoming, fn(hyper::Error) -> BoxError>;

type Connector = HttpConnector<Resolver>;

/// The way to the real servers.
pub(crate) struct Upstream {
    http1: Client<Connector, Full<Bytes>>,
    /// For those who know that the server speaks it, as TLS is not there to agree on it.
    http2: Client<Connector, Full<Bytes>>,
    secure: Mutex<Secure>,
}

#[derive(Default)]
struct Secure {
    /// Certificates to be trusted besides the system's.
    trusted: Vec<CertificateDer<'static>>,
    /// Made when a request is first sent by TLS: it reads the system's certificates, and there may be none.
    client: Option<Client<HttpsConnector<Connector>, Full<Bytes>>>,
}

impl Upstream {
    /// Trusts the certificates of a text in PEM, too.
    pub(crate) fn trust(&self, pem: &[u8]) -> io::Result<()> {
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let read = read.map_err(|error| invalid(format!("no certificates in PEM: {error}")))?;
        if read.is_empty() {
            return Err(invalid(
                "no certificates in PEM: there is none in it".to_owned(),
            ));
        }
        let mut secure = self.secure();
        secure.trusted.extend(read);
        // Connections that were refused before are tried anew.
        secure.client = None;
        Ok(())
    }

    /// Sends a request that came by this version of HTTP.
    pub(crate) async fn send(
        &self,
        request: Request<Bytes>,
        version: Version,
    ) -> Result<Response<Live>, BoxError> {
        let request = request.map(Full::new);
        let sent = match (request.uri().scheme() == Some(&Scheme::HTTPS), version) {
            (true, _) => self.with_tls()?.request(request),
            (false, Version::HTTP_2) => self.http2.request(request),
            (false, _) => self.http1.request(request),
        };
        let response = sent.await.map_err(unanswered)?;
        Ok(response.map(|body| body.map_err(BoxError::from as fn(_) -> _)))
    }

    fn with_tls(&self) -> Result<Client<HttpsConnector<Connector>, Full<Bytes>>, BoxError> {
        let mut secure = self.secure();
        if let Some(client) = &secure.client {
            return Ok(client.clone());
        }
        let mut connector = connector();
        connector.enforce_http(false);
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(tls(&secure.trusted)?)
            .https_only()
            .enable_all_versions()
            .wrap_connector(connector);
        let client = builder().build(https);
        secure.client = Some(Client::clone(&client));
        Ok(client)
    }

    fn secure(&self) -> MutexGuard<'_, Secure> {
        self.secure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Upstream {
    fn default() -> Self {
        Self {
            http1: builder().build(connector()),
            http2: builder().http2_only(true).build(connector()),
            secure: Mutex::default(),
        }
    }
}

fn connector() -> Connector {
    let mut http = HttpConnector::new_with_resolver(Resolver::new());
    http.set_nodelay(true);
    http
}

fn builder() -> Builder {
    let mut builder = Client::builder(TokioExecutor::new());
    builder.pool_timer(TokioTimer::new());
    builder
}

fn tls(trusted: &[CertificateDer<'static>]) -> Result<ClientConfig, BoxError> {
    let verifier = Verifier::new_with_extra_roots(trusted.iter().cloned(), provider())?;
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .dangerous() // It is how rustls calls every verifier that is not its own; this is the system's.
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(config)
}

fn invalid(text: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, text)
}
