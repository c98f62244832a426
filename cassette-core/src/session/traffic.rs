use std::collections::{BTreeMap, HashSet};
use std::time::Instant;

use crate::interaction::{Recorded, RecordedRequest};
use crate::lru::Lru;
use crate::player::Player;
use crate::recorder::Recorder;
use crate::redact::Blocked;
use crate::report;

/// What changes from request to request.
#[derive(Debug)]
pub(crate) struct Traffic {
    pub(crate) player: Player,
    /// Plays what other cassettes lend.
    pub(crate) shared: Player,
    pub(crate) recorder: Recorder,
    /// The places of requests that only teach: what comes of them stands in another cassette.
    pub(crate) lent: HashSet<usize>,
    pub(crate) last_played: Option<usize>,
    pub(crate) misses: Option<Misses>,
    pub(crate) variables: BTreeMap<String, String>,
    /// How many secrets were known when the variables were looked through last.
    pub(crate) variables_known: usize,
    /// Requests that had no answer and went to the network: the first, and how many.
    pub(crate) fallbacks: Option<(RecordedRequest, usize)>,
    /// How many answers were compared with the server's, and those of the server that differ, each with
    /// the number of the interaction it was compared with.
    pub(crate) verified: usize,
    pub(crate) drifted: Vec<(usize, Recorded)>,
    /// What looks like a secret, by the place of its interaction.
    pub(crate) blocked: Vec<(usize, Blocked)>,
    /// How large the recording was when all of it was masked last.
    pub(crate) masked: u64,
    /// What adapters know of the reasons for a failed test.
    pub(crate) explanations: Vec<String>,
    /// The first failure to write the journal.
    pub(crate) failure: Option<String>,
    /// Which interaction was used when, where their number has a bound.
    pub(crate) uses: Lru<Used>,
    /// How many lines were added to the journal since it was written as a whole.
    pub(crate) lines: usize,
    /// When it was tried last to save the cassette, to begin with when the session began.
    pub(crate) flushed: Instant,
    /// It was saved, before the end.
    pub(crate) is_saved: bool,
    pub(crate) ended: bool,
}

/// An interaction that is kept: one of the cassette, or a new one by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Used {
    Old(usize),
    New(usize),
}

/// How many lines of interactions that are gone a journal may have besides.
const SLACK: usize = 64;

impl Traffic {
    pub(crate) fn new(player: Player, shared: Player, variables: BTreeMap<String, String>) -> Self {
        Self {
            player,
            shared,
            recorder: Recorder::default(),
            lent: HashSet::new(),
            last_played: None,
            misses: None,
            variables,
            variables_known: 0,
            fallbacks: None,
            verified: 0,
            drifted: Vec::new(),
            blocked: Vec::new(),
            masked: 0,
            explanations: Vec::new(),
            failure: None,
            uses: Lru::default(),
            lines: 0,
            flushed: Instant::now(),
            is_saved: false,
            ended: false,
        }
    }

    pub(crate) fn miss(&mut self, report: &str) {
        match &mut self.misses {
            Some(misses) => misses.more += 1,
            None => {
                let first = report.to_owned();
                self.misses = Some(Misses { first, more: 0 });
            }
        }
    }

    /// Takes all out that is recorded.
    pub(crate) fn clear(&mut self) {
        let new = self.recorder.numbered().map(|(slot, _)| Used::New(slot));
        let old = self.player.kept().map(|(number, _)| Used::Old(number));
        for used in new.chain(old).collect::<Vec<_>>() {
            self.forget(used);
        }
    }

    /// Takes an interaction out whose use need not be known any more.
    pub(crate) fn forget(&mut self, used: Used) {
        self.uses.forget(&used);
        self.remove(used);
    }

    /// Returns true when the journal holds so much that is gone that it is worth writing anew.
    pub(crate) fn is_journal_stale(&self) -> bool {
        self.lines > 2 * self.recorder.count() + SLACK
    }

    /// Takes an interaction out, and what is known of it.
    pub(crate) fn remove(&mut self, used: Used) {
        match used {
            Used::Old(number) => self.player.remove(number),
            Used::New(slot) => {
                self.recorder.remove(slot);
                self.blocked.retain(|(other, _)| *other != slot);
            }
        }
    }
}

/// Requests without an answer: the report of the first, and how many came after it.
#[derive(Debug)]
pub(crate) struct Misses {
    first: String,
    more: usize,
}

impl Misses {
    pub(crate) fn count(&self) -> usize {
        1 + self.more
    }

    pub(crate) fn report(&self) -> String {
        match self.more {
            0 => self.first.clone(),
            more => format!(
                "{}\n\n(and {} more without an answer)",
                self.first,
                report::count(more, "request")
            ),
        }
    }
}
