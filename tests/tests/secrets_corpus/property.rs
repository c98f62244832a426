//! Whatever the secret is, and wherever the other side writes it: it is in nothing that was written.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::{Config, RngSeed};

use crate::case::Case;
use crate::run_share;
use crate::script::{Script, read_file, read_folder};
use crate::table::table;
use crate::value::{Value, fits};

/// Secrets as providers make them, and as people do.
fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "[!-~]{12,64}",
        "[A-Za-z0-9+/]{22,62}={0,2}",
        "[A-Za-z0-9_-]{12,64}",
        "[0-9a-f]{32,64}",
        "[a-zäöüßéñ0-9!-/:@]{12,40}",
        "[\\w&&[^\\p{M}]]{12,24}",
    ]
    .prop_filter("it can be learned from both", |text| {
        fits(text, "line long variable")
    })
}

/// Echoes that any secret fits into.
fn echoes() -> Vec<Script> {
    let echoes = read_folder("secrets/echoes").into_iter();
    let echoes = echoes.filter(|echo| {
        ["kinds", "values", "expect", "body-limit", "each-cut"]
            .iter()
            .all(|name| echo.directive(name).is_none())
    });
    echoes.collect()
}

/// A secret that is learned in one way, and echoed in several.
fn case() -> impl Strategy<Value = Case> {
    let teachers = read_file("secrets/teachers.http").into_iter();
    let teachers = teachers.filter(|teacher| teacher.directive("plain").is_some());
    let echoed = subsequence(echoes(), 1..4);
    (secret(), echoed, select(teachers.collect::<Vec<_>>())).prop_map(|(text, echoes, teacher)| {
        let (name, mut echoes) = ("generated".to_owned(), echoes.into_iter());
        let mut script = echoes.next().expect("there is one");
        for echo in echoes {
            script.name = format!("{}; {}", script.name, echo.name);
            script.steps.extend(echo.steps);
        }
        Case::of(&script, &Value { name, text }).taught_by(&teacher)
    })
}

#[test]
fn no_secret_is_written_whatever_carries_it() {
    let config = Config {
        cases: 64,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        max_shrink_iters: 200,
        ..Config::default()
    };
    proptest!(config, |(case in case())| {
        let failures = run_share(vec![&case]);
        prop_assert!(failures.is_empty(), "{}", table(&failures));
    });
}
