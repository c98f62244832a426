//! What a user's step has left of what is blocked.

use http::HeaderMap;
use memchr::memmem;

use super::BLOCKED;
use super::cover::Blocked;
use crate::body::{Body, End};
use crate::interaction::{Interaction, Recorded, RecordedRequest};

impl Blocked {
    /// Returns false where nothing that was blocked stands any more on its side of an interaction: who has
    /// taken it out has decided what it is.
    pub(crate) fn is_left_in(&self, interaction: &Interaction) -> bool {
        match (self.side, &interaction.recorded) {
            ("request", _) => is_in_request(&interaction.request),
            (_, Recorded::Response(response)) => {
                let reason = response.reason.as_ref();
                is_in(response.url.as_deref().unwrap_or_default())
                    || reason.is_some_and(|phrase| is_in(phrase.0.as_bytes()))
                    || is_in_headers(&response.headers)
                    || is_in_headers(&response.trailers)
                    || is_in_body(&response.body)
            }
            (_, Recorded::Error(error)) => {
                is_in(&error.message) || is_in(error.url.as_deref().unwrap_or_default())
            }
        }
    }
}

fn is_in_request(request: &RecordedRequest) -> bool {
    is_in(&request.url) || is_in_headers(&request.headers) || is_in_body(&request.body)
}

fn is_in_headers(headers: &HeaderMap) -> bool {
    headers.values().any(|value| is_in(value.as_bytes()))
}

fn is_in_body(body: &Body) -> bool {
    is_in(body.bytes()) || matches!(body.end(), End::Broken(error) if is_in(&error.message))
}

fn is_in(text: impl AsRef<[u8]>) -> bool {
    memmem::find(text.as_ref(), BLOCKED.as_bytes()).is_some()
}
