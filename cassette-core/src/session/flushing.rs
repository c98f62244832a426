//! What is written before the end, and what is dropped where a recording has a bound.

use std::time::Instant;

use super::traffic::Used;
use super::{Inner, Session, Traffic};
use crate::error::Result;
use crate::plan::Plan;

impl Session {
    /// Writes what is recorded to the disk now. A recording of [`scope`](crate::scope) is saved; one of a test
    /// is saved when the test has passed, and until then its journal is made safe. Where nothing is
    /// recorded there is nothing to do.
    ///
    /// # Errors
    ///
    /// When it cannot be written, or may hold a secret.
    pub fn flush(&self) -> Result<()> {
        drop(self.open_traffic()?);
        self.0.flush()
    }
}

impl Inner {
    fn flush(&self) -> Result<()> {
        let (Some(recording), Some(storage)) = (&self.recording, &self.storage) else {
            return Ok(());
        };
        if self.facts.function.is_some() {
            return recording.journal.sync();
        }
        self.prepare();
        let mut traffic = self.traffic();
        // It may have ended meanwhile, and is saved.
        if traffic.ended {
            return Ok(());
        }
        traffic.flushed = Instant::now();
        // What was learned late may stand in what came before.
        self.settle(&mut traffic);
        self.check_saveable(&traffic)?;
        let cassette = self.cassette(recording, &traffic);
        traffic.is_saved |= self.save_changes(storage, &traffic, &cassette)?;
        Ok(())
    }

    /// Saves a recording that was not saved for so long.
    pub(super) fn flush_when_due(&self) -> Result<()> {
        let Some(every) = self.settings.flush_every else {
            return Ok(());
        };
        let since = self.traffic().flushed.elapsed();
        if self.facts.function.is_some() || since < every {
            return Ok(());
        }
        // What must not be saved is told at the end.
        match self.flush() {
            Err(error) if error.is_storage() => {
                self.traffic().note_failure(&error);
                Err(error)
            }
            _ => Ok(()),
        }
    }

    /// Of what an update has, the first in the file counts as used first.
    pub(super) fn begin_uses(&self) {
        if self.plan != Plan::Update {
            return;
        }
        let mut traffic = self.traffic();
        for number in 0..traffic.player.interactions().len() {
            self.touch(&mut traffic, Used::Old(number));
        }
        self.evict(&mut traffic);
    }

    /// Notes that an interaction is used.
    pub(super) fn touch(&self, traffic: &mut Traffic, used: Used) {
        if self.settings.max_interactions.is_some() && self.recording.is_some() {
            traffic.uses.touch(&used);
        }
    }

    /// Drops what was not used for the longest time, where there is too much.
    pub(super) fn evict(&self, traffic: &mut Traffic) {
        let max = self.settings.max_interactions.unwrap_or(usize::MAX);
        while let Some(used) = traffic.uses.pop_beyond(max) {
            traffic.remove(used);
        }
    }
}
