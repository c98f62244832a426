use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use crate::cassette::{Cassette, Fingerprint};
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::id::CassetteId;
use crate::interaction::Interaction;
use crate::journal::Lock;
use crate::latency::Latency;
use crate::mode::{Mode, Repeat};
use crate::plan::{Plan, State, plan};
use crate::player::Player;
use crate::report::{self, Facts};
use crate::session::{Inner, Recording, Session, Traffic};
use crate::settings::Settings;
use crate::storage::Storage;

/// Whose cassette is to be used.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) id: CassetteId,
    /// Module path, function and case, or what `scope` was given.
    pub(crate) test: String,
    /// The same with the case, also where the file is named by the case's arguments.
    pub(crate) user: String,
    pub(crate) function: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) fingerprint: Option<Fingerprint>,
}

impl Subject {
    /// Resolves the configuration, takes the cassette and opens the session.
    pub(crate) fn open(self, config: Config, package_dir: &Path) -> Result<Session> {
        let settings = Settings::resolve(config, package_dir, &self.test)?;
        let storage = match settings.mode {
            Mode::Live => None,
            _ => Some(Storage::claim(
                &settings.dir,
                &self.id,
                package_dir,
                &self.user,
            )?),
        };
        let facts = Facts {
            cassette: storage
                .as_ref()
                .map_or_else(String::new, |storage| storage.shown().to_owned()),
            mode: format!("{}{}", settings.mode, settings.why_mode),
            matching: settings.matcher.describe(),
            test: self.test,
            function: self.function,
        };
        let (source, fingerprint) = (self.source, self.fingerprint);
        Opening {
            facts,
            settings,
            source,
            fingerprint,
            storage,
        }
        .open()
    }
}

/// A session that is about to begin.
#[derive(Debug)]
struct Opening {
    facts: Facts,
    settings: Settings,
    source: Option<String>,
    fingerprint: Option<Fingerprint>,
    storage: Option<Storage>,
}

impl Opening {
    /// Looks at the cassette and decides, once, what will be done.
    fn open(self) -> Result<Session> {
        let (old, state) = self.look()?;
        match (self.plan(&state), &self.storage) {
            (Plan::Refuse, _) => Err(self.refusal(&state)),
            (Plan::Record | Plan::Update, Some(storage)) => {
                let (lock, left_over) = storage.begin()?;
                self.open_locked(lock, left_over)
            }
            (plan, _) => {
                let notices = self.notices(old.as_ref(), &state, plan).collect();
                Ok(self.start(plan, old, None, notices))
            }
        }
    }

    /// Looks again: another process may have recorded the cassette while this one waited.
    fn open_locked(self, lock: Lock, left_over: Option<String>) -> Result<Session> {
        let (old, state) = self.look()?;
        let plan = self.plan(&state);
        let left_over =
            left_over.map(|path| format!("what a killed recording had left is now in {path}"));
        let recording = match plan {
            Plan::Refuse => return Err(self.refusal(&state)),
            Plan::Record | Plan::Update => {
                self.settings.learn_environment()?;
                let journal_head = self.journal_head(old.as_ref(), plan);
                Some(Recording {
                    head: self.head(),
                    journal: lock.start(&journal_head)?,
                    journal_head,
                    keeps_rejected: left_over.is_some(),
                })
            }
            Plan::Play | Plan::Forward => None,
        };
        let notices = left_over
            .into_iter()
            .chain(self.notices(old.as_ref(), &state, plan))
            .collect();
        Ok(self.start(plan, old, recording, notices))
    }

    /// An update adds to what is there, so what is left of a killed one must hold that as well,
    /// whatever becomes of the files beside it.
    fn journal_head(&self, old: Option<&Cassette>, plan: Plan) -> Cassette {
        match old {
            Some(old) if plan == Plan::Update => {
                let mut head = old.clone();
                head.forget_files();
                head
            }
            _ => self.head(),
        }
    }

    /// What a recording will be, but for its interactions.
    fn head(&self) -> Cassette {
        let (source, fingerprint) = (self.source.clone(), self.fingerprint.clone());
        Cassette::new(
            self.facts.test.clone(),
            source,
            SystemTime::now(),
            fingerprint,
        )
    }

