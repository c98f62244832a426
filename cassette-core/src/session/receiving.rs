use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use http::HeaderMap;

use crate::body::End;
use crate::error::Result;
use crate::failure::RecordedError;
use crate::received::Received;
use crate::session::Session;

/// A response whose body is still coming, recorded as it comes.
///
/// Dropped before its end it is recorded as far as it was read. So it is when the session ends before
/// it.
#[must_use = "dropped, the response counts as read no further"]
pub struct PendingResponse {
    session: Session,
    slot: usize,
    received: Arc<Mutex<Received>>,
    waiting_since: Instant,
    /// How many bytes have come.
    length: usize,
    done: bool,
}

impl PendingResponse {
    pub(crate) fn new(session: Session, slot: usize, received: Arc<Mutex<Received>>) -> Self {
        Self {
            session,
            slot,
            received,
            waiting_since: Instant::now(),
            length: 0,
            done: false,
        }
    }

    /// Records a piece of the body.
    pub fn chunk(&mut self, bytes: &Bytes) {
        let now = Instant::now();
        let waited = now.duration_since(std::mem::replace(&mut self.waiting_since, now));
        let waited = self.session.keeps_timing().then_some(waited);
        self.length += bytes.len();
        let mut received = self.received();
        received.chunk(bytes.clone(), waited);
        received.end = End::Stopped;
    }

    /// Notes that the test has asked for more, and that there is nothing yet. An adapter that blocks
    /// says so each time before it reads.
    pub fn waiting(&mut self) {
        self.received().end = End::Waiting;
    }

    /// Records the trailers.
    pub fn trailers(&mut self, trailers: &HeaderMap) {
        self.received().trailers = trailers.clone();
    }

    /// Records that the body has come to its end.
    ///
    /// # Errors
    ///
    /// When the journal cannot be written.
    pub fn end(self) -> Result<()> {
        self.ended(End::Whole)
    }

    /// Records that the body broke off; a replay breaks off in the same way.
    ///
    /// # Errors
    ///
    /// When the journal cannot be written.
    pub fn break_off(self, error: RecordedError) -> Result<()> {
        let masked = self.session.0.settings.redactor.error(error);
        self.session.traffic().block(self.slot, masked.blocked);
        self.ended(End::Broken(masked.value))
    }

    fn ended(mut self, end: End) -> Result<()> {
        self.received().end = end;
        self.record()
    }

    fn record(&mut self) -> Result<()> {
        self.done = true;
        let recorded = self.session.0.response(&self.received());
        self.session.record(self.slot, recorded)
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    pub(super) fn slot(&self) -> usize {
        self.slot
    }

    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// A panic elsewhere in the test is no reason to lose what has come.
    fn received(&self) -> MutexGuard<'_, Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for PendingResponse {
    fn drop(&mut self) {
        if !self.done {
            // There is nobody to tell; the session keeps the failure and tells it at its end.
            let _ = self.record();
        }
    }
}

impl fmt::Debug for PendingResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingResponse")
            .field("slot", &self.slot)
            .finish_non_exhaustive()
    }
}
