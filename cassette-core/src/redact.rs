use bytes::Bytes;
use http::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HeaderName, LOCATION, PROXY_AUTHORIZATION,
    REFERER, SET_COOKIE,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::address::form_decode;
use crate::body::Body;
use crate::interaction::{RecordedRequest, RecordedResponse};
use crate::json;
use crate::node::{self, Node};

/// What stands where a secret stood.
pub(crate) const PLACEHOLDER: &str = "[REDACTED]";

/// Headers whose whole value is a secret.
const SECRET_HEADERS: [HeaderName; 4] = [
    AUTHORIZATION,
    PROXY_AUTHORIZATION,
    COOKIE,
    HeaderName::from_static("x-api-key"),
];

/// Headers that hold a URL.
const URL_HEADERS: [HeaderName; 3] = [
    LOCATION,
    REFERER,
    HeaderName::from_static("content-location"),
];

/// Names of query parameters, form fields and JSON keys whose value is a secret; compared whole,
/// case-folded, without `-` and `_`.
const SECRET_NAMES: [&str; 10] = [
    "accesstoken",
    "apikey",
    "authorization",
    "clientsecret",
    "password",
    "proxyauthorization",
    "refreshtoken",
    "sessiontoken",
    "token",
    "xapikey",
];

/// The only door from live traffic to what is stored: masks secrets, leaves out what must never
/// be stored.
#[derive(Clone, Debug, Default)]
pub(crate) struct Redactor {
    excluded: Vec<HeaderName>,
}

impl Redactor {
    pub(crate) fn new(excluded: Vec<HeaderName>) -> Self {
        Self { excluded }
    }

    pub(crate) fn request(&self, live: &http::Request<Bytes>) -> RecordedRequest {
        let mut headers = self.headers(live.headers());
        let body = redact_body(live.body(), &headers);
        fit_length(&mut headers, live.body(), &body);
        RecordedRequest {
            method: live.method().clone(),
            url: redact_url(&live.uri().to_string()),
            headers,
            body: Body::from(body),
        }
    }

    /// `url` is the one that answered, where it is not the request's.
    pub(crate) fn response(
        &self,
        live: &http::Response<Bytes>,
        method: &Method,
        url: Option<&str>,
    ) -> RecordedResponse {
        let mut headers = self.headers(live.headers());
        let body = redact_body(live.body(), &headers);
        if *method != Method::HEAD && live.status() != StatusCode::NOT_MODIFIED {
            fit_length(&mut headers, live.body(), &body);
        }
        RecordedResponse {
            status: live.status(),
            version: live.version(),
            url: url.map(redact_url),
            headers,
            body: Body::from(body),
        }
    }

    fn headers(&self, live: &HeaderMap) -> HeaderMap {
        let mut stored = HeaderMap::with_capacity(live.keys_len());
        for (name, value) in live
            .iter()
            .filter(|(name, _)| !self.excluded.contains(name))
        {
            stored.append(name, redact_header(name, value));
        }
        stored
    }
}

fn redact_header(name: &HeaderName, value: &HeaderValue) -> HeaderValue {
    if SECRET_HEADERS.contains(name) {
        return HeaderValue::from_static(PLACEHOLDER);
    }
    let redact: fn(&str) -> String = match name {
        name if *name == SET_COOKIE => redact_set_cookie,
        name if URL_HEADERS.contains(name) => redact_url,
        _ => return value.clone(),
    };
    let redacted = redact(&String::from_utf8_lossy(value.as_bytes()));
    HeaderValue::from_str(&redacted).unwrap_or(HeaderValue::from_static(PLACEHOLDER))
}

/// `name=value; attributes`: the value goes, the rest stays (RFC 6265, section 4.1). An empty value,
/// which deletes the cookie, is no secret.
fn redact_set_cookie(text: &str) -> String {
    let (pair, attributes) = text.split_at(text.find(';').unwrap_or(text.len()));
    match pair.split_once('=') {
        Some((_, value)) if value.trim().is_empty() => text.to_owned(),
        Some((name, _)) => format!("{name}={PLACEHOLDER}{attributes}"),
        None => format!("{PLACEHOLDER}{attributes}"),
    }
}

/// Masks user information and the values of secret parameters; the rest stays as it was written.
pub(crate) fn redact_url(url: &str) -> String {
    let (url, fragment) = url.split_at(url.find('#').unwrap_or(url.len()));
    let (address, query) = url.split_at(url.find('?').unwrap_or(url.len()));
    let mut redacted = redact_user(address);
    if let Some(query) = query.strip_prefix('?') {
        redacted.push('?');
        redacted.push_str(&redact_pairs(query));
    }
    redacted + fragment
}

fn redact_user(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("//") else {
        return address.to_owned();
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}//{PLACEHOLDER}@{host}{path}"),
        None => address.to_owned(),
    }
}

/// Masks the secret values of a query or form, pair by pair.
fn redact_pairs(text: &str) -> String {
    let redact_pair = |pair: &str| match pair.split_once('=') {
        Some((name, value)) if !value.is_empty() && is_secret_name(&form_decode(name)) => {
            format!("{name}={PLACEHOLDER}")
        }
        _ => pair.to_owned(),
    };
    let pairs: Vec<String> = text.split('&').map(redact_pair).collect();
    pairs.join("&")
}

fn is_secret_name(name: &str) -> bool {
    let folded: String = name
        .chars()
        .filter(|c| !matches!(c, '-' | '_'))
        .flat_map(char::to_lowercase)
        .collect();
    SECRET_NAMES.contains(&folded.as_str())
}

