//! What stands where a secret stood.

use std::ops::Range;

use memchr::{memchr_iter, memmem};

/// Instead of a secret that was found.
pub(crate) const REDACTED: &str = "[REDACTED]";

/// Instead of what looks like a secret, and so kept its recording from being saved.
pub(crate) const BLOCKED: &str = "[BLOCKED]";

const BOTH: [&str; 2] = [REDACTED, BLOCKED];

/// Returns where the first one stands.
pub(crate) fn find(text: &[u8]) -> Option<Range<usize>> {
    memchr_iter(b'[', text).find_map(|start| {
        let is_here = |one: &&str| text[start..].starts_with(one.as_bytes());
        let one = BOTH.into_iter().find(is_here)?;
        Some(start..start + one.len())
    })
}

/// Returns where all of them stand.
pub(crate) fn places(text: &[u8]) -> Vec<Range<usize>> {
    let (mut ones, mut at) = (Vec::new(), 0);
    while let Some(one) = find(&text[at..]) {
        ones.push(at + one.start..at + one.end);
        at += one.end;
    }
    ones
}

/// Returns ranges of a text that cut no placeholder: those within one are left out, those that begin or end
/// in one hold all of it.
pub(crate) fn uncut(text: &[u8], ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    if ranges.is_empty() {
        return ranges;
    }
    let ones = places(text);
    let widened = |range: Range<usize>| {
        let first = ones.partition_point(|one| one.end <= range.start);
        let behind = ones.partition_point(|one| one.start < range.end);
        match ones.get(first..behind).unwrap_or_default() {
            [] => Some(range),
            [one] if one.start <= range.start && range.end <= one.end => {
                (*one == range).then_some(range)
            }
            [first, .., last] => Some(range.start.min(first.start)..range.end.max(last.end)),
            [one] => Some(range.start.min(one.start)..range.end.max(one.end)),
        }
    };
    ranges.into_iter().filter_map(widened).collect()
}

pub(crate) fn is_in(text: &[u8]) -> bool {
    find(text).is_some()
}

/// Is it one, and nothing else?
pub(crate) fn is_one(text: &str) -> bool {
    BOTH.contains(&text)
}

/// Returns false only where there is none in any spelling, so that nobody need look closer.
pub(crate) fn may_be_in(text: &[u8]) -> bool {
    BOTH.iter().any(|one| {
        let word = &one.as_bytes()[1..one.len() - 1];
        memmem::find(text, word).is_some()
    })
}

/// Returns a path with the brackets back that a client encodes, when it makes a URL of what a
/// replayed response held. Its percent-encodings are in capitals.
pub(crate) fn decode_in_path(path: &str) -> String {
    BOTH.iter().fold(path.to_owned(), |path, one| {
        path.replace(&one.replace('[', "%5B").replace(']', "%5D"), one)
    })
}

/// Returns the text with a word in place of each.
pub(crate) fn replace_all(text: &str, word: &str) -> String {
    BOTH.iter()
        .fold(text.to_owned(), |text, one| text.replace(one, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_one_is_found_whatever_brackets_stand_before_it() {
        for (text, expect) in [
            ("", None),
            ("[REDACTED", None),
            ("REDACTED]", None),
            ("[redacted]", None),
            ("[REDACTED]", Some(0..10)),
            ("[RED[BLOCKED][REDACTED]", Some(4..13)),
            ("é[[REDACTED]]", Some(3..13)),
        ] {
            assert_eq!(find(text.as_bytes()), expect, "{text}");
            assert_eq!(is_in(text.as_bytes()), expect.is_some(), "{text}");
        }
    }

    #[test]
    fn what_cuts_a_placeholder_takes_all_of_it_or_nothing() {
        let text = b"ab[REDACTED]cd[BLOCKED]";
        for (range, expect) in [
            (0..2, Some(0..2)),
            (0..3, Some(0..12)),
            (3..7, None),
            (2..11, None),
            (2..12, Some(2..12)),
            (10..13, Some(2..13)),
            (11..15, Some(2..23)),
            (12..14, Some(12..14)),
            (15..22, None),
        ] {
            let uncut = uncut(text, vec![range.clone()]);
            assert_eq!(uncut, Vec::from_iter(expect), "{range:?}");
        }
        assert_eq!(uncut(b"", Vec::new()), Vec::<Range<usize>>::new());
    }

    #[test]
    fn in_some_spelling_it_may_be_in_a_text() {
        for (text, expect) in [
            ("[REDACTED]", true),
            ("a=%5BREDACTED%5D", true),
            ("a=%5bBLOCKED%5d", true),
            ("REDACT", false),
            ("", false),
        ] {
            assert_eq!(may_be_in(text.as_bytes()), expect, "{text}");
        }
    }
}
