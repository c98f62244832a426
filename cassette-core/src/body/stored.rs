use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize};

use super::content::{Written, is_plain_text};
use super::form::{Form, Part, assemble, layout_name, layout_of};
use super::{Body, End, Place};
use crate::coding::Codings;
use crate::failure::RecordedError;
use crate::forms::lines::Lines;
use crate::forms::raw::Raw;
use crate::json::{self, Layout};

/// How many characters of base64 stand on one line of the file.
const BASE64_LINE: usize = 76;

/// The body as the file has it: exactly one form, and notes beside it.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    json: Option<Raw>,
    #[serde(
        default,
        deserialize_with = "text",
        skip_serializing_if = "Option::is_none"
    )]
    text: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<Lines>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chunks: Option<Vec<Chunk>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<StoredPart>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    layout: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    boundary: Option<String>,
    /// The lengths of the chunks, where they do not stand one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    split: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    encoding: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    truncated: Option<RecordedError>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    partial: Option<Partial>,
}

/// `"json": null` is a body of four bytes, not an absent one.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Raw>, D::Error> {
    Raw::deserialize(deserializer).map(Some)
}

/// Text to be written, or as it is written.
enum Text {
    Lines(Lines),
    Written(Raw),
}

impl Serialize for Text {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Lines(lines) => lines.serialize(serializer),
            Self::Written(raw) => raw.serialize(serializer),
        }
    }
}

/// Where something may be wrong with it, it is decoded at once.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Text>, D::Error> {
    let raw = Raw::deserialize(deserializer)?;
    if is_plain_text(&raw) {
        return Ok(Some(Text::Written(raw)));
    }
    let lines: Result<Option<Lines>, _> = serde_json::from_str(raw.text());
    lines
        .map(|lines| lines.map(Text::Lines))
        .map_err(|error| without_place(&error))
}

/// The place is told by who reads the whole.
fn without_place<E: de::Error>(error: &serde_json::Error) -> E {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    E::custom(text.strip_suffix(&place).unwrap_or(&text))
}

