//! What is equal up to placeholders: a secret is not known where it was masked, so a placeholder
//! stands for any value in its place.

use std::borrow::Cow;
use std::iter;

use memchr::memmem;

use crate::json::{scalar_end, string_end, unescape};
use crate::placeholder;

/// Returns true for what is equal, or is so once each placeholder of one side is taken for any bytes
/// of the other, be they none.
pub(crate) fn alike(recorded: &[u8], actual: &[u8]) -> bool {
    recorded == actual || accepts(recorded, actual) || accepts(actual, recorded)
}

/// Returns true where `pattern` has placeholders, and with other bytes instead of them is `text`.
///
/// What stands between two of them is taken where it first comes: later ones leave less for the rest, so
/// nothing need be tried twice.
pub(super) fn accepts(pattern: &[u8], text: &[u8]) -> bool {
    let Some(first) = placeholder::find(pattern) else {
        return false;
    };
    let (start, mut pattern) = (&pattern[..first.start], &pattern[first.end..]);
    let Some(mut text) = text.strip_prefix(start) else {
        return false;
    };
    while let Some(next) = placeholder::find(pattern) {
        let Some(end) = end_of(&pattern[..next.start], text) else {
            return false;
        };
        (pattern, text) = (&pattern[next.end..], &text[end..]);
    }
    text.ends_with(pattern)
}

/// Returns where `piece` ends the first time that it comes in `text`.
fn end_of(piece: &[u8], text: &[u8]) -> Option<usize> {
    if piece.is_empty() {
        return Some(0);
    }
    let at = memmem::find(text, piece)?;
    Some(at + piece.len())
}

/// Compares paths of URLs segment by segment: no value has a `/`.
pub(crate) fn paths_alike(recorded: &str, actual: &str) -> bool {
    let alike = |left: &str, right: &str| alike(left.as_bytes(), right.as_bytes());
    all_alike(recorded.split('/'), actual.split('/'), alike)
}

/// Compares JSON in its canonical form leaf by leaf; keys are no values.
pub(super) fn json_alike(recorded: &str, actual: &str) -> bool {
    let alike = |left: Token<'_>, right: Token<'_>| match (left, right) {
        (Token::Leaf(left), Token::Leaf(right)) => leaves_alike(left, right),
        (left, right) => left == right,
    };
    all_alike(tokens(recorded), tokens(actual), alike)
}

/// A leaf that is a placeholder and nothing else stands for a leaf of any type, but for no object or
/// array, not even an empty one.
pub(crate) fn leaves_alike(recorded: &str, actual: &str) -> bool {
    let is_masked = |text: &str| string(text).is_some_and(|text| placeholder::is_one(&text));
    let is_scalar = |text: &str| !text.starts_with(['{', '[']);
    if is_masked(recorded) || is_masked(actual) {
        return is_scalar(recorded) && is_scalar(actual);
    }
    let is_masked = |text: &str| placeholder::is_in(text.as_bytes());
    // Other strings have one spelling each in the canonical form.
    if !is_masked(recorded) && !is_masked(actual) {
        return recorded == actual;
    }
    match (string(recorded), string(actual)) {
        (Some(left), Some(right)) => alike(left.as_bytes(), right.as_bytes()),
        _ => false,
    }
}

/// Returns what a leaf stands for that is a string.
fn string(leaf: &str) -> Option<Cow<'_, str>> {
    Some(unescape(leaf.strip_prefix('"')?.strip_suffix('"')?))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Leaf(&'a str),
    /// A key or a sign.
    Structure(&'a str),
}

/// Returns the tokens of JSON without whitespace.
fn tokens(json: &str) -> impl Iterator<Item = Token<'_>> {
    let bytes = json.as_bytes();
    let mut at = 0;
    iter::from_fn(move || {
        let start = at;
        let is_sign = matches!(bytes.get(start)?, b'{' | b'}' | b'[' | b']' | b',' | b':');
        at = match bytes[start] {
            b'"' => string_end(bytes, start),
            _ if is_sign => start + 1,
            _ => scalar_end(bytes, start),
        };
        let is_key = bytes.get(at) == Some(&b':');
        let token = if is_sign || is_key {
            Token::Structure
        } else {
            Token::Leaf
        };
        Some(token(&json[start..at]))
    })
}

