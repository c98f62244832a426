//! HTTP archives, version 1.2, redacted as the cassettes are.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cassette_core::{
    Body, Cassette, Interaction, Recorded, RecordedError, RecordedRequest, RecordedResponse,
};
use http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Version};
use serde_json::{Map, Value, json};
use url::Url;

/// Returns the archive of cassettes, each a page of it with its name.
pub(crate) fn archive(cassettes: &[(String, Cassette)]) -> Value {
    let page = |(name, cassette): &(String, Cassette)| {
        json!({
            "startedDateTime": started(cassette),
            "id": name,
            "title": cassette.test(),
            "pageTimings": {},
        })
    };
    let entries = cassettes.iter().flat_map(|(name, cassette)| {
        let interactions = cassette.interactions().iter();
        interactions.map(move |interaction| entry(name, cassette, interaction))
    });
    json!({
        "log": {
            "version": "1.2",
            "creator": { "name": "cargo-cassette", "version": env!("CARGO_PKG_VERSION") },
            "pages": cassettes.iter().map(page).collect::<Vec<_>>(),
            "entries": entries.collect::<Vec<_>>(),
        }
    })
}

/// A cassette says only when it was recorded, not when each of its requests was made.
fn started(cassette: &Cassette) -> String {
    humantime::format_rfc3339_millis(cassette.recorded_at()).to_string()
}

fn entry(page: &str, cassette: &Cassette, interaction: &Interaction) -> Value {
    let (response, [wait, receive]) = match interaction.recorded() {
        Recorded::Response(response) => (answered(response), times(response)),
        Recorded::Error(error) => (failed(error), [milliseconds(&error.waited()), 0.0]),
    };
    json!({
        "pageref": page,
        "startedDateTime": started(cassette),
        "time": wait + receive,
        "request": asked(interaction.request(), version(interaction)),
        "response": response,
        "cache": {},
        "timings": { "send": 0, "wait": wait, "receive": receive },
    })
}

/// Returns how long the head was waited for, and how long the rest.
fn times(response: &RecordedResponse) -> [f64; 2] {
    let (head, rest) = response.waits().split_at(response.waits().len().min(1));
    [milliseconds(head), milliseconds(rest)]
}

fn milliseconds<'a>(times: impl IntoIterator<Item = &'a std::time::Duration>) -> f64 {
    times.into_iter().sum::<std::time::Duration>().as_secs_f64() * 1000.0
}

fn version(interaction: &Interaction) -> Version {
    match interaction.recorded() {
        Recorded::Response(response) => response.version(),
        Recorded::Error(_) => Version::HTTP_11,
    }
}

fn asked(request: &RecordedRequest, version: Version) -> Value {
    let mut value = json!({
        "method": request.method().as_str(),
        "url": request.url(),
        "httpVersion": format!("{version:?}"),
        "cookies": cookies(request.headers(), &COOKIE),
        "headers": headers(request.headers()),
        "queryString": query(request.url()),
        "headersSize": -1,
        "bodySize": request.body().bytes().len(),
    });
    if !request.body().is_empty() {
        value["postData"] = posted(request);
    }
    value
}

/// The format has no encoding for what is sent. `encoding` is what it has for what comes.
fn posted(request: &RecordedRequest) -> Value {
    let mut data = Map::new();
    data.insert(
        "mimeType".to_owned(),
        media_type(request.headers(), "").into(),
    );
    content(request.body(), &mut data, "text", "_encoding");
    data.into()
}

fn answered(response: &RecordedResponse) -> Value {
    let reason = response.reason().map(String::from_utf8_lossy);
    let reason = reason.or_else(|| response.status().canonical_reason().map(Into::into));
    let location = response.headers().get(LOCATION).map(text);
    let mut body = Map::new();
    body.insert("size".to_owned(), response.body().bytes().len().into());
    body.insert(
        "mimeType".to_owned(),
        media_type(response.headers(), "x-unknown").into(),
    );
    content(response.body(), &mut body, "text", "encoding");
    let mut value = json!({
        "status": response.status().as_u16(),
        "statusText": reason.unwrap_or_default(),
        "httpVersion": format!("{:?}", response.version()),
        "cookies": cookies(response.headers(), &SET_COOKIE),
        "headers": headers(response.headers()),
        "content": body,
        "redirectURL": location.unwrap_or_default(),
        "headersSize": -1,
        "bodySize": -1,
    });
    if let Some(what) = lost(response) {
        value["comment"] = what.into();
    }
    value
}

/// Returns what the format has no place for.
fn lost(response: &RecordedResponse) -> Option<String> {
    let body = response.body();
    let mut lost = Vec::new();
    lost.extend(
        body.truncated()
            .map(|error| format!("the body broke off: {}", error.message())),
    );
    lost.extend(
        body.is_partial()
            .then(|| "the test read no further".to_owned()),
    );
    lost.extend(response.url().map(|url| format!("answered by {url}")));
    let trailers = response.trailers();
    lost.extend((!trailers.is_empty()).then(|| "its trailers are left out".to_owned()));
    (!lost.is_empty()).then(|| lost.join("; "))
}

/// As Chromium writes what has no answer.
fn failed(error: &RecordedError) -> Value {
    let kind = serde_json::to_value(error.kind()).unwrap_or_default();
    let kind = kind.as_str().unwrap_or("request").to_owned();
    json!({
        "status": 0,
        "statusText": "",
        "httpVersion": "",
        "cookies": [],
        "headers": [],
        "content": { "size": 0, "mimeType": "x-unknown" },
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
        "_error": format!("{kind}: {}", error.message()),
    })
}

fn content(body: &Body, fields: &mut Map<String, Value>, text: &str, encoding: &str) {
    match body.text() {
        Some(content) => {
            fields.insert(text.to_owned(), content.into());
        }
        None => {
            fields.insert(text.to_owned(), STANDARD.encode(body.bytes()).into());
            fields.insert(encoding.to_owned(), "base64".into());
        }
    }
}

fn headers(headers: &HeaderMap) -> Vec<Value> {
    let one = |(name, value): (&HeaderName, &HeaderValue)| json!({ "name": name.as_str(), "value": text(value) });
    headers.iter().map(one).collect()
}

fn cookies(headers: &HeaderMap, name: &HeaderName) -> Vec<Value> {
    let values = headers.get_all(name).iter().map(text);
    let pairs = values.flat_map(|value| {
        let pairs = value.split(';').map(|pair| pair.trim().to_owned());
        // Behind the first stand a cookie's attributes.
        let most = if *name == SET_COOKIE { 1 } else { usize::MAX };
        pairs.take(most).collect::<Vec<_>>()
    });
    let cookie = |pair: String| {
        let (name, value) = pair.split_once('=').unwrap_or((pair.as_str(), ""));
        json!({ "name": name, "value": value })
    };
    pairs.map(cookie).collect()
}

fn query(url: &str) -> Vec<Value> {
    let url = Url::parse(url);
    let pairs = url.iter().flat_map(Url::query_pairs);
    pairs
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect()
}

fn media_type(headers: &HeaderMap, absent: &str) -> String {
    headers
        .get(CONTENT_TYPE)
        .map_or_else(|| absent.to_owned(), text)
}

fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

#[cfg(test)]
mod tests;
