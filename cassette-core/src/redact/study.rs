//! What is live, looked at before it is masked: secrets are found by their names, and their values learned.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::PoisonError;

use bytes::Bytes;
use http::header::COOKIE;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::spot::{Fill, Spot};
use super::{Redactor, content_type};
use crate::body::End;
use crate::coding::{self, Codings};

/// The headers that have been looked at: a client sends the same with every request.
#[derive(Default)]
pub(super) struct SeenHeaders(HashMap<HeaderName, HashSet<HeaderValue>>);

/// How many values of one header are remembered.
const MAX_SEEN: usize = 256;

impl SeenHeaders {
    /// Returns true for one that is new.
    fn insert(&mut self, name: &HeaderName, value: &HeaderValue) -> bool {
        if self
            .0
            .get(name)
            .is_some_and(|values| values.contains(value))
        {
            return false;
        }
        let values = self.0.entry(name.clone()).or_default();
        // Some have another value each time, which nobody asks about again.
        if values.len() == MAX_SEEN {
            values.clear();
        }
        values.insert(value.clone())
    }
}

/// No value of them.
impl fmt::Debug for SeenHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SeenHeaders({} names)", self.0.len())
    }
}

/// A body as it came.
pub(super) struct Came<'a> {
    pub(super) headers: &'a HeaderMap,
    pub(super) chunks: Vec<Bytes>,
    pub(super) end: &'a End,
}

/// A body whose secrets are found, and are yet to be masked.
pub(super) struct Studied<'a> {
    pub(super) content: Bytes,
    pub(super) content_type: &'a str,
    /// Where the chunks end in which it came.
    pub(super) ends: Vec<usize>,
    pub(super) codings: Codings,
    pub(super) spots: Vec<Spot>,
    /// What it stands for, where it is compressed and cannot be stored decoded.
    pub(super) hidden: Option<Vec<u8>>,
}

impl Redactor {
    /// Remembers what was found, to look for it elsewhere.
    pub(super) fn study(&self, spots: &[Spot]) {
        let secrets = spots
            .iter()
            .filter(|spot| !matches!(spot.fill, Fill::Blocked(_)));
        let mut learned = self.learned();
        secrets.for_each(|spot| {
            match spot.is_sure {
                true => learned.learn_sure(&spot.value),
                false => learned.learn(&spot.value),
            };
        });
    }

    pub(crate) fn study_headers(&self, headers: &HeaderMap) {
        for (name, value) in headers {
            if self.is_seen(name, value) {
                continue;
            }
            let (spots, parts) = self.of_header(name, value);
            self.study(&spots);
            let mut learned = self.learned();
            parts.iter().for_each(|part| {
                match *name == COOKIE {
                    true => learned.learn(part),
                    false => learned.learn_sure(part),
                };
            });
        }
    }

    fn is_seen(&self, name: &HeaderName, value: &HeaderValue) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        !seen.insert(name, value)
    }

    pub(super) fn study_body<'a>(&self, came: Came<'a>) -> Studied<'a> {
        let headers = came.headers;
        let content_type = content_type(headers);
        let (bytes, ends) = join(came.chunks);
        let is_whole = *came.end == End::Whole;
        let decoded = is_whole.then(|| coding::decode(headers, &bytes)).flatten();
        let hidden = match decoded {
            Some(_) => None,
            None => coding::begun(headers, &bytes),
        };
        let (content, ends, codings) = match decoded {
            Some((content, codings)) => (content, Vec::new(), codings),
            None => (bytes, ends, Codings::default()),
        };
        let spots = self.of_content(&content, content_type);
        self.study(&spots);
        Studied {
            content,
            content_type,
            ends,
            codings,
            spots,
            hidden,
        }
    }
}

/// Returns the chunks in one piece, and where each ended.
fn join(mut chunks: Vec<Bytes>) -> (Bytes, Vec<usize>) {
    if chunks.len() == 1 {
        let only = chunks.remove(0);
        let end = only.len();
        return (only, vec![end]);
    }
    let ends = chunks.iter().scan(0, |end, chunk| {
        *end += chunk.len();
        Some(*end)
    });
    let ends = ends.collect();
    (chunks.concat().into(), ends)
}
