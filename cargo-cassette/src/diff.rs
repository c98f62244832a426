//! What differs between two cassettes, told in the terms of HTTP. Values in, values out.

mod body;
mod changes;
mod events;
mod fields;
mod headers;
mod interaction;
mod json;
mod lines;
mod pairs;
mod shown;

use std::collections::BTreeMap;

use cassette_core::{Cassette, Interaction};
use serde::Serialize;

pub(crate) use changes::Change;
use interaction::request;
pub(crate) use interaction::{answer, waited};
pub(crate) use lines::lines_of;
use pairs::Pair;

/// What differs between two cassettes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Difference {
    /// What stands before the interactions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) head: Vec<Change>,
    /// The interactions that differ, in the order of the new cassette; removed ones where they stood.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) interactions: Vec<InteractionDifference>,
}

/// An interaction that is in one of the cassettes only, stands elsewhere, or differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct InteractionDifference {
    /// Its number in the old cassette, the first being 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) old: Option<usize>,
    /// Its number in the new cassette.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) new: Option<usize>,
    /// It stands at another place among the others.
    pub(crate) is_moved: bool,
    /// Method and URL, the new ones where they differ.
    pub(crate) request: String,
    /// What came of it, in a word or two; the new where it differs.
    pub(crate) answer: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) changes: Vec<Change>,
}

/// Interactions of two cassettes that are the same one to a reader.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paired<'a> {
    pub(crate) old: Option<(usize, &'a Interaction)>,
    pub(crate) new: Option<(usize, &'a Interaction)>,
    pub(crate) is_moved: bool,
}

impl Difference {
    /// Compares two cassettes; where one is not there, all of the other was added or removed.
    pub(crate) fn between(old: Option<&Cassette>, new: Option<&Cassette>) -> Self {
        let differs = |paired: Paired<'_>| InteractionDifference::of(paired);
        Self {
            head: old
                .zip(new)
                .map(|(old, new)| head(old, new))
                .unwrap_or_default(),
            interactions: paired(old, new).into_iter().filter_map(differs).collect(),
        }
    }

    /// Returns the difference in one line, for example `1 added, 2 changed`.
    pub(crate) fn summary(&self) -> String {
        if self.interactions.is_empty() {
            return self.summary_of_head();
        }
        let count = |is_it: &dyn Fn(&InteractionDifference) -> bool| {
            self.interactions.iter().filter(|one| is_it(one)).count()
        };
        let is_pair = |one: &InteractionDifference| one.old.is_some() && one.new.is_some();
        let counts = [
            (count(&|one| one.old.is_none()), "added"),
            (count(&|one| one.new.is_none()), "removed"),
            (
                count(&|one| is_pair(one) && !one.changes.is_empty()),
                "changed",
            ),
            (
                count(&|one| is_pair(one) && one.changes.is_empty()),
                "moved",
            ),
        ];
        let counts = counts.iter().filter(|(number, _)| *number > 0);
        let counts: Vec<_> = counts
            .map(|(number, what)| format!("{number} {what}"))
            .collect();
        counts.join(", ")
    }

    fn summary_of_head(&self) -> String {
        let is_only = |words: &[&str]| {
            let mut places = self.head.iter().map(|change| change.place.as_str());
            places.all(|place| words.iter().any(|word| place.starts_with(word)))
        };
        match () {
            () if self.head.is_empty() => "only its form",
            () if is_only(&["recorded"]) => "only its date",
            () if is_only(&["recorded", "function"]) => "only the function changed",
            () if is_only(&["recorded", "function", "tracked"]) => "only the code changed",
            () => "nothing of the traffic",
        }
        .to_owned()
    }
}

impl InteractionDifference {
    /// Nothing, where there is no difference.
    fn of(paired: Paired<'_>) -> Option<Self> {
        let (_, shown) = paired.new.or(paired.old)?;
        let both = paired.old.zip(paired.new);
        let changes = both.map(|((_, old), (_, new))| interaction::changes(old, new));
        if changes.as_ref().is_some_and(Vec::is_empty) && !paired.is_moved {
            return None;
        }
        Some(Self {
            old: paired.old.map(|(at, _)| at + 1),
            new: paired.new.map(|(at, _)| at + 1),
            is_moved: paired.is_moved,
            request: request(shown.request()),
            answer: answer(shown),
            changes: changes.unwrap_or_default(),
        })
    }
}

/// Returns the interactions of both, in the order of the new cassette, removed ones where they stood.
pub(crate) fn paired<'a>(old: Option<&'a Cassette>, new: Option<&'a Cassette>) -> Vec<Paired<'a>> {
    let of = |cassette: Option<&'a Cassette>| cassette.map_or(&[][..], Cassette::interactions);
    let (old, new) = (of(old), of(new));
    let with = |pair: Pair| Paired {
        old: pair.old.map(|at| (at, &old[at])),
        new: pair.new.map(|at| (at, &new[at])),
        is_moved: pair.is_moved,
    };
    pairs::pairs(old, new).into_iter().map(with).collect()
}

fn head(old: &Cassette, new: &Cassette) -> Vec<Change> {
    let time = |cassette: &Cassette| {
        let time = humantime::format_rfc3339_seconds(cassette.recorded_at());
        Some(time.to_string())
    };
    let hash = |cassette: &Cassette, is_body: bool| {
        let hashes = cassette.fingerprint()?;
        Some(match is_body {
            true => hashes.body().to_owned(),
            false => hashes.signature().to_owned(),
        })
    };
    let mut out: Vec<_> = [
        Change::new("test", old.test().into(), new.test().into()),
        Change::maybe("source", old.source(), new.source()),
        Change::maybe("recorded", time(old), time(new)),
        Change::maybe("function signature", hash(old, false), hash(new, false)),
        Change::maybe("function body", hash(old, true), hash(new, true)),
    ]
    .into_iter()
    .flatten()
    .collect();
    maps("tracked", old.tracked(), new.tracked(), &mut out);
    maps("variable", old.variables(), new.variables(), &mut out);
    out
}

fn maps(
    what: &str,
    old: &BTreeMap<String, String>,
    new: &BTreeMap<String, String>,
    out: &mut Vec<Change>,
) {
    let added = new.keys().filter(|name| !old.contains_key(*name));
    for name in old.keys().chain(added) {
        let place = format!("{what} {name}");
        out.extend(Change::maybe(place, old.get(name), new.get(name)));
    }
}

#[cfg(test)]
mod tests;
