//! Secrets in the elements and attributes of XML and HTML.

use std::ops::Range;

use memchr::memmem::find as memmem;
use memchr::{memchr, memchr2};

use super::custom::Rules;
use super::selector::Carrier;
use super::spot::{Fill, Spot};

/// Attributes that name what an element holds, and those in which it holds it: hidden inputs and `meta`.
const NAMING: [&str; 4] = ["name", "id", "property", "key"];
const HOLDING: [&str; 2] = ["value", "content"];

/// How many attributes of a tag are looked at.
const MAX_ATTRIBUTES: usize = 64;

const CDATA: &[u8] = b"<![CDATA[";

/// Returns where secrets are in what stands between tags, and in them.
pub(super) fn find(text: &[u8], rules: &Rules) -> Vec<Spot> {
    let mut spots = Vec::new();
    let mut at = 0;
    while let Some(open) = memchr(b'<', &text[at..]) {
        let start = at + open + 1;
        at = start;
        let name = word(text, start);
        if name.is_empty() {
            continue;
        }
        let attributes = attributes(text, name.end);
        at = attributes.last().map_or(name.end, |(_, value)| value.end);
        spots.extend(in_attributes(text, &attributes, rules));
        let (spot, end) = in_element(text, name, at, rules);
        spots.extend(spot);
        at = end;
    }
    spots
}

fn in_element(text: &[u8], name: Range<usize>, at: usize, rules: &Rules) -> (Option<Spot>, usize) {
    let Some(close) = memchr2(b'>', b'<', &text[at..]).map(|length| at + length) else {
        return (None, text.len());
    };
    if text.get(close) != Some(&b'>') || text[close - 1] == b'/' {
        return (None, at);
    }
    let content = content(text, close + 1);
    let content_end = content.end;
    let blank = text[content.clone()].iter().all(u8::is_ascii_whitespace);
    // `<password>` in a text is no element: another tag, or the end, may be far away.
    let is_cut = content.end == text.len() && text.trim_ascii_start().starts_with(b"<");
    let is_closed = is_cut || closes(text, content.end);
    let spot = || spot(text, &utf8(&text[name]), content, rules);
    let end = content_end;
    ((!blank && is_closed).then(spot).flatten(), end)
}

/// Is there the end of an element, or of its CDATA? In JSON the slash may be escaped.
fn closes(text: &[u8], at: usize) -> bool {
    let rest = text[at..].trim_ascii_start();
    [&b"</"[..], b"<\\/", b"]]>"]
        .iter()
        .any(|end| rest.starts_with(end))
}

/// What is text up to the next tag.
fn content(text: &[u8], start: usize) -> Range<usize> {
    if text[start..].starts_with(CDATA) {
        let start = start + CDATA.len();
        let end = memmem(&text[start..], b"]]>");
        return start..end.map_or(text.len(), |end| start + end);
    }
    let length = memchr(b'<', &text[start..]).unwrap_or(text.len() - start);
    let inside = &text[start..start + length];
    let before = inside.len() - inside.trim_ascii_start().len();
    start + before..start + before + inside.trim_ascii().len()
}

/// The names and values of the attributes that follow `at`, as far as one looks.
fn attributes(text: &[u8], mut at: usize) -> Vec<(Range<usize>, Range<usize>)> {
    let mut attributes = Vec::new();
    while attributes.len() < MAX_ATTRIBUTES {
        let name = word(text, skip_space(text, at));
        let equals = skip_space(text, name.end);
        if name.is_empty() {
            break;
        }
        if text.get(equals) != Some(&b'=') {
            // One without a value, like `hidden`.
            at = name.end;
            continue;
        }
        let start = skip_space(text, equals + 1);
        let Some((value, end)) = attribute_value(text, start) else {
            break;
        };
        attributes.push((name, value));
        at = end;
    }
    attributes
}

/// A value with its quotation marks, which may be escaped as in JSON, or without any; and where it ends.
fn attribute_value(text: &[u8], start: usize) -> Option<(Range<usize>, usize)> {
    let quote: &[u8] = match &text[start..] {
        [b'"', ..] => b"\"",
        [b'\'', ..] => b"'",
        [b'\\', b'"', ..] => b"\\\"",
        rest => {
            let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`<>\\".contains(byte);
            let length = rest.iter().position(ends).unwrap_or(rest.len());
            return (length > 0).then_some((start..start + length, start + length));
        }
    };
    let start = start + quote.len();
    let end = start + memmem(&text[start..], quote)?;
    Some((start..end, end + quote.len()))
}

fn skip_space(text: &[u8], at: usize) -> usize {
    at + text[at..]
        .iter()
        .take_while(|byte| byte.is_ascii_whitespace())
        .count()
}

fn in_attributes(
    text: &[u8],
    attributes: &[(Range<usize>, Range<usize>)],
    rules: &Rules,
) -> Vec<Spot> {
    let is_one_of = |name: &Range<usize>, list: &[&str]| {
        let name = utf8(&text[name.clone()]);
        list.iter().any(|one| one.eq_ignore_ascii_case(&name))
    };
    let named = attributes
        .iter()
        .filter(|(name, _)| is_one_of(name, &NAMING))
        .map(|(_, value)| value);
    let named: Vec<_> = named.collect();
    let of_attribute = |(name, value): &(Range<usize>, Range<usize>)| {
        let own = (!is_one_of(name, &HOLDING))
            .then(|| spot(text, &utf8(&text[name.clone()]), value.clone(), rules));
        let held = || {
            named
                .iter()
                .find_map(|name| spot(text, &utf8(&text[(*name).clone()]), value.clone(), rules))
        };
        own.unwrap_or_else(held)
    };
    attributes.iter().filter_map(of_attribute).collect()
}

fn spot(text: &[u8], name: &str, range: Range<usize>, rules: &Rules) -> Option<Spot> {
    let value = unescaped(&text[range.clone()]);
    let fill: Fill = rules.of_name(Carrier::Xml, name, &value)?;
    Some(Spot::new(range, fill, value))
}

fn unescaped(raw: &[u8]) -> Vec<u8> {
    let text = utf8(raw);
    let plain = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"");
    plain
        .replace("&apos;", "'")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
        .into_bytes()
}

fn utf8(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

fn word(text: &[u8], start: usize) -> Range<usize> {
    let is_in = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(byte);
    start..start + text[start..].iter().take_while(is_in).count()
}

#[cfg(test)]
mod tests;
