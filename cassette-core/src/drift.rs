//! Has a server drifted from what is recorded of it? Two outcomes of one request are compared: the
//! recorded one and the live one, both redacted.

mod body;
mod events;
mod number;
mod tolerance;
mod tree;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::address::Pair;
use crate::diff::{Difference, pairs};
use crate::failure::{ErrorKind, RecordedError};
use crate::interaction::{Recorded, RecordedResponse};
use crate::multipart::without_boundary;
use crate::node::Paths;
use tolerance::Tolerance;

/// What is compared of a response, besides its status and its body.
#[derive(Debug, Default)]
pub(crate) struct DriftRules {
    /// Of headers and of trailers.
    headers: Vec<HeaderName>,
    ignored: Paths,
    tolerances: Vec<Tolerance>,
}

impl DriftRules {
    /// Reads what `verify_headers`, `verify_ignore` and `verify_tolerance` say.
    ///
    /// # Errors
    ///
    /// A text that names the setting and the entry, and shows what to write.
    pub(crate) fn new(
        headers: &[String],
        ignored: &[String],
        tolerances: &[String],
    ) -> Result<Self, String> {
        let headers: Result<_, _> = headers.iter().map(header).collect();
        let tolerances: Result<_, _> = tolerances.iter().map(|line| line.parse()).collect();
        if let Some(entry) = ignored.iter().find(|entry| !entry.starts_with('/')) {
            return Err(format!(
                "verify_ignore has `{entry}`: a JSON pointer starts with `/`, like `/items/*/id`"
            ));
        }
        Ok(Self {
            headers: headers?,
            ignored: Paths::new(ignored),
            tolerances: tolerances?,
        })
    }

    /// Returns the places in which the live outcome is another than the recorded one. A placeholder on
    /// either side stands for any value in its place.
    pub(crate) fn compare(&self, recorded: &Recorded, live: &Recorded) -> Vec<Difference> {
        match (recorded, live) {
            // Who gives up has seen no outcome.
            (one, other) if is_cancelled(one) || is_cancelled(other) => Vec::new(),
            (Recorded::Response(recorded), Recorded::Response(live)) => {
                self.responses(recorded, live)
            }
            // Its text speaks of ports, times and such.
            (Recorded::Error(recorded), Recorded::Error(live)) if recorded.kind == live.kind => {
                Vec::new()
            }
            (recorded, live) => vec![differ("outcome", &outcome(recorded), &outcome(live))],
        }
    }

    fn responses(&self, recorded: &RecordedResponse, live: &RecordedResponse) -> Vec<Difference> {
        let mut found = Vec::new();
        if recorded.status != live.status {
            let (recorded, live) = (recorded.status.as_str(), live.status.as_str());
            found.push(differ("status", recorded, live));
        }
        let headers = |map| self.chosen(map);
        found.extend(pairs(
            "header",
            &headers(&recorded.headers),
            &headers(&live.headers),
        ));
        found.extend(body::compare(self, recorded, live));
        found.extend(pairs(
            "trailer",
            &headers(&recorded.trailers),
            &headers(&live.trailers),
        ));
        found
    }

    fn chosen(&self, map: &HeaderMap) -> Vec<Pair> {
        let pair = |name: &HeaderName, value: &HeaderValue| {
            let value = match value.to_str() {
                // A boundary is drawn anew for each response.
                Ok(text) if name == CONTENT_TYPE => without_boundary(text).into_owned().into(),
                _ => value.as_bytes().to_vec(),
            };
            (name.as_str().as_bytes().to_vec(), value)
        };
        let values = |name| map.get_all(name).iter().map(move |value| pair(name, value));
        self.headers.iter().flat_map(values).collect()
    }
}

fn header(entry: &String) -> Result<HeaderName, String> {
    HeaderName::from_bytes(entry.as_bytes()).map_err(|_| {
        format!(
            "verify_headers has `{entry}`, which is not the name of a header: \
             write one like `content-type`"
        )
    })
}

fn is_cancelled(outcome: &Recorded) -> bool {
    matches!(outcome, Recorded::Error(error) if error.kind == ErrorKind::Cancelled)
}

fn outcome(recorded: &Recorded) -> String {
    match recorded {
        Recorded::Response(response) => format!("status {}", response.status.as_str()),
        Recorded::Error(error) => format!("error {}", failure(error)),
    }
}

/// Returns what a failure is called in the file, and its text.
fn failure(error: &RecordedError) -> String {
    let kind = serde_json::to_value(error.kind).unwrap_or_default();
    let kind = kind.as_str().unwrap_or_default();
    format!("{kind}: {}", error.message)
}

fn differ(place: impl Into<String>, recorded: &str, live: &str) -> Difference {
    Difference::new(place, Some(recorded), Some(live))
}

#[cfg(test)]
mod tests;
