use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName};

use crate::address::{Address, Pair, pairs};
use crate::diff::{self, Difference};
use crate::interaction::RecordedRequest;
use crate::node::{self, Paths};

/// Does a request match a recorded one: method, URL and body, and the headers asked for, less what
/// is ignored.
#[derive(Clone, Debug)]
pub(crate) struct RequestMatcher {
    pub(crate) body: bool,
    pub(crate) query: bool,
    pub(crate) headers: Vec<HeaderName>,
    pub(crate) ignored_query: Vec<String>,
    pub(crate) ignored_json: Paths,
}

/// The default: method, URL and body.
impl Default for RequestMatcher {
    fn default() -> Self {
        Self {
            body: true,
            query: true,
            headers: Vec::new(),
            ignored_query: Vec::new(),
            ignored_json: Paths::default(),
        }
    }
}

/// Why a request does not match a recorded one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    pub(crate) differences: Vec<Difference>,
}

impl RequestMatcher {
    /// Returns a number that is equal for all requests that match each other.
    pub(crate) fn key(&self, request: &RecordedRequest) -> u64 {
        let mut hasher = DefaultHasher::new();
        let address = Address::parse(&request.url);
        (&request.method, &address.origin, &address.path).hash(&mut hasher);
        self.query_of(&address)
            .for_each(|pair| pair.hash(&mut hasher));
        self.headers_of(request).hash(&mut hasher);
        if self.body {
            self.canonical_body(request).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Compares two requests, part by part.
    ///
    /// # Errors
    ///
    /// The differences, where there are any.
    pub(crate) fn check(
        &self,
        recorded: &RecordedRequest,
        actual: &RecordedRequest,
    ) -> Result<(), Mismatch> {
        let mut differences = Vec::new();
        if recorded.method != actual.method {
            differences.push(Difference::new(
                "method",
                Some(recorded.method.as_str()),
                Some(actual.method.as_str()),
            ));
        }
        if recorded.url != actual.url {
            self.check_url(recorded, actual, &mut differences);
        }
        differences.extend(diff::pairs(
            "header",
            &self.headers_of(recorded),
            &self.headers_of(actual),
        ));
        if self.body && !self.same_body(recorded, actual) {
            if recorded.body.bytes() == actual.body.bytes() {
                let (recorded, actual) = (
                    content_type(&recorded.headers),
                    content_type(&actual.headers),
                );
                differences.push(Difference::new(
                    "content-type",
                    Some(&recorded),
                    Some(&actual),
                ));
            } else {
                let ignored = &self.ignored_json;
                differences.extend(diff::bodies(&recorded.body, &actual.body, ignored));
            }
        }
        if differences.is_empty() {
            Ok(())
        } else {
            Err(Mismatch { differences })
        }
    }

    /// Returns what is compared, for people: `method, url, body`.
    pub(crate) fn describe(&self) -> String {
        let mut parts = vec![
            Cow::Borrowed("method"),
            Cow::Borrowed(if self.query {
                "url"
            } else {
                "url without query"
            }),
        ];
        if self.body {
            parts.push(Cow::Borrowed("body"));
        }
        parts.extend(
            self.headers
                .iter()
                .map(|name| Cow::Owned(format!("header {name}"))),
        );
        parts.join(", ")
    }

    fn check_url(
        &self,
        recorded: &RecordedRequest,
        actual: &RecordedRequest,
        differences: &mut Vec<Difference>,
    ) {
        let (recorded, actual) = (Address::parse(&recorded.url), Address::parse(&actual.url));
        if recorded.origin != actual.origin {
            differences.push(Difference::new(
                "host",
                Some(&recorded.origin),
                Some(&actual.origin),
            ));
        }
        if recorded.path != actual.path {
            differences.push(Difference::new(
                "path",
                Some(&recorded.path),
                Some(&actual.path),
            ));
        }
        let query = |address: &Address| self.query_of(address).cloned().collect::<Vec<_>>();
        differences.extend(diff::pairs("query", &query(&recorded), &query(&actual)));
    }

    fn query_of<'a>(&'a self, address: &'a Address) -> impl Iterator<Item = &'a Pair> {
        let ignored = |name: &[u8]| {
            self.ignored_query
                .iter()
                .any(|other| other.as_bytes() == name)
        };
        let asked = move |pair: &&Pair| self.query && !ignored(&pair.0);
        address.query.iter().filter(asked)
    }

    fn headers_of(&self, request: &RecordedRequest) -> Vec<Pair> {
        let boundary = boundary(&request.headers);
        let value = |name: &HeaderName, value: &[u8]| match &boundary {
            Some(boundary) if name == CONTENT_TYPE => {
                replace(value, boundary.as_bytes(), b"boundary")
            }
            _ => value.to_vec(),
        };
        let pairs = self.headers.iter().flat_map(|name| {
            let values = request.headers.get_all(name).iter();
            values.map(|of_name| {
                (
                    name.as_str().as_bytes().to_vec(),
                    value(name, of_name.as_bytes()),
                )
            })
        });
        pairs.collect()
    }

    fn same_body(&self, recorded: &RecordedRequest, actual: &RecordedRequest) -> bool {
        let same_type = recorded.headers.get(CONTENT_TYPE) == actual.headers.get(CONTENT_TYPE);
        (same_type && recorded.body.bytes() == actual.body.bytes())
            || self.canonical_body(recorded) == self.canonical_body(actual)
    }

    fn canonical_body<'a>(&self, request: &'a RecordedRequest) -> CanonicalBody<'a> {
        let bytes = request.body.bytes();
        if let Some(boundary) = boundary(&request.headers) {
            let delimiter = ["--", &boundary].concat();
            return CanonicalBody::Multipart(replace(bytes, delimiter.as_bytes(), b"--boundary"));
        }
        let content_type = content_type(&request.headers);
        match std::str::from_utf8(bytes) {
            Ok("") | Err(_) => CanonicalBody::Bytes(bytes),
            Ok(text) if content_type.starts_with("application/x-www-form-urlencoded") => {
                CanonicalBody::Form(pairs(text))
            }
            // Without a content type it is what it looks like.
            Ok(text) if content_type.is_empty() || content_type.contains("json") => {
                let node = node::parse(text);
                let json = node.map(|node| node::canonical(&node, &self.ignored_json));
                json.map_or(CanonicalBody::Bytes(bytes), CanonicalBody::Json)
            }
            Ok(_) => CanonicalBody::Bytes(bytes),
        }
    }
}

/// Equal for all bodies that count as equal.
#[derive(Debug, PartialEq, Eq, Hash)]
enum CanonicalBody<'a> {
    /// Whatever the key order and the layout.
    Json(String),
    /// By fields.
    Form(Vec<Pair>),
    /// Whatever the boundary.
    Multipart(Vec<u8>),
    Bytes(&'a [u8]),
}

fn content_type(headers: &HeaderMap) -> String {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    value.unwrap_or_default().trim().to_ascii_lowercase()
}

/// The boundary of a multipart body, which clients draw anew for each request (RFC 2046, 5.1.1).
fn boundary(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let mut parameters = value.split(';').map(str::trim);
    parameters
        .next()
        .filter(|kind| kind.to_ascii_lowercase().starts_with("multipart/"))?;
    let is_boundary = |(name, value): (&str, &str)| {
        name.eq_ignore_ascii_case("boundary")
            .then(|| value.trim_matches('"').to_owned())
    };
    parameters
        .filter_map(|parameter| parameter.split_once('='))
        .find_map(is_boundary)
}

fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(from) {
            out.extend_from_slice(to);
            at += from.len();
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests;
