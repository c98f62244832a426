use std::sync::Arc;

use crate::cassette::Cassette;
use crate::error::{Error, Kind, Result};
use crate::interaction::Interaction;
use crate::mode::Unused;
use crate::plan::Plan;
use crate::report::{self, count, first_line};
use crate::rerecord::{insert, settle};
use crate::session::{Inner, Recording, Traffic};
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
        let mut traffic = self.traffic();
        if std::mem::replace(&mut traffic.ended, true) {
            return Finished::default();
        }
        self.settle(&mut traffic);
        let mut notices = self.notices.clone();
        let checked = self.check(&traffic, passed, &mut notices);
        if !passed || checked.is_err() {
            // It may have failed for want of what was masked.
            notices.extend(report::placeholders(traffic.player.given()));
        }
        let saved = match (&self.recording, &self.storage) {
            (Some(recording), Some(storage)) => {
                let save = passed && checked.is_ok();
                self.end_recording(recording, storage, &traffic, save, &mut notices)
            }
            _ => Ok(()),
        };
        self.storage.iter().for_each(Storage::release);
        Finished {
            notices,
            failure: checked.and(saved).err(),
        }
    }

    /// What can be written neither here nor there stays in the journal.
    fn end_recording(
        &self,
        recording: &Recording,
        storage: &Storage,
        traffic: &Traffic,
        save: bool,
        notices: &mut Vec<String>,
    ) -> Result<()> {
        let written = if save {
            self.save(recording, storage, traffic)
        } else {
            self.reject(recording, storage, traffic)
        };
        match &written {
            Ok(notice) => {
                notices.extend(notice.clone());
                recording.journal.remove()
            }
            Err(_) => {
                notices.push(format!(
                    "what was recorded is in {}",
                    recording.journal.shown()
                ));
                recording.journal.keep()
            }
        }
        .and(written.map(drop))
    }

    fn save(
        &self,
        recording: &Recording,
        storage: &Storage,
        traffic: &Traffic,
    ) -> Result<Option<String>> {
        let cassette = self.cassette(recording, traffic);
        let same = self.old.as_ref().filter(|old| **old == cassette);
        let unchanged = same.is_some();
        if !same.is_some_and(|old| storage.owns_files_of(old)) {
            storage.save(&cassette)?;
        }
        if !recording.keeps_rejected {
            storage.clear_rejected()?;
        }
        Ok(self.saved_notice(traffic, &cassette, unchanged))
    }

    fn reject(
        &self,
        recording: &Recording,
        storage: &Storage,
        traffic: &Traffic,
    ) -> Result<Option<String>> {
        let recorded = traffic.recorder.count();
        if recorded == 0 {
            return Ok(None);
        }
        let path = storage.reject(&self.cassette(recording, traffic))?;
        let (test, kept) = (&self.facts.test, count(recorded, "interaction"));
        Ok(Some(format!(
            "the recording of {test} is not saved; {kept} kept in {path}"
        )))
    }

    /// Is there a reason to fail, or not to save?
    fn check(&self, traffic: &Traffic, passed: bool, notices: &mut Vec<String>) -> Result<()> {
        if let Some(misses) = &traffic.misses {
            return Err(Error::new(Kind::Unmatched, misses.report()));
        }
        if let Some(failure) = &traffic.failure {
            return Err(Error::new(Kind::Storage, failure));
        }
        if passed && self.recording.is_some() {
            self.check_blocked(traffic)?;
        }
        if passed && traffic.recorder.in_flight().next().is_some() {
            return Err(self.in_flight(traffic));
        }
        if passed && self.plan == Plan::Play {
            self.check_unplayed(traffic, notices)
        } else {
            Ok(())
        }
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
            Some((
                numbers[*slot]?,
                recorder.at(*slot)?.request,
                blocked.clone(),
            ))
        });
        let old = self.old.iter().filter(|_| self.plan == Plan::Update);
        let old = old.flat_map(|old| old.interactions.iter().enumerate());
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
        if unplayed.is_empty() || self.settings.unused == Unused::Allow {
            return Ok(());
        }
        let report = report::unused(&self.facts, traffic.player.interactions(), &unplayed);
        if self.settings.unused == Unused::Fail {
            return Err(Error::new(Kind::Unused, report));
        }
        notices.push(format!(
            "{} in {}",
            first_line(&report),
            self.facts.cassette
        ));
        Ok(())
    }

    /// Returns the cassette as it will be saved.
    fn cassette(&self, recording: &Recording, traffic: &Traffic) -> Cassette {
        let (head, recorder) = (&recording.head, &traffic.recorder);
        match (&self.old, self.plan) {
            (Some(old), Plan::Update) => {
                let matcher = &self.settings.matcher;
                let mut all = insert(&recorder.placed(), &old.interactions, matcher);
                let again = |interaction: &Interaction| self.settings.redactor.again(interaction);
                all.iter_mut()
                    .for_each(|interaction| *interaction = again(interaction).value);
                updated(old, all, head)
            }
            (old, _) => self.recorded(old.as_ref(), recorder.interactions(), head),
        }
    }

    /// A recording that brought nothing new stays as old as it was, so that its file need not
    /// change; with `max_age` it is young again.
    fn recorded(&self, old: Option<&Cassette>, new: Vec<Interaction>, head: &Cassette) -> Cassette {
        let mut cassette = head.clone();
        let Some(old) = old else {
            cassette.interactions = new;
            return cassette;
        };
        cassette.interactions = settle(
            new,
            &old.interactions,
            &self.settings.matcher,
            self.settings.order,
        );
        let mut aged = cassette.clone();
        aged.recorded_at = old.recorded_at;
        if aged == *old && self.settings.max_age.is_none() {
            aged
        } else {
            cassette
        }
    }

    fn saved_notice(
        &self,
        traffic: &Traffic,
        cassette: &Cassette,
        unchanged: bool,
    ) -> Option<String> {
        let shown = &self.facts.cassette;
        let new = count(traffic.recorder.count(), "interaction");
        match self.plan {
            Plan::Update if unchanged => None,
            Plan::Update => Some(format!("recorded {new} more into {shown}")),
            _ if unchanged => Some(format!("recorded {shown} again; nothing has changed")),
            _ => Some(format!(
                "recorded {} into {shown}",
                count(cassette.interactions.len(), "interaction")
            )),
        }
    }
}

/// An update adds; the age and the hashes of what was there stay, unless there were none.
fn updated(old: &Cassette, interactions: Vec<Interaction>, head: &Cassette) -> Cassette {
    let mut cassette = old.clone();
    cassette.interactions = interactions;
    if !old.is_comparable() {
        cassette.fingerprint.clone_from(&head.fingerprint);
    }
    cassette
}
