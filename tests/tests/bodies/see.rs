use std::fmt::Write as _;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body_util::BodyExt;
use hyper::body::Frame;
use hyper::ext::ReasonPhrase;
use reqwest::{Body, Response};
use reqwest_middleware::RequestBuilder;

/// Everything that a client can see of a response.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    /// The URL, the status, the version, the phrase, the length, and the words of an error made of it.
    pub(crate) head: String,
    pub(crate) headers: HeaderMap,
    pub(crate) length: Option<u64>,
    pub(crate) body: Bytes,
    pub(crate) trailers: HeaderMap,
    /// The error in which the body ended, with its causes.
    pub(crate) broken: Option<String>,
}

impl Seen {
    /// Returns a header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the body, which is text.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is UTF-8")
    }
}

/// Sends a request and returns everything that can be seen of its response.
pub(crate) async fn see(request: RequestBuilder) -> Seen {
    let response = request.send().await.expect("there is an answer");
    of(response).await
}

async fn of(response: Response) -> Seen {
    let (head, length) = (head(&response), response.content_length());
    let response = http::Response::<Body>::from(response);
    let mut seen = Seen {
        head,
        headers: response.headers().clone(),
        length,
        body: Bytes::new(),
        trailers: HeaderMap::new(),
        broken: None,
    };
    read(response.into_body(), &mut seen).await;
    seen
}

fn head(response: &Response) -> String {
    let mut text = format!(
        "{} {} {:?}",
        response.url(),
        response.status(),
        response.version()
    );
    if let Some(phrase) = response.extensions().get::<ReasonPhrase>() {
        write!(text, " phrase {}", phrase.as_bytes().escape_ascii()).expect("a string takes it");
    }
    if let Err(error) = response.error_for_status_ref() {
        write!(text, " error {error}").expect("a string takes it");
    }
    text
}

async fn read(mut body: Body, seen: &mut Seen) {
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        match frame.map(Frame::into_data) {
            Ok(Ok(data)) => bytes.extend_from_slice(&data),
            Ok(Err(frame)) => seen.trailers = frame.into_trailers().expect("else there is data"),
            Err(error) => {
                seen.broken = Some(format!("{error:?}"));
                break;
            }
        }
    }
    seen.body = bytes.freeze();
}
