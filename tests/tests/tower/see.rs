use std::error::Error as StdError;
use std::io;

use bytes::Bytes;
use cassette_tower::{BoxError, ResponseBody};
use http::{HeaderMap, Request, Response, StatusCode, Version};
use http_body::Body;
use http_body_util::BodyExt;
use tower::{Service, ServiceExt};

/// All that a test sees of a response.
#[derive(Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) status: StatusCode,
    pub(crate) version: Version,
    pub(crate) headers: HeaderMap,
    pub(crate) chunks: Vec<Bytes>,
    pub(crate) trailers: Option<HeaderMap>,
    /// What the system would say of the end, where it is no good one.
    pub(crate) broken: Option<io::ErrorKind>,
}

impl Seen {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.chunks.concat()).unwrap()
    }
}

/// Asks, and reads the answer to its end.
pub(crate) async fn ask<S, B, C>(service: &S, request: Request<B>) -> Result<Seen, BoxError>
where
    S: Service<Request<B>, Response = Response<ResponseBody<C>>, Error = BoxError> + Clone,
    C: Body<Error: Into<BoxError>>,
{
    Ok(read(service.clone().oneshot(request).await?).await)
}

pub(crate) async fn read<C>(response: Response<ResponseBody<C>>) -> Seen
where
    C: Body<Error: Into<BoxError>>,
{
    let (parts, mut body) = response.into_parts();
    let mut seen = Seen {
        status: parts.status,
        version: parts.version,
        headers: parts.headers,
        chunks: Vec::new(),
        trailers: None,
        broken: None,
    };
    while let Some(frame) = body.frame().await {
        match frame.map(http_body::Frame::into_data) {
            Ok(Ok(chunk)) => seen.chunks.push(chunk),
            Ok(Err(frame)) => seen.trailers = frame.into_trailers().ok(),
            Err(error) => seen.broken = Some(kind(&*error)),
        }
    }
    seen
}

/// What the system says of a failure, as it is found among the causes.
pub(crate) fn kind(error: &(dyn StdError + 'static)) -> io::ErrorKind {
    let mut causes = std::iter::successors(Some(error), |&error| error.source());
    let found = causes.find_map(|cause| {
        let error = cause.downcast_ref::<hyper::Error>();
        // So hyper says that the connection ended too early.
        let early = error.filter(|error| error.is_incomplete_message());
        let early = early.map(|_| io::ErrorKind::UnexpectedEof);
        early.or_else(|| cause.downcast_ref::<io::Error>().map(io::Error::kind))
    });
    found.unwrap_or(io::ErrorKind::Other)
}
