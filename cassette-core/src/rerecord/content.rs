use std::borrow::Cow;

use http::HeaderMap;
use http::header::CONTENT_TYPE;

use super::asked::Asked;
use super::value::shared;
use crate::body::{Body, Shape};
use crate::interaction::RecordedResponse;
use crate::json::{type_of, unescape};
use crate::node::{self, Node, Paths};
use crate::placeholder;
use crate::redact::documents;

/// Headers that say what the very bytes of a body are.
const DIGESTS: [&str; 7] = [
    "content-digest",
    "content-md5",
    "digest",
    "repr-digest",
    "signature",
    "x-amz-checksum-sha256",
    "x-goog-hash",
];

/// An old text that stays in the place of a new one.
struct Stay<'a> {
    old: &'a str,
    new: &'a str,
}

/// Returns the new body with the old values in the places that `volatile` names, everything else byte for
/// byte as it came: of JSON, of the events of a stream and of lines of JSON, the n-th of the old beside the
/// n-th of the new. Nothing where no old value stays.
pub(super) fn with_old_values(
    old: &RecordedResponse,
    new: &RecordedResponse,
    volatile: &Paths,
    asked: &Asked<'_>,
) -> Option<Body> {
    if volatile.is_empty() || has_digest(&new.headers) || old.body.bytes() == new.body.bytes() {
        return None;
    }
    let (old, text) = (old.body.text()?, new.body.text()?);
    let mut stays = Vec::new();
    for (old, new) in collections(old).zip(collections(text)) {
        if let (Some(old), Some(new)) = (node::parse(old), node::parse(new)) {
            let mut comparison = Comparison {
                volatile,
                asked,
                stays: &mut stays,
            };
            comparison.below(&old, &new, &mut Vec::new());
        }
    }
    (!stays.is_empty()).then(|| spliced(new, text, &stays))
}

fn has_digest(headers: &HeaderMap) -> bool {
    DIGESTS.iter().any(|name| headers.contains_key(*name))
}

/// Only in objects and arrays a pointer names something.
fn collections(text: &str) -> impl Iterator<Item = &str> {
    documents(text).filter(|one| one.trim_start().starts_with(['{', '[']))
}

/// Finds what stays of one document, in the order of the new text.
struct Comparison<'r, 'a> {
    volatile: &'r Paths,
    asked: &'r Asked<'r>,
    stays: &'r mut Vec<Stay<'a>>,
}

impl<'a> Comparison<'_, 'a> {
    fn below(&mut self, old: &Node<'a>, new: &Node<'a>, path: &mut Vec<Cow<'a, str>>) {
        for (name, new, old) in shared(new, old) {
            path.push(name);
            if !self.volatile.contains(path) {
                self.below(old, new, path);
            } else if self.may_stay(old, new) {
                let (old, new) = (old.text(), new.text());
                self.stays.push(Stay { old, new });
            }
            path.pop();
        }
    }

    /// A value of another type is another answer to whoever reads it.
    fn may_stay(&self, old: &Node<'_>, new: &Node<'_>) -> bool {
        old.text() != new.text()
            && type_of(old.text()) == type_of(new.text())
            // Masked now, it was a secret before.
            && !placeholder::may_be_in(new.text().as_bytes())
            && !self.is_asked(new)
    }

    fn is_asked(&self, value: &Node<'_>) -> bool {
        let mut is_asked = false;
        node::each_scalar(value, &mut |_, text| {
            let inside = text
                .strip_prefix('"')
                .and_then(|text| text.strip_suffix('"'));
            let text = inside.map_or(Cow::Borrowed(text), unescape);
            let is_word = matches!(&*text, "true" | "false" | "null");
            is_asked |= !is_word && self.asked.has(text.as_bytes());
        });
        is_asked
    }
}

/// Returns the body with these texts in it, its chunks cut where they were.
fn spliced(response: &RecordedResponse, text: &str, stays: &[Stay<'_>]) -> Body {
    let body = &response.body;
    let mut ends = body.ends().iter().copied().peekable();
    let (mut out, mut moved, mut at) = (String::with_capacity(text.len()), Vec::new(), 0);
    for stay in stays {
        let start = stay.new.as_ptr().addr() - text.as_ptr().addr();
        // What ends in the middle of the new value ends behind the old one.
        while let Some(end) = ends.next_if(|&end| end <= start) {
            moved.push(out.len() + end - at);
        }
        out.push_str(&text[at..start]);
        out.push_str(stay.old);
        at = start + stay.new.len();
        while ends.next_if(|&end| end <= at).is_some() {
            moved.push(out.len());
        }
    }
    moved.extend(ends.map(|end| out.len() + end - at));
    out.push_str(&text[at..]);
    let content_type = response.headers.get(CONTENT_TYPE);
    let shape = Shape {
        content_type: content_type
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default(),
        is_stream: body.is_stream(),
        limit: if body.needs_file() { 0 } else { u64::MAX },
    };
    body.with_content(out.into(), moved, shape)
}
