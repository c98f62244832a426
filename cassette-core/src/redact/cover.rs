use std::fmt;
use std::ops::Range;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use memchr::memmem;

use super::locate::{Piece, Place};
use super::spot::{Fill, Spot, mask, merge, move_ends};
use super::study::Studied;
use super::{BLOCKED, REDACTED, Redactor, json, shapes};
use crate::body::{Body, End, Shape};
use crate::placeholder;

/// What is stored of something live.
#[derive(Debug)]
pub(crate) struct Masked<T> {
    pub(crate) value: T,
    /// What looks like a secret, and nobody has said what it is.
    pub(crate) blocked: Vec<Blocked>,
    /// How many values were known when it was masked.
    pub(crate) known: usize,
}

/// Something that looks like a secret: its place, never its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Blocked {
    /// `request`, `response` or `error`.
    pub(crate) side: &'static str,
    pub(crate) place: Place,
    pub(crate) shape: &'static str,
    /// In case that it is learned later, and then is a secret like others.
    pub(crate) value: Hidden,
}

/// A value that nobody is shown, and a little of what is around it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Hidden {
    text: Vec<u8>,
    range: Range<usize>,
}

/// How many findings are noted; with so many it is no use to keep one.
const MAX_NOTED: usize = 20;

/// How much of what is around a value is kept: a longer secret may hold it.
const AROUND: usize = 256;

impl Hidden {
    fn new(text: &[u8], range: &Range<usize>) -> Self {
        let start = range.start.saturating_sub(AROUND);
        let end = (range.end + AROUND).min(text.len());
        Self {
            text: text[start..end].to_vec(),
            range: range.start - start..range.end - start,
        }
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.range.len())
    }
}

impl Redactor {
    /// Is it a value that is known by now, or nothing when that is masked?
    pub(crate) fn knows(&self, blocked: &Blocked) -> bool {
        let Hidden { text, range } = &blocked.value;
        let found = self.learned().find(text).into_iter();
        let known = merge(found.map(|range| Spot::redacted(range, "")).collect());
        let overlaps = |spot: &Spot| spot.range.start < range.end && range.start < spot.range.end;
        known.iter().any(overlaps)
            && shapes::find(&mask(text, &known))
                .iter()
                .all(|spot| spot.fill != Fill::Blocked(blocked.shape))
    }
}

/// Masks the pieces of something, and notes what looks like a secret in what is left.
pub(super) struct Cover<'a> {
    redactor: &'a Redactor,
    side: &'static str,
    blocked: Vec<Blocked>,
    known: usize,
    why: Why,
}

/// For what something is masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// To be stored.
    Store,
    /// To be stored after all that was blocked has become known: it is a secret like others.
    Unblock,
    /// To see what was not masked, and should have been.
    Audit,
}

/// What an audit calls the shape of something that is a secret by its name or its value.
pub(crate) const UNMASKED: &str = "unmasked";

impl<'a> Cover<'a> {
    pub(super) fn new(redactor: &'a Redactor, side: &'static str) -> Self {
        Self {
            redactor,
            side,
            blocked: Vec::new(),
            known: redactor.known(),
            why: Why::Store,
        }
    }

    pub(super) fn because(self, why: Why) -> Self {
        Self { why, ..self }
    }

    pub(super) fn done<T>(self, value: T) -> Masked<T> {
        let Self { blocked, known, .. } = self;
        Masked {
            value,
            blocked,
            known,
        }
    }

    pub(super) fn url(&mut self, url: &str) -> String {
        self.studied_url(url, self.redactor.of_url(url))
    }

    pub(super) fn studied_url(&mut self, url: &str, spots: Vec<Spot>) -> String {
        self.string(Piece::Url, url, spots)
    }

    pub(super) fn message(&mut self, message: &str) -> String {
        self.string(
            Piece::Other("message"),
            message,
            self.redactor.of_message(message),
        )
    }

    /// Masks why a body broke off.
    pub(super) fn end(&mut self, end: &End) -> End {
        match end {
            End::Broken(error) => {
                let mut error = error.clone();
                error.message = self.message(&error.message);
                End::Broken(error)
            }
            other => other.clone(),
        }
    }

    fn string(&mut self, piece: Piece<'_>, text: &str, spots: Vec<Spot>) -> String {
        match self.masked(piece, text.as_bytes(), spots) {
            Some((masked, _)) => String::from_utf8_lossy(&masked).into_owned(),
            None => text.to_owned(),
        }
    }

    pub(super) fn headers(&mut self, live: &HeaderMap, are_trailers: bool) -> HeaderMap {
        let mut stored = HeaderMap::with_capacity(live.keys_len());
        let excluded = &self.redactor.excluded;
        for (name, value) in live.iter().filter(|(name, _)| !excluded.contains(name)) {
            let piece = match are_trailers {
                true => Piece::Trailer(name.as_str()),
                false => Piece::Header(name.as_str()),
            };
            stored.append(name, self.header(piece, name, value));
        }
        stored
    }

    fn header(&mut self, piece: Piece<'_>, name: &HeaderName, value: &HeaderValue) -> HeaderValue {
        let (spots, _) = self.redactor.of_header(name, value);
        self.value(piece, value, spots)
    }

