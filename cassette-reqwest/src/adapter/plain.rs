//! Clients without middleware, which reach their cassette through a proxy.

#[cfg(feature = "blocking")]
use cassette_proxy::bound_route;
use cassette_proxy::route;
use reqwest::{Client, ClientBuilder, Proxy};

use super::{reqwest, trusting};

/// Returns a builder of plain clients whose requests go to the cassette of the test that makes them: for
/// code that insists on a [`reqwest::Client`].
///
/// What it builds does its own redirects, cookies, decompression, retries and time limits, in a replay as
/// well: the cassette is behind all that, in a proxy ([`ThroughCassette`]). So each hop of a redirect is an
/// interaction, and a time limit that fired when it was recorded takes its time again.
///
/// # Examples
///
/// ```
#[doc = example_use!("plain_client_builder")]
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let client: reqwest::Client = plain_client_builder().user_agent("personas/1.0").build()?;
/// // Outside a cassette it never reaches the network:
/// let refused = client.get("http://api.example.com/").send().await?;
/// assert_eq!(refused.status(), 501);
/// assert!(refused.text().await?.starts_with("no cassette is in use here"));
/// # Ok::<(), reqwest::Error>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn plain_client_builder() -> ClientBuilder {
    Client::builder().through_cassette()
}

/// The same for clients of `reqwest::blocking`: those it builds are bound to the test in which this is
/// called.
///
/// # Examples
///
/// ```
#[doc = example_use!("blocking_client_builder")]
///
/// let client = blocking_client_builder().build()?;
/// // Outside a cassette it never reaches the network:
/// let refused = client.get("http://api.example.com/").send()?;
/// assert_eq!(refused.status(), 501);
/// assert!(refused.text()?.starts_with("no cassette is in use here"));
/// # Ok::<(), reqwest::Error>(())
/// ```
#[cfg(feature = "blocking")]
pub fn blocking_client_builder() -> reqwest::blocking::ClientBuilder {
    reqwest::blocking::Client::builder().through_cassette()
}

/// Sends the requests of a plain client to the cassette that is in use, through a proxy in this process.
///
/// Call it last: it takes away other proxies, and the certificates that it trusts are those of the proxy
/// alone. Which servers are trusted while recording is up to the proxy (`Proxy::trust`). With reqwest 0.12
/// the certificate is added by hand, as its module says.
///
/// A client of `reqwest::Client` may be built once for several tests, in a `static` for example: it asks
/// whose test it is each time it connects, and keeps no connection. One of `reqwest::blocking` sends from a
/// thread of its own, where nothing tells whose request it is. So it is bound to the test in which this is called,
/// in a `static` to the first one that uses it: as long as that one runs, requests of others go to its
/// cassette too, and afterwards they are refused.
///
/// Without a cassette, and by one that has ended, requests are refused on this machine: they are answered
/// with status 501 and the reason, also where they are `https`.
///
/// # Examples
///
/// ```
#[doc = example_use!("ThroughCassette")]
///
/// /// What production code has as well.
/// fn builder() -> reqwest::ClientBuilder {
///     reqwest::Client::builder().user_agent("personas/1.0")
/// }
///
/// let client = builder().through_cassette().build()?;
/// # Ok::<(), reqwest::Error>(())
/// ```
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
        // It is asked in the client's own thread, which belongs to no test.
        let route = bound_route();
        let proxy = Proxy::custom(move |_| Some(route()));
        trusting::blocking_client(self.no_proxy().proxy(proxy))
    }
}
