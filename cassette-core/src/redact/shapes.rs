//! What tokens look like: the gate's eyes.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine, alphabet};

use super::rules::{Alphabet, SCHEMES, SHAPES, Shape};
use super::spot::Spot;

const PEM: [&str; 3] = ["-----BEGIN ", "-----BEGIN+", "-----BEGIN%20"];
const JWT: &str = "eyJ";

/// The fewest characters of a token that nothing but its look gives away.
const OPAQUE: usize = 16;

/// The fewest characters of a value in which chance can be told from a name.
const RANDOM: usize = 20;

/// The bits for each character above which a value of that length is no word and no path.
const ENTROPY: f64 = 3.5;

/// As lenient as those who write credentials are.
pub(super) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The beginnings, in the order of [`Start`].
static STARTS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let prefixes = SHAPES.iter().map(|shape| shape.prefix);
    let others = SCHEMES.iter().copied().chain(PEM).chain([JWT]);
    let builder = AhoCorasick::builder()
        // All that is recorded goes through it, and it is made once.
        .kind(Some(AhoCorasickKind::DFA))
        .match_kind(MatchKind::Standard)
        .build(prefixes.chain(others));
    builder.ok()
});

/// Returns where tokens are, by their shape.
pub(super) fn find(text: &[u8]) -> Vec<Spot> {
    let Some(starts) = &*STARTS else {
        return Vec::new();
    };
    let mut spots: Vec<Spot> = Vec::new();
    for found in starts.find_overlapping_iter(text) {
        let last = spots.last().map_or(0..0, |last| last.range.clone());
        // What begins within a token is a part of it; the longer of two beginnings says what it is.
        if last.start < found.start() && found.start() < last.end {
            continue;
        }
        if let Some(spot) = token(text, found.pattern().as_usize(), found.range()) {
            spots.pop_if(|last| last.range.start == spot.range.start);
            spots.push(spot);
        }
    }
    spots
}

fn token(text: &[u8], pattern: usize, start: Range<usize>) -> Option<Spot> {
    let others = pattern.checked_sub(SHAPES.len());
    match others {
        None => provider(text, &SHAPES[pattern], start),
        Some(other) if other < SCHEMES.len() => credentials(text, start),
        Some(other) if other < SCHEMES.len() + PEM.len() => pem(text, start),
        Some(_) => jwt(text, start),
    }
}

fn provider(text: &[u8], shape: &Shape, mut start: Range<usize>) -> Option<Spot> {
    let is_behind_number = shape.name == "telegram";
    if is_behind_number {
        let digits = text[..start.start]
            .iter()
            .rev()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        start.start -= (digits >= 8).then_some(digits)?;
    }
    if !is_behind_number && !begins_word(text, start.start) {
        return None;
    }
    let rest = run(&text[start.end..], |byte| shape.alphabet.has(byte));
    let is_token = rest >= shape.rest;
    // `sk-` begins names as well.
    let token = &text[start.end..start.end + rest];
    // What Amazon writes in its manuals.
    let is_example = token.ends_with(b"EXAMPLE");
    let is_token = is_token && !is_example && !is_made_of_words(token);
    is_token.then(|| Spot::blocked(start.start..start.end + rest, shape.name))
}

/// `Bearer` and what follows, in text.
fn credentials(text: &[u8], scheme: Range<usize>) -> Option<Spot> {
    let is_basic = text[scheme.clone()]
        .to_ascii_lowercase()
        .starts_with(b"basic");
    let is_in = |byte| Alphabet::Base64.has(byte) || (!is_basic && matches!(byte, b'.' | b'~'));
    let rest = run(&text[scheme.end..], is_in);
    let value = &text[scheme.end..scheme.end + rest];
    let is_one = if is_basic {
        is_pair(value)
    } else {
        is_token(value)
    };
    let is_one = is_one && begins_word(text, scheme.start);
    is_one.then(|| Spot::blocked(scheme.end..scheme.end + rest, "authorization"))
}

/// `user:password` in base64 (RFC 7617).
fn is_pair(value: &[u8]) -> bool {
    let pair = BASE64.decode(value).unwrap_or_default();
    let is_text = pair.iter().all(|&byte| byte >= b' ');
    is_text && pair.len() > 4 && pair.contains(&b':')
}

/// A private key, from its first line to its last, or to the end where that is missing.
fn pem(text: &[u8], start: Range<usize>) -> Option<Spot> {
    let line = &text[start.end..(start.end + 60).min(text.len())];
    let label = String::from_utf8_lossy(line.split(|&byte| byte == b'-').next()?);
    let label = label.replace('+', " ").replace("%20", " ");
    if !label.ends_with("PRIVATE KEY") && !label.ends_with("PRIVATE KEY BLOCK") {
        return None;
    }
    const END: &[u8] = b"-----END";
    let end = find_from(text, start.end, END).map_or(text.len(), |at| {
        let rest = &text[at + END.len()..];
        let label = run(rest, |byte| {
            byte.is_ascii_alphanumeric() || b" +%".contains(&byte)
        });
        at + END.len() + label + run(&rest[label..], |byte| byte == b'-')
    });
    Some(Spot::blocked(start.start..end, "private-key"))
}

