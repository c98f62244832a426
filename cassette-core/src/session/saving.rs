//! What becomes of a recording.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::cassette::Cassette;
use crate::error::Result;
use crate::event::Outcome;
use crate::interaction::Interaction;
use crate::mode::Mode;
use crate::plan::Plan;
use crate::report::{self, count};
use crate::rerecord::{insert, settle};
use crate::session::{Inner, Recording, Traffic};
use crate::storage::Storage;

impl Inner {
    /// What can be written neither here nor there stays in the journal.
    pub(super) fn end_recording(
        &self,
        recording: &Recording,
        storage: &Storage,
        traffic: &Traffic,
        save: bool,
        notices: &mut Vec<String>,
    ) -> Result<Outcome> {
        let written = if save {
            self.save(recording, storage, traffic)
        } else {
            self.reject(recording, storage, traffic)
        };
        match &written {
            Ok((_, notice)) => {
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
        .and(written.map(|(outcome, _)| outcome))
    }

    fn save(
        &self,
        recording: &Recording,
        storage: &Storage,
        traffic: &Traffic,
    ) -> Result<(Outcome, Option<String>)> {
        let cassette = self.cassette(recording, traffic);
        let is_changed = self.save_changes(storage, traffic, &cassette)?;
        if !recording.keeps_rejected {
            storage.clear_rejected()?;
        }
        let outcome = if is_changed {
            Outcome::Recorded
        } else {
            Outcome::Unchanged
        };
        Ok((outcome, self.saved_notice(traffic, &cassette, !is_changed)))
    }

    /// Writes the cassette, unless it is what the file holds. Returns true where it has changed.
    pub(super) fn save_changes(
        &self,
        storage: &Storage,
        traffic: &Traffic,
        cassette: &Cassette,
    ) -> Result<bool> {
        let same = self.old.as_ref().filter(|old| ***old == *cassette);
        let is_changed = same.is_none() || traffic.is_saved;
        if is_changed || !same.is_some_and(|old| storage.is_settled(old)) {
            storage.save(cassette)?;
        }
        Ok(is_changed)
    }

    fn reject(
        &self,
        recording: &Recording,
        storage: &Storage,
        traffic: &Traffic,
    ) -> Result<(Outcome, Option<String>)> {
        let recorded = traffic.recorder.count();
        if recorded == 0 || recording.is_import {
            return Ok((Outcome::Failed, None));
        }
        let path = storage.reject(&self.cassette(recording, traffic))?;
        let (test, kept) = (&self.facts.test, count(recorded, "interaction"));
        let notice = format!("the recording of {test} is not saved; {kept} kept in {path}");
        Ok((Outcome::Rejected, Some(notice)))
    }

    /// Notes that the old recording still fits the code as it is now.
    pub(super) fn stamp(&self, storage: &Storage, notices: &mut Vec<String>) -> Result<Outcome> {
        let (Plan::Recheck, Some(old)) = (self.plan, &self.old) else {
            return Ok(Outcome::Played);
        };
        let (changed, shown) = (self.facts.changed(&self.changes), &self.facts.cassette);
        notices.push(format!(
            "{changed}, and {shown} still answers all its requests"
        ));
        if self.settings.mode == Mode::Replay {
            return Ok(Outcome::Played);
        }
        let (lock, left_over) = storage.begin()?;
        notices.extend(left_over.as_deref().map(report::left_over));
        // Another process may have recorded it meanwhile.
        if storage.load()?.as_ref() != Some(old) {
            return Ok(Outcome::Played);
        }
        let mut cassette = Cassette::clone(old);
        cassette.stamp(self.hashes.clone());
        let saved = storage.save(&cassette);
        drop(lock);
        saved.map(|()| Outcome::Recorded)
    }

    /// Returns the cassette as it will be saved.
    pub(super) fn cassette(&self, recording: &Recording, traffic: &Traffic) -> Cassette {
        let redactor = &self.settings.redactor;
        let mut cassette = match (&self.old, self.plan) {
            (Some(old), Plan::Update) => self.updated(old, traffic),
            (old, _) => {
                let mut head = recording.head.clone();
                head.variables = self.variables(traffic);
                return self.recorded(old.as_deref(), traffic.recorder.interactions(), head);
            }
        };
        for interaction in &mut cassette.interactions {
            *interaction = redactor.again(interaction).value;
        }
        cassette
    }

    /// Returns the interactions as they will stand in the file, each with whether it is new.
    pub(super) fn recorded_so_far(&self, traffic: &Traffic) -> Vec<(Interaction, bool)> {
        let Some(recording) = &self.recording else {
            return Vec::new();
        };
        let (cassette, old) = match (&self.old, self.plan) {
            (Some(old), Plan::Update) => (self.updated(old, traffic), &old.interactions[..]),
            _ => (self.cassette(recording, traffic), &[][..]),
        };
        // What stays in an update is the same request, not an equal one.
        let same = |interaction: &Interaction| Arc::as_ptr(&interaction.request);
        let old: HashSet<_> = old.iter().map(same).collect();
        let told = |interaction: Interaction| {
            let is_new = !old.contains(&same(&interaction));
            (interaction, is_new)
        };
        cassette.interactions.into_iter().map(told).collect()
    }

    /// An update adds; the age and the hashes of what was there stay, but for those that were missing.
    fn updated(&self, old: &Cassette, traffic: &Traffic) -> Cassette {
        let mut cassette = old.clone();
        cassette.interactions = insert(
            &traffic.recorder.placed(),
            &old.interactions,
            traffic.player.removed(),
            &self.settings.matcher,
        );
        cassette.variables = self.variables(traffic);
        cassette.stamp(old.lacks(&self.hashes));
        cassette
    }

    /// Masked by what has been learned since they were made.
    pub(super) fn variables(&self, traffic: &Traffic) -> BTreeMap<String, String> {
        let redactor = &self.settings.redactor;
        let variables = traffic.variables.iter();
        variables
            .map(|(name, value)| (name.clone(), redactor.variable(value)))
            .collect()
    }

    /// A recording that brought nothing new stays as old as it was, so that its file need not
    /// change; with `max_age` it is young again.
    fn recorded(&self, old: Option<&Cassette>, new: Vec<Interaction>, head: Cassette) -> Cassette {
        let mut cassette = head;
        let Some(old) = old else {
            cassette.interactions = new;
            return cassette;
        };
        cassette.interactions = settle(
            new,
            &old.interactions,
            &self.settings.matcher,
            self.settings.order,
            &self.settings.volatile,
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
            Plan::Update if traffic.recorder.count() == 0 => Some(format!("updated {shown}")),
            Plan::Update => Some(format!("recorded {new} more into {shown}")),
            _ if unchanged => Some(format!("recorded {shown} again; nothing has changed")),
            _ => Some(format!(
                "recorded {} into {shown}",
                count(cassette.interactions.len(), "interaction")
            )),
        }
    }
}
