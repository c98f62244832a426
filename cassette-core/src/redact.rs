mod json;
mod mask;
mod places;

use std::ops::Range;

use bytes::Bytes;
use http::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HeaderName, LOCATION, PROXY_AUTHORIZATION,
    REFERER, SET_COOKIE,
};
use http::{HeaderMap, HeaderValue};

use crate::body::{Body, End, Shape};
use crate::coding;
use crate::forms::headers::Value;
use crate::interaction::{RecordedRequest, RecordedResponse};
use crate::received::Received;
use mask::{mask, move_ends};
use places::{secret_values, secrets_of, secrets_of_message};

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
#[derive(Clone, Debug)]
pub(crate) struct Redactor {
    excluded: Vec<HeaderName>,
    body_limit: u64,
}

#[cfg(test)]
impl Default for Redactor {
    fn default() -> Self {
        Self::new(Vec::new(), u64::MAX)
    }
}

/// A body as it came.
struct Came<'a> {
    headers: &'a HeaderMap,
    chunks: Vec<Bytes>,
    end: &'a End,
    is_stream: bool,
}

impl Redactor {
    /// A body of more than `body_limit` bytes gets a file of its own.
    pub(crate) fn new(excluded: Vec<HeaderName>, body_limit: u64) -> Self {
        Self {
            excluded,
            body_limit,
        }
    }

    #[cfg(test)]
    pub(crate) fn body_limit(&self) -> u64 {
        self.body_limit
    }

    pub(crate) fn request(&self, live: &http::Request<Bytes>) -> RecordedRequest {
        let mut headers = self.headers(live.headers());
        let came = Came {
            headers: live.headers(),
            chunks: vec![live.body().clone()],
            end: &End::Whole,
            is_stream: false,
        };
        let body = self.body(came);
        fit_length(&mut headers, live.body().len(), &body);
        RecordedRequest {
            method: live.method().clone(),
            url: redact_url(&live.uri().to_string()),
            headers,
            body,
        }
    }

    pub(crate) fn response(&self, live: &Received) -> RecordedResponse {
        let mut headers = self.headers(live.head.headers());
        let body = self.body(Came {
            headers: live.head.headers(),
            chunks: live.chunks.clone(),
            end: &live.end,
            is_stream: live.is_stream,
        });
        if live.end == End::Whole {
            let length = live.chunks.iter().map(Bytes::len).sum();
            fit_length(&mut headers, length, &body);
        }
        let mut timing = live.timing.clone();
        if body.is_coded() {
            timing.join_chunks();
        }
        RecordedResponse {
            status: live.head.status(),
            version: live.head.version(),
            reason: live.reason.clone().map(Value),
            url: live.url.as_deref().map(redact_url),
            headers,
            body,
            trailers: self.headers(&live.trailers),
            timing,
        }
    }

    fn body(&self, came: Came<'_>) -> Body {
        let headers = came.headers;
        let shape = Shape {
            content_type: content_type(headers),
            is_stream: came.is_stream,
            limit: self.body_limit,
        };
        let (bytes, ends) = join(came.chunks);
        let is_whole = *came.end == End::Whole;
        let decoded = is_whole.then(|| coding::decode(headers, &bytes)).flatten();
        if let Some((content, codings)) = decoded {
            let secrets = secrets_of(&content, shape.content_type);
            return Body::new(masked(content, &secrets), shape).coded(codings);
        }
        let secrets = secrets_of(&bytes, shape.content_type);
        Body::new(masked(bytes, &secrets), shape)
            .in_chunks(move_ends(&ends, &secrets), shape)
            .ended(came.end.clone())
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

/// Returns the chunks in one piece, and where each ended.
fn join(mut chunks: Vec<Bytes>) -> (Bytes, Vec<usize>) {
    if chunks.len() == 1 {
        let only = chunks.remove(0);
        let end = only.len();
        return (only, vec![end]);
    }
    let ends = chunks.iter().scan(0, |end, chunk| {
        *end += chunk.len();
        Some(*end)
    });
    let ends = ends.collect();
    (chunks.concat().into(), ends)
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

/// Masks what looks like a secret in the text of a failure.
pub(crate) fn redact_message(text: &str) -> String {
    let masked = mask(text.as_bytes(), &secrets_of_message(text));
    String::from_utf8_lossy(&masked).into_owned()
}

/// Masks the secret values of a query, pair by pair.
fn redact_pairs(text: &str) -> String {
    let masked = mask(text.as_bytes(), &secret_values(text.as_bytes()));
    String::from_utf8_lossy(&masked).into_owned()
}

fn is_secret_name(name: &str) -> bool {
    let folded: String = name
        .chars()
        .filter(|c| !matches!(c, '-' | '_'))
        .flat_map(char::to_lowercase)
        .collect();
    SECRET_NAMES.contains(&folded.as_str())
}

fn content_type(headers: &HeaderMap) -> &str {
    let value = headers.get(CONTENT_TYPE);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Returns the content with its secrets masked; the very same bytes where there are none.
fn masked(content: Bytes, secrets: &[Range<usize>]) -> Bytes {
    if secrets.is_empty() {
        return content;
    }
    mask(&content, secrets).into()
}

/// `content-length` speaks of the stored body where masking changed it; of one that is compressed
/// anew it is known when that is done.
fn fit_length(headers: &mut HeaderMap, live: usize, stored: &Body) {
    let length = stored.bytes().len();
    if !stored.is_coded() && length != live && headers.contains_key(CONTENT_LENGTH) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
}

#[cfg(test)]
mod tests;
