use super::reqwest::{Client, ClientBuilder};
use super::without_certificates;

/// A client that builds requests and sends none.
pub(crate) fn client() -> Client {
    builder().build().unwrap_or_default()
}

/// A builder of clients that reach no other machine, so they need neither proxies nor the system's
/// certificates.
pub(crate) fn builder() -> ClientBuilder {
    without_certificates(Client::builder().no_proxy())
}
