use super::*;
use crate::config::Config;
use std::path::Path;

fn stale() -> State {
    State::Stale(vec![Change {
        of: Part::Body,
        recorded: "v1:1".into(),
        actual: "v1:2".into(),
    }])
}

fn expired() -> State {
    State::Expired {
        age: Duration::from_secs(2),
        max_age: Duration::from_secs(1),
    }
}

/// One row of the table: the plan for missing, fresh, then stale and expired by what is to be
/// done with them: record, recheck (of a stale one), warn, fail.
fn check(mode: Mode, expect: [Plan; 9]) {
    let by_default = |state: &State| plan(mode, state, OnChange::default(), OnExpiry::default());
    let on_change = |policy| plan(mode, &stale(), policy, OnExpiry::default());
    let on_expiry = |policy| plan(mode, &expired(), OnChange::default(), policy);
    let actual = [
        by_default(&State::Missing),
        by_default(&State::Fresh),
        on_change(OnChange::Record),
        on_change(OnChange::Recheck),
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
    use Plan::{Forward, Play, Recheck, Record, Refuse, Update, Verify};
    #[rustfmt::skip]
    let table = [
        // missing fresh stale: record recheck warn fail, expired: record warn fail
        (Mode::Auto, [Record, Play, Record, Recheck, Play, Refuse, Record, Play, Refuse]),
        (Mode::Replay, [Refuse, Play, Refuse, Recheck, Play, Refuse, Play, Play, Refuse]),
        (Mode::Record, [Record; 9]),
        (Mode::Update, [Record, Update, Record, Recheck, Update, Refuse, Record, Update, Refuse]),
        (Mode::Verify, [Refuse, Verify, Verify, Verify, Verify, Verify, Verify, Verify, Verify]),
        (Mode::Live, [Forward; 9]),
    ];
    for (mode, expect) in table {
        check(mode, expect);
    }
}

fn cassette(fingerprint: Option<Fingerprint>) -> Cassette {
    let hashes = Hashes {
        function: fingerprint,
        ..Hashes::default()
    };
    Cassette::new("t".into(), None, SystemTime::UNIX_EPOCH, hashes)
}

fn hashes(signature: &str, body: &str) -> Hashes {
    Hashes {
        function: Some(Fingerprint::new(signature, body)),
        ..Hashes::default()
    }
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
        let now = hashes(signature, body);
        let settings = settings(|config| config.track(track));
        match State::of(Some(&recorded), &now, &settings, at(1)) {
            State::Stale(changes) => match &changes[..] {
                [Change { of: Part::Body, .. }] => "body",
                [
                    Change {
                        of: Part::Signature,
                        ..
                    },
                ] => "signature",
                _ => "others",
            },
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
    let now = hashes("v1:a", "v1:b");
    for recorded in [None, Some(Fingerprint::new("v2:x", "v2:y"))] {
        let cassette = cassette(recorded);
        let state = State::of(Some(&cassette), &now, &settings(|config| config), at(1));
        assert_eq!(state, State::Fresh);
    }
}

#[test]
fn age_counts_from_max_age_on_and_also_behind_a_change_that_is_let_pass() {
    let max_age = Duration::from_secs(10);
    let state = |seconds, recorded, on_change| {
        let settings = settings(|config| config.max_age(max_age).on_change(on_change));
        let now = hashes("v1:a", "v1:b");
        State::of(Some(&cassette(recorded)), &now, &settings, at(seconds))
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

#[test]
fn what_is_too_old_to_be_played_is_not_checked_again() {
    let is_stale = |mode, on_expiry| {
        let settings = settings(|config| {
            let config = config.mode(mode).on_change(OnChange::Recheck);
            config.max_age(Duration::from_secs(10)).on_expiry(on_expiry)
        });
        let changed = cassette(Some(Fingerprint::new("v1:a", "v1:x")));
        let state = State::of(Some(&changed), &hashes("v1:a", "v1:b"), &settings, at(11));
        matches!(state, State::Stale(_))
    };
    for mode in [Mode::Auto, Mode::Replay, Mode::Update] {
        assert!(!is_stale(mode, OnExpiry::Fail), "{mode}");
        assert!(is_stale(mode, OnExpiry::Warn), "{mode}");
        let plays = mode == Mode::Replay;
        assert_eq!(is_stale(mode, OnExpiry::Record), plays, "{mode}");
    }
}

#[test]
fn what_is_tracked_counts_where_it_has_a_hash_that_can_be_compared() {
    let tracked = |pairs: &[(&str, &str)]| Hashes {
        function: Some(Fingerprint::new("v1:a", "v1:b")),
        tracked: pairs
            .iter()
            .map(|(name, hash)| ((*name).to_owned(), (*hash).to_owned()))
            .collect(),
    };
    let mut cassette = cassette(Some(Fingerprint::new("v1:a", "v1:x")));
    cassette.tracked = tracked(&[("a.rs::f", "v1:1"), ("b.txt", "v1:2"), ("c", "v9:3")]).tracked;
    let names = |now: &[(&str, &str)], track| {
        let settings = settings(|config| config.track(track));
        match State::of(Some(&cassette), &tracked(now), &settings, at(1)) {
            State::Stale(changes) => changes.into_iter().map(|change| change.of).collect(),
            _ => Vec::new(),
        }
    };
    let of = |name: &str| Part::Tracked(name.to_owned());
    let same = [
        ("a.rs::f", "v1:1"),
        ("b.txt", "v1:2"),
        ("c", "v1:4"),
        ("new", "v1:5"),
    ];
    assert_eq!(names(&same, Track::Off), []);
    assert_eq!(names(&same, Track::Body), [Part::Body]);
    assert_eq!(names(&[], Track::Off), []);
    let changed = [("a.rs::f", "v1:0"), ("b.txt", "v1:0")];
    assert_eq!(names(&changed, Track::Off), [of("a.rs::f"), of("b.txt")]);
    assert_eq!(
        names(&changed, Track::Body),
        [Part::Body, of("a.rs::f"), of("b.txt")]
    );
}
