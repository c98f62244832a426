use std::collections::{BTreeMap, BTreeSet};

use super::alike::{alike, leaves_alike};
use super::content::{Content, fields};
use super::{Difference, cut, pairs};
use crate::multipart::Part;
use crate::node::{self, Paths};

/// Compares two bodies that are known to differ: part by part, JSON by path, forms by field, text by
/// line, else by length. What is alike there is no difference.
pub(crate) fn bodies(
    recorded: Content<'_>,
    actual: Content<'_>,
    ignored: &Paths,
) -> Vec<Difference> {
    compare("", recorded, actual, ignored)
}

/// Compares two bodies in the place that `within` names.
fn compare(
    within: &str,
    recorded: Content<'_>,
    actual: Content<'_>,
    ignored: &Paths,
) -> Vec<Difference> {
    let places = || {
        by_part(within, recorded, actual, ignored)
            .or_else(|| by_path(within, recorded, actual, ignored))
            .or_else(|| by_field(within, recorded, actual))
            .or_else(|| as_text(within, recorded, actual))
    };
    let differ = recorded.bytes != actual.bytes;
    // The same bytes are not the same to a reader who is told something else of them.
    differ.then(places).flatten().unwrap_or_else(|| {
        let place = format!("{within}content-type");
        let (recorded, actual) = (recorded.content_type, actual.content_type);
        vec![Difference::new(place, Some(recorded), Some(actual))]
    })
}

fn by_part(
    within: &str,
    recorded: Content<'_>,
    actual: Content<'_>,
    ignored: &Paths,
) -> Option<Vec<Difference>> {
    let (left, right) = (recorded.parts()?, actual.parts()?);
    let places = places(within, &left, &right);
    let difference = |(index, place): (usize, String)| match (left.get(index), right.get(index)) {
        (Some(left), Some(right)) => {
            let content = (recorded.of_part(left), actual.of_part(right));
            part(&place, (left, right), content, ignored)
        }
        (left, right) => {
            let text = |part: Option<&Part<'_>>| part.map(|part| readable(part.body));
            let (recorded, actual) = (text(left), text(right));
            vec![Difference::new(
                place,
                recorded.as_deref(),
                actual.as_deref(),
            )]
        }
    };
    non_empty(
        places
            .into_iter()
            .enumerate()
            .flat_map(difference)
            .collect(),
    )
}

fn part(
    place: &str,
    (left, right): (&Part<'_>, &Part<'_>),
    (recorded, actual): (Content<'_>, Content<'_>),
    ignored: &Paths,
) -> Vec<Difference> {
    let mut differences = pairs(&format!("{place} header"), &fields(left), &fields(right));
    let explained = !differences.is_empty() && left.body == right.body;
    if !explained && !recorded.is_alike(&actual, ignored) {
        differences.extend(compare(&format!("{place} "), recorded, actual, ignored));
    }
    differences
}

/// Returns what the parts are called: by the field's name, where it tells the part from all others
/// and both sides agree, else by number.
fn places(within: &str, left: &[Part<'_>], right: &[Part<'_>]) -> Vec<String> {
    let (left, right) = (names(left), names(right));
    let place = |index: usize| {
        let named = match (left.get(index), right.get(index)) {
            (Some(left), Some(right)) => left.as_ref().filter(|_| left == right),
            (one, other) => one.or(other).and_then(Option::as_ref),
        };
        match named {
            Some(name) => format!("{within}part \"{}\"", cut(name)),
            None => format!("{within}part {}", index + 1),
        }
    };
    (0..left.len().max(right.len())).map(place).collect()
}

/// Returns the names of the parts that no other part has.
fn names(parts: &[Part<'_>]) -> Vec<Option<String>> {
    let names: Vec<_> = parts.iter().map(Part::name).collect();
    let mut seen = BTreeMap::new();
    for name in names.iter().flatten() {
        *seen.entry(name.clone()).or_insert(0) += 1;
    }
    let alone = |name: &_| seen.get(name) == Some(&1);
    let owned = names.into_iter().map(|name| name.filter(alone));
    owned.map(|name| name.map(Into::into)).collect()
}

fn by_path(
    within: &str,
    recorded: Content<'_>,
    actual: Content<'_>,
    ignored: &Paths,
) -> Option<Vec<Difference>> {
    let leaves = |content: Content<'_>| Some(node::leaves(&content.json()?, ignored));
    let (recorded, actual) = (leaves(recorded)?, leaves(actual)?);
    let paths: BTreeSet<&String> = recorded.keys().chain(actual.keys()).collect();
    let difference = |path: &String| {
        let (recorded, actual) = (recorded.get(path), actual.get(path));
        let path = if path.is_empty() { "/" } else { path };
        let (left, right) = (recorded.map(String::as_str), actual.map(String::as_str));
        let is_same =
            matches!((left, right), (Some(left), Some(right)) if leaves_alike(left, right));
        (!is_same).then(|| Difference::new(format!("{within}body {path}"), left, right))
    };
    non_empty(paths.into_iter().filter_map(difference).collect())
}

fn by_field(within: &str, recorded: Content<'_>, actual: Content<'_>) -> Option<Vec<Difference>> {
    let (recorded, actual) = (recorded.form()?, actual.form()?);
    non_empty(pairs(&format!("{within}body field"), &recorded, &actual))
}

/// Boundaries are drawn anew for each request, so they are no difference.
fn as_text(within: &str, recorded: Content<'_>, actual: Content<'_>) -> Option<Vec<Difference>> {
    let (recorded, actual) = (recorded.without_boundary(), actual.without_boundary());
    if recorded == actual {
        return None;
    }
    let difference = match (str::from_utf8(&recorded), str::from_utf8(&actual)) {
        (Ok(left), Ok(right)) if left.is_empty() || right.is_empty() => {
            let text = |text| Some(text).filter(|text: &&str| !text.is_empty());
            Difference::new(format!("{within}body"), text(left), text(right))
        }
        (Ok(left), Ok(right)) => first_line(within, left, right),
        _ => {
            let alike = recorded.iter().zip(actual.iter());
            let at = alike.take_while(|(left, right)| left == right).count();
            let place = format!("{within}body from byte {at}");
            Difference::new(place, Some(&size(&recorded)), Some(&size(&actual)))
        }
    };
    Some(vec![difference])
}

fn first_line(within: &str, recorded: &str, actual: &str) -> Difference {
    let (left, right): (Vec<_>, Vec<_>) =
        (recorded.split('\n').collect(), actual.split('\n').collect());
    let first = |same: fn(&[u8], &[u8]) -> bool| {
        (0..left.len().max(right.len())).find(|&at| match (left.get(at), right.get(at)) {
            (Some(left), Some(right)) => !same(left.as_bytes(), right.as_bytes()),
            _ => true,
        })
    };
    // Line by line they may be alike, and yet be compared in another way.
    let at = first(alike).or_else(|| first(|left, right| left == right));
    let at = at.unwrap_or(left.len());
    let place = format!("{within}body line {}", at + 1);
    Difference::new(place, left.get(at).copied(), right.get(at).copied())
}

fn readable(bytes: &[u8]) -> String {
    match str::from_utf8(bytes) {
        Ok(text) if !text.is_empty() => text.to_owned(),
        _ => size(bytes),
    }
}

fn size(bytes: &[u8]) -> String {
    format!("{} bytes", bytes.len())
}

fn non_empty(differences: Vec<Difference>) -> Option<Vec<Difference>> {
    Some(differences).filter(|differences| !differences.is_empty())
}