    pub(super) fn header_value(&mut self, what: &'static str, value: &HeaderValue) -> HeaderValue {
        self.value(Piece::Other(what), value, Vec::new())
    }

    fn value(&mut self, piece: Piece<'_>, value: &HeaderValue, spots: Vec<Spot>) -> HeaderValue {
        match self.masked(piece, value.as_bytes(), spots) {
            Some((masked, _)) => {
                HeaderValue::from_bytes(&masked).unwrap_or(HeaderValue::from_static(REDACTED))
            }
            None => value.clone(),
        }
    }

    pub(super) fn body(&mut self, studied: Studied<'_>, shape: Shape<'_>) -> Body {
        let (content, ends) = self.content(&studied);
        let body = Body::new(content, shape);
        match studied.codings.is_empty() {
            true => body.in_chunks(ends, shape),
            false => body.coded(studied.codings),
        }
    }

    /// Masks a body; returns it, and where its chunks end now.
    pub(super) fn content(&mut self, studied: &Studied<'_>) -> (Bytes, Vec<usize>) {
        if self.hides_something(studied) {
            return (BLOCKED.into(), Vec::new());
        }
        let is_form = studied
            .content_type
            .to_ascii_lowercase()
            .starts_with("application/x-www-form");
        let spots = studied.spots.clone();
        match self.masked(Piece::Body { is_form }, &studied.content, spots) {
            Some((masked, rounds)) => {
                let ends = rounds
                    .iter()
                    .fold(studied.ends.clone(), |ends, spots| move_ends(&ends, spots));
                (masked.into(), ends)
            }
            None => (studied.content.clone(), studied.ends.clone()),
        }
    }

    /// A body that is stored compressed cannot be masked.
    fn hides_something(&mut self, studied: &Studied<'_>) -> bool {
        let rules = &self.redactor.rules;
        let Some(hidden) = studied
            .hidden
            .as_deref()
            .filter(|_| !rules.keeps_shape("compressed"))
        else {
            return false;
        };
        let hides = !self
            .redactor
            .of_content(hidden, studied.content_type)
            .is_empty()
            || !self.redactor.learned().find(hidden).is_empty()
            || !shapes::find(hidden).is_empty();
        let blocked = || Blocked {
            side: self.side,
            place: Place {
                shown: "body".to_owned(),
                selector: None,
            },
            shape: "compressed",
            value: Hidden::new(&[], &(0..0)),
        };
        self.blocked.extend(hides.then(blocked));
        hides
    }

    /// Masks what was found by its name and what is known by its value, then what looks like a secret in
    /// the rest. Returns the text and what was masked, round by round; nothing where nothing was.
    fn masked(
        &mut self,
        piece: Piece<'_>,
        text: &[u8],
        mut spots: Vec<Spot>,
    ) -> Option<(Vec<u8>, [Vec<Spot>; 2])> {
        let mut known = placeholder::uncut(text, self.redactor.learned().find(text));
        if let Piece::Body { is_form: false } = piece {
            known.retain(|range| !json::is_in_key(text, range));
        }
        spots.extend(known.into_iter().map(|range| Spot::redacted(range, "")));
        if self.why == Why::Unblock {
            let blocked = memmem::find_iter(text, BLOCKED);
            spots.extend(blocked.map(|at| Spot::redacted(at..at + BLOCKED.len(), "")));
        }
        let first = self.allowed(piece, text, merge(spots));
        let first = match piece {
            Piece::Body { is_form: false } => json::whole_scalars(text, first),
            _ => first,
        };
        if self.why == Why::Audit {
            self.note_unmasked(piece, text, &first);
        }
        let rest = mask(text, &first);
        let second = self.allowed(piece, &rest, merge(shapes::find(&rest)));
        if first.is_empty() && second.is_empty() {
            return None;
        }
        Some((mask(&rest, &second), [first, second]))
    }

    fn note_unmasked(&mut self, piece: Piece<'_>, text: &[u8], spots: &[Spot]) {
        for spot in spots {
            if self.blocked.len() < MAX_NOTED && spot.changes(text) {
                self.blocked.push(Blocked {
                    side: self.side,
                    place: piece.place(text, spot.range.start),
                    shape: UNMASKED,
                    value: Hidden::new(text, &spot.range),
                });
            }
        }
    }

    /// Takes away what may stand where it looks like a secret, and notes the rest of it.
    fn allowed(&mut self, piece: Piece<'_>, text: &[u8], mut spots: Vec<Spot>) -> Vec<Spot> {
        let rules = &self.redactor.rules;
        spots.retain(|spot| {
            let Fill::Blocked(shape) = spot.fill else {
                return true;
            };
            // To find a place takes a look at all of the text.
            if self.blocked.len() >= MAX_NOTED {
                return true;
            }
            let place = piece.place(text, spot.range.start);
            let value = String::from_utf8_lossy(&text[spot.range.clone()]);
            let is_kept =
                rules.keeps_shape(shape) || rules.keeps_text(&value) || place.is_kept(rules);
            if !is_kept {
                let side = self.side;
                let value = Hidden::new(text, &spot.range);
                self.blocked.push(Blocked {
                    side,
                    place,
                    shape,
                    value,
                });
            }
            !is_kept
        });
        spots
    }
}
