use std::ops::Range;

use super::{BLOCKED, REDACTED};

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) range: Range<usize>,
    pub(super) fill: Fill,
    /// The value that it spells, to be looked for elsewhere.
    pub(super) value: Vec<u8>,
    /// It was sent as a secret, so it is one also where it is made of words.
    pub(super) is_sure: bool,
}

/// What takes the place of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fill {
    /// It has the shape of this name, and nobody has said what it is.
    Blocked(&'static str),
    Redacted,
    /// It was no string, and becomes one.
    Quoted,
}

impl Spot {
    pub(super) fn redacted(range: Range<usize>, value: impl Into<Vec<u8>>) -> Self {
        Self::new(range, Fill::Redacted, value)
    }

    pub(super) fn new(range: Range<usize>, fill: Fill, value: impl Into<Vec<u8>>) -> Self {
        Self {
            range,
            fill,
            value: value.into(),
            is_sure: false,
        }
    }

    pub(super) fn sure(self) -> Self {
        Self {
            is_sure: true,
            ..self
        }
    }

    pub(super) fn blocked(range: Range<usize>, shape: &'static str) -> Self {
        Self::new(range, Fill::Blocked(shape), Vec::new())
    }

    /// Returns false where what it would be filled with stands there already.
    pub(super) fn changes(&self, text: &[u8]) -> bool {
        let written = &text[self.range.clone()];
        written != self.fill.text().as_bytes() && written != REDACTED.as_bytes()
    }

    /// Returns it as it stands in a text in which the one it was found in begins at `by`.
    pub(super) fn moved(mut self, by: usize) -> Self {
        self.range = self.range.start + by..self.range.end + by;
        self
    }
}

impl Fill {
    fn text(self) -> &'static str {
        match self {
            Self::Blocked(_) => BLOCKED,
            Self::Redacted => REDACTED,
            Self::Quoted => concat!('"', "[REDACTED]", '"'),
        }
    }

    /// Of two that overlap the one that is known to be a secret counts; what is no string stays none.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Quoted, _) | (_, Self::Quoted) => Self::Quoted,
            (Self::Redacted, _) | (_, Self::Redacted) => Self::Redacted,
            (blocked, Self::Blocked(_)) => blocked,
        }
    }
}

/// Puts them in order, those that overlap together.
pub(super) fn merge(mut spots: Vec<Spot>) -> Vec<Spot> {
    spots.retain(|spot| !spot.range.is_empty());
    spots.sort_by_key(|spot| spot.range.start);
    let mut merged: Vec<Spot> = Vec::with_capacity(spots.len());
    for spot in spots {
        match merged.last_mut() {
            Some(last) if spot.range.start < last.range.end => {
                last.range.end = last.range.end.max(spot.range.end);
                last.fill = last.fill.or(spot.fill);
            }
            _ => merged.push(spot),
        }
    }
    merged
}

/// Returns `content` with the spots filled; they are [merged](merge).
pub(super) fn mask(content: &[u8], spots: &[Spot]) -> Vec<u8> {
    let (mut out, mut copied) = (Vec::with_capacity(content.len()), 0);
    for Spot { range, fill, .. } in spots {
        out.extend_from_slice(&content[copied..range.start]);
        out.extend_from_slice(fill.text().as_bytes());
        copied = range.end;
    }
    out.extend_from_slice(&content[copied..]);
    out
}

/// Returns where the chunks of a body end after it was masked; a chunk that ended in a secret ends
/// behind what took its place.
pub(super) fn move_ends(ends: &[usize], spots: &[Spot]) -> Vec<usize> {
    let mut spots = spots.iter().peekable();
    // What stands before the next secret: in the live body, and how it is there in the masked one.
    let (mut live, mut masked) = (0, 0);
    let mut moved = |&end: &usize| {
        while let Some(spot) = spots.next_if(|spot| spot.range.start < end) {
            masked += spot.range.start - live + spot.fill.text().len();
            live = spot.range.end;
        }
        masked + end.saturating_sub(live)
    };
    ends.iter().map(&mut moved).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spots(ranges: &[(usize, usize)]) -> Vec<Spot> {
        let spot = |&(begin, end): &(usize, usize)| Spot::redacted(begin..end, "");
        merge(ranges.iter().map(spot).collect())
    }

    /// `ends` of `abcdef` when `secrets` are masked, as the chunks that come of it.
    fn chunks(ends: &[usize], secrets: &[(usize, usize)]) -> Vec<String> {
        let secrets = spots(secrets);
        let masked = mask(b"abcdef", &secrets);
        let ends = move_ends(ends, &secrets);
        let begins = [0].into_iter().chain(ends.iter().copied());
        begins
            .zip(&ends)
            .map(|(begin, &end)| String::from_utf8(masked[begin..end].to_vec()).unwrap())
            .collect()
    }

    #[test]
    fn chunks_keep_their_text_and_a_secret_goes_to_the_chunk_it_began_in() {
        assert_eq!(chunks(&[2, 4, 6], &[]), ["ab", "cd", "ef"]);
        assert_eq!(chunks(&[2, 4, 6], &[(2, 4)]), ["ab", "[REDACTED]", "ef"]);
        assert_eq!(chunks(&[2, 4, 6], &[(1, 3)]), ["a[REDACTED]", "d", "ef"]);
        assert_eq!(chunks(&[2, 4, 6], &[(1, 5)]), ["a[REDACTED]", "", "f"]);
        assert_eq!(
            chunks(&[6], &[(0, 1), (5, 6)]),
            ["[REDACTED]bcde[REDACTED]"]
        );
        assert_eq!(
            chunks(&[1, 6], &[(0, 1), (1, 2)]),
            ["[REDACTED]", "[REDACTED]cdef"]
        );
    }

    #[test]
    fn what_overlaps_becomes_one() {
        assert_eq!(chunks(&[6], &[(2, 5), (0, 3), (4, 5)]), ["[REDACTED]f"]);
        assert_eq!(chunks(&[6], &[(3, 3)]), ["abcdef"]);
        let blocked = Spot::blocked(1..4, "x");
        let both = merge(vec![blocked.clone(), Spot::redacted(3..5, "")]);
        assert_eq!((both.len(), both[0].fill), (1, Fill::Redacted));
        assert_eq!(mask(b"abcdef", &[blocked]), b"a[BLOCKED]ef");
    }
}
