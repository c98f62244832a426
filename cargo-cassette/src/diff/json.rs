use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use similar::DiffOp;

use super::changes::Change;
use super::lines;

/// JSON as text, so that numbers, order and repeated keys are those of the file.
enum Node<'a> {
    Object(Vec<(String, &'a RawValue)>),
    Array(Vec<&'a RawValue>),
    Scalar,
}

/// Compares two JSON texts, both with two spaces a level. The places are JSON pointers, as those of
/// `redact`. Returns nothing where they are equal but for the order of keys.
pub(super) fn changes(place: &str, old: &str, new: &str) -> Vec<Change> {
    let mut out = Vec::new();
    if let (Ok(old), Ok(new)) = (serde_json::from_str(old), serde_json::from_str(new)) {
        compare(&format!("{place} "), old, new, &mut out);
    }
    out
}

fn compare(place: &str, old: &RawValue, new: &RawValue, out: &mut Vec<Change>) {
    if old.get() == new.get() {
        return;
    }
    match (Node::of(old), Node::of(new)) {
        (Node::Object(old), Node::Object(new)) => objects(place, &old, &new, out),
        (Node::Array(old), Node::Array(new)) => arrays(place, &old, &new, out),
        _ => out.extend(Change::new(place.trim_end(), shown(old), shown(new))),
    }
}

fn objects(
    place: &str,
    old: &[(String, &RawValue)],
    new: &[(String, &RawValue)],
    out: &mut Vec<Change>,
) {
    let (olds, news) = (occurrences(old), occurrences(new));
    let found: HashMap<_, _> = news.iter().copied().collect();
    for (key, value) in &olds {
        match found.get(key) {
            Some(other) => compare(&below(place, key.0), value, other, out),
            None => removed(&below(place, key.0), value, out),
        }
    }
    let known: HashMap<_, _> = olds.into_iter().collect();
    let new = news.iter().filter(|(key, _)| !known.contains_key(key));
    new.for_each(|(key, value)| added(&below(place, key.0), value, out));
}

type Occurrence<'a> = ((&'a str, usize), &'a RawValue);

/// Returns the members, those of a repeated key numbered.
fn occurrences<'a>(object: &'a [(String, &'a RawValue)]) -> Vec<Occurrence<'a>> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let numbered = object.iter().map(|(key, value)| {
        let number = seen.entry(key).or_default();
        *number += 1;
        ((key.as_str(), *number), *value)
    });
    numbered.collect()
}

fn arrays(place: &str, old: &[&RawValue], new: &[&RawValue], out: &mut Vec<Change>) {
    let text = |items: &[&RawValue]| items.iter().map(|item| item.get().to_owned()).collect();
    let (olds, news): (Vec<String>, Vec<String>) = (text(old), text(new));
    let at = |index: usize| below(place, &index.to_string());
    for op in lines::operations(&olds, &news) {
        let (olds, news) = (op.old_range(), op.new_range());
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let both = olds.len().min(news.len());
        for (old_at, new_at) in olds.clone().zip(news.clone()) {
            compare(&at(new_at), old[old_at], new[new_at], out);
        }
        olds.skip(both)
            .for_each(|index| removed(&at(index), old[index], out));
        news.skip(both)
            .for_each(|index| added(&at(index), new[index], out));
    }
}

fn added(place: &str, value: &RawValue, out: &mut Vec<Change>) {
    out.extend(Change::maybe(place, None::<String>, Some(shown(value))));
}

fn removed(place: &str, value: &RawValue, out: &mut Vec<Change>) {
    out.extend(Change::maybe(place, Some(shown(value)), None::<String>));
}

/// A JSON pointer, with the two characters escaped that it gives a meaning.
fn below(place: &str, key: &str) -> String {
    format!("{place}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Returns a value on one line. No string of JSON holds a line break.
fn shown(value: &RawValue) -> String {
    let lines = value.get().lines().map(str::trim_start);
    let mut out = String::new();
    for line in lines {
        let gap = match out.ends_with(',') {
            true => " ",
            false => "",
        };
        out.push_str(gap);
        out.push_str(line);
    }
    out
}

impl<'a> Node<'a> {
    fn of(value: &'a RawValue) -> Self {
        let text = value.get();
        match text.as_bytes().first() {
            Some(b'{') => serde_json::from_str(text)
                .map_or(Self::Scalar, |Members(members)| Self::Object(members)),
            Some(b'[') => serde_json::from_str(text).map_or(Self::Scalar, Self::Array),
            _ => Self::Scalar,
        }
    }
}

/// An object with its keys in order, also those that are repeated.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}