/// Three parts of base64url, the first two of which are JSON (RFC 7519); also encrypted ones (RFC 7516).
fn jwt(text: &[u8], start: Range<usize>) -> Option<Spot> {
    // Behind a dot it is the second part of another.
    if !begins_word(text, start.start) || text[..start.start].ends_with(b".") {
        return None;
    }
    let length = run(&text[start.start..], |byte| Alphabet::Dotted.has(byte));
    let token = &text[start.start..start.start + length];
    let parts: Vec<&[u8]> = token.split(|&byte| byte == b'.').collect();
    let is_signed =
        parts.len() >= 3 && parts[1].starts_with(JWT.as_bytes()) && parts[2].len() >= 16;
    let is_encrypted = parts.len() >= 5 && parts.iter().skip(2).all(|part| part.len() >= 8);
    let is_one = parts[0].len() >= 10 && (is_signed || is_encrypted);
    is_one.then(|| Spot::blocked(start.start..start.start + length, "jwt"))
}

impl Alphabet {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Word => byte.is_ascii_alphanumeric(),
            Self::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Hex => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            Self::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
            Self::Dotted => Self::Url.has(byte) || byte == b'.',
            Self::Base64 => Self::Url.has(byte) || matches!(byte, b'+' | b'/' | b'='),
        }
    }
}

/// In the middle of a longer run it is chance, as in the base64 of a picture. What is behind an escape of
/// JSON or of a URL begins one all the same.
fn begins_word(text: &[u8], at: usize) -> bool {
    let before = &text[..at];
    let is_escaped = matches!(before, [.., b'\\', b'n' | b'r' | b't'])
        || matches!(before, [.., b'%', a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
    is_escaped
        || !before
            .last()
            .is_some_and(|&byte| Alphabet::Base64.has(byte) && byte != b'=' && byte != b'/')
}

fn run(text: &[u8], is_in: impl Fn(u8) -> bool) -> usize {
    text.iter().take_while(|&&byte| is_in(byte)).count()
}

fn find_from(text: &[u8], at: usize, what: &[u8]) -> Option<usize> {
    memchr::memmem::find(&text[at..], what).map(|found| at + found)
}

/// Words and numbers between hyphens, as in the names of classes; and examples, `xxxxxxxx`.
fn is_made_of_words(text: &[u8]) -> bool {
    let mut pieces = text.split(|byte| matches!(byte, b'-' | b'_' | b'.' | b'/'));
    let is_token = |piece: &[u8]| piece.len() >= 10 && is_varied(piece);
    !pieces.any(is_token) && !is_mixed(text)
}

/// Could it be a token? Letters and digits in one piece, and no path.
pub(super) fn is_opaque(value: &[u8]) -> bool {
    let is_one_piece = value
        .iter()
        .all(|&byte| Alphabet::Base64.has(byte) || b".~:|%".contains(&byte));
    let is_path = value.contains(&b'/') && !is_mixed(value);
    value.len() >= OPAQUE && is_one_piece && !is_path && is_varied(value)
}

/// The same, and neither words between hyphens, nor a date.
pub(super) fn is_token(value: &[u8]) -> bool {
    let is_date = value.len() <= 30
        && value
            .iter()
            .all(|byte| byte.is_ascii_digit() || b"-:.TZ+".contains(byte));
    is_opaque(value) && !is_date && !is_made_of_words(value)
}

/// 32 hexadecimal digits in the groups of RFC 9562.
pub(super) fn is_uuid(value: &[u8]) -> bool {
    let mut groups = value.split(|&byte| byte == b'-').map(<[u8]>::len);
    let is_hex = value
        .iter()
        .all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    is_hex && value.len() == 36 && groups.by_ref().eq([8, 4, 4, 4, 12])
}

/// Digits among letters, or capitals that begin no word.
pub(super) fn is_varied(value: &[u8]) -> bool {
    let count = |kind: fn(&u8) -> bool| value.iter().filter(|byte| kind(byte)).count();
    let (digits, upper, lower) = (
        count(u8::is_ascii_digit),
        count(u8::is_ascii_uppercase),
        count(u8::is_ascii_lowercase),
    );
    (digits > 0 && upper + lower > 0) || (upper >= 3 && lower >= 3 && value.len() >= RANDOM)
}

/// Capitals, small letters and digits, as chance has them.
fn is_mixed(value: &[u8]) -> bool {
    let has = |kind: fn(&u8) -> bool| value.iter().any(kind);
    let is_mixed =
        has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit);
    is_mixed && value.len() >= RANDOM && entropy(value) > ENTROPY
}

/// Is it made by chance, and no uuid, no name and no path? It may be a number in hexadecimal.
pub(super) fn is_random(value: &[u8]) -> bool {
    let is_hex = value.iter().all(u8::is_ascii_hexdigit);
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let is_one_word =
        value.iter().all(u8::is_ascii_alphanumeric) && digits >= 3 && entropy(value) > ENTROPY;
    is_token(value)
        && !value.contains(&b':')
        && value.len() >= RANDOM
        && (is_mixed(value) || is_one_word || (is_hex && value.len() >= 32))
}

/// Returns the bits for each byte, by how often each occurs (Shannon).
fn entropy(value: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    value
        .iter()
        .for_each(|&byte| counts[usize::from(byte)] += 1);
    let length = value.len() as f64;
    let bits = counts.iter().filter(|&&count| count > 0).map(|&count| {
        let share = f64::from(count) / length;
        -share * share.log2()
    });
    bits.sum()
}

/// Shapes that no prefix tells.
const OTHERS: [&str; 5] = [
    "authorization",
    "compressed",
    "entropy",
    "jwt",
    "private-key",
];

pub(super) fn is_known(name: &str) -> bool {
    OTHERS.contains(&name) || SHAPES.iter().any(|shape| shape.name == name)
}

/// Returns the names of all shapes, for people.
pub(super) fn names() -> String {
    let names = SHAPES.iter().map(|shape| shape.name).chain(OTHERS);
    let names: BTreeSet<_> = names.collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
