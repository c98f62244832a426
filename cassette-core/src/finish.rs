use crate::cassette::{Cassette, Fingerprint, Interaction};
use crate::error::{Error, Kind, Result};
use crate::journal::Journal;
use crate::mode::Unused;
use crate::plan::Plan;
use crate::report::{self, count, first_line};
use crate::rerecord::settle;
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
        let mut traffic = self.traffic();
        if std::mem::replace(&mut traffic.ended, true) {
            return Finished::default();
        }
        let mut notices = self.notices.clone();
        let checked = self.check(&traffic, passed, &mut notices);
        let saved = match &self.journal {
            Some(_) => self.end_recording(&traffic, passed && checked.is_ok(), &mut notices),
            None => Ok(()),
        };
        let removed = self.journal.as_ref().map_or(Ok(()), Journal::remove);
        self.storage.iter().for_each(Storage::release);
        Finished {
            notices,
            failure: checked.and(saved).and(removed).err(),
        }
    }

    /// Is there a reason to fail, or not to save?
    fn check(&self, traffic: &Traffic, passed: bool, notices: &mut Vec<String>) -> Result<()> {
        if let Some(first) = traffic.misses.first() {
            let more = traffic.misses.len() - 1;
            let more = if more == 0 {
                String::new()
            } else {
                format!(
                    "\n\n(and {} more without an answer)",
                    count(more, "request")
                )
            };
            return Err(Error::new(Kind::Unmatched, format!("{first}{more}")));
        }
        if let Some(failure) = &traffic.failure {
            return Err(Error::new(Kind::Storage, failure));
        }
        if passed && traffic.recorder.in_flight().next().is_some() {
            return Err(Error::new(
                Kind::Rejected,
                report::in_flight(&self.facts, traffic.recorder.in_flight()),
            ));
        }
        if passed && self.plan == Plan::Play {
            self.check_unplayed(traffic, notices)
        } else {
            Ok(())
        }
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

    fn end_recording(
        &self,
        traffic: &Traffic,
        save: bool,
        notices: &mut Vec<String>,
    ) -> Result<()> {
        let Some(storage) = &self.storage else {
            return Ok(());
        };
        if save {
            let cassette = self.recording(traffic);
            let unchanged = self.old.as_ref() == Some(&cassette);
            storage.save(&cassette)?;
            notices.extend(self.saved_notice(traffic, &cassette, unchanged));
        } else if traffic.recorder.count() > 0 {
            let mut rejected = self.head.clone();
            rejected.interactions = traffic.recorder.interactions();
            let path = storage.reject(&rejected)?;
            let recorded = count(rejected.interactions.len(), "interaction");
            let test = &self.facts.test;
            notices.push(format!(
                "the recording of {test} is not saved; {recorded} kept in {path}"
            ));
        }
        Ok(())
    }

    /// Returns the cassette as it will be saved.
    fn recording(&self, traffic: &Traffic) -> Cassette {
        match (&self.old, self.plan) {
            (Some(old), Plan::Update) => {
                self.updated(old, traffic.recorder.insert_into(&old.interactions))
            }
            (old, _) => self.recorded(old.as_ref(), traffic.recorder.interactions()),
        }
    }

    /// An update adds; the age and the hashes of what was there stay, unless there were none.
    fn updated(&self, old: &Cassette, interactions: Vec<Interaction>) -> Cassette {
        let mut cassette = old.clone();
        cassette.interactions = interactions;
        if !old.fingerprint().is_some_and(Fingerprint::is_comparable) {
            cassette.fingerprint.clone_from(&self.head.fingerprint);
        }
        cassette
    }

    /// A recording that brought nothing new stays as old as it was, so that its file need not
    /// change; with `max_age` it is young again.
    fn recorded(&self, old: Option<&Cassette>, new: Vec<Interaction>) -> Cassette {
        let mut cassette = self.head.clone();
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
