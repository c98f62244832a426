//! Requests without an answer: status 0, and why in `_error`.

use anyhow::Result;
use cassette_core::{ErrorKind, RecordedError};

use crate::import::fields::Fields;

/// What Chromium calls the kinds of failure that a cassette tells apart.
const NET: [(&str, ErrorKind); 9] = [
    ("net::ERR_ABORTED", ErrorKind::Cancelled),
    ("net::ERR_CONNECTION_CLOSED", ErrorKind::Closed),
    ("net::ERR_CONNECTION_REFUSED", ErrorKind::Connect),
    ("net::ERR_CONNECTION_RESET", ErrorKind::Reset),
    ("net::ERR_CONNECTION_TIMED_OUT", ErrorKind::ConnectTimeout),
    ("net::ERR_EMPTY_RESPONSE", ErrorKind::Closed),
    ("net::ERR_NAME_NOT_RESOLVED", ErrorKind::Dns),
    ("net::ERR_TIMED_OUT", ErrorKind::Timeout),
    ("net::ERR_TOO_MANY_REDIRECTS", ErrorKind::Redirect),
];

/// Our own export writes the kind before the text: `timeout: operation timed out`.
pub(super) fn of(answered: &mut Fields) -> Result<RecordedError> {
    let text = answered.text("_error")?.filter(|text| !text.is_empty());
    let text = text.unwrap_or_else(|| "the request failed".to_owned());
    if let Some((_, kind)) = NET.iter().find(|(name, _)| *name == text) {
        return Ok(RecordedError::new(*kind, text));
    }
    let own = text
        .split_once(": ")
        .and_then(|(kind, rest)| Some((kind_of(kind)?, rest)));
    Ok(match own {
        Some((kind, rest)) => RecordedError::new(kind, rest),
        None => RecordedError::new(ErrorKind::Request, text),
    })
}

fn kind_of(name: &str) -> Option<ErrorKind> {
    serde_json::from_value(name.into()).ok()
}
