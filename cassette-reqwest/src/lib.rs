//! Record a test's reqwest traffic once, replay it from then on: one attribute above the test, one
//! file for code review.
//!
//! ```no_run
//! # mod test {
//! use cassette_reqwest::{cassette, client};
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
//! [`cassette`] describes the attribute, and [`unrecorded`](macro@unrecorded) the one for what is not to be recorded; [`client`] and [`client_with`] make the clients that
//! production code is given, [`CassetteMiddleware`] goes into a client of one's own, and [`scope`]
//! and [`scope_sync`] work without the attribute. Everything a test needs of `cassette-core` is re-exported here.
//!
//! # Clients
//!
//! | your client | the line to write | feature |
//! |---|---|---|
//! | `ClientWithMiddleware` | [`client()`](client()), [`client_with(builder)`](client_with), or `.with(CassetteMiddleware::new())` as the last of its middleware | |
//! | [`reqwest::Client`], and SDKs that take one | `plain_client_builder().build()?`, or `.through_cassette()` last on a builder | `proxy` |
//! | `reqwest::blocking::Client` | `blocking_client_builder().build()?`, in the test that uses it | `blocking` |
//! | those of reqwest 0.12 | the same from `reqwest_0_12` | `reqwest-0-12` |
//! | ureq, AWS SDKs, other programs | `Proxy::start(&current()?)?`: its `url()` or `env()`, and `certificate_pem()` | `proxy` |
//!
//! For clients that are tower services (hyper, tonic, octocrab, kube) there is the package `cassette-tower`.
//!
//! # What it cannot see
//!
//! A plain client goes through a proxy, which sees each redirect hop, cookie and retry, and bodies as they are on the wire: the
//! package `cassette-proxy` describes it. A middleware stands above the client's own redirects, cookie store, decompression and client-wide
//! timeouts, and sees what they make of a response. So a simulated `latency` does not set off a time limit of the
//! client; one set on the request is seen.
//!
//! # Failures
//!
//! A request that failed below is recorded, and fails again with an error of reqwest's own:
//! `is_timeout()`, `is_connect()` and its like answer as they did, and what retries look for below
//! it (hyper's incomplete message, a connection reset) is there again. Such an error is provoked in
//! a client without proxies that reaches nothing, or a socket inside this process; the recorded text
//! stands among its causes where the client lets one in.
//!
//! # Features
//!
//! - `compression` (default): compressed bodies that reqwest does not decompress itself are stored
//!   readable.
//! - `rustls`: TLS for recording from `https://` addresses. A replay needs none.
//! - `proxy`: `plain_client_builder`, for code that takes a plain [`reqwest::Client`]; with it `rustls`.
//! - `blocking`: `blocking_client_builder`, the same for [`reqwest::blocking`](https://docs.rs/reqwest); with it `proxy`.
//! - `reqwest-0-12`: the module `reqwest_0_12`, which has the clients for reqwest 0.12. It takes nothing
//!   away: both versions can be used in one test, and be on the same cassette.

#![warn(clippy::unwrap_used)] // nothing from outside is taken for granted

#[cfg(feature = "reqwest-0-12")]
pub mod reqwest_0_12;
mod reqwest_0_13;

#[doc = include_str!("attribute.md")]
pub use cassette_core::__private::cassette_for_reqwest as cassette;
// The function alone: under its public path there is the core's own attribute, too.
pub use cassette_core::__private::unrecorded;
#[doc = include_str!("unrecorded.md")]
pub use cassette_core::__private::unrecorded_for_reqwest as unrecorded;
pub use cassette_core::{
    Body, Cassette, CassetteId, CassettePool, Config, Error, ErrorKind, InCurrentCassette,
    Interaction, Latency, Mode, OnChange, OnDrift, OnExpiry, Order, RecordedError, RecordedRequest,
    Redaction, Repeat, RequestInfo, Result, Session, StatusPattern, Track, Unused, current,
    in_current_cassette, scope, scope_sync, secret, unrecorded_sync,
};
pub use cassette_core::{bytes, http};
#[cfg(feature = "proxy")]
pub use cassette_proxy::{Proxy, certificate_der, certificate_pem};
#[cfg(feature = "blocking")]
pub use reqwest_0_13::blocking_client_builder;
pub use reqwest_0_13::{CassetteMiddleware, client, client_with};
#[cfg(feature = "proxy")]
pub use reqwest_0_13::{ThroughCassette, plain_client_builder};

#[doc(hidden)]
pub use cassette_core::__private;

/// The README compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct ReadmeDoctests;

/// So does the guide.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide.md")]
pub struct GuideDoctests;
