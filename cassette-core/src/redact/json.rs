use std::ops::Range;

use super::is_secret_name;
use crate::json;

/// Returns where the secret strings of JSON are, without their quotes.
///
/// It looks for a key and the string behind it wherever they stand, so that it also finds them in
/// lines of JSON, in events of a stream, beside bytes that are no text and below any depth. Only
/// strings are secrets: `"total_tokens": 42` stays, and so do empty strings. One that has no end, as
/// in a body that was not read to its own, ends with its line.
pub(super) fn secret_strings(content: &[u8]) -> Vec<Range<usize>> {
    let (mut secrets, mut at) = (Vec::new(), 0);
    while let Some(start) = find(content, at, b'"') {
        let Some(end) = string_end(content, start) else {
            // Nothing on the rest of the line is a string then.
            at = line_end(content, start);
            continue;
        };
        match value_of_secret(content, start..end) {
            Some(value) => {
                at = value.end + 1;
                secrets.push(value);
            }
            // What ends here may begin the next: in prose a quotation mark stands alone.
            None => at = end - 1,
        }
    }
    secrets
}

/// Returns what is in the string that follows a secret's name, which stands at `key` with its quotes.
fn value_of_secret(content: &[u8], key: Range<usize>) -> Option<Range<usize>> {
    let colon = json::skip_space(content, key.end);
    let value = json::skip_space(content, colon + 1);
    if content.get(colon) != Some(&b':') || content.get(value) != Some(&b'"') {
        return None;
    }
    let name = std::str::from_utf8(&content[key.start + 1..key.end - 1]).ok()?;
    let end = string_end(content, value).map(|end| end - 1);
    let inside = value + 1..end.unwrap_or_else(|| line_end(content, value));
    (is_secret_name(&json::unescape(name)) && !inside.is_empty()).then_some(inside)
}

fn line_end(content: &[u8], at: usize) -> usize {
    find(content, at, b'\n').unwrap_or(content.len())
}

fn find(content: &[u8], at: usize, byte: u8) -> Option<usize> {
    let found = content.get(at..)?.iter().position(|&b| b == byte)?;
    Some(at + found)
}

/// Returns the end of the string that begins at `start`, which in JSON is on the same line.
fn string_end(text: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        match text.get(at)? {
            b'\n' => return None,
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => at += 1,
        }
    }
}
