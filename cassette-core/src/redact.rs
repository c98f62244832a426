use std::ops::Range;

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
const SECRET_NAMES: [&str; 9] = [
    "accesstoken",
    "apikey",
    "authorization",
    "clientsecret",
    "password",
    "proxyauthorization",
    "refreshtoken",
    "sessiontoken",
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
        let body = redact_body(live.body(), live.headers());
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
        let body = redact_body(live.body(), live.headers());
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
    let text = String::from_utf8_lossy(value.as_bytes());
    let redacted = redact(&text);
    if redacted == text {
        // Also where the value is not UTF-8, which the text cannot show.
        return value.clone();
    }
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

/// User information stands behind `//` at the beginning, or behind a scheme.
fn redact_user(address: &str) -> String {
    let Some((scheme, rest)) = address
        .split_once("//")
        .filter(|(scheme, _)| is_scheme(scheme))
    else {
        return address.to_owned();
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}//{PLACEHOLDER}@{host}{path}"),
        None => address.to_owned(),
    }
}

fn is_scheme(text: &str) -> bool {
    let name = text.strip_suffix(':').unwrap_or(text);
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    name.chars().all(is_part) && (name.is_empty() || text.ends_with(':'))
}

/// Masks the secret values of a query or form, pair by pair.
fn redact_pairs(text: &str) -> String {
    let redact_pair = |pair: &str| match pair.split_once('=') {
        Some((name, value))
            if !value.is_empty()
                && is_secret_name(&String::from_utf8_lossy(&form_decode(name))) =>
        {
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
    match std::str::from_utf8(live) {
        Ok(text) if is_form(headers) => redact_pairs(text).into(),
        Ok(text) => redact_json(text).map_or_else(|| live.clone(), Bytes::from),
        Err(_) => live.clone(),
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

/// Replaces the secret strings of JSON in the text itself, so that all else keeps its bytes.
///
/// It looks for a key and the string behind it wherever they stand, so that it also finds them in
/// lines of JSON, in events of a stream and below any depth.
fn redact_json(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut copied = 0;
    for secret in secret_strings(text) {
        out.push_str(&text[copied..secret.start]);
        out.push_str(&json::quote(PLACEHOLDER));
        copied = secret.end;
    }
    (copied > 0).then(|| out + &text[copied..])
}

/// Only strings are secrets: `"total_tokens": 42` stays, and so do empty strings.
fn secret_strings(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let (mut secrets, mut at) = (Vec::new(), 0);
    while let Some(quote) = text.get(at..).and_then(|rest| rest.find('"')) {
        let start = at + quote;
        let Some(end) = string_end(bytes, start) else {
            // Nothing on the rest of the line is a string then.
            at = text[start..]
                .find('\n')
                .map_or(text.len(), |length| start + length);
            continue;
        };
        match value_of_secret(text, start..end) {
            Some(value) => {
                at = value.end;
                secrets.push(value);
            }
            // What ends here may begin the next: in prose a quotation mark stands alone.
            None => at = end - 1,
        }
    }
    secrets
}

/// Returns the string that follows a secret's name, which stands at `key` with its quotes.
fn value_of_secret(text: &str, key: Range<usize>) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let colon = json::skip_space(bytes, key.end);
    let value = json::skip_space(bytes, colon + 1);
    if bytes.get(colon) != Some(&b':') || bytes.get(value) != Some(&b'"') {
        return None;
    }
    let is_secret = is_secret_name(&json::unescape(&text[key.start + 1..key.end - 1]));
    let end = string_end(bytes, value).filter(|end| is_secret && end - value > 2)?;
    Some(value..end)
}

/// Returns the end of the string that begins at `start`, which in JSON is on the same line.
fn string_end(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match text.get(at)? {
            b'\n' => return None,
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => at += 1,
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
mod tests;
