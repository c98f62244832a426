use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::body::End;
use crate::timing::Timing;

/// The largest response that is read to its end before the test gets it.
const MAX_BUFFERED: u64 = 1024 * 1024;

/// Media types whose bodies are read piece by piece, as they come.
const STREAMS: [&str; 11] = [
    "application/grpc",
    "application/json-seq",
    "application/jsonl",
    "application/jsonlines",
    "application/ndjson",
    "application/stream+json",
    "application/vnd.amazon.eventstream",
    "application/x-jsonlines",
    "application/x-ndjson",
    "multipart/x-mixed-replace",
    "text/event-stream",
];

/// Nothing comes behind the head of these.
const BODILESS: [StatusCode; 2] = [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED];

/// A response as it came, and as far as it came.
pub(crate) struct Received {
    pub(crate) head: http::Response<()>,
    /// The URL that answered, where it is not the request's.
    pub(crate) url: Option<String>,
    pub(crate) reason: Option<HeaderValue>,
    pub(crate) chunks: Vec<Bytes>,
    pub(crate) trailers: HeaderMap,
    pub(crate) end: End,
    pub(crate) timing: Timing,
    /// Its chunks are kept one by one.
    pub(crate) is_stream: bool,
}

impl Received {
    /// Returns a response that arrived in one piece.
    #[cfg(test)]
    pub(crate) fn whole(response: http::Response<Bytes>) -> Self {
        let (parts, body) = response.into_parts();
        Self {
            head: http::Response::from_parts(parts, ()),
            url: None,
            reason: None,
            chunks: vec![body],
            trailers: HeaderMap::new(),
            end: End::Whole,
            timing: Timing::default(),
            is_stream: false,
        }
    }

    pub(crate) fn chunk(&mut self, bytes: Bytes, waited: Option<Duration>) {
        if !bytes.is_empty() {
            self.chunks.push(bytes);
            waited
                .into_iter()
                .for_each(|waited| self.timing.push(waited));
        }
    }
}

/// How much there is, and nothing of what it is: it is live, and was not yet masked.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: usize = self.chunks.iter().map(Bytes::len).sum();
        f.debug_struct("Received")
            .field("status", &self.head.status())
            .field("chunks", &self.chunks.len())
            .field("bytes", &bytes)
            .finish_non_exhaustive()
    }
}

/// Returns true when the client gets the response while it is still coming: it may have no end, or be
/// read piece by piece. `asked` is what the test wants, if it says so.
pub(crate) fn is_handed_on_early<B>(
    method: &Method,
    head: &http::Response<B>,
    asked: Option<bool>,
) -> bool {
    let headers = head.headers();
    if is_bodiless(method, head.status()) {
        return false;
    }
    let length = headers.get(CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let is_small = length.is_some_and(|length| length <= MAX_BUFFERED);
    asked.unwrap_or(!is_small || has_stream_type(headers))
}

/// Returns true when nothing comes behind the head, whatever it says.
pub(crate) fn is_bodiless(method: &Method, status: StatusCode) -> bool {
    *method == Method::HEAD || BODILESS.contains(&status)
}

/// Returns true when the response is kept chunk by chunk.
pub(crate) fn is_stream(headers: &HeaderMap, asked: Option<bool>) -> bool {
    asked.unwrap_or_else(|| has_stream_type(headers))
}

fn has_stream_type(headers: &HeaderMap) -> bool {
    let media_type = media_type(headers);
    // `application/grpc+proto` is one, too.
    let is_one = |known: &str| {
        let rest = media_type.strip_prefix(known);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('+'))
    };
    STREAMS.iter().copied().any(is_one)
}

/// Returns the media type in lower case, without its parameters.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let value = value.unwrap_or_default();
    let media_type = value.split(';').next().unwrap_or_default();
    media_type.trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |&(name, value): &(&'static str, &'static str)| {
            (
                http::HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn only_small_known_lengths_are_waited_for() {
        let early = |pairs: &[_], asked| {
            let mut head = http::Response::new(());
            *head.headers_mut() = headers(pairs);
            is_handed_on_early(&Method::GET, &head, asked)
        };
        assert!(!early(&[("content-length", "0")], None));
        assert!(!early(&[("content-length", "1048576")], None));
        assert!(early(&[("content-length", "1048577")], None));
        assert!(early(&[("content-length", "many")], None));
        assert!(early(&[], None));
        let events = ("content-type", "Text/Event-Stream; charset=utf-8");
        assert!(early(&[("content-length", "9"), events], None));
        assert!(!early(&[events], Some(false)));
        assert!(early(&[("content-length", "9")], Some(true)));
    }

    #[test]
    fn nothing_is_waited_for_where_nothing_comes() {
        let mut head = http::Response::new(());
        assert!(is_handed_on_early(&Method::GET, &head, None));
        assert!(!is_handed_on_early(&Method::HEAD, &head, Some(true)));
        *head.status_mut() = StatusCode::NO_CONTENT;
        assert!(!is_handed_on_early(&Method::GET, &head, None));
    }

    #[test]
    fn streams_are_known_by_their_media_type() {
        let stream = |media_type| is_stream(&headers(&[("content-type", media_type)]), None);
        assert!(stream("text/event-stream"));
        assert!(stream("application/grpc+proto"));
        assert!(stream("application/x-ndjson;charset=utf-8"));
        assert!(!stream("application/grpc-web"));
        assert!(!stream("application/json"));
        assert!(!is_stream(&headers(&[]), None));
        assert!(is_stream(&headers(&[]), Some(true)));
    }
}
