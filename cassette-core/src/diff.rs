mod alike;
mod bodies;
mod content;

use std::collections::BTreeMap;

pub(crate) use alike::{alike, leaves_alike, paths_alike};
pub(crate) use bodies::bodies;
pub(crate) use content::Content;

use crate::address::Pair;

/// How much of a value a report shows.
const SHOWN: usize = 60;

/// How much of what is equal it shows before a difference.
const CONTEXT: usize = 20;

/// One place in which two requests differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) place: String,
    pub(crate) recorded: String,
    pub(crate) actual: String,
}

impl Difference {
    /// Values are redacted before they come here; long ones are cut to where they begin to differ.
    pub(crate) fn new(
        place: impl Into<String>,
        recorded: Option<&str>,
        actual: Option<&str>,
    ) -> Self {
        let alike = match (recorded, actual) {
            (Some(recorded), Some(actual)) => common_chars(recorded, actual),
            _ => 0,
        };
        let show = |value: Option<&str>| {
            value.map_or_else(|| "(absent)".to_owned(), |value| cut_from(value, alike))
        };
        Self {
            place: place.into(),
            recorded: show(recorded),
            actual: show(actual),
        }
    }
}

fn common_chars(left: &str, right: &str) -> usize {
    left.chars()
        .zip(right.chars())
        .take_while(|(left, right)| left == right)
        .count()
}

/// Returns `text` without most of its first `alike` characters, where they would fill the line.
fn cut_from(text: &str, alike: usize) -> String {
    if alike < SHOWN - CONTEXT {
        return cut(text);
    }
    let rest: String = text.chars().skip(alike - CONTEXT).collect();
    format!("…{}", cut(&rest))
}

/// Returns `text` on one line and not too long.
pub(crate) fn cut(text: &str) -> String {
    let line = text
        .escape_debug()
        .to_string()
        .replace("\\\"", "\"")
        .replace("\\'", "'");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}… ({} bytes)", &line[..end], text.len()),
        None => line,
    }
}

/// The values of one name.
type Sides<'a> = (Vec<&'a [u8]>, Vec<&'a [u8]>);

/// Compares names and their values: queries, forms, headers. Names are equal, values alike.
pub(crate) fn pairs(what: &str, recorded: &[Pair], actual: &[Pair]) -> Vec<Difference> {
    let mut names: BTreeMap<&[u8], Sides<'_>> = BTreeMap::new();
    for (name, value) in recorded {
        names.entry(name).or_default().0.push(value);
    }
    for (name, value) in actual {
        names.entry(name).or_default().1.push(value);
    }
    let difference = |(name, sides): (&[u8], Sides<'_>)| of_name(what, name, &sides.0, &sides.1);
    names.into_iter().filter_map(difference).collect()
}

fn of_name(what: &str, name: &[u8], recorded: &[&[u8]], actual: &[&[u8]]) -> Option<Difference> {
    let is_same = alike::all_alike(recorded, actual, |left, right| alike(left, right));
    (!is_same).then(|| {
        let place = format!("{what} {}", readable(name));
        let (recorded, actual) = (joined(recorded), joined(actual));
        Difference::new(place, recorded.as_deref(), actual.as_deref())
    })
}

fn joined(values: &[&[u8]]) -> Option<String> {
    let texts: Vec<String> = values.iter().map(|value| readable(value)).collect();
    (!texts.is_empty()).then(|| texts.join(" | "))
}

pub(crate) fn readable(bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes).map(str::to_owned);
    text.unwrap_or_else(|_| bytes.escape_ascii().to_string())
}

#[cfg(test)]
mod tests;
