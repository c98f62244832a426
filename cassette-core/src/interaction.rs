use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Method, StatusCode, Version};
use serde::ser::{SerializeStruct, Serializer};
use serde::{Deserialize, Serialize};

use crate::body::Body;
use crate::failure::{ErrorKind, RecordedError};
use crate::forms::headers::Value;
use crate::forms::{headers, method, status, version};
use crate::timing::Timing;

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

    /// Returns the request of a copy, to be changed.
    pub fn request_mut(&mut self) -> &mut RecordedRequest {
        Arc::make_mut(&mut self.request)
    }

    /// Returns the response of a copy, to be changed; none where the request failed.
    pub fn response_mut(&mut self) -> Option<&mut RecordedResponse> {
        match &mut self.recorded {
            Recorded::Response(response) => Some(Arc::make_mut(response)),
            Recorded::Error(_) => None,
        }
    }

    /// Returns what came of it.
    #[must_use]
    pub fn recorded(&self) -> &Recorded {
        &self.recorded
    }

    /// Returns true when it says how long its answer was waited for.
    pub(crate) fn is_timed(&self) -> bool {
        !match &self.recorded {
            Recorded::Response(response) => response.timing.is_empty(),
            Recorded::Error(error) => error.timing.is_empty(),
        }
    }

    pub(crate) fn bodies(&self) -> impl Iterator<Item = &Body> {
        let response = match &self.recorded {
            Recorded::Response(response) => Some(&response.body),
            Recorded::Error(_) => None,
        };
        [&self.request.body].into_iter().chain(response)
    }

    fn bodies_mut(&mut self) -> impl Iterator<Item = &mut Body> {
        let response = match &mut self.recorded {
            Recorded::Response(response) => Some(&mut Arc::make_mut(response).body),
            Recorded::Error(_) => None,
        };
        let request = &mut Arc::make_mut(&mut self.request).body;
        [request].into_iter().chain(response)
    }

    /// Returns true when a body of it has a file of its own.
    pub(crate) fn needs_files(&self) -> bool {
        self.bodies().any(Body::needs_file)
    }

    pub(crate) fn name_files(&mut self, name: &impl Fn(&[u8]) -> String) {
        self.bodies_mut().for_each(|body| body.name_files(name));
    }

    pub(crate) fn forget_files(&mut self) {
        self.bodies_mut().for_each(Body::forget_files);
    }

    pub(crate) fn read_files(
        &mut self,
        read: &impl Fn(&str) -> Result<Bytes, String>,
    ) -> Result<(), String> {
        self.bodies_mut().try_for_each(|body| body.read_files(read))
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
    #[serde(default, skip_serializing_if = "Body::is_absent")]
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

    /// Changes the URL of a copy, for [`Config::normalize`](crate::Config::normalize).
    pub fn set_url(&mut self, url: impl Into<String>) {
        self.url = url.into();
    }

    /// Returns the headers of a copy, to be changed.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.headers
    }

    /// Changes the body of a copy; `content-length` follows.
    pub fn set_body(&mut self, body: impl Into<Body>) {
        self.body = self.body.replaced_by(body.into());
        fit_length(&mut self.headers, &self.body);
    }
}

/// Of a body that is coded again when it is played, the length is known then.
fn fit_length(headers: &mut HeaderMap, body: &Body) {
    if headers.contains_key(CONTENT_LENGTH) && !body.is_coded() {
        headers.insert(CONTENT_LENGTH, body.bytes().len().into());
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
    pub(crate) reason: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    #[serde(default, with = "headers", skip_serializing_if = "HeaderMap::is_empty")]
    pub(crate) headers: HeaderMap,
    #[serde(default, skip_serializing_if = "Body::is_absent")]
    pub(crate) body: Body,
    #[serde(default, with = "headers", skip_serializing_if = "HeaderMap::is_empty")]
    pub(crate) trailers: HeaderMap,
    #[serde(default, skip_serializing_if = "Timing::is_empty")]
    pub(crate) timing: Timing,
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

    /// Returns the reason phrase, where it is another than the status has by the standard.
    #[must_use]
    pub fn reason(&self) -> Option<&[u8]> {
        self.reason.as_ref().map(|phrase| phrase.0.as_bytes())
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

    /// Changes the status of a copy, for [`Config::on_capture`](crate::Config::on_capture) and its like.
    pub fn set_status(&mut self, status: StatusCode) {
        self.status = status;
    }

    /// Returns the headers of a copy, to be changed.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.headers
    }

    /// Changes the body of a copy; `content-length` follows, and a content coding stays.
    pub fn set_body(&mut self, body: impl Into<Body>) {
        self.body = self.body.replaced_by(body.into());
        fit_length(&mut self.headers, &self.body);
    }

    /// Returns the trailers: the headers that came behind the body.
    #[must_use]
    pub fn trailers(&self) -> &HeaderMap {
        &self.trailers
    }

    /// Returns how long the head, then each piece of the body, was waited for; nothing where that was
    /// not recorded ([`Latency::Recorded`](crate::Latency::Recorded)).
    #[must_use]
    pub fn waits(&self) -> &[Duration] {
        self.timing.all()
    }
}
