//! What is done with one request.

use std::sync::Arc;

use bytes::Bytes;
use http::Method;

use super::traffic::Used;
use super::{
    Answer, Decision, Failure, Inner, PendingInteraction, Playback, Session, Traffic, Waiting,
};
use crate::address;
use crate::error::{Error, Kind, Result};
use crate::interaction::{Interaction, Recorded, RecordedRequest};
use crate::plan::Plan;
use crate::player::{Found, Player};
use crate::redact::Masked;
use crate::report::{self, Miss, Why};

impl Session {
    /// Says what to do with a request: play, record or forward.
    ///
    /// Neither the network nor the disk is touched, so any adapter can call it, a blocking one too.
    ///
    /// # Errors
    ///
    /// When no recorded interaction answers the request, with a report that shows the difference;
    /// the test fails for it at its end as well. When the session has ended.
    pub fn intercept(&self, request: &http::Request<Bytes>) -> Result<Decision> {
        let inner = &self.0;
        if self.is_forwarding() {
            return Ok(Decision::Forward);
        }
        let (plan, selection) = (inner.plan, &inner.settings.selection);
        let is_unrecorded = selection.is_unrecorded(request);
        let is_past = is_unrecorded || (plan != Plan::Record && !selection.is_played(request));
        if !is_past && let Some(interaction) = self.take_exact(request)? {
            let answer = self.answer(&interaction);
            return Ok(answer.map_or_else(Decision::Wait, Decision::from));
        }
        let masked = inner.settings.redactor.request(request);
        let recorded = &masked.value;
        if is_past {
            self.excuse(recorded)?;
            return Ok(Decision::Forward);
        }
        if let Some(decision) = self.play_shared(&masked, request.method())? {
            return Ok(decision);
        }
        let found = match plan {
            Plan::Record => Found::Unknown,
            _ => self.take(recorded)?,
        };
        match found {
            Found::Play(number) => Ok(self.play(number, request.method())),
            // An update that sent it would record it a second time.
            Found::OutOfOrder { .. } => Err(self.miss(recorded, found)),
            // A replay does what the recording did.
            _ if !selection.is_recorded(request) => self.forward(),
            _ if inner.falls_back() => self.fall_back(masked.value),
            _ if plan.only_plays() => Err(self.miss(recorded, found)),
            _ => self.reserve(masked, request.method()),
        }
    }

    /// What goes past the cassette need not be played.
    fn excuse(&self, request: &RecordedRequest) -> Result<()> {
        let matcher = &self.0.settings.matcher;
        let key = matcher.key(request);
        self.open_traffic()?.player.excuse(key, request, matcher);
        Ok(())
    }

    /// Returns what the cassettes that this one extends have for a request.
    fn play_shared(
        &self,
        request: &Masked<RecordedRequest>,
        method: &Method,
    ) -> Result<Option<Decision>> {
        if self.0.settings.extends.is_empty() {
            return Ok(None);
        }
        let matcher = &self.0.settings.matcher;
        let key = matcher.key(&request.value);
        let mut traffic = self.open_traffic()?;
        let Found::Play(number) = traffic.shared.take(key, &request.value, matcher) else {
            return Ok(None);
        };
        if self.0.plan == Plan::Verify {
            return Ok(Some(Decision::Forward));
        }
        let interaction = traffic.shared.interactions()[number].clone();
        if self.0.recording.is_some() && report::has_placeholder(&interaction) {
            return Ok(Some(self.lend(&mut traffic, request, method)));
        }
        drop(traffic);
        let answer = self.answer(&interaction);
        Ok(Some(answer.map_or_else(Decision::Wait, Decision::from)))
    }

    /// A server that the rest is recorded from takes no placeholder for a token. So the network is asked,
    /// what comes is looked through for secrets, and nothing of it is stored.
    fn lend(
        &self,
        traffic: &mut Traffic,
        request: &Masked<RecordedRequest>,
        method: &Method,
    ) -> Decision {
        let slot = traffic
            .recorder
            .reserve(request.value.clone(), request.known, None);
        traffic.lent.insert(slot);
        Decision::Record(PendingInteraction::new(self.clone(), slot, method))
    }

    fn forward(&self) -> Result<Decision> {
        self.open_traffic().map(|_| Decision::Forward)
    }

    fn fall_back(&self, request: RecordedRequest) -> Result<Decision> {
        let mut traffic = self.open_traffic()?;
        traffic.fallbacks.get_or_insert((request, 0)).1 += 1;
        Ok(Decision::Forward)
    }

