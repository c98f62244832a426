mod beside;
mod content;
mod form;
mod stored;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::{str, vec};

use bytes::Bytes;

use crate::coding::{self, Codings};
use crate::failure::RecordedError;
use crate::json::{self, Layout};
use content::Content;
use form::Form;

/// The body of a recorded request or response: exact bytes, and the form in which they are stored.
///
/// The form is the most readable one that gives the same bytes back: JSON, the parts of a multipart
/// body, the chunks of a stream, else text, else base64.
///
/// ```
/// use cassette_core::Body;
///
/// let body = Body::from(&br#"{"price": 1.10}"#[..]);
/// assert!(body.is_json());
/// assert_eq!(body.bytes(), &br#"{"price": 1.10}"#[..]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Body {
    content: Content,
    form: Form,
    /// Where the chunks end in which it came, where there are several.
    ends: Vec<usize>,
    /// What was undone to store it, and is done again to play it.
    codings: Codings,
    end: End,
    place: Place,
}

/// Chunks one after the other; mostly there is one.
#[derive(Debug)]
pub(crate) enum Chunks {
    One(Option<Bytes>),
    Several(vec::IntoIter<Bytes>),
}

impl Chunks {
    /// Returns what is still to come.
    pub(crate) fn as_slice(&self) -> &[Bytes] {
        match self {
            Self::One(chunk) => chunk.as_slice(),
            Self::Several(chunks) => chunks.as_slice(),
        }
    }
}

impl Iterator for Chunks {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        match self {
            Self::One(chunk) => chunk.take(),
            Self::Several(chunks) => chunks.next(),
        }
    }
}

/// How a body ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum End {
    #[default]
    Whole,
    /// The test stopped reading here.
    Stopped,
    /// The test was waiting for more when it stopped.
    Waiting,
    /// The rest did not come.
    Broken(RecordedError),
}

/// Where a body is stored.
#[derive(Clone, Debug, Default)]
enum Place {
    #[default]
    Cassette,
    /// In a file beside it, which has no name until it is written.
    File(Option<String>),
}

/// What decides the form of a body, besides its bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape<'a> {
    pub(crate) content_type: &'a str,
    /// Its chunks mean something to its reader.
    pub(crate) is_stream: bool,
    /// The number of bytes above which it goes to a file of its own.
    pub(crate) limit: u64,
}

impl Body {
    /// Makes a body of content that is redacted and decoded.
    pub(crate) fn new(content: Bytes, shape: Shape<'_>) -> Self {
        Self::nested(content, shape, form::MAX_JSON_DEPTH)
    }

    /// `depth` is how deeply what stands in this body may be nested.
    fn nested(content: Bytes, shape: Shape<'_>, depth: usize) -> Self {
        let is_large = |length: usize| length as u64 > shape.limit;
        let parts = form::parts(&content, shape, depth);
        // Many small parts are as much to read as a large one.
        let parts = parts.filter(|parts| !is_large(parts.inline_length()));
        if let Some(parts) = parts.filter(|_| !shape.is_stream) {
            return Self::of(content, parts);
        }
        let form = Form::of(&content, depth);
        Self {
            place: if is_large(content.len()) {
                Place::File(None)
            } else {
                Place::Cassette
            },
            ..Self::of(content, form)
        }
    }

    fn inline_length(&self) -> usize {
        match (&self.place, &self.form) {
            (Place::File(_), _) => 0,
            (Place::Cassette, parts @ Form::Parts { .. }) => parts.inline_length(),
            (Place::Cassette, _) => self.bytes().len(),
        }
    }

    fn of(content: impl Into<Content>, form: Form) -> Self {
        Self {
            content: content.into(),
            form,
            ..Self::default()
        }
    }

    /// Notes where the chunks end in which it came.
    pub(crate) fn in_chunks(mut self, ends: Vec<usize>, shape: Shape<'_>) -> Self {
        if shape.is_stream && matches!(self.place, Place::Cassette) && !ends.is_empty() {
            self.form = Form::Chunks;
            self.ends = ends;
        } else if ends.len() > 1 {
            self.ends = ends;
        }
        self
    }

    /// Returns this body with other content, in the form that fits it.
    pub(crate) fn with_content(&self, content: Bytes, ends: Vec<usize>, shape: Shape<'_>) -> Self {
        let (codings, end) = (self.codings.clone(), self.end.clone());
        Self::new(content, shape)
            .in_chunks(ends, shape)
            .coded(codings)
            .ended(end)
    }

    /// Returns another body, coded as this one is.
    pub(crate) fn replaced_by(&self, other: Self) -> Self {
        other.coded(self.codings.clone())
    }

    /// Returns where the chunks end in which it came, where there are several.
    pub(crate) fn ends(&self) -> &[usize] {
        &self.ends
    }

