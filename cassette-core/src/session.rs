mod companions;
pub(crate) mod finish;
mod flushing;
mod inspect;
mod intercept;
mod masking;
pub(crate) mod opening;
mod pending;
mod playback;
mod receiving;
mod saving;
mod telling;
mod traffic;
mod variables;
mod verifying;
mod waiting;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::cassette::{Cassette, Hashes};
use crate::error::{Error, Kind, Result};
use crate::journal::Journal;
use crate::mode::Mode;
use crate::plan::{Change, Plan};
use crate::report::Facts;
use crate::settings::Settings;
use crate::storage::Storage;
pub(crate) use companions::Companions;
use finish::Finished;
pub use inspect::RequestInfo;
pub use pending::PendingInteraction;
pub use playback::{Content, Failure, Piece, Playback, PlayedBody};
pub use receiving::PendingResponse;
pub(crate) use telling::Teller;
pub(crate) use traffic::Traffic;
pub use waiting::Waiting;

/// One test's cassette in use: what adapters consult for each request.
///
/// Cheap to clone; all clones are the same session.
#[derive(Clone, Debug)]
pub struct Session(pub(crate) Arc<Inner>, Passage);

/// Where the requests go that this handle is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Passage {
    /// To the cassette.
    Cassette,
    /// Past it: inside of `unrecorded`.
    Network,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) facts: Facts,
    pub(crate) settings: Settings,
    pub(crate) plan: Plan,
    pub(crate) storage: Option<Storage>,
    /// What was there when the session began.
    pub(crate) old: Option<Arc<Cassette>>,
    /// The hashes of the code that runs now.
    pub(crate) hashes: Hashes,
    /// What has changed of it since, where the old recording is checked again.
    pub(crate) changes: Vec<Change>,
    pub(crate) recorded_at: SystemTime,
    pub(crate) recording: Option<Recording>,
    /// What there was to say when the session began.
    pub(crate) notices: Vec<String>,
    pub(crate) traffic: Mutex<Traffic>,
    pub(crate) companions: Companions,
    pub(crate) teller: Teller,
}

/// A recording under way.
#[derive(Debug)]
pub(crate) struct Recording {
    /// What it will be, but for its interactions.
    pub(crate) head: Cassette,
    pub(crate) journal: Journal,
    /// What its journal begins with.
    pub(crate) journal_head: Cassette,
    /// There is something to look at that a killed recording has left.
    pub(crate) keeps_rejected: bool,
    /// It is made of a file, which is still there when this is not saved.
    pub(crate) is_import: bool,
}

/// What an adapter does with a request. It grows only with a new version of the core, and then an
/// adapter that does not know what to do must not compile.
#[derive(Debug)]
pub enum Decision {
    /// Answer with this; the network is not asked.
    Play(Playback),
    /// Fail with this; the network is not asked.
    Fail(Failure),
    /// Do not answer: the test gave the request up when it was recorded, and is expected to do so
    /// again.
    Wait(Waiting),
    /// Send it, and complete the interaction with what comes.
    Record(PendingInteraction),
    /// Send it, complete the interaction with what comes, to its end or till it
    /// [is enough](PendingResponse::is_enough), and then give this.
    Verify(Answer, PendingInteraction),
    /// Send it; nothing is recorded.
    Forward,
}

/// What is recorded of a request.
#[derive(Debug)]
pub enum Answer {
    /// A response.
    Play(Playback),
    /// None: the request failed.
    Fail(Failure),
}

impl From<Answer> for Decision {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Play(playback) => Self::Play(playback),
            Answer::Fail(failure) => Self::Fail(failure),
        }
    }
}

impl Session {
    pub(crate) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner), Passage::Cassette)
    }

    /// Returns this session for requests that go to the network, and are not recorded.
    pub(crate) fn unrecorded(&self) -> Self {
        Self(Arc::clone(&self.0), Passage::Network)
    }

    /// Returns true when every request goes to the network unrecorded, so that an adapter need not ask:
    /// in [`Mode::Live`], and inside of [`unrecorded`](fn@crate::unrecorded).
    #[must_use]
    pub fn is_forwarding(&self) -> bool {
        self.1 == Passage::Network || self.0.plan == Plan::Forward
    }

    pub(crate) fn open_traffic(&self) -> Result<MutexGuard<'_, Traffic>> {
        let traffic = self.traffic();
        if traffic.ended {
            Err(ended(&self.0.facts))
        } else {
            Ok(traffic)
        }
    }

    /// Returns what was asked for: by `CASSETTE_MODE`, the attribute, or by default.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.0.settings.mode
    }

    /// Returns true when requests go out and are recorded. In [`Mode::Update`] that holds for
    /// those that have no recorded answer.
    #[must_use]
    pub fn is_recording(&self) -> bool {
        matches!(self.0.plan, Plan::Record | Plan::Update)
    }

    /// Returns when the cassette was recorded, to the second: now, while it is. A test that works with
    /// the time replays if it takes this for now.
    #[must_use]
    pub fn recorded_at(&self) -> SystemTime {
        self.0.recorded_at
    }

    /// Returns the name of the test: module path and function, or what `scope` was given.
    #[must_use]
    pub fn test(&self) -> &str {
        &self.0.facts.test
    }

    /// Notes that a request could not be told to be ours: it fails the test, whatever the test makes
    /// of the error.
    pub(crate) fn note_ambiguity(&self, error: &Error) {
        self.traffic().miss(&error.to_string());
    }

    /// Ends the session: checks, and saves or keeps aside what was recorded. The second time
    /// there is nothing left to do.
    pub(crate) fn finish(&self, passed: bool) -> Finished {
        self.0.finish(passed)
    }

    pub(crate) fn traffic(&self) -> MutexGuard<'_, Traffic> {
        self.0.traffic()
    }
}

impl Inner {
    /// A panic elsewhere in the test is no reason to lose what was recorded.
    pub(crate) fn traffic(&self) -> MutexGuard<'_, Traffic> {
        self.traffic.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ended(facts: &Facts) -> Error {
    Error::new(
        Kind::NoSession,
        format!(
            "a request was made after {} had ended\n\nhelp: await what the test spawns before it returns",
            facts.test
        ),
    )
}

const _: () = {
    const fn assert_send_sync<T: Send + Sync + 'static>() {}
    assert_send_sync::<Session>();
};
