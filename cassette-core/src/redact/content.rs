//! Secrets in bodies, by what the bodies are.

use std::borrow::Cow;

use http::HeaderName;

use super::custom::{Rules, is_of_login};
use super::selector::Carrier;
use super::spot::Spot;
use super::text::{as_text, pairs};
use super::{header, plain};
use crate::address::form_decode;
use crate::multipart::{self, Part};

/// How deeply parts are looked into that have parts of their own.
const MAX_DEPTH: usize = 8;

/// Returns where the secrets of a body are: in all of its parts, where it has any; nowhere, where it is
/// neither text nor says so.
pub(super) fn find(content: &[u8], content_type: &str, rules: &Rules) -> Vec<Spot> {
    find_within(content, content_type, rules, 0)
}

fn find_within(content: &[u8], content_type: &str, rules: &Rules, depth: usize) -> Vec<Spot> {
    let boundary = multipart::boundary(content_type).filter(|_| depth < MAX_DEPTH);
    if let Some(parts) = boundary.and_then(|boundary| multipart::parse(content, &boundary)) {
        let fields: Vec<_> = parts
            .iter()
            .map(|part| part.name().map(Cow::into_owned))
            .collect();
        let is_login = fields.iter().flatten().any(|name| is_of_login(name));
        let spots = |part| of_part(part, content, rules, depth + 1, is_login);
        return parts.iter().flat_map(spots).collect();
    }
    let kind = content_type.to_ascii_lowercase();
    if kind.starts_with("application/x-www-form-urlencoded") {
        return form(content, rules);
    }
    if kind.starts_with("application/http") || kind.starts_with("message/http") {
        return message(content, rules);
    }
    // Text in another encoding keeps its secrets in ASCII.
    let is_named_text = ["text/", "json", "xml"]
        .iter()
        .any(|name| kind.contains(name));
    if is_named_text || is_text(content) {
        return plain::find(content, rules);
    }
    Vec::new()
}

/// Also what is cut off inside a character, as the body of a stream that was not read to its end.
fn is_text(content: &[u8]) -> bool {
    as_text(content).is_some()
}

/// A request or answer within a body (RFC 9112, section 10.1), as batches have them.
fn message(content: &[u8], rules: &Rules) -> Vec<Spot> {
    let (mut spots, mut at) = (plain::find(content, rules), 0);
    for line in content.split_inclusive(|&byte| byte == b'\n') {
        let (start, line) = (at, line.trim_ascii_end());
        at += content[at..]
            .iter()
            .take_while(|&&byte| byte != b'\n')
            .count()
            + 1;
        let Some(colon) = line.iter().position(|&byte| byte == b':') else {
            continue;
        };
        if let Ok(name) = HeaderName::from_bytes(&line[..colon]) {
            let value = line[colon + 1..].trim_ascii_start();
            let (found, _) = header::find(&name, value, rules);
            let start = start + line.len() - value.len();
            spots.extend(found.into_iter().map(|spot| spot.moved(start)));
        }
    }
    spots
}

fn form(content: &[u8], rules: &Rules) -> Vec<Spot> {
    let name = |pair: &[u8]| {
        let name = pair.split(|&byte| byte == b'=').next().unwrap_or_default();
        String::from_utf8_lossy(&form_decode(&String::from_utf8_lossy(name))).into_owned()
    };
    let is_login = content
        .split(|&byte| byte == b'&')
        .any(|pair| is_of_login(&name(pair)));
    let judge = |carrier, name: &str, value: &[u8]| match is_login {
        true => rules.of_login(carrier, name, value),
        false => rules.of_name(carrier, name, value),
    };
    let mut spots = pairs(content, Carrier::Form, &judge);
    spots.extend(plain::escaped(content, rules));
    spots
}

/// A part of `whole` is a field, and so a secret where its name is that of one.
fn of_part(
    part: &Part<'_>,
    whole: &[u8],
    rules: &Rules,
    depth: usize,
    is_login: bool,
) -> Vec<Spot> {
    let start = part.body.as_ptr().addr() - whole.as_ptr().addr();
    let mut spots = in_head(part, whole, rules);
    let name = part.name().unwrap_or_default();
    let fill = match is_login {
        true => rules.of_login(Carrier::Form, &name, part.body),
        false => rules.of_name(Carrier::Form, &name, part.body),
    };
    if let Some(fill) = fill {
        let (range, value) = (start..start + part.body.len(), part.body.to_vec());
        spots.push(Spot::new(range, fill, value));
        return spots;
    }
    let content_type = part.content_type().unwrap_or_default();
    let found = find_within(part.body, content_type, rules, depth);
    spots.extend(found.into_iter().map(|spot| spot.moved(start)));
    spots
}

/// A part has headers, too.
fn in_head(part: &Part<'_>, whole: &[u8], rules: &Rules) -> Vec<Spot> {
    let spots = part.fields().flat_map(|(name, value)| {
        let start = value.as_ptr().addr() - whole.as_ptr().addr();
        let name = HeaderName::from_bytes(name);
        let found = name.map(|name| header::find(&name, value, rules).0);
        found
            .unwrap_or_default()
            .into_iter()
            .map(move |spot| spot.moved(start))
    });
    spots.collect()
}
