use std::time::{Duration, SystemTime};

use crate::cassette::{Cassette, Fingerprint};
use crate::mode::{Mode, OnChange, OnExpiry, Track};
use crate::settings::Settings;

/// How a cassette stands to its test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Missing,
    Fresh,
    Stale(Change),
    Expired { age: Duration, max_age: Duration },
}

/// What has changed in the test function, with the hashes then and now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) what: &'static str,
    pub(crate) recorded: String,
    pub(crate) actual: String,
}

impl State {
    /// A change goes before an age, unless it is let pass.
    pub(crate) fn of(
        cassette: Option<&Cassette>,
        now: Option<&Fingerprint>,
        settings: &Settings,
        time: SystemTime,
    ) -> Self {
        let Some(cassette) = cassette else {
            return Self::Missing;
        };
        let change = change(cassette.fingerprint(), now, settings.track);
        // A clock that was set back makes nothing old.
        let age = time
            .duration_since(cassette.recorded_at)
            .unwrap_or_default();
        let expired = settings.max_age.filter(|max_age| age > *max_age);
        match (change, expired) {
            (Some(change), None) => Self::Stale(change),
            (Some(change), Some(_)) if settings.on_change != OnChange::Warn => Self::Stale(change),
            (_, Some(max_age)) => Self::Expired { age, max_age },
            (None, None) => Self::Fresh,
        }
    }
}

/// A recording without hashes, or with hashes of another version, counts as fresh.
fn change(
    recorded: Option<&Fingerprint>,
    now: Option<&Fingerprint>,
    track: Track,
) -> Option<Change> {
    let (recorded, now) = (recorded.filter(|recorded| recorded.is_comparable())?, now?);
    let changed = |what, recorded: &str, actual: &str| {
        (recorded != actual).then(|| Change {
            what,
            recorded: recorded.to_owned(),
            actual: actual.to_owned(),
        })
    };
    let signature = || changed("signature", recorded.signature(), now.signature());
    match track {
        Track::Off => None,
        Track::Signature => signature(),
        Track::Body => signature().or_else(|| changed("body", recorded.body(), now.body())),
    }
}

/// What will be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    Play,
    Record,
    Update,
    Forward,
    /// Fail before the test runs; the state says why.
    Refuse,
}

/// The whole table of modes: one pure function.
pub(crate) fn plan(mode: Mode, state: &State, on_change: OnChange, on_expiry: OnExpiry) -> Plan {
    let recorded_again = match (state, on_change, on_expiry) {
        (State::Missing, ..) => return plan_missing(mode),
        (State::Fresh, ..)
        | (State::Stale(_), OnChange::Warn, _)
        | (State::Expired { .. }, _, OnExpiry::Warn) => false,
        (State::Stale(_), OnChange::Record, _) | (State::Expired { .. }, _, OnExpiry::Record) => {
            true
        }
        (State::Stale(_), OnChange::Fail, _) | (State::Expired { .. }, _, OnExpiry::Fail) => {
            return match mode {
                Mode::Record => Plan::Record,
                Mode::Live => Plan::Forward,
                Mode::Auto | Mode::Replay | Mode::Update => Plan::Refuse,
            };
        }
    };
    match mode {
        Mode::Live => Plan::Forward,
        Mode::Record => Plan::Record,
        Mode::Auto | Mode::Update if recorded_again => Plan::Record,
        Mode::Update => Plan::Update,
        Mode::Replay if recorded_again && matches!(state, State::Stale(_)) => Plan::Refuse,
        Mode::Auto | Mode::Replay => Plan::Play,
    }
}

