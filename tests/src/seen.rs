use bytes::Bytes;
use http::{HeaderMap, Method, Request};

/// A request as a [`Server`](crate::Server) saw it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The method.
    pub method: Method,
    /// The path and, behind a `?`, the query.
    pub path: String,
    /// The headers, names in lower case.
    pub headers: HeaderMap,
    /// The whole body, decoded from chunks.
    pub body: Bytes,
}

impl Seen {
    /// Returns the first value of a header if there is one and it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the body as text, with `U+FFFD` where it is none.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl From<&Request<Bytes>> for Seen {
    fn from(request: &Request<Bytes>) -> Self {
        Self {
            method: request.method().clone(),
            path: request
                .uri()
                .path_and_query()
                .map_or_else(String::new, ToString::to_string),
            headers: request.headers().clone(),
            body: request.body().clone(),
        }
    }
}
