//! What is recorded, masked by all that is known, before a byte of it is written.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::interaction::{Interaction, Recorded};
use crate::plan::Plan;
use crate::received::Received;
use crate::redact::{Blocked, Masked};
use crate::session::traffic::Used;
use crate::session::{Inner, Recording, Session, Traffic};

/// A recording of at most so many bytes is looked through for each secret that is learned; a larger one when
/// it has doubled since, so that the whole costs no more than twice its size.
const SMALL: u64 = 64 * 1024;

impl Session {
    /// Puts what came of a request into its place, and into the journal.
    pub(crate) fn record(&self, slot: usize, recorded: Masked<Recorded>) -> Result<()> {
        if self.0.plan == Plan::Verify {
            self.compare(slot, recorded);
            return Ok(());
        }
        if self.traffic().ended {
            return Ok(());
        }
        let captured = self.0.captured(slot, recorded);
        let mut traffic = self.traffic();
        if traffic.ended {
            return Ok(());
        }
        self.0.record(&mut traffic, slot, captured)?;
        drop(traffic);
        self.0.flush_when_due()
    }
}

/// What came of a request.
pub(crate) enum Captured {
    Outcome(Masked<Recorded>),
    /// The user has changed it, perhaps the request too.
    Interaction(Changed),
}

/// An interaction as a user's step leaves it.
pub(crate) struct Changed {
    /// Before what the step put in was masked.
    by_step: Interaction,
    masked: Masked<Interaction>,
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

    /// Forgets what was blocked in an interaction and has been taken out by a user's step; notes what it has
    /// put in. Returns the interaction as it is stored.
    fn take_over(&mut self, slot: usize, changed: Changed) -> (Interaction, usize) {
        let Changed { by_step, masked } = changed;
        let is_left =
            |(other, blocked): &(usize, Blocked)| *other != slot || blocked.is_left_in(&by_step);
        self.blocked.retain(is_left);
        self.block(slot, masked.blocked);
        (masked.value, masked.known)
    }

    pub(super) fn note_failure(&mut self, error: &Error) {
        self.failure.get_or_insert_with(|| format!("{error:?}"));
    }
}

impl Inner {
    /// Returns a response as it is stored.
    pub(crate) fn response(&self, received: &Received) -> Masked<Recorded> {
        let masked = self.settings.redactor.response(received);
        masked.map(|response| Recorded::Response(Arc::new(response)))
    }

    /// Lets the user's steps change what came, while nothing is locked: they may ask the session.
    pub(crate) fn captured(&self, slot: usize, recorded: Masked<Recorded>) -> Captured {
        let hook = &self.settings.hooks.on_capture;
        if hook.is_empty() {
            return Captured::Outcome(recorded);
        }
        let mut traffic = self.traffic();
        // Of what another cassette lends nothing is recorded.
        let is_lent = traffic.lent.contains(&slot);
        let request = traffic.recorder.request_at(slot).filter(|_| !is_lent);
        let Some(request) = request else {
            return Captured::Outcome(recorded);
        };
        traffic.block(slot, recorded.blocked);
        drop(traffic);
        let recorded = recorded.value;
        let by_step = hook.apply(&Interaction { request, recorded });
        Captured::Interaction(self.changed(by_step))
    }

    fn changed(&self, by_step: Interaction) -> Changed {
        let masked = self.settings.redactor.again(&by_step);
        Changed { by_step, masked }
    }

    /// Lets the user's steps change what will be saved, each interaction once, while nothing is locked: they
    /// may ask the session.
    pub(super) fn prepare(&self) {
        let hook = &self.settings.hooks.before_save;
        if hook.is_empty() {
            return;
        }
        let mut traffic = self.traffic();
        self.settle(&mut traffic);
        let unprepared = traffic.recorder.unprepared();
        drop(traffic);
        for (slot, interaction) in unprepared {
            let changed = self.changed(hook.apply(&interaction));
            let mut traffic = self.traffic();
            let (interaction, known) = traffic.take_over(slot, changed);
            traffic.recorder.replace(slot, interaction, known);
        }
    }

    pub(crate) fn record(
        &self,
        traffic: &mut Traffic,
        slot: usize,
        captured: Captured,
    ) -> Result<()> {
        let (outcome, known) = match captured {
            Captured::Outcome(outcome) => {
                traffic.block(slot, outcome.blocked);
                (outcome.value, outcome.known)
            }
            Captured::Interaction(changed) => {
                let (interaction, known) = traffic.take_over(slot, changed);
                traffic.recorder.set_request(slot, interaction.request);
                (interaction.recorded, known)
            }
        };
        if traffic.recorder.complete(slot, outcome, known).is_none() {
            return Ok(());
        }
        let now_known = self.settings.redactor.known();
        let behind = traffic.recorder.behind(now_known);
        let mut is_rewritten = false;
        for (number, interaction) in traffic.due(behind, slot) {
            let changed = self.mask(traffic, number, &interaction);
            is_rewritten |= changed && number != slot;
        }
        is_rewritten |= self.has_exposed_variable(traffic);
        if traffic.lent.remove(&slot) {
            traffic.remove(Used::New(slot));
        } else {
            self.touch(traffic, Used::New(slot));
        }
        self.evict(traffic);
        is_rewritten |= traffic.is_journal_stale();
        let written = self.write(traffic, slot, is_rewritten);
        written.inspect_err(|error| traffic.note_failure(error))
    }

    pub(super) fn note_variable(
        &self,
        traffic: &mut Traffic,
        name: &str,
        value: &str,
    ) -> Result<()> {
        let written = match &self.recording {
            Some(recording) if traffic.failure.is_none() => {
                recording.journal.append_variable(name, value)
            }
            _ => Ok(()),
        };
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
    fn write(&self, traffic: &mut Traffic, slot: usize, is_rewritten: bool) -> Result<()> {
        match (&self.recording, traffic.recorder.at(slot)) {
            (Some(_), _) if traffic.failure.is_some() => Ok(()),
            (Some(recording), _) if is_rewritten => self.rewrite(traffic, recording),
            (Some(recording), Some(interaction)) => {
                traffic.lines += 1;
                recording.journal.append(slot, &interaction)
            }
            _ => Ok(()),
        }
    }

    /// Writes the journal anew, where there is one, after something was taken out of the recording.
    pub(super) fn rewrite_journal(&self, traffic: &mut Traffic) -> Result<()> {
        let written = match (&self.recording, &traffic.failure) {
            (Some(recording), None) => self.rewrite(traffic, recording),
            _ => Ok(()),
        };
        written.inspect_err(|error| traffic.note_failure(error))
    }

    fn rewrite(&self, traffic: &mut Traffic, recording: &Recording) -> Result<()> {
        let mut head = recording.journal_head.clone();
        let mut removed = traffic.player.removed().iter();
        head.interactions
            .retain(|_| !removed.next().copied().unwrap_or_default());
        head.variables = self.variables(traffic);
        traffic.lines = traffic.recorder.count();
        recording
            .journal
            .rewrite(&head, traffic.recorder.numbered())
    }

    /// Masks all by what is known now.
    pub(crate) fn settle(&self, traffic: &mut Traffic) {
        let behind = traffic.recorder.behind(self.settings.redactor.known());
        let mut changed = false;
        for (number, interaction) in behind {
            changed |= self.mask(traffic, number, &interaction);
        }
        changed |= self.has_exposed_variable(traffic);
        changed |= self.unblock(traffic);
        if changed {
            // The failure is noted, and told at the end.
            let _ = self.rewrite_journal(traffic);
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
