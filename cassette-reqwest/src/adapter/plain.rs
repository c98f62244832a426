//! Clients without middleware, which reach their cassette through a proxy.

use cassette_proxy::route;
use reqwest::{Client, ClientBuilder, Proxy};

use super::{reqwest, trusting};

/// Returns a builder of plain clients whose requests go to the cassette of the test that makes them: for
/// code that insists on a [`reqwest::Client`].
///
/// What it builds does its own redirects, cookies, decompression, retries and time limits, in a replay as
/// well: the cassette is behind all that, in a proxy ([`ThroughCassette`]).
pub fn plain_client_builder() -> ClientBuilder {
    Client::builder().through_cassette()
}

/// The same for clients of [`reqwest::blocking`]: those it builds are bound to the test in which this is
/// called.
#[cfg(feature = "blocking")]
pub fn blocking_client_builder() -> reqwest::blocking::ClientBuilder {
    reqwest::blocking::Client::builder().through_cassette()
}

/// Sends the requests of a plain client to the cassette that is in use, through a proxy in this process.
///
/// Call it last: it takes away other proxies, and the certificates that it trusts are those of the proxy
/// alone. Which servers are trusted while recording is up to the proxy (`Proxy::trust`).
///
/// A client of [`reqwest::Client`] may be built once for several tests: it asks whose test it is each time
/// it connects, and keeps no connection. One of [`reqwest::blocking`](https://docs.rs/reqwest) makes its connections in a thread of its
/// own, so it is bound to the test in which this is called, and fails in any other once that has ended.
///
/// Without a cassette requests are refused on this machine: an `https` request fails to connect, an
/// `http` request is answered with status 501 and the reason.
pub trait ThroughCassette {
    /// Returns the builder of a client that goes through the cassette.
    #[must_use]
    fn through_cassette(self) -> Self;
}

impl ThroughCassette for ClientBuilder {
    fn through_cassette(self) -> Self {
        // The answer must never be that there is no proxy: that goes to the network.
        let proxy = Proxy::custom(|_| Some(route()));
        // A connection that is used again would lead to the test that opened it.
        let builder = self.no_proxy().proxy(proxy).pool_max_idle_per_host(0);
        trusting::client(builder)
    }
}

#[cfg(feature = "blocking")]
impl ThroughCassette for reqwest::blocking::ClientBuilder {
    fn through_cassette(self) -> Self {
        let route = route();
        let proxy = Proxy::custom(move |_| Some(route.clone()));
        trusting::blocking_client(self.no_proxy().proxy(proxy))
    }
}
