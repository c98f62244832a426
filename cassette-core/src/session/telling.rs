//! What becomes of a session, for whoever runs the tests.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::opening::Subject;
use crate::disk;
use crate::error::Error;
use crate::event::{CassetteState, Event, Outcome};
use crate::plan::{Plan, State};
use crate::session::traffic::Misses;
use crate::session::{Inner, Traffic};
use crate::settings::Settings;
use crate::storage;

/// Adds lines to the file that `CASSETTE_EVENTS` names. That it cannot is no reason for a test to fail.
#[derive(Clone, Debug)]
pub(crate) struct Teller {
    file: Option<PathBuf>,
    event: Event,
    began: Instant,
}

/// What was done.
#[derive(Clone, Copy, Default)]
struct Counts {
    recorded: usize,
    played: usize,
    unplayed: usize,
    misses: usize,
}

impl Teller {
    pub(super) fn new(subject: &Subject, settings: &Settings, package_dir: &Path) -> Self {
        // Where nobody listens, nothing is asked of the disk.
        let event = match &settings.events {
            Some(_) => event(subject, settings, package_dir),
            None => Event::current(),
        };
        Self {
            file: settings.events.clone(),
            event,
            began: Instant::now(),
        }
    }

    pub(super) fn note_state(&mut self, state: &State) {
        self.event.state = Some(match state {
            State::Missing => CassetteState::Missing,
            State::Fresh => CassetteState::Fresh,
            State::Stale(_) => CassetteState::Stale,
            State::Expired { .. } => CassetteState::Expired,
        });
        self.event.changed = match state {
            State::Stale(changes) => changes.iter().map(|change| change.of.to_string()).collect(),
            _ => Vec::new(),
        };
    }

    pub(super) fn note_plan(&mut self, plan: Plan) {
        self.event.plan = Some(plan.to_string());
    }

    /// Says that the session has begun. That it cannot is told at the end, once.
    pub(super) fn begin(&self) {
        let _ = self.write(&self.event);
    }

    /// Says that it did not come to a session.
    pub(super) fn refuse(&self, error: &Error) -> Option<String> {
        self.end(Outcome::Failed, Some(error), Counts::default())
    }

    /// Says how the session has ended.
    fn end(&self, outcome: Outcome, failure: Option<&Error>, counts: Counts) -> Option<String> {
        let reason = failure.map(ToString::to_string);
        let took = self.began.elapsed().as_millis();
        self.write(&Event {
            outcome: Some(outcome),
            failure: failure.map(|error| error.kind_name().to_owned()),
            reason: reason.and_then(|reason| Some(reason.lines().next()?.to_owned())),
            recorded: counts.recorded,
            played: counts.played,
            unplayed: counts.unplayed,
            misses: counts.misses,
            duration_ms: u64::try_from(took).unwrap_or(u64::MAX),
            ..self.event.clone()
        })
    }

    fn write(&self, event: &Event) -> Option<String> {
        let file = self.file.as_deref()?;
        let line = event.line().map_err(std::io::Error::other);
        let written = line.and_then(|line| disk::append(file, &line));
        let told = |error| {
            format!(
                "cannot write what becomes of {} to {} (CASSETTE_EVENTS): {error}",
                event.test,
                file.display()
            )
        };
        written.err().map(told)
    }
}

impl Inner {
    /// Says how the session has ended. Returns a notice where that cannot be said.
    pub(super) fn tell(
        &self,
        traffic: &Traffic,
        outcome: Outcome,
        failure: Option<&Error>,
    ) -> Option<String> {
        let must_play = self.plan.only_plays();
        let counts = Counts {
            recorded: traffic.recorder.count(),
            played: traffic.player.played(),
            unplayed: if must_play {
                traffic.player.unplayed().len()
            } else {
                0
            },
            misses: traffic.misses.as_ref().map_or(0, Misses::count),
        };
        self.teller.end(outcome, failure, counts)
    }
}

/// Returns what is known before the cassette is looked at.
fn event(subject: &Subject, settings: &Settings, package_dir: &Path) -> Event {
    let path = |id| storage::file(&settings.dir, id, settings.compress);
    Event {
        test: subject.user.clone(),
        function: subject.function.clone(),
        source: subject.source.clone(),
        package: package_dir.to_owned(),
        dir: settings.dir.clone(),
        cassette: path(&subject.id),
        extends: settings.extends.iter().map(path).collect(),
        mode: settings.mode.to_string(),
        keep: settings.keep.clone(),
        ..Event::current()
    }
}
