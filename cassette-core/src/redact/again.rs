//! What is stored already, masked by what has been learned since.

use std::sync::Arc;

use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderValue};

use super::cover::{Blocked, Cover, Masked, Why};
use super::selector::Carrier;
use super::study::Studied;
use super::{Redactor, content_type};
use crate::body::Body;
use crate::coding::{self, Codings};
use crate::failure::RecordedError;
use crate::forms::headers::Value;
use crate::interaction::{Interaction, Recorded, RecordedRequest, RecordedResponse};

impl Redactor {
    /// Masks an interaction that is stored once more; what is masked stays as it is.
    pub(crate) fn again(&self, interaction: &Interaction) -> Masked<Interaction> {
        self.once_more(interaction, Why::Store)
    }

    /// Masks interactions that come from elsewhere, where other rules may have held: what is secret in one
    /// is learned before any is masked.
    pub(crate) fn foreign(&self, interactions: &[Interaction]) -> Vec<Masked<Interaction>> {
        interactions
            .iter()
            .for_each(|interaction| self.study_stored(interaction));
        let masked = interactions
            .iter()
            .map(|interaction| self.again(interaction));
        masked.collect()
    }

    /// Returns what of interactions that are stored should be masked, and is not, each with the number of
    /// its interaction.
    pub(crate) fn audit(&self, interactions: &[Interaction]) -> Vec<(usize, Blocked)> {
        interactions
            .iter()
            .for_each(|interaction| self.study_stored(interaction));
        let numbered = interactions.iter().enumerate();
        let found = numbered.flat_map(|(number, interaction)| {
            let masked = self.once_more(interaction, Why::Audit);
            masked
                .blocked
                .into_iter()
                .map(move |blocked| (number, blocked))
        });
        found.collect()
    }

    fn study_stored(&self, interaction: &Interaction) {
        let request = &interaction.request;
        self.study(&self.of_url(&request.url));
        self.study_stored_part(&request.headers, &request.body);
        match &interaction.recorded {
            Recorded::Response(response) => {
                let url = response.url.as_deref();
                self.study(&url.map(|url| self.of_url(url)).unwrap_or_default());
                self.study_headers(&response.trailers);
                self.study_stored_part(&response.headers, &response.body);
            }
            Recorded::Error(error) => {
                let url = error.url.as_deref();
                self.study(&url.map(|url| self.of_url(url)).unwrap_or_default());
            }
        }
    }

    fn study_stored_part(&self, headers: &HeaderMap, body: &Body) {
        self.study_headers(headers);
        self.study(&self.of_content(body.bytes(), content_type(headers)));
    }

    /// The same for one in which all that was blocked has become known.
    pub(crate) fn unblocked(&self, interaction: &Interaction) -> Masked<Interaction> {
        self.once_more(interaction, Why::Unblock)
    }

    /// Returns false for what would be masked anywhere else: a variable must not be a secret.
    pub(crate) fn is_storable(&self, name: &str, value: &str) -> bool {
        let by_name = self.rules.of_name(Carrier::Json, name, value.as_bytes());
        by_name.is_none() && self.variable(value) == value
    }

    /// Masks the value of a variable.
    pub(crate) fn variable(&self, value: &str) -> String {
        Cover::new(self, "variable").message(value)
    }

    fn once_more(&self, interaction: &Interaction, why: Why) -> Masked<Interaction> {
        let request = self.covered(&interaction.request, why);
        let recorded = match &interaction.recorded {
            Recorded::Response(response) => self
                .response_again(response, why)
                .map(|response| Recorded::Response(Arc::new(response))),
            Recorded::Error(error) => self
                .error_again(error, why)
                .map(|error| Recorded::Error(Arc::new(error))),
        };
        let known = request.known.min(recorded.known);
        Masked {
            value: Interaction {
                request: Arc::new(request.value),
                recorded: recorded.value,
            },
            blocked: [request.blocked, recorded.blocked].concat(),
            known,
        }
    }

    pub(crate) fn request_again(&self, stored: &RecordedRequest) -> Masked<RecordedRequest> {
        self.covered(stored, Why::Store)
    }

    fn covered(&self, stored: &RecordedRequest, why: Why) -> Masked<RecordedRequest> {
        let mut cover = Cover::new(self, "request").because(why);
        let mut masked = RecordedRequest {
            method: stored.method.clone(),
            url: cover.url(&stored.url),
            headers: cover.headers(&stored.headers, false),
            body: self.body_again(&mut cover, &stored.body, &stored.headers),
        };
        refit_length(&mut masked.headers, &stored.body, &masked.body);
        cover.done(masked)
    }

    fn response_again(&self, stored: &RecordedResponse, why: Why) -> Masked<RecordedResponse> {
        let mut cover = Cover::new(self, "response").because(why);
        let mut masked = stored.clone();
        masked.reason = stored
            .reason
            .as_ref()
            .map(|phrase| Value(cover.header_value("reason phrase", &phrase.0)));
        masked.url = stored.url.as_deref().map(|url| cover.url(url));
        masked.headers = cover.headers(&stored.headers, false);
        masked.trailers = cover.headers(&stored.trailers, true);
        masked.body = self.body_again(&mut cover, &stored.body, &stored.headers);
        refit_length(&mut masked.headers, &stored.body, &masked.body);
        masked.body = masked.body.ended(cover.end(stored.body.end()));
        cover.done(masked)
    }

    fn error_again(&self, stored: &RecordedError, why: Why) -> Masked<RecordedError> {
        let cover = Cover::new(self, "error").because(why);
        Self::covered_error(cover, stored.clone())
    }

    fn body_again(&self, cover: &mut Cover<'_>, body: &Body, headers: &HeaderMap) -> Body {
        let content_type = content_type(headers);
        let studied = Studied {
            content: body.bytes().clone(),
            content_type,
            ends: body.ends().to_vec(),
            codings: Codings::default(),
            spots: self.of_content(body.bytes(), content_type),
            hidden: hidden(body, headers),
        };
        let (content, ends) = cover.content(&studied);
        if content == *body.bytes() {
            return body.clone();
        }
        body.with_content(content, ends, self.shape(headers, body.is_stream()))
    }
}

/// What is stored as it came may still be compressed.
fn hidden(body: &Body, headers: &HeaderMap) -> Option<Vec<u8>> {
    if body.is_coded() {
        return None;
    }
    coding::begun(headers, body.bytes())
}

/// `content-length` goes on speaking of the body, where it did.
pub(crate) fn refit_length(headers: &mut HeaderMap, before: &Body, now: &Body) {
    let (before, now) = (before.bytes().len(), now.bytes().len());
    let speaks = |value: &HeaderValue| *value == before.to_string();
    if before != now && headers.get(CONTENT_LENGTH).is_some_and(speaks) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(now));
    }
}

impl<T> Masked<T> {
    pub(crate) fn map<U>(self, map: impl FnOnce(T) -> U) -> Masked<U> {
        let Self {
            value,
            blocked,
            known,
        } = self;
        Masked {
            value: map(value),
            blocked,
            known,
        }
    }
}
