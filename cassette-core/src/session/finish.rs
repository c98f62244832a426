use std::sync::{Arc, Mutex, PoisonError};

use http::StatusCode;

use crate::error::{Error, Kind, Result};
use crate::event::Outcome;
use crate::interaction::{Interaction, Recorded};
use crate::mode::Unused;
use crate::plan::Plan;
use crate::received::Received;
use crate::report::{self, first_line};
use crate::session::masking::Captured;
use crate::session::{Inner, Traffic};
use crate::storage::Storage;

/// How a session ended.
#[derive(Debug, Default)]
pub(crate) struct Finished {
    /// What is worth a line, whatever became of the test.
    pub(crate) notices: Vec<String>,
    /// Why the test must fail although its body passed.
    pub(crate) failure: Option<Error>,
}

impl Inner {
    pub(crate) fn finish(&self, passed: bool) -> Finished {
        self.companions.end();
        if !self.close() {
            return Finished::default();
        }
        if passed && self.recording.is_some() && self.traffic().misses.is_none() {
            self.prepare();
        }
        let finished = self.conclude(&self.traffic(), passed);
        self.storage.iter().for_each(Storage::release);
        finished
    }

    /// Lets nothing more in; returns false where that was done before.
    fn close(&self) -> bool {
        let mut traffic = self.traffic();
        if std::mem::replace(&mut traffic.ended, true) {
            return false;
        }
        let open = traffic.recorder.open();
        drop(traffic);
        let captured = self.as_far_as_they_came(open);
        let mut traffic = self.traffic();
        for (slot, captured) in captured {
            // The failure is noted, and told at the end.
            let _ = self.record(&mut traffic, slot, captured);
        }
        self.settle(&mut traffic);
        true
    }

    /// Checks, and saves or keeps aside what was recorded.
    fn conclude(&self, traffic: &Traffic, passed: bool) -> Finished {
        let mut notices = self.notices.clone();
        notices.extend(self.fallbacks(traffic));
        let checked = self.check(traffic, passed, &mut notices);
        let checked = checked.map_err(|error| self.explained(error));
        if !passed && checked.is_ok() {
            notices.extend(self.rechecked_in_vain());
        }
        if !passed || checked.is_err() {
            // It may have failed for want of what was masked.
            let given = traffic.player.given().chain(traffic.shared.given());
            notices.extend(report::placeholders(given));
            notices.extend(traffic.explanations.iter().cloned());
        }
        let saved = match (&self.recording, &self.storage) {
            (Some(recording), Some(storage)) => {
                let save = passed && checked.is_ok();
                self.end_recording(recording, storage, traffic, save, &mut notices)
            }
            (None, _) if !passed || checked.is_err() => Ok(Outcome::Failed),
            (None, Some(storage)) => self.stamp(storage, &mut notices),
            _ => Ok(Outcome::Forwarded),
        };
        let outcome = *saved.as_ref().unwrap_or(&Outcome::Failed);
        let failure = checked.and(saved.map(drop)).err();
        notices.extend(self.tell(traffic, outcome, failure.as_ref()));
        Finished { notices, failure }
    }

    /// Records the responses that are still coming, while nothing is locked.
    fn as_far_as_they_came(
        &self,
        open: Vec<(usize, Arc<Mutex<Received>>)>,
    ) -> Vec<(usize, Captured)> {
        let captured = open.into_iter().map(|(slot, received)| {
            let received = received.lock().unwrap_or_else(PoisonError::into_inner);
            (slot, self.captured(slot, self.response(&received)))
        });
        captured.collect()
    }

    /// A person reads it, so it is masked by what the environment knows as well.
    fn fallbacks(&self, traffic: &Traffic) -> Option<String> {
        let (first, number) = traffic.fallbacks.as_ref()?;
        let first = self.for_people(first);
        Some(report::fallbacks(&self.facts, &first, *number))
    }

    /// Is there a reason to fail, or not to save?
    fn check(&self, traffic: &Traffic, passed: bool, notices: &mut Vec<String>) -> Result<()> {
        if let Some(misses) = &traffic.misses {
            return Err(Error::new(Kind::Unmatched, misses.report()));
        }
        if let Some(failure) = &traffic.failure {
            return Err(Error::new(Kind::Storage, failure));
        }
        if !passed {
            // It may have failed for what has drifted, or in spite of it.
            notices.extend(self.drift(traffic));
            return Ok(());
        }
        if self.recording.is_some() {
            self.check_saveable(traffic)?;
            notices.extend(self.dubious(traffic));
        }
        if traffic.recorder.in_flight().next().is_some() {
            return Err(self.in_flight(traffic));
        }
        if self.plan.only_plays() {
            self.check_unplayed(traffic, notices)?;
        }
        self.check_drift(traffic, notices)
    }

