//! JSON as text, laid out anew without touching a token.
//!
//! `serde_json::Value` would lose what a recording must keep (`1.10`, duplicate keys, key order),
//! so everything here works on the text that came, after `serde_json` has accepted it.

use std::borrow::Cow;

use memchr::memchr2;
use serde::de::IgnoredAny;

/// The deepest nesting of a cassette file (and so of all that is in it).
pub(crate) const MAX_DEPTH: usize = 128;

/// How the whitespace between the tokens is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// No whitespace.
    Compact,
    /// `, ` and `: `, on one line.
    Spaced,
    /// One element a line, indented by so many spaces a level.
    Indent(usize),
}

/// Returns true when `text` is one JSON value, not nested too deeply.
pub(crate) fn is_json(text: &str) -> bool {
    !is_deeper_than(text.as_bytes(), MAX_DEPTH) && serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Are arrays and objects nested deeper than that? Mostly there are not so many of them at all.
pub(crate) fn is_deeper_than(text: &[u8], limit: usize) -> bool {
    // In chunks whose sum fits a byte they are counted many at a time.
    let in_chunk = |chunk: &[u8]| {
        let brackets = chunk
            .iter()
            .map(|byte| u8::from(matches!(byte, b'{' | b'[')));
        usize::from(brackets.sum::<u8>())
    };
    let brackets: usize = text.chunks(255).map(in_chunk).sum();
    brackets > limit && deeper_than(text, limit).is_some()
}

/// Returns where the nesting first goes beyond `limit`.
pub(crate) fn deeper_than(text: &[u8], limit: usize) -> Option<usize> {
    brackets(text)
        .find(|&(_, depth)| depth > limit)
        .map(|(at, _)| at)
}

/// Each opening bracket outside strings, with how many are open there.
fn brackets(text: &[u8]) -> impl Iterator<Item = (usize, usize)> {
    let (mut depth, mut next) = (0_usize, 0);
    std::iter::from_fn(move || {
        while next < text.len() {
            let at = next;
            next = if text[at] == b'"' {
                string_end(text, at)
            } else {
                at + 1
            };
            match text[at] {
                b'{' | b'[' => {
                    depth += 1;
                    return Some((at, depth));
                }
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        None
    })
}

/// Returns the index after the string that begins at `at`, or the text's end.
pub(crate) fn string_end(text: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(rest) = text.get(at..) {
        let Some(next) = find_in_string(rest) else {
            break;
        };
        at += next;
        match text[at] {
            b'"' => return at + 1,
            _ => at += 2,
        }
    }
    text.len()
}

/// Returns where the next quotation mark or backslash is. Most strings are short, so that it takes longer to
/// prepare a search than to look.
fn find_in_string(text: &[u8]) -> Option<usize> {
    const SHORT: usize = 24;
    let short = &text[..text.len().min(SHORT)];
    let near = short.iter().position(|byte| matches!(byte, b'"' | b'\\'));
    near.or_else(|| memchr2(b'\\', b'"', text))
}

/// Returns true for JSON without whitespace between its tokens.
pub(crate) fn is_compact(text: &[u8]) -> bool {
    let mut at = 0;
    while at < text.len() {
        at = match text[at] {
            b'"' => string_end(text, at),
            b' ' | b'\n' | b'\r' | b'\t' => return false,
            _ => at + 1,
        };
    }
    true
}

fn compact(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let (mut taken, mut at) = (0, 0);
    while at < bytes.len() {
        let byte = bytes[at];
        at = if byte == b'"' {
            string_end(bytes, at)
        } else if byte <= b' ' {
            out.push_str(&text[taken..at]);
            taken = skip_space(bytes, at + 1);
            taken
        } else {
            at + 1
        };
    }
    out + &text[taken..]
}

/// Returns `text`, which must be JSON, with the same tokens in another layout.
pub(crate) fn relayout(text: &str, layout: Layout) -> String {
    if layout == Layout::Compact {
        return compact(text);
    }
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(2 * text.len());
    let (mut level, mut at) = (0, 0);
    while at < bytes.len() {
        let start = at;
        at += 1;
        match bytes[start] {
            b' ' | b'\n' | b'\r' | b'\t' => {}
            open @ (b'{' | b'[') => {
                out.push(char::from(open));
                let next = skip_space(bytes, at);
                if matches!(bytes.get(next), Some(b'}' | b']')) {
                    out.push(char::from(bytes[next]));
                    at = next + 1;
                } else {
                    level += 1;
                    line(&mut out, layout, level);
                }
            }
            close @ (b'}' | b']') => {
                level = level.saturating_sub(1);
                line(&mut out, layout, level);
                out.push(char::from(close));
            }
            b',' => {
                out.push_str(if layout == Layout::Spaced { ", " } else { "," });
                line(&mut out, layout, level);
            }
            b':' => out.push_str(": "),
            b'"' => {
                at = string_end(bytes, start);
                out.push_str(&text[start..at]);
            }
            _ => {
                at = scalar_end(bytes, start);
                out.push_str(&text[start..at]);
            }
        }
    }
    out
}

fn line(out: &mut String, layout: Layout, level: usize) {
    if let Layout::Indent(width) = layout {
        const SPACES: &str = "                                                                ";
        out.push('\n');
        let mut left = width * level;
        while left > 0 {
            let some = left.min(SPACES.len());
            out.push_str(&SPACES[..some]);
            left -= some;
        }
    }
}

pub(crate) fn skip_space(text: &[u8], mut at: usize) -> usize {
    loop {
        match text.get(at..).unwrap_or_default() {
            // Most of it is indentation.
            rest if rest.starts_with(b"        ") => at += 8,
            [b' ' | b'\n' | b'\r' | b'\t', ..] => at += 1,
            _ => return at,
        }
    }
}

pub(crate) fn scalar_end(text: &[u8], mut at: usize) -> usize {
    while !matches!(
        text.get(at),
        None | Some(b' ' | b'\n' | b'\r' | b'\t' | b',' | b':' | b'}' | b']')
    ) {
        at += 1;
    }
    at
}

/// Returns a letter that is the same for all values of one JSON type: of what `value`, the text of one,
/// begins with.
pub(crate) fn type_of(value: &str) -> u8 {
    match value.as_bytes().first() {
        Some(b't' | b'f') => b't',
        Some(b'-' | b'0'..=b'9') => b'0',
        first => first.copied().unwrap_or_default(),
    }
}

/// Returns the characters that a key or string stands for; `raw` is what is between the quotes. A
/// lone surrogate stands for none: such a string stays as it is written.
pub(crate) fn unescape(raw: &str) -> Cow<'_, str> {
    decoded(raw).unwrap_or(Cow::Borrowed(raw))
}

fn decoded(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.contains('\\') {
        return Some(Cow::Borrowed(raw));
    }
    serde_json::from_str(&format!("\"{raw}\""))
        .ok()
        .map(Cow::Owned)
}

/// Returns a key or string with its quotes, the same for all its spellings.
pub(crate) fn requote(raw: &str) -> String {
    decoded(raw).map_or_else(|| format!("\"{raw}\""), |text| quote(&text))
}

/// Returns `text` as a JSON string, quotes included.
pub(crate) fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        r#"{"b":[1.10,{"x":"a,b: {}"},[],{}],"a":"\"\\","a":1e3,"n":12345678901234567890123}"#;

    #[test]
    fn every_layout_gives_the_compact_text_back() {
        for layout in [
            Layout::Compact,
            Layout::Spaced,
            Layout::Indent(2),
            Layout::Indent(4),
        ] {
            let text = relayout(TEXT, layout);
            assert_eq!(relayout(&text, Layout::Compact), TEXT, "{layout:?}");
        }
    }

    #[test]
    fn indented_text_is_what_serde_json_writes() {
        let value: serde_json::Value = serde_json::from_str(TEXT).unwrap();
        let (compact, pretty) = (
            value.to_string(),
            serde_json::to_string_pretty(&value).unwrap(),
        );
        assert_eq!(relayout(&compact, Layout::Indent(2)), pretty);
    }

    #[test]
    fn a_value_has_the_type_of_its_like() {
        let types = ["{}", "[1]", "\"1\"", "1", "true", "null"].map(type_of);
        let others = ["{ }", "[]", "\"\"", "-0.5", "false", "null"].map(type_of);
        assert_eq!(types, others);
        let different: std::collections::HashSet<_> = types.into_iter().collect();
        assert_eq!(different.len(), types.len());
    }

    #[test]
    fn depth_counts_brackets_outside_strings() {
        let text = br#"{"a":["[[[[",{"b":1}]}"#;
        assert!(is_deeper_than(text, 2) && !is_deeper_than(text, 3));
        assert!(!is_json(&"[".repeat(200)));
        let deep = "[".repeat(129) + &"]".repeat(129);
        assert!(!is_json(&deep));
    }
}