fn plan_missing(mode: Mode) -> Plan {
    match mode {
        Mode::Auto | Mode::Record | Mode::Update => Plan::Record,
        Mode::Replay => Plan::Refuse,
        Mode::Live => Plan::Forward,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use std::path::Path;

    fn stale() -> State {
        State::Stale(Change {
            what: "body",
            recorded: "v1:1".into(),
            actual: "v1:2".into(),
        })
    }

    fn expired() -> State {
        State::Expired {
            age: Duration::from_secs(2),
            max_age: Duration::from_secs(1),
        }
    }

    /// One row of the table: the plan for missing, fresh, then stale and expired by what is to be
    /// done with them: record, warn, fail.
    fn check(mode: Mode, expect: [Plan; 8]) {
        let by_default =
            |state: &State| plan(mode, state, OnChange::default(), OnExpiry::default());
        let on_change = |policy| plan(mode, &stale(), policy, OnExpiry::default());
        let on_expiry = |policy| plan(mode, &expired(), OnChange::default(), policy);
        let actual = [
            by_default(&State::Missing),
            by_default(&State::Fresh),
            on_change(OnChange::Record),
            on_change(OnChange::Warn),
            on_change(OnChange::Fail),
            on_expiry(OnExpiry::Record),
            on_expiry(OnExpiry::Warn),
            on_expiry(OnExpiry::Fail),
        ];
        assert_eq!(actual, expect, "{mode}");
    }

    #[test]
    fn every_cell_of_the_table_of_modes() {
        use Plan::{Forward, Play, Record, Refuse, Update};
        check(
            Mode::Auto,
            [Record, Play, Record, Play, Refuse, Record, Play, Refuse],
        );
        check(
            Mode::Replay,
            [Refuse, Play, Refuse, Play, Refuse, Play, Play, Refuse],
        );
        check(Mode::Record, [Record; 8]);
        check(
            Mode::Update,
            [
                Record, Update, Record, Update, Refuse, Record, Update, Refuse,
            ],
        );
        check(Mode::Live, [Forward; 8]);
    }

    fn cassette(fingerprint: Option<Fingerprint>) -> Cassette {
        Cassette::new("t".into(), None, SystemTime::UNIX_EPOCH, fingerprint)
    }

    fn settings(change: impl FnOnce(Config) -> Config) -> Settings {
        let config = change(Config::new().environment([("", "")]));
        Settings::resolve(config, Path::new("/"), "t").unwrap()
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn changes_count_as_far_as_they_are_tracked() {
        let recorded = cassette(Some(Fingerprint::new("v1:a", "v1:b")));
        let state = |signature: &str, body: &str, track| {
            let now = Fingerprint::new(signature, body);
            let settings = settings(|config| config.track(track));
            match State::of(Some(&recorded), Some(&now), &settings, at(1)) {
                State::Stale(change) => change.what,
                _ => "none",
            }
        };
        assert_eq!(state("v1:a", "v1:b", Track::Body), "none");
        assert_eq!(state("v1:x", "v1:b", Track::Body), "signature");
        assert_eq!(state("v1:a", "v1:x", Track::Body), "body");
        assert_eq!(state("v1:a", "v1:x", Track::Signature), "none");
        assert_eq!(state("v1:x", "v1:x", Track::Signature), "signature");
        assert_eq!(state("v1:x", "v1:x", Track::Off), "none");
    }

    #[test]
    fn recordings_without_comparable_hashes_are_fresh() {
        let now = Fingerprint::new("v1:a", "v1:b");
        for recorded in [None, Some(Fingerprint::new("v2:x", "v2:y"))] {
            let cassette = cassette(recorded);
            let state = State::of(
                Some(&cassette),
                Some(&now),
                &settings(|config| config),
                at(1),
            );
            assert_eq!(state, State::Fresh);
        }
    }

    #[test]
    fn age_counts_from_max_age_on_and_also_behind_a_change_that_is_let_pass() {
        let max_age = Duration::from_secs(10);
        let state = |seconds, recorded, on_change| {
            let settings = settings(|config| config.max_age(max_age).on_change(on_change));
            let now = Fingerprint::new("v1:a", "v1:b");
            State::of(
                Some(&cassette(recorded)),
                Some(&now),
                &settings,
                at(seconds),
            )
        };
        let changed = Some(Fingerprint::new("v1:a", "v1:x"));
        let expired = State::Expired {
            age: Duration::from_secs(11),
            max_age,
        };
        assert_eq!(state(10, None, OnChange::Record), State::Fresh);
        assert_eq!(state(11, None, OnChange::Record), expired);
        assert_eq!(state(11, changed.clone(), OnChange::Warn), expired);
        for (seconds, on_change) in [
            (11, OnChange::Record),
            (11, OnChange::Fail),
            (10, OnChange::Warn),
        ] {
            assert!(matches!(
                state(seconds, changed.clone(), on_change),
                State::Stale(_)
            ));
        }
    }
}
