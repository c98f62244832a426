use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName};

use crate::address::{Address, pairs};
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
            differences.extend(diff::bodies(
                &recorded.body,
                &actual.body,
                &self.ignored_json,
            ));
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

    fn query_of<'a>(&'a self, address: &'a Address) -> impl Iterator<Item = &'a (String, String)> {
        let asked = |pair: &&(String, String)| self.query && !self.ignored_query.contains(&pair.0);
        address.query.iter().filter(asked)
    }

    fn headers_of(&self, request: &RecordedRequest) -> Vec<(String, String)> {
        let values = |name| {
            request
                .headers
                .get_all(name)
                .iter()
                .map(move |value| (name, value))
        };
        let text = |value: &[u8]| value.escape_ascii().to_string();
        let pair = |(name, value): (&HeaderName, &http::HeaderValue)| {
            let boundary = boundary(&request.headers).filter(|_| name == CONTENT_TYPE);
            let value = text(value.as_bytes());
            (
                name.to_string(),
                boundary.map_or(value.clone(), |boundary| {
                    value.replace(&boundary, "boundary")
                }),
            )
        };
        self.headers.iter().flat_map(values).map(pair).collect()
    }

    fn same_body(&self, recorded: &RecordedRequest, actual: &RecordedRequest) -> bool {
        recorded.body.bytes() == actual.body.bytes()
            || self.canonical_body(recorded) == self.canonical_body(actual)
    }

    /// The same bytes for all bodies that count as equal: JSON whatever its key order and layout,
    /// forms by fields, multipart whatever the boundary, else the bytes themselves.
    fn canonical_body<'a>(&self, request: &'a RecordedRequest) -> Cow<'a, [u8]> {
        let bytes = request.body.bytes();
        let content_type = content_type(&request.headers);
        if let Some(boundary) = boundary(&request.headers) {
            return Cow::Owned(replace_boundary(bytes, boundary.as_bytes()));
        }
        let Some(text) = request.body.text().filter(|text| !text.is_empty()) else {
            return Cow::Borrowed(bytes);
        };
        if content_type.starts_with("application/x-www-form-urlencoded") {
            return Cow::Owned(format!("form {:?}", pairs(text)).into_bytes());
        }
        let is_json = content_type.contains("json") || text.trim_start().starts_with(['{', '[']);
        match node::parse(text).filter(|_| is_json) {
            Some(node) => Cow::Owned(node::canonical(&node, &self.ignored_json).into_bytes()),
            None => Cow::Borrowed(bytes),
        }
    }
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

