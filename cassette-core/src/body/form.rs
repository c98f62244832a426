use std::str;

use bytes::Bytes;

use super::{Body, Shape};
use crate::forms::raw::MAX_RAW_DEPTH;
use crate::json::{self, Layout};
use crate::multipart;

/// How deeply a JSON body may be nested.
pub(super) const MAX_JSON_DEPTH: usize = MAX_RAW_DEPTH;

/// How many levels a part puts around its own body: the list, the part, the body.
pub(super) const PART_DEPTH: usize = 3;

/// What a body looks like in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Form {
    #[default]
    Empty,
    Json {
        layout: Layout,
        newline: bool,
    },
    Text,
    Base64,
    Chunks,
    Parts {
        boundary: String,
        parts: Vec<Part>,
    },
}

/// A part of a multipart body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) head: Vec<String>,
    pub(super) body: Body,
}

impl Form {
    /// How many bytes of a multipart body stand in the cassette itself.
    pub(super) fn inline_length(&self) -> usize {
        match self {
            Self::Parts { parts, .. } => parts.iter().map(|part| part.body.inline_length()).sum(),
            _ => 0,
        }
    }

    pub(super) fn of(bytes: &[u8], depth: usize) -> Self {
        match str::from_utf8(bytes) {
            Ok("") => Self::Empty,
            Ok(text) => Self::of_json(text, depth).unwrap_or(Self::Text),
            Err(_) => Self::Base64,
        }
    }

    /// JSON only where a layout gives back every byte; a lone scalar reads better as text.
    fn of_json(text: &str, depth: usize) -> Option<Self> {
        let value = text.strip_suffix('\n').unwrap_or(text);
        if !value.starts_with(['{', '['])
            || json::is_deeper_than(value.as_bytes(), depth)
            || !json::is_json(value)
        {
            return None;
        }
        let (layout, newline) = (guess_layout(value), value.len() < text.len());
        let known = LAYOUTS.iter().any(|known| known.1 == layout);
        let is_laid_out = || layout == Layout::Compact || json::relayout(value, layout) == value;
        (known && is_laid_out()).then_some(Self::Json { layout, newline })
    }
}

/// Returns the parts of a multipart body, where putting them together again gives its bytes.
pub(super) fn parts(content: &Bytes, shape: Shape<'_>, depth: usize) -> Option<Form> {
    let depth = depth.checked_sub(PART_DEPTH)?;
    let boundary = multipart::boundary(shape.content_type)?;
    let found = multipart::parse(content, &boundary)?;
    let parts: Option<Vec<Part>> = found
        .iter()
        .map(|part| {
            let head: Result<_, _> = part.head.iter().copied().map(own_line).collect();
            let content_type = part.content_type().unwrap_or_default();
            let shape = Shape {
                content_type,
                ..shape
            };
            Some(Part {
                head: head.ok()?,
                body: Body::nested(content.slice_ref(part.body), shape, depth),
            })
        })
        .collect();
    let parts = parts?;
    (assemble(&parts, &boundary) == content[..]).then_some(Form::Parts { boundary, parts })
}

fn own_line(line: &[u8]) -> Result<String, str::Utf8Error> {
    str::from_utf8(line).map(str::to_owned)
}

/// Puts the parts together as they were on the wire.
pub(super) fn assemble(parts: &[Part], boundary: &str) -> Vec<u8> {
    let parts = parts.iter().map(|part| {
        (
            part.head.iter().map(String::as_bytes),
            &part.body.bytes()[..],
        )
    });
    multipart::assemble(parts, boundary)
}

/// The only layout that can fit: told by what follows the first bracket, comma or colon.
fn guess_layout(text: &str) -> Layout {
    if let Some(rest) = text[1..].strip_prefix('\n') {
        return Layout::Indent(rest.len() - rest.trim_start_matches(' ').len());
    }
    if json::is_compact(text.as_bytes()) {
        return Layout::Compact;
    }
    Layout::Spaced
}

const LAYOUTS: [(&str, Layout, bool); 8] = [
    ("compact", Layout::Compact, false),
    ("compact-newline", Layout::Compact, true),
    ("spaced", Layout::Spaced, false),
    ("spaced-newline", Layout::Spaced, true),
    ("indent-2", Layout::Indent(2), false),
    ("indent-2-newline", Layout::Indent(2), true),
    ("indent-4", Layout::Indent(4), false),
    ("indent-4-newline", Layout::Indent(4), true),
];

/// Returns the name of a layout; `compact` is the default and not written.
pub(super) fn layout_name(layout: Layout, newline: bool) -> Option<&'static str> {
    let known = LAYOUTS
        .iter()
        .find(|known| (known.1, known.2) == (layout, newline))?;
    Some(known.0).filter(|&name| name != LAYOUTS[0].0)
}

/// Returns the layout of that name, and whether a line's end is behind it.
pub(super) fn layout_of(name: Option<&str>) -> Result<(Layout, bool), String> {
    let name = name.unwrap_or(LAYOUTS[0].0);
    let known = LAYOUTS.iter().find(|known| known.0 == name);
    known.map(|known| (known.1, known.2)).ok_or_else(|| {
        let known = LAYOUTS.map(|known| known.0).join(", ");
        format!("unknown layout `{name}`; known are {known}")
    })
}
