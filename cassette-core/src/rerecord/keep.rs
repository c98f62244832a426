use std::sync::Arc;

use http::header::{AGE, CONTENT_LENGTH, DATE, EXPIRES};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::asked::Asked;
use super::content::with_old_values;
use super::volatile::Volatile;
use crate::failure::RecordedError;
use crate::interaction::{Interaction, Recorded, RecordedRequest, RecordedResponse};
use crate::matcher::RequestMatcher;
use crate::placeholder;
use crate::redact::refit_length;

/// How long the value of a header is that can be asked for; a shorter one is a time or a number.
const ASKED_LENGTH: usize = 8;

/// Knows what stays of an old interaction.
pub(super) struct Keeper<'a> {
    volatile: &'a Volatile,
    asked: Asked<'a>,
}

impl<'a> Keeper<'a> {
    /// `requests` are those of the new recording.
    pub(super) fn new(volatile: &'a Volatile, requests: &'a [Arc<RecordedRequest>]) -> Self {
        let asked = Asked::of(requests);
        Self { volatile, asked }
    }

    /// Returns the new interaction with all of the old one that has not changed.
    pub(super) fn keep(&self, old: &Interaction, new: &Interaction) -> Interaction {
        let request = if is_same_request(old, new) {
            &old.request
        } else {
            &new.request
        };
        let recorded = match (&old.recorded, &new.recorded) {
            (Recorded::Response(old), Recorded::Response(new)) => {
                Recorded::Response(Arc::new(self.response(old, new)))
            }
            // How long it took is another every time.
            (Recorded::Error(old), Recorded::Error(new)) if is_same_failure(old, new) => {
                Recorded::Error(Arc::clone(old))
            }
            _ => new.recorded.clone(),
        };
        Interaction {
            request: Arc::clone(request),
            recorded,
        }
    }

    /// Returns the new response with the old values in volatile places; with the old chunks and times,
    /// too, where the body is the same then, since these depend on the network.
    fn response(&self, old: &RecordedResponse, new: &RecordedResponse) -> RecordedResponse {
        let mut kept = new.clone();
        if let Some(body) = with_old_values(old, new, &self.volatile.json, &self.asked) {
            refit_length(&mut kept.headers, &new.body, &body);
            kept.body = body;
        }
        let is_same_body = old.body.is_same_content(&kept.body);
        if is_same_body && old.timing.is_empty() == new.timing.is_empty() {
            kept.body.clone_from(&old.body);
            kept.timing.clone_from(&old.timing);
        } else if old.timing.is_empty() && kept.timing.is_empty() {
            kept.body.cut_like(&old.body);
        }
        // A replay counts the bytes of a body that it compresses anew.
        let keeps_length = is_same_body && kept.body.is_coded();
        // From `date` to `expires` is how long the answer may be used.
        let is_dated = old.headers.get(EXPIRES) == new.headers.get(EXPIRES);
        let is_volatile = |name: &HeaderName| match *name {
            CONTENT_LENGTH => keeps_length,
            DATE | AGE => is_dated,
            _ => self.volatile.has_header(name),
        };
        kept.headers = self.headers(&old.headers, &kept.headers, is_volatile);
        let is_volatile = |name: &HeaderName| self.volatile.has_header(name);
        kept.trailers = self.headers(&old.trailers, &kept.trailers, is_volatile);
        kept
    }

    /// Returns the new headers with the old values of volatile ones.
    fn headers(
        &self,
        old: &HeaderMap,
        new: &HeaderMap,
        is_volatile: impl Fn(&HeaderName) -> bool,
    ) -> HeaderMap {
        let mut kept = HeaderMap::with_capacity(new.keys_len());
        for name in new.keys() {
            let mut values = new.get_all(name).iter();
            let stays = is_volatile(name)
                && old.contains_key(name)
                && !values.any(|value| self.is_needed(value));
            let from = if stays { old } else { new };
            for value in from.get_all(name) {
                kept.append(name, value.clone());
            }
        }
        kept
    }

    /// Masked now, it was a secret before; and what a request asks for must have been told.
    fn is_needed(&self, value: &HeaderValue) -> bool {
        let value = value.as_bytes();
        placeholder::is_in(value) || value.len() >= ASKED_LENGTH && self.asked.has(value)
    }
}

/// Equal in every header and part, but for what never matters: key order, a boundary. What differs in
/// a placeholder is not: the old request may hold a secret that the new one no longer does.
fn is_same_request(old: &Interaction, new: &Interaction) -> bool {
    let names = old.request.headers.keys().chain(new.request.headers.keys());
    let everything = RequestMatcher {
        headers: names.cloned().collect(),
        ..RequestMatcher::default()
    };
    everything.key(&old.request) == everything.key(&new.request)
        && everything.check(&old.request, &new.request).is_ok()
}

/// A recording that keeps the time, where the old one did not, is a change that was asked for.
fn is_same_failure(old: &RecordedError, new: &RecordedError) -> bool {
    (old.kind, &old.message, &old.url) == (new.kind, &new.message, &new.url)
        && old.timing.is_empty() == new.timing.is_empty()
}
