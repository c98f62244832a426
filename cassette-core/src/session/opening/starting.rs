//! A session begins, with what it plays.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use super::Opening;
use crate::cassette::{Cassette, to_the_second};
use crate::interaction::Interaction;
use crate::mode::{Order, Repeat};
use crate::plan::{Change, Plan, State};
use crate::player::Player;
use crate::report::Facts;
use crate::session::{Companions, Inner, Recording, Session, Traffic};
use crate::settings::Settings;

impl Opening<'_> {
    pub(super) fn start(
        self,
        plan: Plan,
        old: Option<Arc<Cassette>>,
        changes: Vec<Change>,
        recording: Option<Recording>,
        notices: Vec<String>,
    ) -> Session {
        self.teller.begin();
        let settings = self.settings;
        let traffic = Traffic::new(
            player(plan, old.as_deref(), &settings),
            Player::new(
                loaded(&self.shared, &settings),
                &settings.matcher,
                Order::Any,
                settings.repeat,
            ),
            variables(plan, old.as_deref()),
        );
        let recorded_at = match (&recording, &old) {
            (_, Some(old)) if plan != Plan::Record => old.recorded_at,
            (Some(recording), _) => recording.head.recorded_at,
            _ => to_the_second(SystemTime::now()),
        };
        let rechecks = plan == Plan::Recheck;
        let inner = Inner {
            facts: Facts {
                rechecks,
                ..self.facts
            },
            settings,
            plan,
            storage: self.storage,
            old,
            hashes: self.hashes,
            changes: changes.into_iter().filter(|_| rechecks).collect(),
            recorded_at,
            recording,
            notices,
            traffic: Mutex::new(traffic),
            companions: Companions::default(),
            teller: self.teller.clone(),
        };
        inner.begin_uses();
        Session::new(inner)
    }
}

pub(super) fn changes(state: State) -> Vec<Change> {
    match state {
        State::Stale(changes) => changes,
        State::Missing | State::Fresh | State::Expired { .. } => Vec::new(),
    }
}

/// Returns what is played, as the user's steps leave it.
fn loaded(interactions: &[Interaction], settings: &Settings) -> Vec<Interaction> {
    let hook = &settings.hooks.on_load;
    if hook.is_empty() {
        return interactions.to_vec();
    }
    interactions
        .iter()
        .map(|interaction| hook.apply(interaction))
        .collect()
}

/// A recording from nothing plays nothing of what is there.
fn player(plan: Plan, old: Option<&Cassette>, settings: &Settings) -> Player {
    let played = old.filter(|_| plan != Plan::Record);
    let recorded = played.map_or_else(Vec::new, |old| loaded(&old.interactions, settings));
    // Only what is unplayed plays in an update, and what goes beyond asks the network.
    let repeat = match plan {
        Plan::Update => Repeat::Never,
        _ => settings.repeat,
    };
    let mut player = Player::new(recorded, &settings.matcher, settings.order, repeat);
    player.excuse_all(|request| settings.selection.excuses(request));
    player
}

/// What is recorded from nothing has none yet.
fn variables(plan: Plan, old: Option<&Cassette>) -> BTreeMap<String, String> {
    match plan {
        Plan::Record | Plan::Forward => BTreeMap::new(),
        _ => old.map(|old| old.variables.clone()).unwrap_or_default(),
    }
}
