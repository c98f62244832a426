use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Version};

use crate::body::{Chunks, End};
use crate::failure::RecordedError;
use crate::interaction::{RecordedRequest, RecordedResponse};
use crate::received;
use crate::report;
use crate::session::{Session, Waiting};
use crate::timing::Timing;

/// A recorded response on its way to the client.
#[derive(Debug)]
pub struct Playback {
    session: Session,
    request: Arc<RecordedRequest>,
    response: Arc<RecordedResponse>,
}

impl Playback {
    pub(crate) fn new(
        session: Session,
        request: Arc<RecordedRequest>,
        response: Arc<RecordedResponse>,
    ) -> Self {
        Self {
            session,
            request,
            response,
        }
    }

    /// Returns how long to wait before the client gets the head; zero unless `latency` asks for it.
    #[must_use]
    pub fn delay(&self) -> Duration {
        self.session.delay(&self.response.timing)
    }

    /// Returns the response as it is in the cassette.
    #[must_use]
    pub fn recorded(&self) -> &RecordedResponse {
        &self.response
    }

    /// Returns what the client gets: the head, and the pieces of the body.
    ///
    /// `retry-after` is 0, so that a replay waits for nobody. `content-length` is that of a body that
    /// is compressed anew.
    #[must_use]
    pub fn into_response(self) -> http::Response<PlayedBody> {
        let chunks = self.response.body.chunks();
        let length: usize = chunks.as_slice().iter().map(Bytes::len).sum();
        let mut headers = self.response.headers.clone();
        if self.response.body.is_coded() && headers.contains_key(CONTENT_LENGTH) {
            headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        }
        if headers.contains_key(RETRY_AFTER) {
            headers.insert(RETRY_AFTER, HeaderValue::from(0));
        }
        let mut response = http::Response::new(());
        *response.status_mut() = self.response.status;
        *response.version_mut() = self.response.version;
        *response.headers_mut() = headers;
        let body = PlayedBody {
            length: self.known_length(length as u64),
            chunks,
            piece: 0,
            rest: Rest::Trailers,
            playback: self,
        };
        response.map(|()| body)
    }

    /// As in a client that talks to a server: by `content-length`, whatever comes in the end, or
    /// because there is no body. `length` is how much there is.
    fn known_length(&self, length: u64) -> Option<u64> {
        let (response, method) = (&self.response, &self.request.method);
        let announced = response.headers.get(CONTENT_LENGTH);
        if response.body.end() != &End::Whole {
            return announced?.to_str().ok()?.parse().ok();
        }
        let is_bodiless =
            received::is_bodiless(method, response.status) || response.version == Version::HTTP_2;
        let is_empty = is_bodiless && response.body.is_empty() && response.trailers.is_empty();
        let is_known = announced.is_some() || is_empty;
        is_known.then_some(length)
    }
}

/// The body of a recorded response: its pieces in order, each to be handed on when its time has come.
#[derive(Debug)]
pub struct PlayedBody {
    playback: Playback,
    chunks: Chunks,
    piece: usize,
    rest: Rest,
    length: Option<u64>,
}

/// What comes behind the chunks.
#[derive(Debug)]
enum Rest {
    Trailers,
    End,
    Nothing,
}

/// A piece of a recorded body.
#[derive(Debug)]
pub struct Piece {
    /// How long to wait before it; zero unless `latency` asks for it.
    pub delay: Duration,
    /// What it is.
    pub content: Content,
}

/// What a piece of a recorded body is.
#[derive(Debug)]
pub enum Content {
    /// Bytes.
    Chunk(Bytes),
    /// The trailers.
    Trailers(HeaderMap),
    /// The body broke off here.
    Broken(RecordedError),
    /// The test read no further when it was recorded, and is expected to leave off again.
    Wait(Waiting),
}

impl PlayedBody {
    /// Returns how many bytes are still to come, where a client knows that beforehand. Fewer come of a
    /// body that was cut off.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// Returns the bytes when nothing else is to come: one chunk without delay, no trailers, no
    /// failure.
    #[must_use]
    pub fn as_single_chunk(&self) -> Option<Bytes> {
        let response = &self.playback.response;
        let is_plain = self.piece == 0
            && response.trailers.is_empty()
            && response.body.end() == &End::Whole
            && self.delay_of(1).is_zero();
        match self.chunks.as_slice() {
            [chunk] if is_plain => Some(chunk.clone()),
            _ => None,
        }
    }

    fn delay_of(&self, piece: usize) -> Duration {
        let latency = self.playback.session.0.settings.latency;
        let recorded = self.playback.response.timing.of(piece);
        // A fixed latency is that of the answer, not of each of its pieces.
        latency
            .filter(|latency| latency.is_recorded())
            .map_or(Duration::ZERO, |latency| latency.delay(recorded))
    }

    fn end(&self) -> Option<Content> {
        let Playback {
            session,
            request,
            response,
        } = &self.playback;
        match response.body.end() {
            End::Whole => None,
            End::Broken(error) => Some(Content::Broken(error.clone())),
            End::Stopped => {
                let report = report::read_further(&session.0.facts, request);
                Some(Content::Wait(Waiting::briefly(session.clone(), report)))
            }
            End::Waiting => {
                let report = report::waited_in_vain(&session.0.facts, request);
                Some(Content::Wait(Waiting::new(session.clone(), report)))
            }
        }
    }
}

impl Iterator for PlayedBody {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let mut delay = Duration::ZERO;
        while let Some(chunk) = self.chunks.next() {
            self.piece += 1;
            delay = delay.saturating_add(self.delay_of(self.piece));
            if !chunk.is_empty() {
                self.length = self
                    .length
                    .map(|length| length.saturating_sub(chunk.len() as u64));
                let content = Content::Chunk(chunk);
                return Some(Piece { delay, content });
            }
        }
        let content = match std::mem::replace(&mut self.rest, Rest::Nothing) {
            Rest::Trailers => {
                self.rest = Rest::End;
                let trailers = &self.playback.response.trailers;
                if trailers.is_empty() {
                    return self.next();
                }
                Content::Trailers(trailers.clone())
            }
            Rest::End => self.end()?,
            Rest::Nothing => return None,
        };
        Some(Piece { delay, content })
    }
}

/// A recorded transport failure on its way to the client.
#[derive(Debug)]
pub struct Failure {
    error: Arc<RecordedError>,
    delay: Duration,
}

impl Failure {
    pub(crate) fn new(session: &Session, error: Arc<RecordedError>) -> Self {
        let delay = session.delay(&error.timing);
        Self { error, delay }
    }

    /// Returns how long to wait before the client is told; zero unless `latency` asks for it.
    #[must_use]
    pub fn delay(&self) -> Duration {
        self.delay
    }

    /// Returns what kind of failure it is, and its text.
    #[must_use]
    pub fn error(&self) -> &RecordedError {
        &self.error
    }
}

impl Session {
    /// How long an answer is to be waited for.
    fn delay(&self, timing: &Timing) -> Duration {
        let latency = self.0.settings.latency;
        latency.map_or(Duration::ZERO, |latency| latency.delay(timing.of(0)))
    }
}
