//! The same for reqwest 0.12, and reqwest-middleware 0.4 on top of it.
//!
//! The attributes, [`scope`](crate::scope) and the cassettes are those of the root: a test may use clients of both
//! versions, and what one has recorded is replayed to the other. Here are the clients alone.
//!
//! ```no_run
//! # mod test {
//! use cassette_reqwest::cassette;
//! use cassette_reqwest::reqwest_0_12::client;
//!
//! #[cassette]
//! #[tokio::test]
//! async fn lists_the_items() {
//!     let items = client().get("https://api.example.com/items").send().await.unwrap();
//!     assert_eq!(items.status(), 200);
//! }
//! # }
//! ```
//!
//! # TLS
//!
//! To record from `https://` addresses, reqwest 0.12 needs a feature of its own, such as `native-tls` (on
//! by default) or `rustls-tls`. The feature `rustls` of this crate does not switch one on: those for
//! rustls bring a second cryptographic provider into the build, or make every client panic where none is
//! installed.
//!
//! For the same reason plain and blocking clients of 0.12 do not trust the test's proxy yet. For `https://` addresses, in a replay
//! as well, a test adds its certificate:
//!
//! ```ignore
//! let certificate = Certificate::from_pem(cassette_reqwest::certificate_pem()?.as_bytes())?;
//! let client = plain_client_builder().add_root_certificate(certificate).build()?;
//! ```

use std::error::Error as _;
use std::iter::successors;

use ::{reqwest_0_12 as reqwest, reqwest_middleware_0_4 as reqwest_middleware};
use reqwest::ClientBuilder;

/// The first line of an example. The crate that is 0.12 here has its usual name for the reader.
macro_rules! example_use {
    ($name:literal) => {
        concat!(
            "# use {reqwest_0_12 as reqwest, reqwest_middleware_0_4 as reqwest_middleware};\n",
            "use cassette_reqwest::reqwest_0_12::",
            $name,
            ";",
        )
    };
}

#[expect(clippy::duplicate_mod, reason = "one source, two versions of reqwest")]
#[path = "adapter/mod.rs"]
mod adapter;

#[cfg(feature = "blocking")]
pub use adapter::blocking_client_builder;
pub use adapter::{CassetteMiddleware, client, client_with};
#[cfg(feature = "proxy")]
pub use adapter::{ThroughCassette, plain_client_builder};

const MISSING_TLS: &str = "an https request was to be recorded, and this build of reqwest 0.12 has no TLS\n\n\
    help: enable a TLS feature of reqwest 0.12, such as `native-tls` or `rustls-tls`";

/// It has no such predicate, and the type of its cause has no name outside its connector.
fn is_dns(error: &reqwest::Error) -> bool {
    let causes = successors(error.source(), |&error| error.source());
    causes
        .map(ToString::to_string)
        .any(|text| text == "dns error")
}

/// Whether there are any is up to features of reqwest that cannot be seen from here.
fn without_certificates(builder: ClientBuilder) -> ClientBuilder {
    builder
}

/// Which certificates clients trust is up to features of reqwest that cannot be switched on from here.
#[cfg(feature = "proxy")]
mod trusting {
    use super::reqwest::ClientBuilder;

    pub(crate) fn client(builder: ClientBuilder) -> ClientBuilder {
        builder
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn blocking_client(
        builder: super::reqwest::blocking::ClientBuilder,
    ) -> super::reqwest::blocking::ClientBuilder {
        builder
    }
}
