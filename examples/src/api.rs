use reqwest_middleware::{ClientWithMiddleware, RequestBuilder};
use serde::de::DeserializeOwned;

/// What can go wrong when an API is called.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// What a call of an API returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An API: where it is, and the key it wants.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    client: ClientWithMiddleware,
    base: String,
    key: String,
}

impl Api {
    pub(crate) fn new(client: ClientWithMiddleware, base: &str, key: &str) -> Self {
        let (base, key) = (base.to_owned(), key.to_owned());
        Self { client, base, key }
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.base);
        self.client.get(url).bearer_auth(&self.key)
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.base);
        self.client.post(url).bearer_auth(&self.key)
    }
}

/// Sends a request and reads its answer.
pub(crate) async fn fetch<T: DeserializeOwned>(request: RequestBuilder) -> Result<T> {
    let response = request.send().await?.error_for_status()?;
    Ok(response.json().await?)
}