    /// Loads the cassette and sees how it stands to the test.
    fn look(&self) -> Result<(Option<Cassette>, State)> {
        let cassette = self
            .storage
            .as_ref()
            .map(Storage::load)
            .transpose()?
            .flatten();
        if self.settings.mode != Mode::Record {
            self.refuse_foreign(cassette.as_ref())?;
        }
        let settings = &self.settings;
        let state = State::of(
            cassette.as_ref(),
            self.fingerprint.as_ref(),
            settings,
            SystemTime::now(),
        );
        Ok((cassette, state))
    }

    /// Two tests with one name must not answer for each other. A source file that is gone was
    /// moved; nobody can own a cassette from there.
    fn refuse_foreign(&self, cassette: Option<&Cassette>) -> Result<()> {
        let Some(cassette) = cassette else {
            return Ok(());
        };
        let same_source = match (&self.source, &cassette.source, &self.storage) {
            (Some(ours), Some(theirs), Some(storage)) => {
                ours == theirs || !storage.has_source(theirs)
            }
            _ => true,
        };
        if cassette.test == self.facts.test && same_source {
            return Ok(());
        }
        Err(Error::new(
            Kind::Foreign,
            report::foreign(&self.facts, &cassette.test, cassette.source()),
        ))
    }

    fn plan(&self, state: &State) -> Plan {
        let settings = &self.settings;
        plan(settings.mode, state, settings.on_change, settings.on_expiry)
    }

    fn refusal(&self, state: &State) -> Error {
        match state {
            State::Stale(change) => Error::new(Kind::Stale, report::stale(&self.facts, change)),
            State::Expired { age, max_age } => {
                Error::new(Kind::Expired, report::expired(&self.facts, *age, *max_age))
            }
            State::Missing | State::Fresh => {
                Error::new(Kind::MissingCassette, report::missing(&self.facts))
            }
        }
    }

    /// What is worth a line before the test runs.
    fn notices(
        &self,
        old: Option<&Cassette>,
        state: &State,
        plan: Plan,
    ) -> impl Iterator<Item = String> {
        let unhashed = old
            .filter(|_| plan == Plan::Play && self.fingerprint.is_some())
            .filter(|old| !old.is_comparable());
        let unhashed = unhashed.map(|_| {
            format!(
                "{} has no hash of its function that is known here; it counts as fresh",
                self.facts.cassette
            )
        });
        let untimed = old.filter(|old| plan == Plan::Play && self.wants_times_of(old));
        let untimed = untimed.map(|_| {
            format!(
                "{} holds no times for `latency`: record it again to have them",
                self.facts.cassette
            )
        });
        let notice = self.notice(state, plan);
        notice.into_iter().chain(unhashed).chain(untimed)
    }

    /// It was recorded before anybody asked for its times.
    fn wants_times_of(&self, cassette: &Cassette) -> bool {
        let wanted = self.settings.latency.is_some_and(Latency::is_recorded);
        wanted && !cassette.interactions.iter().any(Interaction::is_timed)
    }

    fn notice(&self, state: &State, plan: Plan) -> Option<String> {
        let done = match plan {
            Plan::Record => "is recorded again",
            Plan::Play | Plan::Update => "is played all the same",
            Plan::Forward | Plan::Refuse => return None,
        };
        let cassette = &self.facts.cassette;
        match state {
            State::Stale(_) => Some(format!("{}; {cassette} {done}", self.facts.changed())),
            State::Expired { age, max_age } => Some(format!(
                "{cassette} {done}: {}",
                report::too_old(*age, *max_age)
            )),
            State::Missing | State::Fresh => None,
        }
    }

    fn start(
        self,
        plan: Plan,
        old: Option<Cassette>,
        recording: Option<Recording>,
        notices: Vec<String>,
    ) -> Session {
        let settings = self.settings;
        let recorded = old
            .as_ref()
            .map_or_else(Vec::new, |old| old.interactions.clone());
        // Only what is unplayed plays in an update, and what goes beyond asks the network.
        let repeat = if plan == Plan::Update {
            Repeat::Never
        } else {
            settings.repeat
        };
        let player = Player::new(recorded, &settings.matcher, settings.order, repeat);
        let traffic = Mutex::new(Traffic::new(player));
        let (facts, storage) = (self.facts, self.storage);
        Session(Arc::new(Inner {
            facts,
            settings,
            plan,
            storage,
            old,
            recording,
            notices,
            traffic,
        }))
    }
}
