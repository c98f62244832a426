use std::error::Error as StdError;
use std::fmt;

use bytes::Bytes;
use http_body_util::BodyExt;

use super::MISSING_TLS;
use super::failure::causes;
use super::reqwest::{Body, Request, Response, ResponseBuilderExt, Url};
use super::reqwest_middleware::{Error, Result};

/// Takes the request's body into memory, whatever it is made of, and returns the request as the
/// session sees it. What is sent afterwards is the same bytes. Its headers are lent: they go back with
/// [`give_back`].
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
    *live.headers_mut() = std::mem::take(request.headers_mut());
    Ok(live)
}

/// Lets the request have its headers again.
pub(crate) fn give_back(live: http::Request<Bytes>, request: &mut Request) {
    *request.headers_mut() = live.into_parts().0.headers;
}

/// A response is reqwest's own for the URL that was sent, which has no fragment.
pub(crate) fn without_fragment(url: &Url) -> Url {
    let mut url = url.clone();
    url.set_fragment(None);
    url
}

/// Returns a response as reqwest's own. Without the extension it would name a placeholder as its URL.
pub(crate) fn client_response(mut response: http::Response<Body>, url: Url) -> Response {
    let with_url = http::Response::builder().url(url).body(());
    if let Ok(with_url) = with_url {
        let extensions = with_url.into_parts().0.extensions;
        response.extensions_mut().extend(extensions);
    }
    Response::from(response)
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

/// An `https` request cannot be recorded: this build has no TLS.
#[derive(Debug)]
struct MissingTls;

impl fmt::Display for MissingTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MISSING_TLS)
    }
}

impl StdError for MissingTls {}
