use std::sync::Arc;

use http::{HeaderMap, Method, StatusCode, Version};
use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

use crate::body::Body;
use crate::forms::{headers, method, status, version};

/// One recorded request and its outcome.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "StoredInteraction")]
pub struct Interaction {
    pub(crate) request: Arc<RecordedRequest>,
    pub(crate) recorded: Recorded,
}

impl Interaction {
    /// Returns the request.
    #[must_use]
    pub fn request(&self) -> &RecordedRequest {
        &self.request
    }

    /// Returns what came of it.
    #[must_use]
    pub fn recorded(&self) -> &Recorded {
        &self.recorded
    }

    /// A request given up before its end is kept for the reader; it answers nothing.
    pub(crate) fn is_cancelled(&self) -> bool {
        matches!(&self.recorded, Recorded::Error(error) if error.kind == ErrorKind::Cancelled)
    }
}

/// What came of a recorded request.
#[derive(Clone, Debug, PartialEq)]
pub enum Recorded {
    /// The server answered.
    Response(Arc<RecordedResponse>),
    /// No answer came.
    Error(Arc<RecordedError>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredInteraction {
    request: RecordedRequest,
    response: Option<RecordedResponse>,
    error: Option<RecordedError>,
}

impl TryFrom<StoredInteraction> for Interaction {
    type Error = &'static str;

    fn try_from(stored: StoredInteraction) -> Result<Self, Self::Error> {
        let recorded = match (stored.response, stored.error) {
            (Some(response), None) => Recorded::Response(Arc::new(response)),
            (None, Some(error)) => Recorded::Error(Arc::new(error)),
            _ => {
                return Err("an interaction has a `request` and either a `response` or an `error`");
            }
        };
        let request = Arc::new(stored.request);
        Ok(Self { request, recorded })
    }
}

impl Serialize for Interaction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Interaction", 2)?;
        fields.serialize_field("request", &*self.request)?;
        match &self.recorded {
            Recorded::Response(response) => fields.serialize_field("response", &**response)?,
            Recorded::Error(error) => fields.serialize_field("error", &**error)?,
        }
        fields.end()
    }
}

/// A request as it is stored: redacted, made from live traffic by the redactor alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedRequest {
    #[serde(with = "method")]
    pub(crate) method: Method,
    pub(crate) url: String,
    #[serde(default, with = "headers", skip_serializing_if = "HeaderMap::is_empty")]
    pub(crate) headers: HeaderMap,
    #[serde(default, skip_serializing_if = "Body::is_empty")]
    pub(crate) body: Body,
}

impl RecordedRequest {
    /// Returns the method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the URL as it was asked for, secrets masked.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the headers that the client set, secrets masked.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.body
    }
}

/// A response as it is stored: redacted, made from live traffic by the redactor alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedResponse {
    #[serde(with = "status")]
    pub(crate) status: StatusCode,
    #[serde(
        default = "version::default",
        with = "version",
        skip_serializing_if = "version::is_default"
    )]
    pub(crate) version: Version,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    #[serde(default, with = "headers", skip_serializing_if = "HeaderMap::is_empty")]
    pub(crate) headers: HeaderMap,
    #[serde(default, skip_serializing_if = "Body::is_empty")]
    pub(crate) body: Body,
}

impl RecordedResponse {
    /// Returns the status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the protocol version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Returns the URL that answered, where redirects led to another than was asked for.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Returns the headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body.
    #[must_use]
    pub fn body(&self) -> &Body {
        &self.body
    }
}

/// Why no answer came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedError {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
}

impl RecordedError {
    /// Makes one of a kind and a text that holds no secret.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { kind, message }
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
}

impl std::fmt::Display for RecordedError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "recorded failure: {}", self.message)
    }
}

impl std::error::Error for RecordedError {}

/// The kinds of failure that a cassette tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// No connection was made.
    Connect,
    /// Time ran out.
    Timeout,
    /// The connection or the request broke.
    Request,
    /// The response's body broke off.
    Body,
    /// The test dropped the request before its end; a replay never answers with it.
    Cancelled,
}
