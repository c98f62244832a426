use std::sync::LazyLock;

use super::reqwest::{Client, ClientBuilder};
use super::without_certificates;

/// A client that builds requests and sends none, so one will do for the process: where TLS is a feature
/// of the user's own reqwest, making it reads all certificates of the system.
pub(crate) fn client() -> Client {
    static CLIENT: LazyLock<Client> = LazyLock::new(|| builder().build().unwrap_or_default());
    CLIENT.clone()
}

/// A builder of clients that reach no other machine, so they need neither proxies nor the system's
/// certificates.
pub(crate) fn builder() -> ClientBuilder {
    without_certificates(Client::builder().no_proxy())
}
