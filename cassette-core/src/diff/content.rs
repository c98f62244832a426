use std::borrow::Cow;

use http::header::CONTENT_TYPE;

use super::alike::{accepts, alike, all_alike, json_alike};
use crate::address::{self, Pair};
use crate::interaction::RecordedRequest;
use crate::multipart::{self, Part};
use crate::node::{self, Node, Paths};

/// How deeply parts are looked into that have parts of their own.
const MAX_DEPTH: usize = 8;

/// The body of a request or response, or of a part of one, and what it says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Content<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) content_type: &'a str,
    /// How many bodies it is a part of.
    depth: usize,
}

impl<'a> Content<'a> {
    pub(crate) fn of(request: &'a RecordedRequest) -> Self {
        let value = request.headers.get(CONTENT_TYPE);
        let content_type = value.and_then(|value| value.to_str().ok());
        Self::new(request.body.bytes(), content_type.unwrap_or_default())
    }

    /// Without a content type it is what it looks like.
    pub(crate) fn new(bytes: &'a [u8], content_type: &'a str) -> Self {
        Self {
            bytes,
            content_type: content_type.trim(),
            depth: 0,
        }
    }

    /// Without a content type a part is text (RFC 2046, section 5.1).
    pub(super) fn of_part(&self, part: &Part<'a>) -> Self {
        Self {
            bytes: part.body,
            content_type: part.content_type().unwrap_or("text/plain"),
            depth: self.depth + 1,
        }
    }

    /// Returns a form that is equal for all bodies that count as equal.
    pub(crate) fn canonical(&self, ignored: &Paths) -> Canonical<'a> {
        if self.bytes.is_empty() {
            return Canonical::Bytes(self.bytes);
        }
        if let Some(boundary) = self.boundary() {
            let parts = multipart::parse(self.bytes, &boundary);
            return match parts {
                Some(parts) => Canonical::Multipart(self.canonical_parts(&parts, ignored)),
                None => Canonical::Broken(replace_boundary(self.bytes, &boundary)),
            };
        }
        if let Some(node) = self.json() {
            return Canonical::Json(node::canonical(&node, ignored));
        }
        match self.form() {
            Some(fields) => Canonical::Form(fields),
            None => Canonical::Bytes(self.bytes),
        }
    }

    /// Returns true for two bodies that count as equal, placeholders taken for what they stand for.
    pub(crate) fn is_alike(&self, other: &Self, ignored: &Paths) -> bool {
        if self == other {
            return true;
        }
        if let (Some(left), Some(right)) = (self.parts(), other.parts()) {
            return all_alike(&left, &right, |left, right| {
                pairs_alike(&fields(left), &fields(right))
                    && self.of_part(left).is_alike(&other.of_part(right), ignored)
            });
        }
        match (self.canonical(ignored), other.canonical(ignored)) {
            (Canonical::Json(left), Canonical::Json(right)) => json_alike(&left, &right),
            (Canonical::Form(left), Canonical::Form(right)) => pairs_alike(&left, &right),
            (Canonical::Broken(left), Canonical::Broken(right)) => alike(&left, &right),
            (Canonical::Bytes(left), Canonical::Bytes(right)) => alike(left, right),
            // With a placeholder instead of all of it, say, it no longer is what it says.
            (Canonical::Bytes(_) | Canonical::Broken(_), _) => self.accepts(other),
            (_, Canonical::Bytes(_) | Canonical::Broken(_)) => other.accepts(self),
            _ => false,
        }
    }

    fn accepts(&self, other: &Self) -> bool {
        let is_like = || accepts(&self.without_boundary(), &other.without_boundary());
        self.kind() == other.kind() && is_like()
    }

    fn canonical_parts(&self, parts: &[Part<'a>], ignored: &Paths) -> Vec<CanonicalPart<'a>> {
        let canonical = |part: &Part<'a>| CanonicalPart {
            head: fields(part),
            body: self.of_part(part).canonical(ignored),
        };
        parts.iter().map(canonical).collect()
    }

    /// Returns the parts, where it is a multipart body.
    pub(super) fn parts(&self) -> Option<Vec<Part<'a>>> {
        multipart::parse(self.bytes, &self.boundary()?)
    }

    /// Returns the tree, where it is compared as JSON.
    pub(crate) fn json(&self) -> Option<Node<'a>> {
        let kind = self.kind();
        let may_be = kind.is_empty() || kind.contains("json");
        let text = may_be.then(|| str::from_utf8(self.bytes).ok())?;
        node::parse(text?)
    }

    /// Returns the fields, where it is a form.
    pub(super) fn form(&self) -> Option<Vec<Pair>> {
        let is_form = self.kind() == "application/x-www-form-urlencoded";
        let text = is_form.then(|| str::from_utf8(self.bytes).ok())?;
        text.map(address::pairs)
    }

    /// Returns the bytes, a word in place of the boundary.
    pub(super) fn without_boundary(&self) -> Cow<'a, [u8]> {
        match self.boundary() {
            Some(boundary) => replace_boundary(self.bytes, &boundary).into(),
            None => self.bytes.into(),
        }
    }

    fn boundary(&self) -> Option<String> {
        let boundary = multipart::boundary(self.content_type);
        boundary.filter(|_| self.depth < MAX_DEPTH)
    }

    fn kind(&self) -> String {
        let kind = self.content_type.split(';').next().unwrap_or_default();
        kind.trim_end().to_ascii_lowercase()
    }
}

/// A body as it is compared.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) enum Canonical<'a> {
    /// Whatever the key order and the layout.
    Json(String),
    /// By fields.
    Form(Vec<Pair>),
    /// Part by part, whatever the boundary.
    Multipart(Vec<CanonicalPart<'a>>),
    /// It says that it is a multipart body, but has no parts: a word in place of the boundary.
    Broken(Vec<u8>),
    Bytes(&'a [u8]),
}

/// A part of a body as it is compared.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct CanonicalPart<'a> {
    head: Vec<Pair>,
    body: Canonical<'a>,
}

/// Returns the headers of a part as they are compared: unordered across names, ordered within one.
/// The length is left out, which follows from the content and changes with a boundary.
pub(super) fn fields(part: &Part<'_>) -> Vec<Pair> {
    let mut fields: Vec<Pair> = part
        .fields()
        .map(|(name, value)| (name.to_ascii_lowercase(), unfold(value)))
        .filter(|(name, _)| name != b"content-length")
        .map(|(name, value)| match str::from_utf8(&value) {
            Ok(text) if name == b"content-type" => {
                let value = multipart::without_boundary(text).into_owned();
                (name, value.into_bytes())
            }
            _ => (name, value),
        })
        .collect();
    fields.sort_by(|left, right| left.0.cmp(&right.0));
    fields
}

/// Both are sorted by name.
fn pairs_alike(recorded: &[Pair], actual: &[Pair]) -> bool {
    all_alike(recorded, actual, |left, right| {
        left.0 == right.0 && alike(&left.1, &right.1)
    })
}

/// A line's end and the space after it mean one space.
fn unfold(value: &[u8]) -> Vec<u8> {
    let lines: Vec<&[u8]> = value
        .split(|&byte| byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .collect();
    lines.join(&b' ')
}

fn replace_boundary(text: &[u8], boundary: &str) -> Vec<u8> {
    let delimiter = ["--", boundary].concat();
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(delimiter.as_bytes()) {
            out.extend_from_slice(b"--boundary");
            at += delimiter.len();
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    out
}
