//! What is recorded, masked by all that is known, before a byte of it is written.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use crate::error::{Error, Result};
use crate::interaction::{Interaction, Recorded};
use crate::received::Received;
use crate::redact::{Blocked, Masked};
use crate::session::{Inner, Session, Traffic};

/// A recording of at most so many bytes is looked through for each secret that is learned; a larger one when
/// it has doubled since, so that the whole costs no more than twice its size.
const SMALL: u64 = 64 * 1024;

impl Session {
    /// Puts what came of a request into its place, and into the journal.
    pub(crate) fn record(&self, slot: usize, recorded: Masked<Recorded>) -> Result<()> {
        let mut traffic = self.traffic();
        if traffic.ended {
            return Ok(());
        }
        self.0.record(&mut traffic, slot, recorded)
    }
}

impl Traffic {
    pub(crate) fn block(&mut self, slot: usize, blocked: Vec<Blocked>) {
        self.blocked
            .extend(blocked.into_iter().map(|blocked| (slot, blocked)));
    }

    /// Returns those that are looked through now: the one that is new, and mostly the others.
    fn due(
        &mut self,
        mut behind: Vec<(usize, Interaction)>,
        slot: usize,
    ) -> Vec<(usize, Interaction)> {
        if behind.iter().all(|(number, _)| *number == slot) {
            return behind;
        }
        let size = self.recorder.size();
        if size > SMALL && size < 2 * self.masked {
            behind.retain(|(number, _)| *number == slot);
        } else {
            self.masked = size;
        }
        behind
    }

    fn note_failure(&mut self, error: &Error) {
        self.failure.get_or_insert_with(|| format!("{error:?}"));
    }
}

impl Inner {
    /// Returns a response as it is stored.
    pub(crate) fn response(&self, received: &Received) -> Masked<Recorded> {
        let masked = self.settings.redactor.response(received);
        masked.map(|response| Recorded::Response(Arc::new(response)))
    }

    fn record(&self, traffic: &mut Traffic, slot: usize, recorded: Masked<Recorded>) -> Result<()> {
        let Masked {
            value,
            blocked,
            known,
        } = recorded;
        traffic.block(slot, blocked);
        let interaction = traffic.recorder.complete(slot, value, known);
        let now_known = self.settings.redactor.known();
        let behind = traffic.recorder.behind(now_known);
        let mut is_rewritten = false;
        for (number, interaction) in traffic.due(behind, slot) {
            let changed = self.mask(traffic, number, &interaction);
            is_rewritten |= changed && number != slot;
        }
        let interaction = traffic.recorder.at(slot).unwrap_or(interaction);
        let written = self.write(traffic, slot, &interaction, is_rewritten);
        written.inspect_err(|error| traffic.note_failure(error))
    }

    /// Masks an interaction once more; returns true where that changed it.
    fn mask(&self, traffic: &mut Traffic, number: usize, interaction: &Interaction) -> bool {
        let Masked {
            value,
            blocked,
            known,
        } = self.settings.redactor.again(interaction);
        let changed = value != *interaction;
        traffic.block(number, blocked);
        traffic.recorder.replace(number, value, known);
        changed
    }

    /// A line behind one that was cut off could not be read.
    fn write(
        &self,
        traffic: &Traffic,
        slot: usize,
        interaction: &Interaction,
        is_rewritten: bool,
    ) -> Result<()> {
        match &self.recording {
            Some(recording) if traffic.failure.is_none() => match is_rewritten {
                true => recording
                    .journal
                    .rewrite(&recording.journal_head, traffic.recorder.numbered()),
                false => recording.journal.append(slot, interaction),
            },
            _ => Ok(()),
        }
    }

    /// Records the responses that are still coming as far as they came, and masks all by what is known
    /// now.
    pub(crate) fn settle(&self, traffic: &mut Traffic) {
        for (slot, received) in traffic.recorder.open() {
            let received = received.lock().unwrap_or_else(PoisonError::into_inner);
            // The failure is noted, and told at the end.
            let _ = self.record(traffic, slot, self.response(&received));
        }
        let behind = traffic.recorder.behind(self.settings.redactor.known());
        let mut changed = false;
        for (number, interaction) in behind {
            changed |= self.mask(traffic, number, &interaction);
        }
        changed |= self.unblock(traffic);
        if let (true, Some(recording), None) = (changed, &self.recording, &traffic.failure) {
            let lines = traffic.recorder.numbered();
            let written = recording.journal.rewrite(&recording.journal_head, lines);
            let _ = written.inspect_err(|error| traffic.note_failure(error));
        }
    }

    /// What looked like a secret, and was then learned to be one, is masked as all others are.
    fn unblock(&self, traffic: &mut Traffic) -> bool {
        let redactor = &self.settings.redactor;
        let known = |(_, blocked): &mut (usize, Blocked)| redactor.knows(blocked);
        let lifted: Vec<_> = traffic.blocked.extract_if(.., known).collect();
        let is_open = |slot: usize| traffic.blocked.iter().any(|(other, _)| *other == slot);
        let slots: BTreeSet<usize> = lifted.into_iter().map(|(slot, _)| slot).collect();
        let slots: Vec<_> = slots.into_iter().filter(|slot| !is_open(*slot)).collect();
        for slot in &slots {
            if let Some(interaction) = traffic.recorder.at(*slot) {
                let Masked { value, known, .. } = redactor.unblocked(&interaction);
                traffic.recorder.replace(*slot, value, known);
            }
        }
        !slots.is_empty()
    }
}
