mod notices;
mod starting;

use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use crate::cassette::{Cassette, Hashes};
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::id::CassetteId;
use crate::interaction::Interaction;
use crate::journal::Lock;
use crate::mode::Mode;
use crate::plan::{Plan, State, plan};
use crate::report::{self, Facts};
use crate::session::{Recording, Session, Teller};
use crate::settings::Settings;
use crate::storage::{Storage, load_shared};
use starting::changes;

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
    pub(crate) hashes: Hashes,
    pub(crate) imported: Option<Imported>,
}

/// What is known of traffic that something else has recorded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Imported {
    pub(crate) recorded_at: SystemTime,
    /// It may take the place of a cassette that is there.
    pub(crate) replaces: bool,
}

impl Subject {
    /// Resolves the configuration, takes the cassette and opens the session.
    ///
    /// # Errors
    ///
    /// When it cannot be used. Whoever runs the tests is told that, too.
    pub(crate) fn open(self, config: Config, package_dir: &Path) -> Result<Session> {
        let mut settings = Settings::resolve(config, package_dir, &self.test)?;
        if self.imported.is_some() {
            // Neither CI nor a variable can ask for less: nothing goes to the network.
            (settings.mode, settings.why_mode) = (Mode::Record, "");
        }
        let mut teller = Teller::new(&self, &settings, package_dir);
        let opened = self.open_with(settings, package_dir, &mut teller);
        opened.map_err(|error| match teller.refuse(&error) {
            Some(notice) => error.with_notes(&[notice]),
            None => error,
        })
    }

    fn open_with(
        self,
        settings: Settings,
        package_dir: &Path,
        teller: &mut Teller,
    ) -> Result<Session> {
        let storage = match settings.mode {
            Mode::Live => None,
            _ => Some(Storage::claim(
                &settings.dir,
                &self.id,
                package_dir,
                &self.user,
                settings.compress,
                settings.pool.clone(),
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
            rechecks: false,
        };
        if settings.extends.contains(&self.id) {
            return Err(Error::new(
                Kind::Config,
                format!(
                    "`extends` of the cassette {0} names {0} itself: take it out",
                    self.id
                ),
            ));
        }
        let shared = shared(&settings, package_dir)?;
        let (source, hashes, imported) = (self.source, self.hashes, self.imported);
        Opening {
            facts,
            settings,
            source,
            hashes,
            imported,
            storage,
            shared,
            teller,
        }
        .open()
    }
}

/// A session that is about to begin.
#[derive(Debug)]
struct Opening<'a> {
    facts: Facts,
    settings: Settings,
    source: Option<String>,
    hashes: Hashes,
    imported: Option<Imported>,
    storage: Option<Storage>,
    /// What other cassettes lend.
    shared: Vec<Interaction>,
    teller: &'a mut Teller,
}

/// Returns what the cassettes hold that this one extends.
fn shared(settings: &Settings, package_dir: &Path) -> Result<Vec<Interaction>> {
    let mut shared = Vec::new();
    if settings.mode == Mode::Live {
        return Ok(shared);
    }
    for id in &settings.extends {
        let cassette = load_shared(&settings.dir, id, package_dir, settings.pool.as_ref())?;
        shared.extend_from_slice(cassette.interactions());
    }
    Ok(shared)
}

impl Opening<'_> {
    /// Looks at the cassette and decides, once, what will be done.
    fn open(mut self) -> Result<Session> {
        let (old, state) = self.look()?;
        match (self.plan(&state), &self.storage) {
            (Plan::Refuse, _) => Err(self.refusal(&state)),
            (Plan::Record | Plan::Update, Some(storage)) => {
                let (lock, left_over) = storage.begin()?;
                self.open_locked(lock, left_over.as_deref())
            }
            (plan, _) => {
                if plan == Plan::Verify {
                    self.settings.learn_environment()?;
                }
                let notices = self.notices(old.as_deref(), &state, plan).collect();
                Ok(self.start(plan, old, changes(state), None, notices))
            }
        }
    }

    /// Looks again: another process may have recorded the cassette while this one waited.
    fn open_locked(mut self, lock: Lock, left_over: Option<&str>) -> Result<Session> {
        let (old, state) = self.look()?;
        self.refuse_replaced(old.as_deref())?;
        let plan = self.plan(&state);
        let left_over = left_over.map(report::left_over);
        let recording = match plan {
            Plan::Refuse => return Err(self.refusal(&state)),
            Plan::Record | Plan::Update => {
                self.settings.learn_environment()?;
                let target = self.storage.as_ref().map(Storage::target);
                self.facts.cassette = target.unwrap_or_default();
                let journal_head = self.journal_head(old.as_deref(), plan);
                Some(Recording {
                    head: self.head(),
                    journal: lock.start(&journal_head)?,
                    journal_head,
                    keeps_rejected: left_over.is_some(),
                    is_import: self.imported.is_some(),
                })
            }
            Plan::Play | Plan::Recheck | Plan::Verify | Plan::Forward => None,
        };
        let notices = left_over
            .into_iter()
            .chain(self.notices(old.as_deref(), &state, plan))
            .collect();
        Ok(self.start(plan, old, changes(state), recording, notices))
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
        let (source, hashes) = (self.source.clone(), self.hashes.clone());
        let recorded_at = self.imported.map(|imported| imported.recorded_at);
        let recorded_at = recorded_at.unwrap_or_else(SystemTime::now);
        Cassette::new(self.facts.test.clone(), source, recorded_at, hashes)
    }

    /// Loads the cassette and sees how it stands to the test.
    fn look(&mut self) -> Result<(Option<Arc<Cassette>>, State)> {
        let cassette = self
            .storage
            .as_ref()
            .map(Storage::load)
            .transpose()?
            .flatten();
        if self.settings.mode != Mode::Record {
            self.refuse_foreign(cassette.as_deref())?;
        }
        let settings = &self.settings;
        let state = State::of(
            cassette.as_deref(),
            &self.hashes,
            settings,
            SystemTime::now(),
        );
        self.teller.note_state(&state);
        Ok((cassette, state))
    }

    /// What somebody recorded is worth more than a file that can be imported again.
    fn refuse_replaced(&self, cassette: Option<&Cassette>) -> Result<()> {
        match (cassette, self.imported) {
            (Some(cassette), Some(imported)) if !imported.replaces => Err(Error::new(
                Kind::Rejected,
                report::occupied(&self.facts, cassette.test()),
            )),
            _ => Ok(()),
        }
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

    fn plan(&mut self, state: &State) -> Plan {
        let settings = &self.settings;
        let planned = plan(settings.mode, state, settings.on_change, settings.on_expiry);
        // Without a cassette every request of a replay is one without an answer.
        let falls_back = settings.allows_fallback && settings.mode == Mode::Replay;
        let plan = match (planned, state) {
            (Plan::Refuse, State::Missing) if falls_back => Plan::Play,
            _ => planned,
        };
        self.teller.note_plan(plan);
        plan
    }

    fn refusal(&self, state: &State) -> Error {
        match state {
            State::Stale(changes) => Error::new(Kind::Stale, report::stale(&self.facts, changes)),
            State::Expired { age, max_age } => {
                Error::new(Kind::Expired, report::expired(&self.facts, *age, *max_age))
            }
            State::Missing | State::Fresh => {
                Error::new(Kind::MissingCassette, report::missing(&self.facts))
            }
        }
    }
}
