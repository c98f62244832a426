use std::ops::Range;

use super::is_secret_name;
use crate::json;

/// Returns where the secret strings of JSON are, without their quotes.
///
/// It looks for a key and the string behind it wherever they stand, so that it also finds them in
/// lines of JSON, in events of a stream and below any depth. Only strings are secrets:
/// `"total_tokens": 42` stays, and so do empty strings.
pub(super) fn secret_strings(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let (mut secrets, mut at) = (Vec::new(), 0);
    while let Some(quote) = text.get(at..).and_then(|rest| rest.find('"')) {
        let start = at + quote;
        let Some(end) = string_end(bytes, start) else {
            // Nothing on the rest of the line is a string then.
            at = text[start..]
                .find('\n')
                .map_or(text.len(), |length| start + length);
            continue;
        };
        match value_of_secret(text, start..end) {
            Some(value) => {
                at = value.end;
                secrets.push(value.start + 1..value.end - 1);
            }
            // What ends here may begin the next: in prose a quotation mark stands alone.
            None => at = end - 1,
        }
    }
    secrets
}

/// Returns the string that follows a secret's name, which stands at `key` with its quotes.
fn value_of_secret(text: &str, key: Range<usize>) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let colon = json::skip_space(bytes, key.end);
    let value = json::skip_space(bytes, colon + 1);
    if bytes.get(colon) != Some(&b':') || bytes.get(value) != Some(&b'"') {
        return None;
    }
    let is_secret = is_secret_name(&json::unescape(&text[key.start + 1..key.end - 1]));
    let end = string_end(bytes, value).filter(|end| is_secret && end - value > 2)?;
    Some(value..end)
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
