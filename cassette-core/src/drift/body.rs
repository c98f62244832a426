use std::borrow::Cow;

use http::header::CONTENT_TYPE;

use super::events::{self, Kind, Stream};
use super::{DriftRules, differ, failure, tree};
use crate::body::{Body, End};
use crate::coding;
use crate::diff::{Content, Difference, alike, bodies};
use crate::interaction::RecordedResponse;
use crate::node::{Node, Paths};
use crate::placeholder::REDACTED;
use crate::received::media_type;

/// Bytes that are compared as they stand.
const PLAIN: &str = "text/plain";

/// Compares two bodies: streams piece by piece, JSON by path, multipart bodies by part, forms by field,
/// text by line, else by length. How they ended is a place of its own.
pub(super) fn compare(
    rules: &DriftRules,
    recorded: &RecordedResponse,
    live: &RecordedResponse,
) -> Vec<Difference> {
    let (recorded, live) = (Side::of(recorded), Side::of(live));
    let mut found = recorded.content(rules, &live);
    found.extend(recorded.end(&live));
    found
}

/// The body of one side.
struct Side<'a> {
    body: &'a Body,
    /// Decoded, where that is possible.
    bytes: Cow<'a, [u8]>,
    content_type: &'a str,
    media_type: String,
    /// It may have gone on: the test stopped reading, or the rest did not come.
    is_open: bool,
}

impl<'a> Side<'a> {
    fn of(response: &'a RecordedResponse) -> Self {
        let body = &response.body;
        let is_open = *body.end() != End::Whole;
        // What broke off is stored as it came, and yet its beginning can be read.
        let is_raw = is_open && !body.is_coded();
        let begun = is_raw.then(|| coding::begun(&response.headers, body.bytes()));
        let begun = begun.flatten().filter(|begun| !begun.is_empty());
        let content_type = response.headers.get(CONTENT_TYPE);
        Self {
            body,
            bytes: begun.map_or(Cow::Borrowed(body.bytes()), Cow::Owned),
            content_type: content_type
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default(),
            media_type: media_type(&response.headers),
            is_open,
        }
    }

    fn content(&self, rules: &DriftRules, live: &Self) -> Vec<Difference> {
        if self.bytes == live.bytes {
            return Vec::new();
        }
        match (Kind::of(&self.media_type), Kind::of(&live.media_type)) {
            (Some(recorded), Some(other)) if recorded == other => {
                return events::compare(rules, recorded, self.stream(), live.stream());
            }
            _ => {}
        }
        if self.is_open || live.is_open {
            return self.beginning(live);
        }
        match (self.json(), live.json()) {
            (Some(recorded), Some(live)) => tree::compare(rules, "body", &recorded, &live),
            _ => self.other(rules, live),
        }
    }

    fn stream(&self) -> Stream<'_> {
        Stream {
            bytes: &self.bytes,
            is_open: self.is_open,
        }
    }

    /// An object or array is JSON whatever its type says: so it is shown in the file.
    fn json(&self) -> Option<Node<'_>> {
        let is_collection = matches!(self.bytes.trim_ascii_start().first(), Some(b'{' | b'['));
        let content_type = if is_collection { "" } else { self.content_type };
        Content::new(&self.bytes, content_type).json()
    }

    /// What follows the end of a body that may have gone on can be anything. Its beginning is no JSON, so
    /// nothing in it is ignored or tolerated.
    fn beginning(&self, live: &Self) -> Vec<Difference> {
        let with_rest = |side: &Self| {
            let rest = if side.is_open { REDACTED } else { "" };
            [&side.bytes, rest.as_bytes()].concat()
        };
        if alike(&with_rest(self), &with_rest(live)) {
            return Vec::new();
        }
        let [recorded, live] = [self, live].map(|side| Content::new(&side.bytes, PLAIN));
        bodies(recorded, live, &Paths::default())
    }

    /// The type says how to read a body, but is compared only where that is asked for.
    fn other(&self, rules: &DriftRules, live: &Self) -> Vec<Difference> {
        let [recorded, live] = if self.media_type == live.media_type {
            [self, live].map(|side| Content::new(&side.bytes, side.content_type))
        } else {
            [self, live].map(|side| Content::new(&side.bytes, PLAIN))
        };
        if recorded.is_alike(&live, &rules.ignored) {
            return Vec::new();
        }
        bodies(recorded, live, &rules.ignored)
    }

    /// The live body may be left, or break off, where the recording had come to its end.
    fn end(&self, live: &Self) -> Option<Difference> {
        let is_short = live.bytes.len() < self.bytes.len();
        let is_same = match (self.body.end(), live.body.end()) {
            (End::Broken(recorded), End::Broken(live)) => recorded.kind == live.kind,
            (_, End::Stopped | End::Waiting) | (End::Stopped | End::Waiting, End::Broken(_)) => {
                !is_short
            }
            (End::Broken(_), End::Whole) | (End::Whole, End::Broken(_)) => false,
            (End::Whole | End::Stopped | End::Waiting, End::Whole) => true,
        };
        (!is_same).then(|| differ("body end", &self.shown_end(), &live.shown_end()))
    }

    fn shown_end(&self) -> String {
        match self.body.end() {
            End::Whole => "whole".to_owned(),
            End::Stopped | End::Waiting => format!("not read beyond {} bytes", self.bytes.len()),
            End::Broken(error) => format!("broke off, {}", failure(error)),
        }
    }
}