    /// Takes the chunks of another body of this length, where in both they are an accident of the network.
    pub(crate) fn cut_like(&mut self, other: &Self) {
        let is_stream = self.is_stream() || other.is_stream();
        if !is_stream
            && self.bytes().len() == other.bytes().len()
            && !(self.is_coded() || other.is_coded())
        {
            self.ends.clone_from(&other.ends);
        }
    }

    /// Returns true when it is that of a stream: its chunks stand one by one.
    #[must_use]
    pub fn is_stream(&self) -> bool {
        self.form == Form::Chunks
    }

    pub(crate) fn coded(mut self, codings: Codings) -> Self {
        self.codings = codings;
        self
    }

    pub(crate) fn ended(mut self, end: End) -> Self {
        self.end = end;
        self
    }

    /// Returns the bytes as they were on the wire, but decoded where a content coding such as gzip
    /// was on them.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        self.content.get()
    }

    /// Returns true when there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes().is_empty()
    }

    /// Returns true when there is nothing to say of it in the file.
    pub(crate) fn is_absent(&self) -> bool {
        *self == Self::default()
    }

    /// Returns true when the body is stored as JSON.
    #[must_use]
    pub fn is_json(&self) -> bool {
        matches!(self.form, Form::Json { .. })
    }

    /// Returns JSON with two spaces a level, numbers, order and repeated keys as they came; nothing where
    /// the body is not stored as JSON.
    ///
    /// ```
    /// use cassette_core::Body;
    ///
    /// let body = Body::from(r#"{"b":1.10,"a":[]}"#);
    /// assert_eq!(body.pretty_json().unwrap(), "{\n  \"b\": 1.10,\n  \"a\": []\n}");
    /// ```
    #[must_use]
    pub fn pretty_json(&self) -> Option<String> {
        let text = self.text().filter(|_| self.is_json());
        text.map(|text| json::relayout(text, Layout::Indent(2)))
    }

    /// Returns the body as text, where it is UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        str::from_utf8(self.bytes()).ok()
    }

    /// Returns the name of the file beside the cassette that holds the body, where it is too large
    /// for the cassette itself and has been written.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        match &self.place {
            Place::File(name) => name.as_deref(),
            Place::Cassette => None,
        }
    }

    /// Returns true when the test has not read it to its end.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        matches!(self.end, End::Stopped | End::Waiting)
    }

    /// Returns why the body broke off, where it did.
    #[must_use]
    pub fn truncated(&self) -> Option<&RecordedError> {
        match &self.end {
            End::Broken(error) => Some(error),
            End::Whole | End::Stopped | End::Waiting => None,
        }
    }

    pub(crate) fn end(&self) -> &End {
        &self.end
    }

    /// Returns true when a content coding is put on it again before it is played.
    pub(crate) fn is_coded(&self) -> bool {
        !self.codings.is_empty()
    }

    /// Returns the chunks as they go to the client; an empty one is one of which nothing is left.
    pub(crate) fn chunks(&self) -> Chunks {
        if self.is_coded() {
            return Chunks::One(Some(coding::encode(self.bytes(), &self.codings)));
        }
        if self.ends.is_empty() {
            return Chunks::One(Some(self.bytes().clone()));
        }
        let pieces = self.spans().map(|span| self.bytes().slice(span));
        Chunks::Several(pieces.collect::<Vec<_>>().into_iter())
    }

    /// Returns the bytes as [`bytes`](Self::bytes) does, in the chunks in which they came, where that is
    /// known.
    #[must_use]
    pub fn pieces(&self) -> Vec<Bytes> {
        if self.ends.is_empty() {
            return vec![self.bytes().clone()];
        }
        self.spans().map(|span| self.bytes().slice(span)).collect()
    }

    fn spans(&self) -> impl Iterator<Item = Range<usize>> {
        let begins = [0].into_iter().chain(self.ends.iter().copied());
        begins.zip(&self.ends).map(|(begin, &end)| begin..end)
    }

    /// Returns true when both are the same, but for the chunks in which they came, and for a form
    /// that a person has chosen. A list of chunks, and a file, are asked for by the settings.
    pub(crate) fn is_same_content(&self, other: &Self) -> bool {
        let asked_for = |body: &Self| (body.form == Form::Chunks, body.needs_file());
        self.bytes() == other.bytes()
            && self.codings == other.codings
            && self.end == other.end
            && asked_for(self) == asked_for(other)
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        self.is_same_content(other) && self.ends == other.ends
    }
}

impl Eq for Body {}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        let form = Form::of(&bytes, form::MAX_JSON_DEPTH);
        Self::of(bytes, form)
    }
}

impl From<&[u8]> for Body {
    fn from(bytes: &[u8]) -> Self {
        Self::from(Bytes::copy_from_slice(bytes))
    }
}

impl From<&str> for Body {
    fn from(text: &str) -> Self {
        Self::from(text.as_bytes())
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::from(Bytes::from(text))
    }
}
