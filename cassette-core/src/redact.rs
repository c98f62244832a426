mod again;
mod content;
mod cover;
mod custom;
mod decoded;
mod header;
mod json;
mod learned;
mod left;
mod locate;
mod plain;
mod rules;
mod selector;
mod shapes;
mod spellings;
mod spot;
mod study;
mod tags;
mod text;

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::address;
use crate::body::{Body, End, Shape};
use crate::failure::RecordedError;
use crate::forms::headers::Value;
use crate::interaction::{RecordedRequest, RecordedResponse};
use crate::placeholder::{self, BLOCKED, REDACTED};
use crate::received::Received;
pub(crate) use again::refit_length;
use cover::Cover;
pub(crate) use cover::{Blocked, Masked, UNMASKED};
pub(crate) use custom::Rules;
pub(crate) use json::documents;
use learned::Learned;
use spot::Spot;
use study::{Came, SeenHeaders};

/// The only door from live traffic to what is stored: masks secrets, leaves out what must never
/// be stored.
#[derive(Debug)]
pub(crate) struct Redactor {
    rules: Rules,
    excluded: Vec<HeaderName>,
    body_limit: u64,
    learned: Mutex<Learned>,
    seen: Mutex<SeenHeaders>,
}

#[cfg(test)]
impl Default for Redactor {
    fn default() -> Self {
        Self::new(Rules::default(), Vec::new(), u64::MAX)
    }
}

