use std::time::{Duration, SystemTime};

use bytes::Bytes;
use cassette_core::RecordedError;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri, Version};

/// One request and what came of it, as another recorder has stored it.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// Where it stands in the file.
    pub(super) place: String,
    pub(super) request: Request<Bytes>,
    pub(super) outcome: Outcome,
    pub(super) recorded_at: Option<SystemTime>,
    /// How long the answer was waited for.
    pub(super) took: Option<Duration>,
}

/// What came of a request.
#[derive(Debug)]
pub(crate) enum Outcome {
    Answer(Box<Answer>),
    Failure(RecordedError),
}

/// A response, as far as the file tells it.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(super) response: Response<Bytes>,
    pub(super) reason: Option<String>,
    pub(super) trailers: HeaderMap,
    /// The URL that answered, where redirects led to another than was asked for.
    pub(super) url: Option<String>,
    /// The body has been decoded, whatever the headers say.
    pub(super) is_decoded: bool,
}

impl Exchange {
    pub(super) fn new(place: String, request: Request<Bytes>, answer: Answer) -> Self {
        Self {
            place,
            request,
            outcome: Outcome::Answer(Box::new(answer)),
            recorded_at: None,
            took: None,
        }
    }

    /// What was sent.
    #[cfg(test)]
    pub(crate) fn body(&self) -> &Bytes {
        self.request.body()
    }
}

/// Puts a request together.
pub(super) fn request(
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Vec<u8>,
) -> Request<Bytes> {
    let mut request = Request::new(Bytes::from(body));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    request
}

/// Puts an answer together.
pub(super) fn answer(
    status: StatusCode,
    version: Version,
    headers: HeaderMap,
    body: Vec<u8>,
) -> Answer {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    *response.version_mut() = version;
    *response.headers_mut() = headers;
    Answer {
        response,
        ..Answer::default()
    }
}