    /// Finds the answer to a request that is written as it is recorded, and marks it as played. What is
    /// secret in it would be masked there, so only its headers are looked at, which need not be equal.
    fn take_exact(&self, request: &http::Request<Bytes>) -> Result<Option<Interaction>> {
        let settings = &self.0.settings;
        let only_plays = matches!(self.0.plan, Plan::Play | Plan::Recheck);
        if !only_plays || !settings.extends.is_empty() {
            return Ok(None);
        }
        let (method, url) = (request.method(), address::text(request.uri()));
        let matcher = &settings.matcher;
        let exact = matcher.exact(method, &url, request.headers(), request.body());
        let Some(exact) = exact else {
            return Ok(None);
        };
        let key = exact.key();
        let mut traffic = self.open_traffic()?;
        let Some(Found::Play(number)) = traffic.player.take_exact(key, &exact, matcher) else {
            return Ok(None);
        };
        let interaction = traffic.player.interactions()[number].clone();
        drop(traffic);
        settings.redactor.study_headers(request.headers());
        Ok(Some(interaction))
    }

    /// Finds the answer to a request and marks it as played.
    fn take(&self, request: &RecordedRequest) -> Result<Found> {
        let matcher = &self.0.settings.matcher;
        let key = matcher.key(request);
        let mut traffic = self.open_traffic()?;
        let found = traffic.player.take(key, request, matcher);
        if let Found::Play(number) = found {
            traffic.last_played = Some(number);
            self.0.touch(&mut traffic, Used::Old(number));
        }
        Ok(found)
    }

    fn play(&self, number: usize, method: &Method) -> Decision {
        let interaction = self.traffic().player.interactions()[number].clone();
        match self.answer(&interaction) {
            Ok(answer) if self.0.plan == Plan::Verify => {
                let pending = PendingInteraction::new(self.clone(), number, method);
                Decision::Verify(answer, pending)
            }
            Ok(answer) => answer.into(),
            Err(waiting) => Decision::Wait(waiting),
        }
    }

    /// Returns what is recorded; where the request was given up, how long there is to do so again.
    fn answer(&self, interaction: &Interaction) -> Result<Answer, Waiting> {
        let hook = &self.0.settings.hooks.before_replay;
        let changed = (!hook.is_empty()).then(|| hook.apply(interaction));
        let interaction = changed.as_ref().unwrap_or(interaction);
        match &interaction.recorded {
            Recorded::Response(response) => {
                let (request, response) = (Arc::clone(&interaction.request), Arc::clone(response));
                Ok(Answer::Play(Playback::new(self.clone(), request, response)))
            }
            Recorded::Error(_) if interaction.is_cancelled() => {
                let report = self
                    .0
                    .cancelled(&self.traffic().player, &interaction.request);
                Err(Waiting::new(self.clone(), report))
            }
            Recorded::Error(error) => Ok(Answer::Fail(Failure::new(self, Arc::clone(error)))),
        }
    }

    /// Keeps a place in the recording, in the order in which requests are issued.
    fn reserve(&self, request: Masked<RecordedRequest>, method: &Method) -> Result<Decision> {
        let mut traffic = self.open_traffic()?;
        let after = traffic.last_played;
        let slot = traffic
            .recorder
            .reserve(request.value, request.known, after);
        traffic.block(slot, request.blocked);
        let pending = PendingInteraction::new(self.clone(), slot, method);
        Ok(Decision::Record(pending))
    }

    fn miss(&self, request: &RecordedRequest, found: Found) -> Error {
        let request = &self.0.for_people(request);
        // All that is recorded is compared with it, for which nobody else need wait.
        let player = self.traffic().player.clone();
        let report = self.0.missed(&player, request, found);
        self.traffic().miss(&report);
        Error::new(Kind::Unmatched, report)
    }
}

impl Inner {
    /// Does a request without a recorded answer go to the network?
    pub(super) fn falls_back(&self) -> bool {
        self.plan == Plan::Play && self.settings.allows_fallback
    }

    /// Masks in a request what the environment holds of secrets, too.
    pub(super) fn for_people(&self, request: &RecordedRequest) -> RecordedRequest {
        // Where this fails the report knows fewer secrets, and the failure is told in a recording.
        let _ = self.settings.learn_environment();
        self.settings.redactor.request_again(request).value
    }

    fn missed(&self, player: &Player, request: &RecordedRequest, found: Found) -> String {
        let matcher = &self.settings.matcher;
        let why = match found {
            Found::Exhausted(0) => Why::NeverAnswered,
            Found::Exhausted(answers) => Why::Exhausted(answers),
            Found::OutOfOrder { due } => Why::OutOfOrder {
                due: player.number(due),
                request: &player.interactions()[due].request,
            },
            Found::Play(_) | Found::Unknown => match player.nearest(request, matcher) {
                Some((number, mismatch)) => Why::Closest {
                    number: player.number(number),
                    mismatch,
                },
                None => Why::NothingSimilar(player.shown()),
            },
        };
        self.report(player, request, why)
    }

    /// What to say when the test waits for ever for an answer that it gave up before.
    fn cancelled(&self, player: &Player, request: &RecordedRequest) -> String {
        self.report(player, request, Why::Cancelled)
    }

    fn report(&self, player: &Player, request: &RecordedRequest, why: Why<'_>) -> String {
        let (interactions, played) = (player.shown().len(), player.played());
        let miss = Miss {
            request,
            interactions,
            played,
            why,
        };
        report::miss(&self.facts, &miss)
    }
}
