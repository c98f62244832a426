use std::time::Duration;
use std::{fmt, io};

use serde::{Deserialize, Serialize};

use crate::timing::Timing;

/// Why no answer came, or why its body broke off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedError {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    #[serde(default, skip_serializing_if = "Timing::is_empty")]
    pub(crate) timing: Timing,
}

impl RecordedError {
    /// Makes one of a kind and a text; what looks like a secret in it is masked when it is recorded.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            url: None,
            timing: Timing::default(),
        }
    }

    /// Returns what kind of failure it was.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns the client's text.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns the URL that failed, secrets masked, where redirects led to another than was asked for.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Returns how long the answer was waited for, where that was recorded.
    #[must_use]
    pub fn waited(&self) -> Option<Duration> {
        self.timing.of(0)
    }
}

impl fmt::Display for RecordedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "recorded failure: {}", self.message)
    }
}

impl std::error::Error for RecordedError {}

/// The same failure as clients find it below their own errors: by the kind that they ask for, with
/// the recorded text.
impl From<&RecordedError> for io::Error {
    fn from(error: &RecordedError) -> Self {
        let kind = match error.kind {
            ErrorKind::ConnectTimeout | ErrorKind::Timeout => io::ErrorKind::TimedOut,
            ErrorKind::Connect => io::ErrorKind::ConnectionRefused,
            ErrorKind::Reset => io::ErrorKind::ConnectionReset,
            ErrorKind::Closed => io::ErrorKind::UnexpectedEof,
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, error.message.clone())
    }
}

/// The kinds of failure that a cassette tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client refused to send the request.
    Builder,
    /// No connection was made: refused, unreachable, a certificate that is not trusted.
    Connect,
    /// Time ran out while the connection was made.
    ConnectTimeout,
    /// The name of the host was not resolved.
    Dns,
    /// Time ran out for the request.
    Timeout,
    /// The connection was closed before all had arrived.
    Closed,
    /// The connection was reset or aborted.
    Reset,
    /// Redirects were not followed to the end.
    Redirect,
    /// The request failed in another way.
    Request,
    /// The response's body broke off in another way.
    Body,
    /// The test dropped the request before its end; a replay never answers with it.
    Cancelled,
}
