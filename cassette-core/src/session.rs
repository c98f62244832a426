pub(crate) mod finish;
mod masking;
pub(crate) mod opening;
mod pending;
mod playback;
mod receiving;
mod waiting;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::Method;

use crate::cassette::Cassette;
use crate::error::{Error, Kind, Result};
use crate::interaction::{Recorded, RecordedRequest};
use crate::journal::Journal;
use crate::mode::Mode;
use crate::plan::Plan;
use crate::player::{Found, Player};
use crate::recorder::Recorder;
use crate::redact::{Blocked, Masked};
use crate::report::{self, Facts, Miss, Why};
use crate::settings::Settings;
use crate::storage::Storage;
use finish::Finished;
pub use pending::PendingInteraction;
pub use playback::{Content, Failure, Piece, Playback, PlayedBody};
pub use receiving::PendingResponse;
pub use waiting::Waiting;

/// One test's cassette in use: what adapters consult for each request.
///
/// Cheap to clone; all clones are the same session.
#[derive(Clone, Debug)]
pub struct Session(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) facts: Facts,
    pub(crate) settings: Settings,
    pub(crate) plan: Plan,
    pub(crate) storage: Option<Storage>,
    /// What was there when the session began.
    pub(crate) old: Option<Cassette>,
    pub(crate) recording: Option<Recording>,
    /// What there was to say when the session began.
    pub(crate) notices: Vec<String>,
    pub(crate) traffic: Mutex<Traffic>,
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
}

/// What changes from request to request.
#[derive(Debug)]
pub(crate) struct Traffic {
    pub(crate) player: Player,
    pub(crate) recorder: Recorder,
    pub(crate) last_played: Option<usize>,
    pub(crate) misses: Option<Misses>,
    /// What looks like a secret, by the place of its interaction.
    pub(crate) blocked: Vec<(usize, Blocked)>,
    /// How large the recording was when all of it was masked last.
    pub(crate) masked: u64,
    /// The first failure to write the journal.
    pub(crate) failure: Option<String>,
    pub(crate) ended: bool,
}

impl Traffic {
    pub(crate) fn new(player: Player) -> Self {
        Self {
            player,
            recorder: Recorder::default(),
            last_played: None,
            misses: None,
            blocked: Vec::new(),
            masked: 0,
            failure: None,
            ended: false,
        }
    }

    pub(crate) fn miss(&mut self, report: &str) {
        match &mut self.misses {
            Some(misses) => misses.more += 1,
            None => {
                let first = report.to_owned();
                self.misses = Some(Misses { first, more: 0 });
            }
        }
    }
}

/// Requests without an answer: the report of the first, and how many came after it.
#[derive(Debug)]
pub(crate) struct Misses {
    first: String,
    more: usize,
}

impl Misses {
    pub(crate) fn report(&self) -> String {
        match self.more {
            0 => self.first.clone(),
            more => format!(
                "{}\n\n(and {} more without an answer)",
                self.first,
                report::count(more, "request")
            ),
        }
    }
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
    /// Send it; nothing is recorded.
    Forward,
}

impl Session {
    /// Says what to do with a request: play, record or forward.
    ///
    /// Neither the network nor the disk is touched, so any adapter can call it, a blocking one too.
    ///
    /// # Errors
    ///
    /// When no recorded interaction answers the request, with a report that shows the difference;
    /// the test fails for it at its end as well. When the session has ended.
    pub fn intercept(&self, request: &http::Request<Bytes>) -> Result<Decision> {
        let inner = &self.0;
        if inner.plan == Plan::Forward {
            return Ok(Decision::Forward);
        }
        let masked = inner.settings.redactor.request(request);
        let recorded = &masked.value;
        let found = match inner.plan {
            Plan::Record => Found::Unknown,
            _ => self.take(recorded)?,
        };
        match found {
            Found::Play(number) => Ok(self.play(number)),
            // An update that sent it would record it a second time.
            Found::OutOfOrder { .. } => Err(self.miss(recorded, found)),
            _ if inner.plan == Plan::Play => Err(self.miss(recorded, found)),
            _ => self.reserve(masked, request.method()),
        }
    }

    /// Finds the answer to a request and marks it as played.
    fn take(&self, request: &RecordedRequest) -> Result<Found> {
        let matcher = &self.0.settings.matcher;
        let key = matcher.key(request);
        let mut traffic = self.open_traffic()?;
        let found = traffic.player.take(key, request, matcher);
        if let Found::Play(number) = found {
            traffic.last_played = Some(number);
        }
        Ok(found)
    }

    fn play(&self, number: usize) -> Decision {
        let traffic = self.traffic();
        let interaction = &traffic.player.interactions()[number];
        match &interaction.recorded {
            Recorded::Response(response) => {
                let (request, response) = (Arc::clone(&interaction.request), Arc::clone(response));
                Decision::Play(Playback::new(self.clone(), request, response))
            }
            Recorded::Error(_) if interaction.is_cancelled() => {
                let report = self.0.cancelled(&traffic.player, &interaction.request);
                Decision::Wait(Waiting::new(self.clone(), report))
            }
            Recorded::Error(error) => Decision::Fail(Failure::new(self, Arc::clone(error))),
        }
    }

    /// Keeps a place in the recording, in the order in which requests are issued.
    fn reserve(&self, request: Masked<RecordedRequest>, method: &Method) -> Result<Decision> {
        let mut traffic = self.open_traffic()?;
        let after = traffic.last_played;
        let slot = traffic
            .recorder
            .reserve(request.value, request.known, after);
        traffic.block(slot, request.blocked);
        let pending = PendingInteraction::new(self.clone(), slot, method);
        Ok(Decision::Record(pending))
    }

    fn miss(&self, request: &RecordedRequest, found: Found) -> Error {
        // Where this fails the report knows fewer secrets, and the failure is told in a recording.
        let _ = self.0.settings.learn_environment();
        let request = &self.0.settings.redactor.request_again(request).value;
        let mut traffic = self.traffic();
        let report = self.0.miss(&traffic.player, request, found);
        traffic.miss(&report);
        Error::new(Kind::Unmatched, report)
    }

    fn open_traffic(&self) -> Result<MutexGuard<'_, Traffic>> {
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

    fn miss(&self, player: &Player, request: &RecordedRequest, found: Found) -> String {
        let (interactions, matcher) = (player.interactions(), &self.settings.matcher);
        let why = match found {
            Found::Exhausted(0) => Why::NeverAnswered,
            Found::Exhausted(answers) => Why::Exhausted(answers),
            Found::OutOfOrder { due } => Why::OutOfOrder {
                due,
                request: &interactions[due].request,
            },
            Found::Play(_) | Found::Unknown => match player.nearest(request, matcher) {
                Some((number, mismatch)) => Why::Closest { number, mismatch },
                None => Why::NothingSimilar(interactions),
            },
        };
        self.report(player, request, why)
    }

    /// What to say when the test waits for ever for an answer that it gave up before.
    fn cancelled(&self, player: &Player, request: &RecordedRequest) -> String {
        self.report(player, request, Why::Cancelled)
    }

    fn report(&self, player: &Player, request: &RecordedRequest, why: Why<'_>) -> String {
        let (interactions, played) = (player.interactions().len(), player.played());
        let miss = Miss {
            request,
            interactions,
            played,
            why,
        };
        report::miss(&self.facts, &miss)
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
