use std::collections::HashMap;

use cassette_core::{Interaction, Recorded};
use serde::Serialize;

use super::message;
use super::sides::{Row, rows};
use crate::changed::{Changed, Changes, Status};
use crate::diff::{Change, InteractionDifference, Paired, paired, waited};
use crate::words::printable;
use crate::workspace::Workspace;

/// What the page's script reads.
#[derive(Serialize)]
pub(super) struct Page {
    since: String,
    cassettes: Vec<Cassette>,
}

#[derive(Serialize)]
struct Cassette {
    name: String,
    package: String,
    path: String,
    status: Status,
    summary: String,
    problems: Vec<String>,
    head: Vec<Field>,
    interactions: Vec<Exchange>,
}

/// A value that differs.
#[derive(Serialize)]
struct Field {
    place: String,
    old: Option<String>,
    new: Option<String>,
}

/// An interaction.
#[derive(Serialize)]
struct Exchange {
    kind: &'static str,
    old: Option<usize>,
    new: Option<usize>,
    method: String,
    url: String,
    old_answer: Option<String>,
    new_answer: Option<String>,
    /// `good`, `warn` or `bad`: how the answer is coloured.
    tone: &'static str,
    /// How long the recorded answer was waited for, in milliseconds, where that was recorded.
    waited: Option<u64>,
    is_moved: bool,
    fields: Vec<Field>,
    /// Request and answer side by side; none where nothing differs.
    request: Vec<Row>,
    answer: Vec<Row>,
}

pub(super) fn page(changes: &Changes, workspace: &Workspace) -> Page {
    let changed = changes.changed.iter();
    Page {
        since: printable(&changes.since),
        cassettes: changed.map(|one| cassette(one, workspace)).collect(),
    }
}

fn cassette(one: &Changed, workspace: &Workspace) -> Cassette {
    let (old, new) = one.cassettes();
    let difference = one.difference();
    // A side that cannot be read has no interactions to compare with.
    let pairs = match &difference {
        Some(_) => paired(old, new),
        None => Vec::new(),
    };
    let difference = difference.unwrap_or_default();
    let numbered = difference.interactions.iter();
    let differences = numbered.map(|one| ((one.old, one.new), one)).collect();
    let problems = one.problems().into_iter();
    Cassette {
        name: printable(&one.name),
        package: one.package.clone(),
        path: printable(&workspace.shown(&one.file)),
        status: one.status,
        summary: one.summary(),
        problems: problems.map(|problem| format!("{problem:#}")).collect(),
        head: difference.head.iter().map(field).collect(),
        interactions: pairs
            .into_iter()
            .map(|pair| exchange(pair, &differences))
            .collect(),
    }
}

/// What differs in interactions, by their numbers in the old and in the new cassette.
type Differences<'a> = HashMap<(Option<usize>, Option<usize>), &'a InteractionDifference>;

fn exchange(pair: Paired<'_>, differences: &Differences<'_>) -> Exchange {
    let number = |side: Option<(usize, &Interaction)>| side.map(|(at, _)| at + 1);
    let (old, new) = (pair.old.map(|(_, one)| one), pair.new.map(|(_, one)| one));
    let numbers = (number(pair.old), number(pair.new));
    let different = differences.get(&numbers).copied();
    let is_shown =
        different.is_some_and(|one| old.is_none() || new.is_none() || !one.changes.is_empty());
    let sides = |of: fn(&Interaction) -> String| match is_shown {
        true => rows(old.map(of).as_deref(), new.map(of).as_deref()),
        false => Vec::new(),
    };
    let last = new.or(old);
    Exchange {
        kind: kind(different),
        old: numbers.0,
        new: numbers.1,
        method: last.map_or_else(String::new, |one| one.request().method().to_string()),
        url: last.map_or_else(String::new, |one| {
            printable(&message::short(one.request().url()))
        }),
        old_answer: old.map(message::outcome),
        new_answer: new.map(message::outcome),
        tone: last.map_or("good", tone),
        waited: last.and_then(waited),
        is_moved: pair.is_moved,
        fields: different.map_or_else(Vec::new, |one| one.changes.iter().map(field).collect()),
        request: sides(message::request),
        answer: sides(message::answer),
    }
}

fn kind(different: Option<&InteractionDifference>) -> &'static str {
    match different {
        None => "same",
        Some(one) if one.old.is_none() => "added",
        Some(one) if one.new.is_none() => "removed",
        Some(one) if one.changes.is_empty() => "moved",
        Some(_) => "changed",
    }
}

fn tone(of: &Interaction) -> &'static str {
    match of.recorded() {
        Recorded::Error(_) => "bad",
        Recorded::Response(response) if response.status().is_server_error() => "bad",
        Recorded::Response(response) if response.status().is_client_error() => "warn",
        Recorded::Response(_) => "good",
    }
}

/// How many characters of a value stand in the list of what differs; the sides have more of it.
const VALUE: usize = 300;

fn field(change: &Change) -> Field {
    let value = |value: &Option<String>| {
        let value = value.as_ref()?;
        Some(match value.char_indices().nth(VALUE) {
            None => printable(value),
            Some((at, _)) => printable(&value[..at]) + " …",
        })
    };
    Field {
        place: printable(&change.place),
        old: value(&change.old),
        new: value(&change.new),
    }
}
