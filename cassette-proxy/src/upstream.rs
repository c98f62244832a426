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
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
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

/// The way to the real servers, made when a request is first sent: a replay needs none.
#[derive(Default)]
pub(crate) struct Upstream(Mutex<State>);

#[derive(Default)]
struct State {
    /// Certificates to be trusted besides the system's.
    trusted: Vec<CertificateDer<'static>>,
    clients: Option<Clients>,
}

#[derive(Clone)]
struct Clients {
    /// What TLS agrees on; without TLS HTTP/1.
    agreed: Client<HttpsConnector<Connector>, Full<Bytes>>,
    /// HTTP/2 without TLS, for those who know that the server speaks it.
    http2: Client<Connector, Full<Bytes>>,
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
        let mut state = self.state();
        state.trusted.extend(read);
        // Connections that were refused before are tried anew.
        state.clients = None;
        Ok(())
    }

    /// Sends a request that came by this version of HTTP.
    pub(crate) async fn send(
        &self,
        request: Request<Bytes>,
        version: Version,
    ) -> Result<Response<Live>, BoxError> {
        let clients = self.clients()?;
        let is_known = version == Version::HTTP_2 && request.uri().scheme() == Some(&Scheme::HTTP);
        let request = request.map(Full::new);
        let response = match is_known {
            true => clients.http2.request(request).await,
            false => clients.agreed.request(request).await,
        };
        let response = response.map_err(unanswered)?;
        Ok(response.map(|body| body.map_err(BoxError::from as fn(_) -> _)))
    }

    fn clients(&self) -> Result<Clients, BoxError> {
        let mut state = self.state();
        if let Some(clients) = &state.clients {
            return Ok(clients.clone());
        }
        let clients = Clients::new(&state.trusted)?;
        state.clients = Some(clients.clone());
        Ok(clients)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clients {
    fn new(trusted: &[CertificateDer<'static>]) -> Result<Self, BoxError> {
        let mut http = HttpConnector::new_with_resolver(Resolver::new());
        http.enforce_http(false);
        http.set_nodelay(true);
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(tls(trusted)?)
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(http.clone());
        let mut builder = Client::builder(TokioExecutor::new());
        builder.pool_timer(TokioTimer::new());
        Ok(Self {
            agreed: builder.build(https),
            http2: builder.http2_only(true).build(http),
        })
    }
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
