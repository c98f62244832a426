//! Recorded answers beside those of the server.

use std::sync::Arc;

use super::{Inner, PendingResponse, Session, Traffic};
use crate::error::{Error, Kind, Result};
use crate::failure::ErrorKind;
use crate::interaction::{Interaction, Recorded, RecordedRequest};
use crate::mode::OnDrift;
use crate::plan::Plan;
use crate::redact::Masked;
use crate::report::{self, Drifted};

/// A server that sends so much more than was recorded sends something else.
const MORE: usize = 64 * 1024;

impl Session {
    /// Compares what came with the interaction of this number.
    pub(super) fn compare(&self, number: usize, live: Masked<Recorded>) {
        let gave_up =
            matches!(&live.value, Recorded::Error(error) if error.kind == ErrorKind::Cancelled);
        let mut traffic = self.traffic();
        if traffic.ended || gave_up {
            return;
        }
        traffic.verified += 1;
        let recorded = traffic.player.interactions()[number].clone();
        drop(traffic);
        let live = self.0.as_loaded(&recorded.request, live.value);
        let differences = self.0.settings.drift.compare(&recorded.recorded, &live);
        if !differences.is_empty() {
            self.traffic().drifted.push((number, live));
        }
    }
}

impl Inner {
    /// Returns an answer as the user's steps would leave it in a cassette that is recorded and then played.
    fn as_loaded(&self, request: &Arc<RecordedRequest>, recorded: Recorded) -> Recorded {
        let hooks = &self.settings.hooks;
        let mut live = Interaction {
            request: Arc::clone(request),
            recorded,
        };
        for hook in [&hooks.on_capture, &hooks.before_save, &hooks.on_load] {
            if !hook.is_empty() {
                live = self.settings.redactor.again(&hook.apply(&live)).value;
            }
        }
        live.recorded
    }
}

impl PendingResponse {
    /// Returns true when an adapter need not read on although there may be more: the recorded response,
    /// with which this one is compared, is shorter. Always false while recording.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        let inner = &self.session().0;
        if inner.plan != Plan::Verify {
            return false;
        }
        let traffic = inner.traffic();
        let recorded = &traffic.player.interactions()[self.slot()].recorded;
        let Recorded::Response(recorded) = recorded else {
            return true;
        };
        let (length, came) = (recorded.body.bytes().len(), self.length());
        if recorded.body.is_partial() {
            came >= length
        } else {
            came >= length.saturating_mul(2).saturating_add(MORE)
        }
    }
}

impl Inner {
    /// Says which answers are no longer those of the server.
    pub(super) fn drift(&self, traffic: &Traffic) -> Option<String> {
        let mut found: Vec<_> = traffic.drifted.iter().collect();
        found.sort_by_key(|(number, _)| *number);
        let interactions = traffic.player.interactions();
        let drifted = found
            .into_iter()
            .map(|(number, live)| (traffic.player.number(*number), &interactions[*number], live));
        let drifted = drifted.map(|(number, recorded, live)| self.drifted(number, recorded, live));
        // What was learned since may be all that differed.
        let drifted: Vec<_> = drifted.filter(|one| !one.differences.is_empty()).collect();
        let age = self.recorded_at.elapsed().unwrap_or_default();
        let report = || report::drift(&self.facts, age, traffic.verified, &drifted);
        (!drifted.is_empty()).then(report)
    }

    /// Masks an answer by what has been learned since it came, and says how it differs.
    fn drifted<'a>(
        &self,
        number: usize,
        recorded: &'a Interaction,
        live: &Recorded,
    ) -> Drifted<'a> {
        let Interaction { request, recorded } = recorded;
        let live = Interaction {
            request: Arc::clone(request),
            recorded: live.clone(),
        };
        let live = self.settings.redactor.again(&live).value.recorded;
        Drifted {
            number: number + 1,
            request,
            differences: self.settings.drift.compare(recorded, &live),
        }
    }

    pub(super) fn check_drift(&self, traffic: &Traffic, notices: &mut Vec<String>) -> Result<()> {
        match (self.drift(traffic), self.settings.on_drift) {
            (None, _) => Ok(()),
            (Some(report), OnDrift::Fail) => Err(Error::new(Kind::Drifted, report)),
            (Some(report), OnDrift::Warn) => {
                notices.push(report);
                Ok(())
            }
        }
    }
}