/// Compares one by one; as many there must be on both sides.
pub(super) fn all_alike<T: Copy>(
    recorded: impl IntoIterator<Item = T>,
    actual: impl IntoIterator<Item = T>,
    alike: impl Fn(T, T) -> bool,
) -> bool {
    let (mut recorded, mut actual) = (recorded.into_iter(), actual.into_iter());
    loop {
        match (recorded.next(), actual.next()) {
            (Some(left), Some(right)) if alike(left, right) => {}
            (left, right) => return left.is_none() && right.is_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::{self, Paths};
    use proptest::prelude::*;

    /// Both ways: neither side is the one that has placeholders.
    fn check(recorded: &str, actual: &str, expect: bool) {
        let (left, right) = (recorded.as_bytes(), actual.as_bytes());
        assert_eq!(alike(left, right), expect, "{recorded} {actual}");
        assert_eq!(alike(right, left), expect, "{actual} {recorded}");
    }

    #[test]
    fn a_placeholder_stands_for_any_bytes() {
        check("", "", true);
        check("", "x", false);
        check("[REDACTED]", "", true);
        check("[REDACTED]", "a/b\n=&", true);
        check("[BLOCKED]", "x", true);
        check("[REDACTED]", "[BLOCKED]", true);
        check("key-[REDACTED]", "key-", true);
        check("key-[REDACTED]", "key-123", true);
        check("key-[REDACTED]", "kex-123", false);
        check("[REDACTED].com", "a.com", true);
        check("[REDACTED].com", "a.com/", false);
        check("[redacted]", "x", false);
    }

    #[test]
    fn what_stands_around_placeholders_must_come_in_order_and_not_twice() {
        check("a[REDACTED]b[BLOCKED]c", "aXbYc", true);
        check("a[REDACTED]b[BLOCKED]c", "abc", true);
        check("a[REDACTED]b[BLOCKED]c", "abbbc", true);
        check("a[REDACTED]b[BLOCKED]c", "ac", false);
        check("a[REDACTED]b[BLOCKED]c", "aXcYb", false);
        check("ab[REDACTED]ba", "aba", false);
        check("[REDACTED]ab[REDACTED]ab[REDACTED]", "aab", false);
        check("[REDACTED][REDACTED]", "", true);
        check("[REDACTED] x [REDACTED]", "1 x [REDACTED]", true);
        // Each side knows what the other does not: neither accepts the other.
        check("a=[REDACTED]&b=1", "a=1&b=[REDACTED]", false);
    }

    #[test]
    fn many_placeholders_take_no_time() {
        let pattern = "a[REDACTED]".repeat(2_000);
        check(&(pattern + "b"), &"a".repeat(20_000), false);
    }

    #[test]
    fn paths_are_compared_by_segment() {
        let check = |recorded: &str, actual: &str, expect: bool| {
            assert_eq!(paths_alike(recorded, actual), expect, "{recorded} {actual}");
            assert_eq!(paths_alike(actual, recorded), expect, "{actual} {recorded}");
        };
        check("/a/[REDACTED]/c", "/a/b/c", true);
        check("/a/[REDACTED]/c", "/a//c", true);
        check("/a/[REDACTED]/c", "/a/c", false);
        check("/a/[REDACTED]", "/a/b/c", false);
        check("/bot[REDACTED]:x/send", "/bot12:x/send", true);
        check("/[REDACTED]/1", "/1/[REDACTED]", true);
    }

    #[test]
    fn json_is_compared_by_leaf() {
        let check = |recorded: &str, actual: &str, expect: bool| {
            let canonical = |text| node::canonical(&node::parse(text).unwrap(), &Paths::default());
            let (left, right) = (canonical(recorded), canonical(actual));
            assert_eq!(json_alike(&left, &right), expect, "{recorded} {actual}");
            assert_eq!(json_alike(&right, &left), expect, "{actual} {recorded}");
        };
        let masked = r#"{"a":"[REDACTED]","b":1}"#;
        for leaf in ["\"x\"", "\"\"", "1.50", "null", "true", "\"[BLOCKED]\""] {
            check(masked, &format!(r#"{{ "b": 1, "a": {leaf} }}"#), true);
        }
        for other in ["{}", "[]", r#"{"x":1}"#, "[\"x\"]"] {
            check(masked, &format!(r#"{{"a":{other},"b":1}}"#), false);
        }
        check(masked, r#"{"a":"x","b":2}"#, false);
        check(masked, r#"{"b":1}"#, false);
        check(masked, r#"{"[REDACTED]":"a","b":1}"#, false);
        check(r#"{"[REDACTED]":1}"#, r#"{"a":1}"#, false);
        check("\"[REDACTED]\"", "null", true);
        check("[\"[REDACTED]\"]", "[\"x\",\"y\"]", false);
        check("[\"[REDACTED]\"]", r#"{"0":"x"}"#, false);
        check(r#"["key [REDACTED]."]"#, r#"["key a\"\\b."]"#, true);
        check(r#"["key [REDACTED]."]"#, "[\"key\"]", false);
        check(r#"["1[REDACTED]"]"#, "[12]", false);
        // An escape is no text: no `n` is in a line's end.
        check(r#"["[REDACTED]n"]"#, r#"["\n"]"#, false);
        check(r#"["\u005bREDACTED]"]"#, r#"["x"]"#, true);
        check(r#"["\ud800"]"#, r#"["\\ud800"]"#, false);
    }

    /// A text in pieces, each of them a secret or not.
    fn pieces() -> impl Strategy<Value = Vec<(String, bool)>> {
        prop::collection::vec(("[ab\\[\\]RED]{0,4}|\\PC{0,3}", any::<bool>()), 0..8)
    }

    proptest! {
        #[test]
        fn masking_any_pieces_of_a_text_leaves_it_alike(pieces in pieces(), blocked: bool) {
            let placeholder = if blocked { placeholder::BLOCKED } else { placeholder::REDACTED };
            let text: String = pieces.iter().map(|(piece, _)| piece.as_str()).collect();
            let mask = |(piece, secret): &(String, bool)| {
                if *secret { placeholder.to_owned() } else { piece.clone() }
            };
            let masked: String = pieces.iter().map(mask).collect();
            prop_assert!(alike(masked.as_bytes(), text.as_bytes()));
            prop_assert!(alike(text.as_bytes(), masked.as_bytes()));
        }

        #[test]
        fn without_a_placeholder_only_what_is_equal_is_alike(left in "[ab]{0,4}", right in "[ab]{0,4}") {
            prop_assert_eq!(alike(left.as_bytes(), right.as_bytes()), left == right);
        }
    }
}
