use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::Method;

use crate::error::{Error, Result};
use crate::interaction::{ErrorKind, Recorded, RecordedError};
use crate::session::Session;

/// A request on its way to the network, with its place in the recording.
///
/// Dropped before it is completed it is recorded as cancelled: a replay never answers with it, and
/// does not miss it.
#[must_use = "dropped, the request counts as cancelled"]
pub struct PendingInteraction {
    session: Session,
    slot: usize,
    method: Method,
    url: Option<String>,
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
            done: false,
        }
    }

    /// Notes the URL that answered, where it is another than was asked for.
    pub fn answered_by(&mut self, url: &str) {
        self.url = Some(url.to_owned());
    }

    /// Records the response.
    ///
    /// # Errors
    ///
    /// When the journal cannot be written.
    pub fn complete(mut self, response: &http::Response<Bytes>) -> Result<()> {
        let redactor = &self.session.0.settings.redactor;
        let recorded = redactor.response(response, &self.method, self.url.as_deref());
        self.record(Recorded::Response(Arc::new(recorded)))
    }

    /// Records that no response came.
    ///
    /// # Errors
    ///
    /// When the journal cannot be written.
    pub fn fail(mut self, error: RecordedError) -> Result<()> {
        self.record(Recorded::Error(Arc::new(error)))
    }

    /// Gives the request up without recording it: what came of it says nothing about the server. The
    /// test fails for it at its end.
    pub fn refuse(mut self, why: &str) {
        self.done = true;
        self.session.traffic().miss(why);
    }

    fn record(&mut self, recorded: Recorded) -> Result<()> {
        self.done = true;
        let mut traffic = self.session.traffic();
        if traffic.ended {
            return Ok(());
        }
        let interaction = traffic.recorder.complete(self.slot, recorded);
        // A line behind one that was cut off could not be read.
        let journal_is_whole = traffic.failure.is_none();
        drop(traffic);
        match &self.session.0.recording {
            Some(recording) if journal_is_whole => {
                let written = recording.journal.append(self.slot, &interaction);
                written.inspect_err(|error| self.note_failure(error))
            }
            _ => Ok(()),
        }
    }

    fn note_failure(&self, error: &Error) {
        let failure = &mut self.session.traffic().failure;
        failure.get_or_insert_with(|| format!("{error:?}"));
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
            let _ = self.record(Recorded::Error(Arc::new(error)));
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