impl Redactor {
    /// A body of more than `body_limit` bytes gets a file of its own.
    pub(crate) fn new(rules: Rules, excluded: Vec<HeaderName>, body_limit: u64) -> Self {
        Self {
            rules,
            excluded,
            body_limit,
            learned: Mutex::default(),
            seen: Mutex::default(),
        }
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    #[cfg(test)]
    pub(crate) fn body_limit(&self) -> u64 {
        self.body_limit
    }

    /// Masks values like these wherever they stand from now on, if they are long enough to be told
    /// from words.
    pub(crate) fn learn(&self, values: impl IntoIterator<Item = String>) {
        let mut learned = self.learned();
        values.into_iter().for_each(|value| {
            learned.learn_sure(value.as_bytes());
        });
    }

    /// The same for values that somebody has named.
    pub(crate) fn learn_named(&self, value: &str) {
        self.learned().learn_named(value.as_bytes());
    }

    /// Returns how many values are masked wherever they stand.
    pub(crate) fn known(&self) -> usize {
        self.learned().count()
    }

    pub(crate) fn request(&self, live: &http::Request<Bytes>) -> Masked<RecordedRequest> {
        let url = address::text(live.uri());
        let in_url = self.of_url(&url);
        self.study(&in_url);
        self.study_headers(live.headers());
        let studied = self.study_body(Came {
            headers: live.headers(),
            chunks: vec![live.body().clone()],
            end: &End::Whole,
        });
        let mut cover = Cover::new(self, "request");
        let body = cover.body(studied, self.shape(live.headers(), false));
        let mut headers = cover.headers(live.headers(), false);
        fit_length(&mut headers, live.body().len(), &body);
        let url = cover.studied_url(&url, in_url);
        cover.done(RecordedRequest {
            method: live.method().clone(),
            url,
            headers,
            body,
        })
    }

    pub(crate) fn response(&self, live: &Received) -> Masked<RecordedResponse> {
        let url = live.url.as_deref();
        self.study(&url.map(|url| self.of_url(url)).unwrap_or_default());
        self.study_headers(live.head.headers());
        self.study_headers(&live.trailers);
        let studied = self.study_body(Came {
            headers: live.head.headers(),
            chunks: live.chunks.clone(),
            end: &live.end,
        });
        let mut cover = Cover::new(self, "response");
        let shape = self.shape(live.head.headers(), live.is_stream);
        let body = cover.body(studied, shape).ended(cover.end(&live.end));
        let mut headers = cover.headers(live.head.headers(), false);
        if live.end == End::Whole {
            let length = live.chunks.iter().map(Bytes::len).sum();
            fit_length(&mut headers, length, &body);
        }
        let mut timing = live.timing.clone();
        if body.is_coded() {
            timing.join_chunks();
        }
        let recorded = RecordedResponse {
            status: live.head.status(),
            version: live.head.version(),
            reason: live
                .reason
                .as_ref()
                .map(|phrase| Value(cover.header_value("reason phrase", phrase))),
            url: url.map(|url| cover.url(url)),
            headers,
            body,
            trailers: cover.headers(&live.trailers, true),
            timing,
        };
        cover.done(recorded)
    }

    /// Masks what a failure says.
    pub(crate) fn error(&self, error: RecordedError) -> Masked<RecordedError> {
        Self::covered_error(Cover::new(self, "error"), error)
    }

    fn covered_error(mut cover: Cover<'_>, mut error: RecordedError) -> Masked<RecordedError> {
        error.message = cover.message(&error.message);
        error.url = error.url.as_deref().map(|url| cover.url(url));
        cover.done(error)
    }

    #[cfg(test)]
    fn url(&self, url: &str) -> String {
        Cover::new(self, "url").url(url)
    }

    #[cfg(test)]
    fn text(&self, text: &str) -> String {
        Cover::new(self, "text").message(text)
    }

    fn of_url(&self, url: &str) -> Vec<Spot> {
        let judge = |carrier, name: &str, value: &[u8]| self.rules.of_name(carrier, name, value);
        let mut spots = text::of_url(url.as_bytes(), &judge);
        spots.extend(plain::escaped(url.as_bytes(), &self.rules));
        self.and_custom(url.as_bytes(), spots)
    }

    fn of_header(&self, name: &HeaderName, value: &HeaderValue) -> (Vec<Spot>, Vec<Vec<u8>>) {
        let (spots, parts) = header::find(name, value.as_bytes(), &self.rules);
        (self.and_custom(value.as_bytes(), spots), parts)
    }

    fn of_content(&self, content: &[u8], content_type: &str) -> Vec<Spot> {
        let spots = self.and_custom(content, content::find(content, content_type, &self.rules));
        let kept = text::as_text(content).map(|text| json::pointed(text, self.rules.kept_paths()));
        let kept = kept.unwrap_or_default();
        let is_kept = |spot: &Spot| {
            kept.iter()
                .any(|kept| kept.range.contains(&spot.range.start))
        };
        spots.into_iter().filter(|spot| !is_kept(spot)).collect()
    }

    fn of_message(&self, message: &str) -> Vec<Spot> {
        self.and_custom(
            message.as_bytes(),
            plain::find(message.as_bytes(), &self.rules),
        )
    }

    /// Adds what the user's patterns find in a text, and takes away what they keep.
    fn and_custom(&self, content: &[u8], mut spots: Vec<Spot>) -> Vec<Spot> {
        if let Some(text) = text::as_text(content) {
            let found = placeholder::uncut(content, self.rules.in_text(text));
            let found = found.into_iter();
            spots.extend(found.map(|range| Spot::redacted(range.clone(), &content[range])));
        }
        let is_kept = |spot: &Spot| self.rules.keeps_text(&String::from_utf8_lossy(&spot.value));
        spots.retain(|spot| !is_kept(spot));
        spots
    }

    fn shape<'a>(&self, headers: &'a HeaderMap, is_stream: bool) -> Shape<'a> {
        Shape {
            content_type: content_type(headers),
            is_stream,
            limit: self.body_limit,
        }
    }

    /// A panic elsewhere in the test is no reason to show what was learned.
    fn learned(&self) -> MutexGuard<'_, Learned> {
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn content_type(headers: &HeaderMap) -> &str {
    let value = headers.get(CONTENT_TYPE);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
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
