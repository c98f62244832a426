//! What there is to say before a test runs.

use super::Opening;
use crate::cassette::Cassette;
use crate::interaction::Interaction;
use crate::latency::Latency;
use crate::plan::{Plan, State};
use crate::report;

impl Opening<'_> {
    /// What is worth a line before the test runs.
    pub(super) fn notices(
        &self,
        old: Option<&Cassette>,
        state: &State,
        plan: Plan,
    ) -> impl Iterator<Item = String> {
        let unhashed = old
            .filter(|_| plan.only_plays())
            .map(|old| old.lacks(&self.hashes))
            .filter(|lacking| !lacking.is_empty());
        let unhashed = unhashed.map(|lacking| report::unhashed(&self.facts, &lacking));
        let untimed = old.filter(|old| plan == Plan::Play && self.wants_times_of(old));
        let untimed = untimed.map(|_| {
            format!(
                "{} holds no times for `latency`: record it again to have them",
                self.facts.cassette
            )
        });
        let notice = self.notice(old, state, plan);
        notice.into_iter().chain(unhashed).chain(untimed)
    }

    /// It was recorded before anybody asked for its times.
    fn wants_times_of(&self, cassette: &Cassette) -> bool {
        let wanted = self.settings.latency.is_some_and(Latency::is_recorded);
        wanted && !cassette.interactions.iter().any(Interaction::is_timed)
    }

    fn notice(&self, old: Option<&Cassette>, state: &State, plan: Plan) -> Option<String> {
        let cassette = &self.facts.cassette;
        let interactions = old.map_or(0, |old| old.interactions.len());
        let done = match plan {
            Plan::Record => format!(
                "{cassette} is recorded again ({})",
                report::count(interactions, "interaction")
            ),
            Plan::Play | Plan::Update | Plan::Verify => {
                format!("{cassette} is played all the same")
            }
            // That one speaks when it is done.
            Plan::Recheck | Plan::Forward | Plan::Refuse => return None,
        };
        match state {
            State::Stale(changes) => Some(format!("{}; {done}", self.facts.changed(changes))),
            State::Expired { age, max_age } => {
                Some(format!("{done}: {}", report::too_old(*age, *max_age)))
            }
            State::Missing | State::Fresh => None,
        }
    }
}
