use cassette_core::Body;
use sha2::{Digest, Sha256};

use super::changes::Change;
use super::{events, fields, json, lines};
use crate::words;

/// The forms in which the file has the content: it is compared itself, whatever form it has.
const CONTENT: [&str; 8] = [
    "json", "text", "base64", "chunks", "parts", "boundary", "file", "layout",
];

/// Compares two bodies, by what their readers see in them.
pub(super) fn changes(place: &str, old: &Body, new: &Body, types: [&str; 2]) -> Vec<Change> {
    if old == new {
        return Vec::new();
    }
    let mut out = match old.bytes() == new.bytes() {
        true => chunks(place, old, new),
        false => content(place, old, new, types),
    };
    out.extend(fields::changes(place, old, new, &CONTENT));
    out
}

fn content(place: &str, old: &Body, new: &Body, types: [&str; 2]) -> Vec<Change> {
    if let (Some(old), Some(new)) = (json_text(old), json_text(new)) {
        return as_json(place, &old, &new);
    }
    let (Some(old_text), Some(new_text)) = (text(old), text(new)) else {
        let change = Change::maybe(place, binary(old), binary(new));
        return change.into_iter().collect();
    };
    let are = |wanted: &str| {
        types
            .iter()
            .all(|content_type| content_type.starts_with(wanted))
    };
    if are("text/event-stream") {
        return events::changes(place, &old_text, &new_text);
    }
    if are("application/x-www-form-urlencoded") {
        let fields = |text: &str| text.replace('&', "\n");
        return as_lines(place, &fields(&old_text), &fields(&new_text));
    }
    as_lines(place, &old_text, &new_text)
}

fn as_json(place: &str, old: &str, new: &str) -> Vec<Change> {
    let changes = json::changes(place, old, new);
    if !changes.is_empty() {
        return changes;
    }
    let other = match old == new {
        true => "the same, with other spaces",
        false => "the same, in another order",
    };
    Change::new(place, "JSON".to_owned(), other.to_owned())
        .into_iter()
        .collect()
}

/// Also of JSON that came in pieces, or that a person has written as text.
fn json_text(body: &Body) -> Option<String> {
    body.pretty_json()
        .or_else(|| Body::from(body.bytes().clone()).pretty_json())
}

fn as_lines(place: &str, old: &str, new: &str) -> Vec<Change> {
    vec![Change::of_lines(place, lines::hunks(old, new))]
}

/// A body that is JSON on one side only is easier to read with its lines.
fn text(body: &Body) -> Option<String> {
    body.pretty_json().or(body.text().map(str::to_owned))
}

fn chunks(place: &str, old: &Body, new: &Body) -> Vec<Change> {
    let number = |body: &Body| words::count(body.pieces().len(), "chunk");
    let are_streams = old.is_stream() && new.is_stream();
    if !are_streams || old.pieces() == new.pieces() {
        return Vec::new();
    }
    let new = match (number(old), number(new)) {
        (old, new) if old == new => format!("{new}, cut elsewhere"),
        (_, new) => new,
    };
    Change::new(place, number(old), new).into_iter().collect()
}

/// Nothing, where there are no bytes.
fn binary(body: &Body) -> Option<String> {
    let bytes = body.bytes();
    let digest = Sha256::digest(bytes);
    let digest: String = digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let size = words::size(bytes.len() as u64);
    (!bytes.is_empty()).then(|| format!("{size}, sha256 {digest}…"))
}
