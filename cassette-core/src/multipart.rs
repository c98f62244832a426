//! Multipart bodies (RFC 2046, section 5.1; RFC 7578): where their parts begin and end, and what
//! the parts say of themselves. Everything is a slice of the body.

use std::borrow::Cow;
use std::iter;
use std::ops::Range;

use percent_encoding::percent_decode_str;

/// One part: its header lines and its content, as they stand in the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    /// One header each, without the line's end. A folded line stays with the one it continues, so a
    /// header may hold line ends.
    pub(crate) head: Vec<&'a [u8]>,
    pub(crate) body: &'a [u8],
}

impl<'a> Part<'a> {
    /// Returns the content type, where the part names one.
    pub(crate) fn content_type(&self) -> Option<&'a str> {
        self.text_of("content-type")
    }

    /// Returns the name of the field, as `content-disposition` gives it.
    pub(crate) fn name(&self) -> Option<Cow<'a, str>> {
        let disposition = self.text_of("content-disposition")?;
        let named = |wanted: &str| {
            parameters(disposition).find(|parameter| parameter.name.eq_ignore_ascii_case(wanted))
        };
        let extended = || Some(decode_extended(&named("name*")?.value).into());
        named("name")
            .map(|parameter| parameter.value)
            .or_else(extended)
    }

    /// Returns the names of the headers and their values.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        self.head.iter().map(|line| {
            let colon = line.iter().position(|&byte| byte == b':');
            let (name, value) = line.split_at(colon.unwrap_or(line.len()));
            (name, value.get(1..).unwrap_or_default().trim_ascii())
        })
    }

    fn text_of(&self, name: &str) -> Option<&'a str> {
        let mut fields = self.fields();
        let (_, value) = fields.find(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes()))?;
        str::from_utf8(value).ok().filter(|text| !text.is_empty())
    }

    /// Reads what stands between two delimiters. What is no header ends the head, as if the empty
    /// line before it had been forgotten.
    fn parse(section: &'a [u8]) -> Self {
        let mut head: Vec<&[u8]> = Vec::new();
        let (mut at, mut field) = (0, 0);
        for line in section.split_inclusive(|&byte| byte == b'\n') {
            let end = at + line.len();
            let text = without_line_end(line);
            match head.last_mut() {
                Some(folded) if text.starts_with(b" ") || text.starts_with(b"\t") => {
                    *folded = without_line_end(&section[field..end]);
                }
                _ if is_field(text) => {
                    field = at;
                    head.push(text);
                }
                _ => {
                    at = if text.is_empty() { end } else { at };
                    break;
                }
            }
            at = end;
        }
        let body = &section[at..];
        Self { head, body }
    }
}

/// Returns the boundary that a content type names, where it is a multipart type.
pub(crate) fn boundary(content_type: &str) -> Option<String> {
    Some(boundary_of(content_type)?.value.into_owned())
}

/// Returns the content type with a word in place of its boundary, which clients draw anew for each
/// request.
pub(crate) fn without_boundary(content_type: &str) -> Cow<'_, str> {
    match boundary_of(content_type) {
        Some(Parameter { place, .. }) => {
            let (before, after) = (&content_type[..place.start], &content_type[place.end..]);
            [before, "boundary", after].concat().into()
        }
        None => content_type.into(),
    }
}

/// Returns the parts of a body, or nothing where it is no multipart body: without a delimiter or
/// without the last one.
///
/// What stands before the first delimiter and after the last is no part. Lines may end without a
/// carriage return, and delimiters may be followed by spaces.
pub(crate) fn parse<'a>(body: &'a [u8], boundary: &str) -> Option<Vec<Part<'a>>> {
    let delimiter = ["--", boundary].concat();
    let (mut parts, mut at, mut open) = (Vec::new(), 0, None);
    for line in body.split_inclusive(|&byte| byte == b'\n') {
        let start = at;
        at += line.len();
        let Some(after) = line.strip_prefix(delimiter.as_bytes()) else {
            continue;
        };
        let after = after.trim_ascii_end();
        if after.is_empty() || after == b"--" {
            // The line's end before a delimiter belongs to the delimiter.
            parts.extend(open.map(|open| Part::parse(without_line_end(&body[open..start]))));
            open = Some(at);
        }
        if after == b"--" {
            return Some(parts);
        }
    }
    None
}

/// Returns the body of these parts, each its headers and its content, as clients write it.
pub(crate) fn assemble<H, B>(parts: impl IntoIterator<Item = (H, B)>, boundary: &str) -> Vec<u8>
where
    H: IntoIterator<Item: AsRef<[u8]>>,
    B: AsRef<[u8]>,
{
    let mut out = Vec::new();
    for (head, body) in parts {
        out.extend_from_slice(["--", boundary, "\r\n"].concat().as_bytes());
        for line in head {
            out.extend_from_slice(line.as_ref());
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(body.as_ref());
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(["--", boundary, "--\r\n"].concat().as_bytes());
    out
}

/// A parameter of a header's value: `boundary=b` in `multipart/mixed; boundary=b`.
struct Parameter<'a> {
    name: &'a str,
    /// What it stands for, without quotes and escapes.
    value: Cow<'a, str>,
    /// Where it stands, with its quotes and whatever follows them.
    place: Range<usize>,
}

fn boundary_of(content_type: &str) -> Option<Parameter<'_>> {
    let kind = content_type.trim_start().get(.."multipart/".len())?;
    let mut parameters = parameters(content_type);
    let boundary = parameters.find(|parameter| parameter.name.eq_ignore_ascii_case("boundary"))?;
    let is_multipart = kind.eq_ignore_ascii_case("multipart/");
    (is_multipart && !boundary.value.is_empty()).then_some(boundary)
}

fn parameters(text: &str) -> impl Iterator<Item = Parameter<'_>> {
    let end_from = |at: usize| {
        text[at..]
            .find(';')
            .map_or(text.len(), |offset| at + offset)
    };
    let mut at = end_from(0);
    iter::from_fn(move || {
        loop {
            let start = at + 1;
            let equals = start + text.get(start..)?.find(['=', ';'])?;
            if text[equals..].starts_with(';') {
                at = equals;
                continue;
            }
            let rest = text[equals + 1..].trim_start();
            let from = text.len() - rest.len();
            let (value, length) = unquote(rest);
            at = end_from(from + length);
            let (name, place) = (text[start..equals].trim(), from..at);
            return Some(Parameter { name, value, place });
        }
    })
}

/// Returns the value that `text` begins with, and how many bytes it takes.
fn unquote(text: &str) -> (Cow<'_, str>, usize) {
    if !text.starts_with('"') {
        let value = text.split(';').next().unwrap_or_default().trim_end();
        return (value.into(), value.len());
    }
    let (mut value, mut escaped) = (String::new(), false);
    for (at, character) in text.char_indices().skip(1) {
        match character {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return (value.into(), at + 1),
            _ => {
                value.push(character);
                escaped = false;
            }
        }
    }
    (value.into(), text.len())
}

/// Decodes `utf-8''na%C3%AFve` (RFC 8187).
fn decode_extended(value: &str) -> String {
    let encoded = value.splitn(3, '\'').last().unwrap_or_default();
    percent_decode_str(encoded).decode_utf8_lossy().into_owned()
}

fn is_field(line: &[u8]) -> bool {
    let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
    name.len() < line.len() && !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
}

fn without_line_end(line: &[u8]) -> &[u8] {
    match line.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None => line,
    }
}

#[cfg(test)]
mod tests;