/// One chunk: a string, or base64 where it is not UTF-8.
#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "a chunk is a string, or an object with `base64`"
)]
enum Chunk {
    Text(String),
    Binary(Binary),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Binary {
    base64: Lines,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredPart {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    head: Vec<String>,
    #[serde(default, skip_serializing_if = "Body::is_absent")]
    body: Body,
}

/// `true`, or `"waiting"`.
#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "`partial` is true or \"waiting\"")]
enum Partial {
    Stopped(bool),
    Waiting(Waiting),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Waiting {
    Waiting,
}

impl Serialize for Body {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut stored = Stored::default();
        match &self.place {
            Place::File(Some(name)) => stored.file = Some(name.clone()),
            _ => self.put_form(&mut stored),
        }
        self.put_notes(&mut stored);
        stored.serialize(serializer)
    }
}

impl Body {
    fn put_form(&self, stored: &mut Stored) {
        match &self.form {
            Form::Json { layout, newline } => {
                stored.json = Some(match (*layout, *newline) {
                    (Layout::Compact, false) => self.bytes().clone().into(),
                    _ => {
                        let text = String::from_utf8_lossy(self.bytes());
                        json::relayout(&text, Layout::Compact).into()
                    }
                });
                stored.layout = layout_name(*layout, *newline).map(str::to_owned);
            }
            Form::Empty | Form::Text => {
                let text = String::from_utf8_lossy(self.bytes());
                let lines = text.split('\n').map(str::to_owned).collect();
                stored.text = Some(Text::Lines(Lines(lines)));
            }
            Form::Base64 => stored.base64 = Some(base64_lines(self.bytes())),
            Form::Chunks => {
                stored.chunks = Some(self.chunks().map(|chunk| stored_chunk(&chunk)).collect());
            }
            Form::Parts { boundary, parts } => {
                stored.boundary = Some(boundary.clone());
                stored.parts = Some(parts.iter().map(stored_part).collect());
            }
        }
    }

    fn put_notes(&self, stored: &mut Stored) {
        if self.form != Form::Chunks && !self.ends.is_empty() {
            let lengths: Vec<String> = self.spans().map(|span| span.len().to_string()).collect();
            stored.split = Some(lengths.join(" "));
        }
        stored.encoding = self.is_coded().then(|| self.codings.to_string());
        match &self.end {
            End::Whole => {}
            End::Stopped => stored.partial = Some(Partial::Stopped(true)),
            End::Waiting => stored.partial = Some(Partial::Waiting(Waiting::Waiting)),
            End::Broken(error) => stored.truncated = Some(error.clone()),
        }
    }
}

fn stored_chunk(chunk: &Bytes) -> Chunk {
    match std::str::from_utf8(chunk) {
        Ok(text) => Chunk::Text(text.to_owned()),
        Err(_) => Chunk::Binary(Binary {
            base64: base64_lines(chunk),
        }),
    }
}

fn stored_part(part: &Part) -> StoredPart {
    let Part { head, body } = part.clone();
    StoredPart { head, body }
}

fn base64_lines(bytes: &[u8]) -> Lines {
    let text = BASE64.encode(bytes);
    let line = |line: &[u8]| String::from_utf8_lossy(line).into_owned();
    Lines(text.as_bytes().chunks(BASE64_LINE).map(line).collect())
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(Stored::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

fn read(mut stored: Stored) -> Result<Body, String> {
    let (split, encoding) = (stored.split.take(), stored.encoding.take());
    let end = read_end(stored.partial.take(), stored.truncated.take())?;
    let mut body = read_form(stored)?.ended(end);
    if let Some(encoding) = encoding {
        body.codings = encoding.parse::<Codings>()?;
    }
    if let Some(split) = split {
        body.read_split(&split)?;
    }
    if body.is_coded() && !(body.ends.is_empty() && body.end == End::Whole) {
        return Err("a body with `encoding` is stored whole, without chunks".to_owned());
    }
    Ok(body)
}

fn read_end(partial: Option<Partial>, truncated: Option<RecordedError>) -> Result<End, String> {
    match (partial, truncated) {
        (None | Some(Partial::Stopped(false)), None) => Ok(End::Whole),
        (Some(Partial::Stopped(true)), None) => Ok(End::Stopped),
        (Some(Partial::Waiting(Waiting::Waiting)), None) => Ok(End::Waiting),
        (None, Some(error)) => Ok(End::Broken(error)),
        (Some(_), Some(_)) => Err("a body is `partial` or `truncated`, not both".to_owned()),
    }
}

fn read_form(stored: Stored) -> Result<Body, String> {
    let Stored {
        json,
        text,
        base64,
        chunks,
        parts,
        file,
        layout,
        boundary,
        ..
    } = stored;
    let lacks_json = layout.is_some() && json.is_none();
    if lacks_json || parts.is_some() != boundary.is_some() {
        return Err(EXACTLY_ONE.to_owned());
    }
    match (json, text, base64, chunks, parts.zip(boundary), file) {
        (Some(json), None, None, None, None, None) => read_json(json, layout.as_deref()),
        (None, Some(text), None, None, None, None) => Ok(read_text(text)),
        (None, None, Some(text), None, None, None) => Ok(Body::of(decode(&text)?, Form::Base64)),
        (None, None, None, Some(chunks), None, None) => read_chunks(chunks),
        (None, None, None, None, Some((parts, boundary)), None) => read_parts(parts, boundary),
        (None, None, None, None, None, Some(name)) => Ok(Body {
            place: Place::File(Some(name)),
            ..Body::default()
        }),
        _ => Err(EXACTLY_ONE.to_owned()),
    }
}

const EXACTLY_ONE: &str = "a body has exactly one of `json` (with or without `layout`), `text`, \
    `base64`, `chunks`, `parts` (with `boundary`), `file`";

fn read_json(raw: Raw, layout: Option<&str>) -> Result<Body, String> {
    let (layout, newline) = layout_of(layout)?;
    let written = Written::Json {
        raw,
        layout,
        newline,
    };
    Ok(Body::of(written, Form::Json { layout, newline }))
}

/// Text stays text, also where a person wrote JSON into it.
fn read_text(text: Text) -> Body {
    let lines = match text {
        Text::Written(raw) if raw.bytes() != b"\"\"" => {
            return Body::of(Written::Text(raw), Form::Text);
        }
        Text::Written(_) => Lines::default(),
        Text::Lines(lines) => lines,
    };
    let text = lines.0.join("\n");
    let form = if text.is_empty() {
        Form::Empty
    } else {
        Form::Text
    };
    Body::of(Bytes::from(text), form)
}

fn decode(text: &Lines) -> Result<Bytes, String> {
    let bytes = BASE64.decode(text.0.concat());
    bytes.map(Bytes::from).map_err(|error| error.to_string())
}

fn read_chunks(chunks: Vec<Chunk>) -> Result<Body, String> {
    let (mut bytes, mut ends) = (Vec::new(), Vec::new());
    for chunk in chunks {
        match chunk {
            Chunk::Text(text) => bytes.extend_from_slice(text.as_bytes()),
            Chunk::Binary(binary) => bytes.extend_from_slice(&decode(&binary.base64)?),
        }
        ends.push(bytes.len());
    }
    if ends.is_empty() {
        // A stream that ended before its first chunk has an empty body like any other.
        return Ok(Body::default());
    }
    Ok(Body {
        ends,
        ..Body::of(Bytes::from(bytes), Form::Chunks)
    })
}

fn read_parts(parts: Vec<StoredPart>, boundary: String) -> Result<Body, String> {
    let is_plain = |body: &Body| body.ends.is_empty() && body.end == End::Whole && !body.is_coded();
    if !parts.iter().all(|part| is_plain(&part.body)) {
        return Err("the body of a part has no notes, and no chunks".to_owned());
    }
    let part = |StoredPart { head, body }| Part { head, body };
    let parts: Vec<Part> = parts.into_iter().map(part).collect();
    let bytes = assemble(&parts, &boundary);
    Ok(Body::of(
        Bytes::from(bytes),
        Form::Parts { boundary, parts },
    ))
}

impl Body {
    fn read_split(&mut self, split: &str) -> Result<(), String> {
        if self.form == Form::Chunks {
            return Err("a body in `chunks` has no `split`".to_owned());
        }
        let mut end = 0_usize;
        for length in split.split_whitespace() {
            let wrong = |_| format!("`{length}` in `split` is no length");
            end = end.saturating_add(length.parse().map_err(wrong)?);
            self.ends.push(end);
        }
        if self.needs_file() {
            // Its length is known when the file is read.
            Ok(())
        } else {
            self.check_split()
        }
    }

    pub(super) fn check_split(&self) -> Result<(), String> {
        match self.ends.last() {
            Some(&end) if end != self.bytes().len() => Err(format!(
                "`split` speaks of {end} bytes, the body has {}: write the lengths anew, or remove `split`",
                self.bytes().len()
            )),
            _ => Ok(()),
        }
    }
}
