//! What was wrong, for the one who reads it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// One thing that was wrong with a case. It never holds the secret.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) case: String,
    pub(crate) place: String,
    pub(crate) what: String,
}

impl Failure {
    pub(crate) fn new(case: &str, place: &str, what: impl Into<String>) -> Self {
        Self {
            case: case.to_owned(),
            place: place.to_owned(),
            what: what.into(),
        }
    }
}

/// What stands between the columns.
const BAR: &str = " | ";

/// Returns a table of all failures: the case, the place, what it was.
pub(crate) fn table(failures: &[Failure]) -> String {
    let width = |of: fn(&Failure) -> &str| {
        let widths = failures.iter().map(|failure| of(failure).chars().count());
        widths.max().unwrap_or(0)
    };
    let (case, place) = (
        width(|failure| &failure.case),
        width(|failure| &failure.place),
    );
    let mut text = String::new();
    for failure in failures {
        let what = failure.what.lines().next().unwrap_or_default();
        writeln!(
            text,
            "{:case$}{BAR}{:place$}{BAR}{what}",
            failure.case, failure.place
        )
        .expect("a string takes it");
    }
    text
}

/// Reads a table.
pub(crate) fn parse(table: &str) -> Vec<Failure> {
    let failure = |line: &str| {
        let mut columns = line.splitn(3, BAR).map(str::trim);
        let mut next = || columns.next().unwrap_or_default();
        Failure::new(next(), next(), next())
    };
    table.lines().map(failure).collect()
}

/// Fails with the table, where there is anything in it.
#[track_caller]
pub(crate) fn expect_none(failures: &[Failure], ran: usize) {
    let cases: BTreeSet<_> = failures.iter().map(|failure| &failure.case).collect();
    assert!(
        failures.is_empty(),
        "{} of {ran} cases failed\n\n{}",
        cases.len(),
        table(failures)
    );
}
