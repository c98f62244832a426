use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::address::{Address, Pair};
use crate::config::Normalizers;
use crate::diff::{self, Content, Difference, alike, paths_alike};
use crate::interaction::RecordedRequest;
use crate::multipart::without_boundary;
use crate::node::Paths;
use crate::placeholder;

/// Does a request match a recorded one: method, URL and body, and the headers asked for, less what
/// is ignored.
#[derive(Clone, Debug)]
pub(crate) struct RequestMatcher {
    pub(crate) body: bool,
    pub(crate) query: bool,
    pub(crate) headers: Vec<HeaderName>,
    /// Upper and lower case differ in the values of headers.
    pub(crate) case_sensitive: bool,
    pub(crate) ignored_query: Vec<String>,
    pub(crate) ignored_json: Paths,
    pub(crate) normalizers: Normalizers,
}

/// The default: method, URL and body.
impl Default for RequestMatcher {
    fn default() -> Self {
        Self {
            body: true,
            query: true,
            headers: Vec::new(),
            case_sensitive: true,
            ignored_query: Vec::new(),
            ignored_json: Paths::default(),
            normalizers: Normalizers::default(),
        }
    }
}

/// A request as it is written, as far as it is compared.
///
/// One that is equal to a recorded one in this way matches it, so nobody need parse either.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Exact<'a> {
    method: &'a Method,
    url: &'a str,
    headers: Vec<(&'a HeaderName, &'a HeaderValue)>,
    /// What it says it is, and its bytes.
    body: Option<(Option<&'a HeaderValue>, &'a [u8])>,
}

impl Exact<'_> {
    pub(crate) fn key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }
}

/// Why a request does not match a recorded one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    pub(crate) differences: Vec<Difference>,
}

impl RequestMatcher {
    /// Returns a number that is equal for all requests that match each other, but for placeholders.
    pub(crate) fn key(&self, request: &RecordedRequest) -> u64 {
        let request = &*self.normal(request);
        let mut hasher = DefaultHasher::new();
        let address = Address::parse(&request.url);
        (&request.method, &address.origin, &address.path).hash(&mut hasher);
        self.query_of(&address)
            .for_each(|pair| pair.hash(&mut hasher));
        self.headers_of(request).hash(&mut hasher);
        if self.body {
            let content = Content::of(request);
            content.canonical(&self.ignored_json).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Returns a request as it is written, unless that says too little of it.
    pub(crate) fn exact<'a>(
        &'a self,
        method: &'a Method,
        url: &'a str,
        headers: &'a HeaderMap,
        body: &'a [u8],
    ) -> Option<Exact<'a>> {
        if !self.normalizers.is_empty() {
            return None;
        }
        let compared = self.headers.iter();
        let compared = compared.flat_map(|name| {
            let values = headers.get_all(name).iter();
            values.map(move |value| (name, value))
        });
        Some(Exact {
            method,
            url,
            headers: compared.collect(),
            body: (self.body && !body.is_empty()).then(|| (headers.get(CONTENT_TYPE), body)),
        })
    }

    /// The same of a recorded request; of one that holds placeholders it says nothing.
    pub(crate) fn exact_of<'a>(&'a self, recorded: &'a RecordedRequest) -> Option<Exact<'a>> {
        let exact = self.as_written(recorded);
        exact.filter(|_| !self.may_be_masked(recorded))
    }

    pub(crate) fn as_written<'a>(&'a self, recorded: &'a RecordedRequest) -> Option<Exact<'a>> {
        let RecordedRequest {
            method,
            url,
            headers,
            body,
        } = recorded;
        self.exact(method, url, headers, body.bytes())
    }

    /// Compares two requests, part by part. A placeholder matches any value in its place.
    ///
    /// # Errors
    ///
    /// The differences, where there are any.
    pub(crate) fn check(
        &self,
        recorded: &RecordedRequest,
        actual: &RecordedRequest,
    ) -> Result<(), Mismatch> {
        let (recorded, actual) = (&*self.normal(recorded), &*self.normal(actual));
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
        let (recorded, actual) = (Content::of(recorded), Content::of(actual));
        if self.body && !recorded.is_alike(&actual, &self.ignored_json) {
            differences.extend(diff::bodies(recorded, actual, &self.ignored_json));
        }
        if differences.is_empty() {
            Ok(())
        } else {
            Err(Mismatch { differences })
        }
    }

    /// Returns a request as it is compared.
    pub(crate) fn normal<'a>(&self, request: &'a RecordedRequest) -> Cow<'a, RecordedRequest> {
        match self.normalizers.is_empty() {
            true => Cow::Borrowed(request),
            false => Cow::Owned(self.normalizers.apply(request)),
        }
    }

    /// Returns false where no placeholder is in what is compared of a request: then `key` alone tells
    /// it from all others that hold none.
    pub(crate) fn may_be_masked(&self, request: &RecordedRequest) -> bool {
        let body = self.body.then(|| &**request.body.bytes());
        let headers = self.headers.iter();
        let headers = headers.flat_map(|name| request.headers.get_all(name));
        let compared = [request.url.as_bytes()].into_iter().chain(body);
        compared
            .chain(headers.map(HeaderValue::as_bytes))
            .any(placeholder::may_be_in)
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
        if !alike(recorded.origin.as_bytes(), actual.origin.as_bytes()) {
            differences.push(Difference::new(
                "host",
                Some(&recorded.origin),
                Some(&actual.origin),
            ));
        }
        if !paths_alike(&recorded.path, &actual.path) {
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
        let pair = |name: &HeaderName, value: &HeaderValue| {
            let mut value = match value.to_str() {
                Ok(text) if name == CONTENT_TYPE => without_boundary(text).into_owned().into(),
                _ => value.as_bytes().to_vec(),
            };
            if !self.case_sensitive {
                value = folded(&value);
            }
            (name.as_str().as_bytes().to_vec(), value)
        };
        let pairs = self.headers.iter().flat_map(|name| {
            let values = request.headers.get_all(name).iter();
            values.map(move |value| pair(name, value))
        });
        pairs.collect()
    }
}

/// Returns a value in lower case, but for its placeholders.
fn folded(value: &[u8]) -> Vec<u8> {
    let mut folded = value.to_ascii_lowercase();
    for place in placeholder::places(value) {
        folded[place.clone()].copy_from_slice(&value[place]);
    }
    folded
}

#[cfg(test)]
mod tests;
