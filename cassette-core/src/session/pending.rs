use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};

use crate::body::End;
use crate::error::Result;
use crate::failure::{ErrorKind, RecordedError};
use crate::interaction::Recorded;
use crate::received::{self, Received};
use crate::session::{PendingResponse, Session};
use crate::timing::Timing;

/// A request on its way to the network, with its place in the recording.
///
/// Dropped before it is answered it is recorded as cancelled: a replay never answers it, and does not
/// miss it.
#[must_use = "dropped, the request counts as cancelled"]
pub struct PendingInteraction {
    session: Session,
    slot: usize,
    method: Method,
    url: Option<String>,
    reason: Option<HeaderValue>,
    issued: Instant,
    took: Option<Duration>,
    done: bool,
}

impl PendingInteraction {
    pub(crate) fn new(session: Session, slot: usize, method: &Method) -> Self {
        let method = method.clone();
        Self {
            session,
            slot,
            method,
            url: None,
            reason: None,
            issued: Instant::now(),
            took: None,
            done: false,
        }
    }

    /// Notes the URL that answered or failed, where it is another than was asked for.
    pub fn answered_by(&mut self, url: &str) {
        self.url = Some(url.to_owned());
    }

    /// Notes the reason phrase, where it is another than the status has by the standard.
    pub fn reason(&mut self, phrase: &[u8]) {
        self.reason = HeaderValue::from_bytes(phrase).ok();
    }

    /// Notes how long the answer was waited for, where it came at another time than now: default is the
    /// time since the request was intercepted.
    pub fn took(&mut self, waited: Duration) {
        self.took = Some(waited);
    }

    /// Returns true when the client must get the response while its body is still coming: it is a
    /// stream, its length is unknown or above 1 MiB, or the test asks for it with `stream`. Else its
    /// body is read to the end first, so that it is recorded whatever the test reads of it.
    #[must_use]
    pub fn is_handed_on_early<B>(&self, head: &http::Response<B>) -> bool {
        received::is_handed_on_early(&self.method, head, self.session.0.settings.stream)
    }

    /// Returns true when nothing can come behind the head, whatever it says: to HEAD, with 204 and 304.
    #[must_use]
    pub fn is_bodiless<B>(&self, head: &http::Response<B>) -> bool {
        received::is_bodiless(&self.method, head.status())
    }

    /// Records the head of the response; its body follows piece by piece.
    pub fn respond<B>(mut self, response: &http::Response<B>) -> PendingResponse {
        self.done = true;
        let settings = &self.session.0.settings;
        let is_stream = received::is_stream(response.headers(), settings.stream);
        let mut head = http::Response::new(());
        *head.status_mut() = response.status();
        *head.version_mut() = response.version();
        *head.headers_mut() = response.headers().clone();
        let received = Arc::new(Mutex::new(Received {
            head,
            url: self.url.take(),
            reason: self.reason.take(),
            chunks: Vec::new(),
            trailers: HeaderMap::new(),
            end: End::Stopped,
            timing: self.timing(),
            is_stream,
        }));
        let mut traffic = self.session.traffic();
        if !traffic.ended {
            traffic.recorder.respond(self.slot, &received);
        }
        drop(traffic);
        PendingResponse::new(self.session.clone(), self.slot, received)
    }

    /// Records a response that has arrived whole.
    ///
    /// # Errors
    ///
    /// When the journal cannot be written.
    pub fn complete(self, response: &http::Response<Bytes>) -> Result<()> {
        let mut pending = self.respond(response);
        pending.chunk(response.body());
        pending.end()
    }

    /// Records that no response came.
    ///
    /// # Errors
    ///
    /// When the journal cannot be written.
    pub fn fail(mut self, mut error: RecordedError) -> Result<()> {
        self.done = true;
        error.url = self.url.take();
        error.timing = self.timing();
        self.record_error(error)
    }

    fn record_error(&self, error: RecordedError) -> Result<()> {
        let masked = self.session.0.settings.redactor.error(error);
        let recorded = masked.map(|error| Recorded::Error(Arc::new(error)));
        self.session.record(self.slot, recorded)
    }

    /// Gives the request up without recording it: what came of it says nothing about the server. The
    /// test fails for it at its end.
    pub fn refuse(mut self, why: &str) {
        self.done = true;
        self.session.traffic().miss(why);
    }

    /// How long the answer was waited for, where that is stored.
    fn timing(&self) -> Timing {
        let mut timing = Timing::default();
        if self.session.keeps_timing() {
            timing.push(self.took.unwrap_or_else(|| self.issued.elapsed()));
        }
        timing
    }
}

impl Drop for PendingInteraction {
    fn drop(&mut self) {
        if !self.done {
            let error = RecordedError::new(
                ErrorKind::Cancelled,
                "the request was dropped before its answer came",
            );
            // There is nobody to tell; the session keeps the failure and tells it at its end.
            let _ = self.record_error(error);
        }
    }
}

impl fmt::Debug for PendingInteraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingInteraction")
            .field("slot", &self.slot)
            .finish_non_exhaustive()
    }
}

impl Session {
    pub(crate) fn keeps_timing(&self) -> bool {
        let latency = self.0.settings.latency;
        latency.is_some_and(crate::latency::Latency::is_recorded)
    }
}
