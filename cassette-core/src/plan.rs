use std::fmt;
use std::time::{Duration, SystemTime};

use crate::cassette::{Cassette, Fingerprint, Hashes};
use crate::mode::{Mode, OnChange, OnExpiry, Track};
use crate::settings::Settings;

/// How a cassette stands to its test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Missing,
    Fresh,
    /// What has changed; never nothing.
    Stale(Vec<Change>),
    Expired {
        age: Duration,
        max_age: Duration,
    },
}

/// What has changed of the test function or of what it tracks, with the hashes then and now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) of: Part,
    pub(crate) recorded: String,
    pub(crate) actual: String,
}

/// What has a hash of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Signature,
    Body,
    /// A function or file that the attribute's `tracks` names.
    Tracked(String),
}

impl State {
    /// A change goes before an age, unless it is let pass, or may be.
    pub(crate) fn of(
        cassette: Option<&Cassette>,
        now: &Hashes,
        settings: &Settings,
        time: SystemTime,
    ) -> Self {
        let Some(cassette) = cassette else {
            return Self::Missing;
        };
        let changes = changes(cassette, now, settings.track);
        // A clock that was set back makes nothing old.
        let age = time
            .duration_since(cassette.recorded_at)
            .unwrap_or_default();
        let expired = settings.max_age.filter(|max_age| age > *max_age);
        match expired {
            _ if !changes.is_empty() && hides_age(settings) => Self::Stale(changes),
            Some(max_age) => Self::Expired { age, max_age },
            None if changes.is_empty() => Self::Fresh,
            None => Self::Stale(changes),
        }
    }
}

/// One that is too old to be played need not be checked again.
fn hides_age(settings: &Settings) -> bool {
    match settings.on_change {
        OnChange::Record | OnChange::Fail => true,
        OnChange::Recheck => {
            let by_age = expired(settings.mode, settings.on_expiry);
            !matches!(by_age, Plan::Record | Plan::Refuse)
        }
        OnChange::Warn => false,
    }
}

/// A recording without hashes, or with hashes of another version, counts as fresh.
fn changes(cassette: &Cassette, now: &Hashes, track: Track) -> Vec<Change> {
    let function = match (cassette.fingerprint(), &now.function) {
        (Some(recorded), Some(now)) if recorded.is_comparable() => {
            of_function(recorded, now, track)
        }
        _ => None,
    };
    let tracked = now.tracked.iter().filter_map(|(name, now)| {
        let recorded = cassette.comparable_hash_of(name)?;
        changed(Part::Tracked(name.clone()), recorded, now)
    });
    function.into_iter().chain(tracked).collect()
}

fn of_function(recorded: &Fingerprint, now: &Fingerprint, track: Track) -> Option<Change> {
    let signature = || changed(Part::Signature, recorded.signature(), now.signature());
    match track {
        Track::Off => None,
        Track::Signature => signature(),
        Track::Body => signature().or_else(|| changed(Part::Body, recorded.body(), now.body())),
    }
}

fn changed(of: Part, recorded: &str, actual: &str) -> Option<Change> {
    (recorded != actual).then(|| Change {
        of,
        recorded: recorded.to_owned(),
        actual: actual.to_owned(),
    })
}

/// What will be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    Play,
    /// Play, and see whether the old recording still fits the changed function.
    Recheck,
    /// Play, and see whether the server still answers so.
    Verify,
    Record,
    Update,
    Forward,
    /// Fail before the test runs; the state says why.
    Refuse,
}

impl Plan {
    /// Returns true where a request without a recorded answer is a failure.
    pub(crate) fn only_plays(self) -> bool {
        matches!(self, Self::Play | Self::Recheck | Self::Verify)
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Play => "play",
            Self::Recheck => "recheck",
            Self::Verify => "verify",
            Self::Record => "record",
            Self::Update => "update",
            Self::Forward => "forward",
            Self::Refuse => "refuse",
        })
    }
}

/// The whole table of modes: one pure function.
pub(crate) fn plan(mode: Mode, state: &State, on_change: OnChange, on_expiry: OnExpiry) -> Plan {
    match (mode, state) {
        (Mode::Live, _) => Plan::Forward,
        (Mode::Record, _) | (Mode::Auto | Mode::Update, State::Missing) => Plan::Record,
        (Mode::Replay | Mode::Verify, State::Missing) => Plan::Refuse,
        (Mode::Verify, _) => Plan::Verify,
        (Mode::Auto | Mode::Replay | Mode::Update, State::Fresh) => as_recorded(mode),
        (Mode::Auto | Mode::Replay | Mode::Update, State::Stale(_)) => stale(mode, on_change),
        (Mode::Auto | Mode::Replay | Mode::Update, State::Expired { .. }) => {
            expired(mode, on_expiry)
        }
    }
}

fn as_recorded(mode: Mode) -> Plan {
    match mode {
        Mode::Update => Plan::Update,
        _ => Plan::Play,
    }
}

fn stale(mode: Mode, on_change: OnChange) -> Plan {
    match (on_change, mode) {
        (OnChange::Record, Mode::Replay) | (OnChange::Fail, _) => Plan::Refuse,
        (OnChange::Record, _) => Plan::Record,
        (OnChange::Recheck, _) => Plan::Recheck,
        (OnChange::Warn, _) => as_recorded(mode),
    }
}

fn expired(mode: Mode, on_expiry: OnExpiry) -> Plan {
    match (on_expiry, mode) {
        (OnExpiry::Fail, _) => Plan::Refuse,
        (OnExpiry::Record, Mode::Auto | Mode::Update) => Plan::Record,
        (OnExpiry::Record | OnExpiry::Warn, _) => as_recorded(mode),
    }
}

#[cfg(test)]
mod tests;
