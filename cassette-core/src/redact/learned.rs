//! Secrets by their value, looked for wherever else they stand.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::decoded::decoded;
use super::shapes;
use super::spellings::{Spelling, spellings};
use super::{BLOCKED, REDACTED};

/// The fewest bytes of a value that is looked for elsewhere: shorter ones are words.
const LONG: usize = 12;

/// The fewest bytes of one that somebody has named.
const NAMED: usize = 4;

/// How often what is escaped is escaped again.
const MAX_ESCAPED: usize = 3;

/// The values that are known to be secrets.
#[derive(Default)]
pub(super) struct Learned {
    values: BTreeSet<Vec<u8>>,
    /// Each at least twice as large as the next, so that a new value costs little, however many there are.
    searchers: Vec<Searcher>,
}

/// Some values in all their spellings.
struct Searcher {
    spellings: Vec<Spelling>,
    automaton: AhoCorasick,
}

impl Learned {
    /// Learns a value that stood where secrets stand, unless it is made of words, as an option is that a
    /// cookie holds. Returns true when it is new.
    pub(super) fn learn(&mut self, value: &[u8]) -> bool {
        !is_ordinary(value) && self.add(value, LONG)
    }

    /// Learns a password, or what a variable with a secret's name holds.
    pub(super) fn learn_sure(&mut self, value: &[u8]) -> bool {
        self.add(value, LONG)
    }

    /// Learns a value that somebody has named.
    pub(super) fn learn_named(&mut self, value: &[u8]) -> bool {
        self.add(value, NAMED)
    }

    fn add(&mut self, value: &[u8], shortest: usize) -> bool {
        let is_masked = |text: &str| contains(value, text.as_bytes());
        if value.len() < shortest || is_masked(REDACTED) || is_masked(BLOCKED) {
            return false;
        }
        if !self.values.insert(value.to_vec()) {
            return false;
        }
        let mut all = spellings(value);
        while let Some(last) = self
            .searchers
            .pop_if(|last| last.spellings.len() < 2 * all.len())
        {
            all.extend(last.spellings);
        }
        self.searchers.extend(Searcher::new(all));
        true
    }

    /// Returns how many values there are; it only grows.
    pub(super) fn count(&self) -> usize {
        self.values.len()
    }

    /// Returns where the values stand in `text`, however they are escaped there.
    pub(super) fn find(&self, text: &[u8]) -> Vec<Range<usize>> {
        if self.searchers.is_empty() {
            return Vec::new();
        }
        self.find_within(text, 0)
    }

    fn find_within(&self, text: &[u8], depth: usize) -> Vec<Range<usize>> {
        let found = self
            .searchers
            .iter()
            .flat_map(|searcher| searcher.find(text));
        let mut found: Vec<_> = found.collect();
        if let Some(decoded) = (depth < MAX_ESCAPED).then(|| decoded(text)).flatten() {
            let inner = self.find_within(&decoded.text, depth + 1);
            found.extend(inner.iter().map(|range| decoded.place(range)));
        }
        found
    }
}

/// No value of them.
impl fmt::Debug for Learned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Learned({} values)", self.values.len())
    }
}

impl Searcher {
    /// None where the values fill the memory, which no recording comes to.
    fn new(spellings: Vec<Spelling>) -> Option<Self> {
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            // Values may overlap, and none may be missed for another.
            .match_kind(MatchKind::Standard)
            .build(spellings.iter().map(|spelling| &spelling.text));
        let automaton = automaton.ok()?;
        Some(Self {
            spellings,
            automaton,
        })
    }

    fn find<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = Range<usize>> + 'a {
        let mut run = 0..0;
        let found = self.automaton.find_overlapping_iter(text);
        found.map(move |found| {
            let is_in_run = run.start <= found.start() && found.end() <= run.end;
            match self.spellings[found.pattern()].is_within {
                true if is_in_run => run.clone(),
                true => {
                    run = whole_run(text, found.range());
                    run.clone()
                }
                false => found.range(),
            }
        })
    }
}

/// Widens a piece of base64 to all of it: its ends hold bits of the value, and cut it is of no use. A slash may
/// also part a path.
fn whole_run(text: &[u8], range: Range<usize>) -> Range<usize> {
    let is_in = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'_');
    let before = text[..range.start].iter().rev().take_while(is_in).count();
    let mut end = range.end + text[range.end..].iter().take_while(is_in).count();
    end += text[end..].iter().take_while(|byte| **byte == b'=').count();
    range.start - before..end
}

/// Words, numbers, dates, addresses of mail, and paths, which begin with a slash: masked wherever they stand they
/// would hit what has nothing to do with them.
fn is_ordinary(value: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || !byte.is_ascii();
    let is_mark = |byte: &u8| b" .,:;_-/@'()|+".contains(byte);
    let words = value.iter().all(|byte| is_letter(byte) || is_mark(byte));
    let numbers = value
        .iter()
        .all(|byte| byte.is_ascii_digit() || is_mark(byte) || b"TZ".contains(byte));
    (words && !shapes::is_varied(value)) || numbers || is_mail(value) || value.starts_with(b"/")
}

fn is_mail(value: &[u8]) -> bool {
    let mut halves = value.splitn(2, |&byte| byte == b'@');
    let is_name = |half: &[u8]| {
        half.iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(byte))
    };
    match (halves.next(), halves.next()) {
        (Some(user), Some(host)) => is_name(user) && is_name(host) && host.contains(&b'.'),
        _ => false,
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

#[cfg(test)]
mod tests;