    /// Is there a reason not to save what is recorded?
    pub(super) fn check_saveable(&self, traffic: &Traffic) -> Result<()> {
        self.check_blocked(traffic)?;
        self.check_variables(traffic)?;
        let patterns = self.settings.reject_status.as_deref().unwrap_or_default();
        let refused = self.of_status(traffic, |status| {
            patterns.iter().any(|pattern| pattern.matches(status))
        });
        if refused.is_empty() {
            return Ok(());
        }
        let report = report::refused_statuses(&self.facts, &refused);
        Err(Error::new(Kind::Rejected, report))
    }

    /// Answers that may not be what the test is about, where nobody has said that they are.
    fn dubious(&self, traffic: &Traffic) -> Option<String> {
        if self.settings.reject_status.is_some() {
            return None;
        }
        let found = self.of_status(traffic, |status| {
            status.is_server_error() || matches!(status.as_u16(), 401 | 403 | 429)
        });
        (!found.is_empty()).then(|| report::dubious_statuses(&self.facts, &found))
    }

    /// Where the old recording was tried with a changed function, that is why it failed.
    fn explained(&self, error: Error) -> Error {
        if self.changes.is_empty() {
            return error;
        }
        let changed = self.facts.changed(&self.changes);
        error.with_notes(&[format!("{changed}, and its recording no longer fits")])
    }

    /// The test failed by itself: that may be so because what it was given is old.
    fn rechecked_in_vain(&self) -> Option<String> {
        let (changed, shown) = (self.facts.changed(&self.changes), &self.facts.cassette);
        (!self.changes.is_empty()).then(|| {
            format!(
                "{changed}, and the test failed with what {shown} holds: {}",
                self.facts.again("record")
            )
        })
    }

    /// Returns the new answers of such a status, each with its number in the file and its request.
    fn of_status(
        &self,
        traffic: &Traffic,
        is_meant: impl Fn(StatusCode) -> bool,
    ) -> Vec<(usize, StatusCode, String)> {
        let status = |interaction: &Interaction| match &interaction.recorded {
            Recorded::Response(response) => {
                Some(response.status).filter(|status| is_meant(*status))
            }
            Recorded::Error(_) => None,
        };
        let new = traffic.recorder.interactions();
        if !new.iter().any(|interaction| status(interaction).is_some()) {
            return Vec::new();
        }
        let interactions = self.recorded_so_far(traffic).into_iter().enumerate();
        let found = interactions.filter_map(|(number, (interaction, is_new))| {
            let status = status(&interaction).filter(|_| is_new)?;
            Some((number, status, report::line(&interaction.request)))
        });
        found.collect()
    }

    /// What was learned since they were sent is masked in them.
    fn in_flight(&self, traffic: &Traffic) -> Error {
        let again = |request| self.settings.redactor.request_again(request).value;
        let requests: Vec<_> = traffic.recorder.in_flight().map(again).collect();
        let report = report::in_flight(&self.facts, requests.iter());
        Error::new(Kind::Rejected, report)
    }

    /// An update is also answerable for what was there before.
    fn check_blocked(&self, traffic: &Traffic) -> Result<()> {
        let (numbers, recorder) = (traffic.recorder.numbers(), &traffic.recorder);
        let new = traffic.blocked.iter().filter_map(|(slot, blocked)| {
            let number = *numbers.get(slot)?;
            Some((number, recorder.at(*slot)?.request, blocked.clone()))
        });
        let old = self.old.iter().filter(|_| self.plan == Plan::Update);
        let old = old.flat_map(|old| old.interactions.iter().enumerate());
        let old = old.filter(|(number, _)| !traffic.player.removed()[*number]);
        let old = old.flat_map(|(number, interaction)| {
            let masked = self.settings.redactor.again(interaction);
            // Not the old request: what is refused may stand in its URL.
            let request = masked.value.request;
            let blocked = masked.blocked.into_iter();
            blocked.map(move |blocked| (number, Arc::clone(&request), blocked))
        });
        let found: Vec<_> = new.chain(old).collect();
        if found.is_empty() {
            return Ok(());
        }
        let report = report::blocked(&self.facts, &found);
        Err(Error::new(Kind::Secret, report))
    }

    fn check_unplayed(&self, traffic: &Traffic, notices: &mut Vec<String>) -> Result<()> {
        let unplayed = traffic.player.unplayed();
        let unused = match (self.plan, self.settings.unused) {
            // A recording that is checked again must fit as a whole.
            (Plan::Recheck, _) => Unused::Fail,
            // What was asked for in its place went to the network, as the environment allows.
            (_, Unused::Fail) if traffic.fallbacks.is_some() => Unused::Warn,
            (_, unused) => unused,
        };
        if unplayed.is_empty() || unused == Unused::Allow {
            return Ok(());
        }
        let player = &traffic.player;
        let unplayed = unplayed.iter().map(|number| player.number(*number));
        let unplayed: Vec<_> = unplayed.collect();
        let report = report::unused(&self.facts, player.shown(), &unplayed);
        if unused == Unused::Fail {
            return Err(Error::new(Kind::Unused, report));
        }
        notices.push(format!(
            "{} in {}",
            first_line(&report),
            self.facts.cassette
        ));
        Ok(())
    }
}
