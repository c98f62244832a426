use super::middleware::CassetteMiddleware;
use super::reqwest;
use super::reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use super::unconnected;

/// Returns a client whose requests go to the cassette of the test that makes them.
///
/// It is a [`reqwest::Client`] with its defaults below [`CassetteMiddleware`]; the part of it that
/// can connect is made when a request is first recorded, since a replay needs none.
///
/// # Panics
///
/// When the system's TLS cannot be initialised, as [`reqwest::Client::new`].
///
/// # Examples
///
/// Outside a cassette a request is refused; it never reaches the network:
///
/// ```
#[doc = example_use!("client")]
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let refused = client().get("http://api.example.com/").send().await;
/// assert!(refused.unwrap_err().to_string().contains("no cassette is in use here"));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use]
pub fn client() -> ClientWithMiddleware {
    ClientBuilder::new(unconnected::client())
        .with(CassetteMiddleware::with_own_client())
        .build()
}

/// Returns a client built from `builder`, with [`CassetteMiddleware`] on top.
///
/// Redirects, cookies, decompression and the client's timeouts are below the middleware: it sees
/// what they make of a response.
///
/// # Errors
///
/// When the client cannot be built.
///
/// # Examples
///
/// ```
#[doc = example_use!("client_with")]
///
/// let builder = reqwest::Client::builder().user_agent("personas/1.0");
/// let client = client_with(builder)?;
/// # Ok::<(), reqwest::Error>(())
/// ```
pub fn client_with(builder: reqwest::ClientBuilder) -> reqwest::Result<ClientWithMiddleware> {
    Ok(ClientBuilder::new(builder.build()?)
        .with(CassetteMiddleware::new())
        .build())
}
