//! reqwest 0.13, whose adapter stands at the root of this crate.

use ::{reqwest, reqwest_middleware};
use reqwest::ClientBuilder;

/// The first line of an example.
macro_rules! example_use {
    ($name:literal) => {
        concat!("use cassette_reqwest::", $name, ";")
    };
}

#[path = "adapter/mod.rs"]
mod adapter;

#[cfg(feature = "blocking")]
pub use adapter::blocking_client_builder;
pub use adapter::{CassetteMiddleware, client, client_with};
#[cfg(feature = "proxy")]
pub use adapter::{ThroughCassette, plain_client_builder};

const MISSING_TLS: &str = "an https request was to be recorded, and this build of reqwest has no TLS\n\n\
    help: add it, `cargo add --dev cassette-reqwest --features rustls`, or enable a TLS feature of reqwest";

fn is_dns(error: &reqwest::Error) -> bool {
    error.is_dns()
}

/// Spares the reading of the system's certificates, where it is known that there are any.
fn without_certificates(builder: ClientBuilder) -> ClientBuilder {
    #[cfg(feature = "rustls")]
    let builder = builder.tls_certs_only([]);
    builder
}

/// Clients that trust the proxy, and no other server: there is none that they reach without it.
#[cfg(feature = "proxy")]
mod trusting {
    use reqwest::{Certificate, ClientBuilder};

    pub(crate) fn client(builder: ClientBuilder) -> ClientBuilder {
        builder.tls_certs_only(certificate())
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn blocking_client(
        builder: reqwest::blocking::ClientBuilder,
    ) -> reqwest::blocking::ClientBuilder {
        builder.tls_certs_only(certificate())
    }

    /// Without it nothing is trusted.
    fn certificate() -> Option<Certificate> {
        let der = cassette_proxy::certificate_der().ok()?;
        Certificate::from_der(der).ok()
    }
}
