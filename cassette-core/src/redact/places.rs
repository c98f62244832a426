//! Where the secrets of a query and of a body are.

use std::ops::Range;

use super::{is_secret_name, json};
use crate::address::form_decode;
use crate::multipart::{self, Part};

/// How deeply parts are looked into that have parts of their own.
const MAX_DEPTH: usize = 8;

/// Returns where the secrets of a body are: in all of its parts, where it has any; nowhere, where it is
/// neither text nor says so.
pub(super) fn secrets_of(content: &[u8], content_type: &str) -> Vec<Range<usize>> {
    secrets_within(content, content_type, 0)
}

fn secrets_within(content: &[u8], content_type: &str, depth: usize) -> Vec<Range<usize>> {
    let boundary = multipart::boundary(content_type).filter(|_| depth < MAX_DEPTH);
    if let Some(parts) = boundary.and_then(|boundary| multipart::parse(content, &boundary)) {
        let secrets = |part| secrets_of_part(part, content, depth + 1);
        return parts.iter().flat_map(secrets).collect();
    }
    let kind = content_type.to_ascii_lowercase();
    if kind.starts_with("application/x-www-form-urlencoded") {
        return secret_values(content);
    }
    // Text in another encoding keeps its secrets in ASCII.
    let is_named_text = kind.starts_with("text/") || kind.contains("json");
    if is_named_text || is_text(content) {
        return json::secret_strings(content);
    }
    Vec::new()
}

/// Also what is cut off inside a character, as the body of a stream that was not read to its end.
fn is_text(content: &[u8]) -> bool {
    std::str::from_utf8(content).map_or_else(|error| error.error_len().is_none(), |_| true)
}

/// Returns where the secrets of a sentence are that may quote a URL or JSON.
pub(super) fn secrets_of_message(text: &str) -> Vec<Range<usize>> {
    let is_bound = |c: char| c.is_whitespace() || "?&\"'`<>(){}[],;".contains(c);
    let words = text.split_inclusive(is_bound).scan(0, |end, word| {
        *end += word.len();
        Some(
            *end - word.len()
                ..*end
                    - word
                        .chars()
                        .next_back()
                        .filter(|&c| is_bound(c))
                        .map_or(0, char::len_utf8),
        )
    });
    let of_word = |word: Range<usize>| {
        let secrets = secret_values(&text.as_bytes()[word.clone()]);
        let moved = move |secret: Range<usize>| secret.start + word.start..secret.end + word.start;
        secrets.into_iter().map(moved)
    };
    let mut secrets: Vec<_> = words.flat_map(of_word).collect();
    secrets.extend(json::secret_strings(text.as_bytes()));
    secrets.sort_by_key(|secret| secret.start);
    secrets.dedup_by(|later, earlier| later.start < earlier.end);
    secrets
}

/// A part of `whole` is a field, and so a secret where its name is that of one.
fn secrets_of_part(part: &Part<'_>, whole: &[u8], depth: usize) -> Vec<Range<usize>> {
    let start = part.body.as_ptr().addr() - whole.as_ptr().addr();
    let place = start..start + part.body.len();
    if !place.is_empty() && part.name().is_some_and(|name| is_secret_name(&name)) {
        return vec![place];
    }
    let content_type = part.content_type().unwrap_or_default();
    let secrets = secrets_within(part.body, content_type, depth);
    let moved = |secret: Range<usize>| secret.start + start..secret.end + start;
    secrets.into_iter().map(moved).collect()
}

/// Returns where the secret values of a query or form are.
pub(super) fn secret_values(text: &[u8]) -> Vec<Range<usize>> {
    let mut begin = 0;
    let mut secrets = Vec::new();
    for pair in text.split(|&byte| byte == b'&') {
        let end = begin + pair.len();
        let equals = pair.iter().position(|&byte| byte == b'=');
        let (name, value) = pair.split_at(equals.unwrap_or(pair.len()));
        let is_secret = || is_secret_name(&decoded(name));
        if value.len() > 1 && is_secret() {
            secrets.push(end - value.len() + 1..end);
        }
        begin = end + 1;
    }
    secrets
}

fn decoded(name: &[u8]) -> String {
    let name = String::from_utf8_lossy(name);
    String::from_utf8_lossy(&form_decode(&name)).into_owned()
}