fn replace_boundary(body: &[u8], boundary: &[u8]) -> Vec<u8> {
    let delimiter = [b"--", boundary].concat();
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < body.len() {
        if body[at..].starts_with(&delimiter) {
            out.extend_from_slice(b"--boundary");
            at += delimiter.len();
        } else {
            out.push(body[at]);
            at += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::Redactor;
    use bytes::Bytes;

    fn request(line: &str, content_type: &str, body: &str) -> RecordedRequest {
        let (method, url) = line.split_once(' ').unwrap();
        let live = http::Request::builder()
            .method(method)
            .uri(url)
            .header("content-type", content_type);
        Redactor::default().request(&live.body(Bytes::copy_from_slice(body.as_bytes())).unwrap())
    }

    fn post(content_type: &str, body: &str) -> RecordedRequest {
        request("POST http://e.com/", content_type, body)
    }

    /// Key and check must agree: equal requests have equal keys, the others a reason.
    fn check(
        matcher: &RequestMatcher,
        left: &RecordedRequest,
        right: &RecordedRequest,
        places: &[&str],
    ) {
        let differences = matcher
            .check(left, right)
            .err()
            .map_or(Vec::new(), |mismatch| mismatch.differences);
        assert_eq!(
            differences
                .iter()
                .map(|difference| difference.place.as_str())
                .collect::<Vec<_>>(),
            places
        );
        assert_eq!(matcher.key(left) == matcher.key(right), places.is_empty());
    }

    #[test]
    fn method_url_and_body_decide() {
        let matcher = RequestMatcher::default();
        let left = request("GET http://e.com/a?page=1", "a/b", "x");
        check(
            &matcher,
            &left,
            &request("GET HTTP://E.com:80/a?page=1", "c/d", "x"),
            &[],
        );
        check(
            &matcher,
            &left,
            &request("PUT https://e.com/b?page=2", "a/b", "y"),
            &["method", "host", "path", "query page", "body line 1"],
        );
    }

    #[test]
    fn json_bodies_are_equal_whatever_their_key_order() {
        let matcher = RequestMatcher::default();
        let left = post("application/json", r#"{"a":1,"b":[1,2]}"#);
        check(
            &matcher,
            &left,
            &post("application/json", "{ \"b\": [1,2], \"a\": 1 }\n"),
            &[],
        );
        check(
            &matcher,
            &left,
            &post("application/json", r#"{"a":1.0,"b":[2,1]}"#),
            &["body /a", "body /b/0", "body /b/1"],
        );
    }

    #[test]
    fn json_bodies_that_are_stored_as_text_are_compared_as_json() {
        let matcher = RequestMatcher::default();
        check(
            &matcher,
            &post("application/json", "{\"a\" :1}"),
            &post("application/json", r#"{"a":1}"#),
            &[],
        );
    }

    #[test]
    fn forms_are_compared_by_fields_and_other_text_by_bytes() {
        let matcher = RequestMatcher::default();
        let form = "application/x-www-form-urlencoded";
        check(
            &matcher,
            &post(form, "a=1&b=x+y"),
            &post(form, "b=x%20y&a=1"),
            &[],
        );
        check(
            &matcher,
            &post(form, "a=1&a=2"),
            &post(form, "a=2&a=1"),
            &["body line 1"],
        );
        check(
            &matcher,
            &post("text/plain", "a=1&b=2"),
            &post("text/plain", "b=2&a=1"),
            &["body line 1"],
        );
    }

    #[test]
    fn multipart_is_compared_without_its_boundary() {
        let body = |boundary: &str, value: &str| {
            let content_type = format!("multipart/form-data; boundary=\"{boundary}\"");
            post(
                &content_type,
                &format!(
                    "--{boundary}\r\ncontent-disposition: form-data; name=a\r\n\r\n{value}\r\n--{boundary}--\r\n"
                ),
            )
        };
        let matcher = RequestMatcher {
            headers: vec![CONTENT_TYPE],
            ..RequestMatcher::default()
        };
        check(&matcher, &body("one", "x"), &body("other", "x"), &[]);
        check(
            &matcher,
            &body("one", "x"),
            &body("one", "y"),
            &["body line 4"],
        );
    }

    #[test]
    fn parts_are_left_out_and_headers_taken_in_as_asked() {
        let left = request(
            "POST http://e.com/?page=1&t=1",
            "application/json",
            r#"{"id":1,"a":2}"#,
        );
        let right = request(
            "POST http://e.com/?t=2&page=1",
            "application/json; x",
            r#"{"id":9,"a":2}"#,
        );
        let matcher = RequestMatcher {
            ignored_query: vec!["t".into()],
            ignored_json: Paths::new(&["/id".into()]),
            ..RequestMatcher::default()
        };
        check(&matcher, &left, &right, &[]);
        let matcher = RequestMatcher {
            query: false,
            body: false,
            ..RequestMatcher::default()
        };
        check(&matcher, &left, &right, &[]);
        let matcher = RequestMatcher {
            headers: vec![CONTENT_TYPE],
            ..matcher
        };
        check(&matcher, &left, &right, &["header content-type"]);
        assert_eq!(
            matcher.describe(),
            "method, url without query, header content-type"
        );
    }
}
