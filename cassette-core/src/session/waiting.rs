use std::fmt;
use std::time::Duration;

use crate::error::{Error, Kind};
use crate::session::Session;

/// How long a test that gave up waiting has to do so again.
const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// How long a test that read no further has to leave off again: its `select!` may look at the branches
/// in another order than in the recording, and whoever fails at once would win.
const GRACE: Duration = Duration::from_secs(1);

/// An answer, or the rest of one, that does not come, because the test did not wait for it to the end
/// when it was recorded.
pub struct Waiting {
    session: Session,
    report: String,
    patience: Duration,
}

impl Waiting {
    pub(crate) fn new(session: Session, report: String) -> Self {
        let patience = PATIENCE;
        Self {
            session,
            report,
            patience,
        }
    }

    /// Returns one that a test has no reason to wait for.
    pub(crate) fn briefly(session: Session, report: String) -> Self {
        let patience = GRACE;
        Self {
            session,
            report,
            patience,
        }
    }

    /// Returns how long an adapter waits for the test to give up: ten minutes where it was waiting when
    /// it was recorded, a second where it had stopped reading, not at all when it has ended.
    #[must_use]
    pub fn patience(&self) -> Duration {
        if self.session.traffic().ended {
            Duration::ZERO
        } else {
            self.patience
        }
    }

    /// Returns one with ten minutes' patience, for an adapter that reads ahead of the test: that it asks for
    /// more says nothing about the test.
    #[must_use]
    pub fn patiently(self) -> Self {
        Self::new(self.session, self.report)
    }

    /// Ends the waiting with an error; the test fails for it at its end as well.
    #[must_use]
    pub fn expired(&self) -> Error {
        self.session.missed(self.report.clone())
    }
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting").finish_non_exhaustive()
    }
}

impl Session {
    fn missed(&self, report: String) -> Error {
        self.traffic().miss(&report);
        Error::new(Kind::Unmatched, report)
    }
}