/// Returns the body with its secrets masked; the very same bytes where there are none.
fn redact_body(live: &Bytes, headers: &HeaderMap) -> Bytes {
    let Ok(text) = std::str::from_utf8(live) else {
        return live.clone();
    };
    if is_form(headers) {
        return redact_pairs(text).into();
    }
    match node::parse(text) {
        Some(node) => redact_json(text, &node).map_or_else(|| live.clone(), Bytes::from),
        None => live.clone(),
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(CONTENT_TYPE)
        .map_or(&b""[..], HeaderValue::as_bytes);
    content_type
        .to_ascii_lowercase()
        .starts_with(b"application/x-www-form-urlencoded")
}

/// Replaces secret strings in the text itself, so that all else keeps its bytes.
fn redact_json(text: &str, node: &Node<'_>) -> Option<String> {
    let mut secrets = Vec::new();
    find_secrets(node, &mut secrets);
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for secret in &secrets {
        // Both are slices of one text.
        let start = secret.as_ptr().addr() - text.as_ptr().addr();
        out.push_str(&text[copied..start]);
        out.push_str(&json::quote(PLACEHOLDER));
        copied = start + secret.len();
    }
    out.push_str(&text[copied..]);
    (!secrets.is_empty()).then_some(out)
}

/// Only strings are secrets: `"total_tokens": 42` stays, and so do empty strings.
fn find_secrets<'a>(node: &Node<'a>, secrets: &mut Vec<&'a str>) {
    match node {
        Node::Scalar(_) => {}
        Node::Array(items) => items.iter().for_each(|item| find_secrets(item, secrets)),
        Node::Object(members) => {
            for (key, member) in members {
                match member {
                    Node::Scalar(value)
                        if value.starts_with('"')
                            && *value != "\"\""
                            && is_secret_name(&json::unescape(key)) =>
                    {
                        secrets.push(value);
                    }
                    member => find_secrets(member, secrets),
                }
            }
        }
    }
}

/// `content-length` speaks of the stored body where masking changed it.
fn fit_length(headers: &mut HeaderMap, live: &Bytes, stored: &Bytes) {
    if live.len() != stored.len() && headers.contains_key(CONTENT_LENGTH) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(stored.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str, headers: &[(&str, &str)], body: &str) -> RecordedRequest {
        let mut live = http::Request::post(url);
        for (name, value) in headers {
            live = live.header(*name, *value);
        }
        Redactor::default().request(&live.body(Bytes::copy_from_slice(body.as_bytes())).unwrap())
    }

    #[test]
    fn secret_headers_lose_their_value() {
        let headers = [
            ("authorization", "Bearer x"),
            ("Proxy-Authorization", "Basic x"),
            ("cookie", "a=1"),
            ("X-API-Key", "k"),
            ("accept", "a/b"),
        ];
        let stored = request("http://e.com/", &headers, "");
        for name in [
            "authorization",
            "proxy-authorization",
            "cookie",
            "x-api-key",
        ] {
            assert_eq!(stored.headers()[name], PLACEHOLDER, "{name}");
        }
        assert_eq!(stored.headers()["accept"], "a/b");
    }

    #[test]
    fn cookies_keep_name_and_attributes() {
        assert_eq!(
            redact_set_cookie("id=s3cret; Path=/; HttpOnly"),
            "id=[REDACTED]; Path=/; HttpOnly"
        );
        assert_eq!(redact_set_cookie("s3cret"), "[REDACTED]");
        assert_eq!(redact_set_cookie("id=; Max-Age=0"), "id=; Max-Age=0");
    }

    #[test]
    fn urls_lose_user_information_and_secret_parameters_only() {
        for (live, stored) in [
            (
                "http://ada:s3cret@e.com/a@b?x=1",
                "http://[REDACTED]@e.com/a@b?x=1",
            ),
            (
                "http://e.com/?api_key=k&page=2&API-KEY=k#f",
                "http://e.com/?api_key=[REDACTED]&page=2&API-KEY=[REDACTED]#f",
            ),
            (
                "/next?api%5Fkey=k&x=%20+",
                "/next?api%5Fkey=[REDACTED]&x=%20+",
            ),
            (
                "http://e.com/?api_key=&key=1",
                "http://e.com/?api_key=&key=1",
            ),
        ] {
            assert_eq!(redact_url(live), stored);
        }
    }

    #[test]
    fn json_secrets_are_masked_at_any_depth_and_nothing_else_moves() {
        let live = r#"{"price": 1.10, "a":[{"Api-Key":"s\"3cret"}], "api_key": 42, "password":"", "total_tokens":1}"#;
        let stored = request("http://e.com/", &[("content-length", "98")], live);
        let expected = live.replace(r#""s\"3cret""#, "\"[REDACTED]\"");
        assert_eq!(stored.body().bytes(), expected.as_bytes());
        assert_eq!(
            stored.headers()["content-length"],
            expected.len().to_string()
        );
    }

    #[test]
    fn form_fields_are_masked() {
        let form = [(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        )];
        let stored = request("http://e.com/", &form, "user=ada&client_secret=x%20y");
        assert_eq!(stored.body().bytes(), "user=ada&client_secret=[REDACTED]");
    }

    #[test]
    fn the_length_of_an_answer_to_head_is_left_alone() {
        let live = http::Response::builder()
            .header("content-length", "1234")
            .body(Bytes::new())
            .unwrap();
        let stored = Redactor::default().response(&live, &Method::HEAD, None);
        assert_eq!(stored.headers()["content-length"], "1234");
    }

    #[test]
    fn excluded_headers_are_not_stored() {
        let live = http::Request::get("http://e.com/")
            .header("x-trace", "1")
            .body(Bytes::new())
            .unwrap();
        let stored = Redactor::new(vec![HeaderName::from_static("x-trace")]).request(&live);
        assert!(stored.headers().is_empty());
    }
}
