use std::ops::Range;

use memchr::{memchr, memchr3};

use super::custom::Rules;
use super::selector::Carrier;
use super::spot::{Fill, Spot, merge};
use super::text::as_text;
use crate::json;
use crate::node;

/// Returns where the secret strings of JSON are, without their quotes.
///
/// It looks for a key and the string behind it wherever they stand, so that it also finds them in
/// lines of JSON, in events of a stream, beside bytes that are no text and below any depth. Only
/// strings are secrets: `"total_tokens": 42` stays, and so do empty strings. One that has no end, as
/// in a body that was not read to its own, ends with its line.
pub(super) fn strings(content: &[u8], rules: &Rules) -> Vec<Spot> {
    let (mut spots, mut at) = (Vec::new(), 0);
    while let Some(start) = find(content, at, b'"') {
        let Some(end) = string_end(content, start) else {
            // Nothing on the rest of the line is a string then.
            at = line_end(content, start);
            continue;
        };
        let found = values_of(content, start..end, rules);
        // What ends here may begin the next: in prose a quotation mark stands alone.
        at = found.last().map_or(end - 1, |spot| spot.range.end + 1);
        spots.extend(found);
    }
    spots
}

/// Returns the string that follows a name, which stands at `key` with its quotes, if it is a secret; of a list
/// each.
fn values_of(content: &[u8], key: Range<usize>, rules: &Rules) -> Vec<Spot> {
    let colon = json::skip_space(content, key.end);
    let mut at = json::skip_space(content, colon + 1);
    if content.get(colon) != Some(&b':') || !matches!(content.get(at), Some(b'"' | b'[')) {
        return Vec::new();
    }
    let Ok(name) = str::from_utf8(&content[key.start + 1..key.end - 1]) else {
        return Vec::new();
    };
    let name = json::unescape(name);
    if !rules.suspects(&name) {
        return Vec::new();
    }
    let is_list = content[at] == b'[';
    at += usize::from(is_list);
    let mut spots = Vec::new();
    loop {
        at = json::skip_space(content, at);
        if content.get(at) != Some(&b'"') {
            return spots;
        }
        let end = string_end(content, at).map(|end| end - 1);
        let range = at + 1..end.unwrap_or_else(|| line_end(content, at));
        let value = decoded(&content[range.clone()]);
        at = json::skip_space(content, range.end + 1);
        let fill = rules.of_name(Carrier::Json, &name, &value);
        spots.extend(fill.map(|fill| Spot::new(range, fill, value)));
        if !is_list || content.get(at) != Some(&b',') {
            return spots;
        }
        at += 1;
    }
}

fn decoded(raw: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(raw) {
        Ok(text) => json::unescape(text).into_owned().into_bytes(),
        Err(_) => raw.to_vec(),
    }
}

/// Returns where the values are that pointers name: of a document, of lines of JSON, of the events of a
/// stream. Other values than strings become strings.
pub(super) fn pointed(text: &str, paths: &node::Paths) -> Vec<Spot> {
    if paths.is_empty() {
        return Vec::new();
    }
    documents(text)
        .flat_map(|document| of_document(text, document, paths))
        .collect()
}

/// The whole text where it is JSON, else its lines, without what marks the data of an event.
pub(crate) fn documents(text: &str) -> impl Iterator<Item = &str> {
    let whole = json::is_json(text).then_some(text);
    let lines = text.lines().filter(move |_| whole.is_none());
    let lines = lines.map(|line| line.strip_prefix("data:").unwrap_or(line));
    whole.into_iter().chain(lines)
}

fn of_document(text: &str, document: &str, paths: &node::Paths) -> Vec<Spot> {
    let Some(root) = node::parse(document) else {
        return Vec::new();
    };
    let scalars = node::scalars(&root, paths);
    let spot = |scalar: &str| {
        let start = scalar.as_ptr().addr() - text.as_ptr().addr();
        match scalar
            .strip_prefix('"')
            .and_then(|inside| inside.strip_suffix('"'))
        {
            Some(inside) => Spot::redacted(
                start + 1..start + 1 + inside.len(),
                decoded(inside.as_bytes()),
            ),
            None => Spot::new(start..start + scalar.len(), Fill::Quoted, scalar),
        }
    };
    scalars
        .into_iter()
        .filter(|scalar| *scalar != "null")
        .map(spot)
        .collect()
}

/// Widens what is found in a number, a boolean or null to all of it, which becomes a string: JSON stays
/// JSON. The spots are [merged](merge).
pub(super) fn whole_scalars(text: &[u8], spots: Vec<Spot>) -> Vec<Spot> {
    let text = as_text(text).unwrap_or_default();
    if spots.is_empty() {
        return spots;
    }
    let found_in = |range: &Range<usize>| {
        let next = spots.partition_point(|spot| spot.range.end <= range.start);
        spots
            .get(next)
            .is_some_and(|spot| spot.range.start < range.end)
    };
    // A line of text that is nothing but a number is no JSON.
    let is_tree = |document: &&str| document.trim_start().starts_with(['{', '[']);
    let roots = documents(text).filter(is_tree).filter_map(node::parse);
    let bare = roots.flat_map(|root| node::bare(&root)).map(|scalar| {
        let start = scalar.as_ptr().addr() - text.as_ptr().addr();
        start..start + scalar.len()
    });
    let whole = bare
        .filter(found_in)
        .map(|range| Spot::new(range, Fill::Quoted, Vec::new()));
    let whole: Vec<_> = whole.collect();
    merge(spots.into_iter().chain(whole).collect())
}

/// Is it in a key of JSON? Keys are names, and names are not masked.
pub(super) fn is_in_key(text: &[u8], range: &Range<usize>) -> bool {
    let end = string_end(text, range.end - 1);
    let is_before_colon =
        end.is_some_and(|end| text.get(json::skip_space(text, end)) == Some(&b':'));
    is_before_colon && as_text(text).is_some_and(|text| is_in_document(text, range))
}

fn is_in_document(text: &str, range: &Range<usize>) -> bool {
    let holds = |document: &str| {
        let start = document.as_ptr().addr() - text.as_ptr().addr();
        start <= range.start && range.end <= start + document.len()
    };
    documents(text).any(|document| holds(document) && json::is_json(document))
}

/// Returns the pointer of the value at `offset` of a text that is JSON, or whose line there is.
pub(super) fn pointer_at(text: &str, offset: usize) -> Option<String> {
    let holds = |document: &&str| {
        let start = document.as_ptr().addr() - text.as_ptr().addr();
        (start..start + document.len()).contains(&offset)
    };
    let root = node::parse(documents(text).find(holds)?)?;
    let mut found = None;
    node::each_scalar(&root, &mut |pointer, scalar| {
        let start = scalar.as_ptr().addr() - text.as_ptr().addr();
        if (start..start + scalar.len()).contains(&offset) {
            found = Some(pointer);
        }
    });
    found
}

fn line_end(content: &[u8], at: usize) -> usize {
    find(content, at, b'\n').unwrap_or(content.len())
}

fn find(content: &[u8], at: usize, byte: u8) -> Option<usize> {
    Some(at + memchr(byte, content.get(at..)?)?)
}

/// Returns the end of the string that begins at `start`, which in JSON is on the same line.
fn string_end(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at += memchr3(b'\n', b'\\', b'"', text.get(at..)?)?;
        match text[at] {
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests;
