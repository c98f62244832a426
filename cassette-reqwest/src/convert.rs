use std::error::Error as StdError;
use std::fmt;

use bytes::Bytes;
use cassette_core::{ErrorKind, RecordedError, RecordedResponse};
use http_body_util::BodyExt;
use reqwest::{Body, Request, Response, ResponseBuilderExt, Url};
use reqwest_middleware::{Error, Result};

/// Takes the request's body into memory, whatever it is made of, and returns the request as the
/// session sees it. What is sent afterwards is the same bytes.
pub(crate) async fn live_request(request: &mut Request) -> Result<http::Request<Bytes>> {
    let body = match request.body_mut().take() {
        Some(body) => {
            let bytes = body.collect().await?.to_bytes();
            *request.body_mut() = Some(Body::from(bytes.clone()));
            bytes
        }
        None => Bytes::new(),
    };
    let mut live = http::Request::new(body);
    *live.method_mut() = request.method().clone();
    *live.uri_mut() = request.url().as_str().parse().map_err(Error::middleware)?;
    *live.headers_mut() = request.headers().clone();
    Ok(live)
}

/// A response whose body has arrived, and the URL it came from.
pub(crate) struct Received {
    pub(crate) response: http::Response<Bytes>,
    pub(crate) url: Url,
}

impl Received {
    pub(crate) async fn read(mut response: Response) -> reqwest::Result<Self> {
        let url = response.url().clone();
        let mut received = http::Response::new(Bytes::new());
        *received.status_mut() = response.status();
        *received.version_mut() = response.version();
        *received.headers_mut() = std::mem::take(response.headers_mut());
        *received.extensions_mut() = std::mem::take(response.extensions_mut());
        *received.body_mut() = response.bytes().await?;
        Ok(Self {
            response: received,
            url,
        })
    }

    pub(crate) fn into_response(self) -> Response {
        client_response(self.response, self.url)
    }
}

/// Returns a recorded response as reqwest's own; `asked` is the URL that was asked for.
pub(crate) fn played(recorded: &RecordedResponse, asked: &Url) -> Response {
    let mut response = http::Response::new(recorded.body().bytes().clone());
    *response.status_mut() = recorded.status();
    *response.version_mut() = recorded.version();
    *response.headers_mut() = recorded.headers().clone();
    let url = recorded.url().and_then(|url| Url::parse(url).ok());
    client_response(response, url.unwrap_or_else(|| without_fragment(asked)))
}

/// A response is reqwest's own for the URL that was sent, which has no fragment.
pub(crate) fn without_fragment(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}

/// Without the extension reqwest would name a placeholder as the URL.
fn client_response(mut response: http::Response<Bytes>, url: Url) -> Response {
    let with_url = http::Response::builder().url(url).body(());
    if let Ok(with_url) = with_url {
        response
            .extensions_mut()
            .extend(with_url.into_parts().0.extensions);
    }
    Response::from(response)
}

/// Returns a failure as it is stored: by its innermost cause, since the texts around it hold the
/// URL, and so perhaps a secret.
pub(crate) fn recorded_error(error: &Error) -> RecordedError {
    let kind = match error {
        error if error.is_timeout() => ErrorKind::Timeout,
        error if error.is_connect() => ErrorKind::Connect,
        error if error.is_body() || error.is_decode() => ErrorKind::Body,
        _ => ErrorKind::Request,
    };
    let Error::Reqwest(error) = error else {
        return RecordedError::new(kind, "a middleware below the cassette failed");
    };
    let cause = causes(error).last().map(ToString::to_string);
    RecordedError::new(
        kind,
        cause.unwrap_or_else(|| "the request failed".to_owned()),
    )
}

/// The causes of an error, without the error itself.
fn causes(error: &dyn StdError) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&error| error.source())
}

/// Without TLS an `https` request fails with no more than "scheme is not http".
pub(crate) fn explain_missing_tls(error: Error, url: &Url) -> Error {
    let lacks_tls = url.scheme() == "https"
        && matches!(&error, Error::Reqwest(error) if causes(error).any(|cause| cause.to_string().contains("scheme is not http")));
    if lacks_tls {
        Error::middleware(MissingTls)
    } else {
        error
    }
}

/// Returns the text of the error that says what a build without TLS lacks.
pub(crate) fn missing_tls(error: &Error) -> Option<&'static str> {
    let Error::Middleware(error) = error else {
        return None;
    };
    error.downcast_ref::<MissingTls>().map(|_| MISSING_TLS)
}

const MISSING_TLS: &str = "an https request was to be recorded, and this build of reqwest has no TLS\n\n\
    help: add it, `cargo add --dev cassette-reqwest --features rustls`, or enable a TLS feature of reqwest";

/// An `https` request cannot be recorded: this build has no TLS.
#[derive(Debug)]
struct MissingTls;

impl fmt::Display for MissingTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MISSING_TLS)
    }
}

impl StdError for MissingTls {}
