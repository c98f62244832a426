//! Secrets in URLs, and in `name=value` wherever it stands in a text.

use std::ops::Range;

use memchr::{memchr_iter, memrchr2};
use percent_encoding::percent_decode;

use super::selector::Carrier;
use super::shapes::is_opaque;
use super::spot::{Fill, Spot};
use crate::address::form_decode;
use crate::placeholder;

/// The longest name that is looked at.
const MAX_NAME: usize = 64;

/// How much of a value is looked at to see what it is.
const MAX_JUDGED: usize = 512;

/// The longest value between quotation marks.
const MAX_QUOTED: usize = 1024;

/// The longest user information.
const MAX_USER: usize = 512;

/// Who says what a name's value is.
pub(super) type Judge<'a> = &'a dyn Fn(Carrier, &str, &[u8]) -> Option<Fill>;

/// Returns where the secrets are that stand behind a name and `=`.
///
/// Behind `?`, `&`, `#` and `;` the name is that of a parameter, however `&` is escaped; elsewhere only the names
/// count that are secrets everywhere.
pub(super) fn assigned(text: &[u8], judge: Judge<'_>) -> Vec<Spot> {
    // What ends one value ends all that begin in it: of parameters, and of words.
    let (mut ends, mut found) = ([0, 0], 0);
    let spot = |at: usize| {
        if at < found {
            // A part of a secret.
            return None;
        }
        let name = name_before(text, at)?;
        let carrier = carrier(text, name.start);
        let start = at + 1 + opening_quote(&text[at + 1..]);
        let quote = &text[at + 1..start];
        let known = &mut ends[usize::from(carrier == Carrier::Text)];
        let end = match quote {
            [] => {
                *known = if *known < start {
                    value_end(text, start, carrier)
                } else {
                    *known
                };
                *known
            }
            _ => quoted_end(text, start, quote),
        };
        if carrier == Carrier::Text && is_code(text, &name, start..end) {
            return None;
        }
        let name = String::from_utf8_lossy(&decode(&text[name])).into_owned();
        let beginning = decode(&text[start..end.min(start + MAX_JUDGED)]);
        let fill = judge(carrier, &name, &beginning)?;
        let value = decode(&text[start..end]);
        found = end;
        Some(Spot::new(start..end, fill, value))
    };
    memchr_iter(b'=', text).filter_map(spot).collect()
}

/// The length of the quotation mark that a value begins with, as in `NAME="value"`.
fn opening_quote(text: &[u8]) -> usize {
    match text {
        [b'"' | b'\'', ..] => 1,
        [b'\\', b'"', ..] => 2,
        _ => 0,
    }
}

/// Is it an attribute, which is looked at as such?
fn is_in_tag(before: &[u8]) -> bool {
    let near = &before[before.len().saturating_sub(MAX_JUDGED)..];
    let opens =
        |at: usize| near[at] == b'<' && near.get(at + 1).is_some_and(u8::is_ascii_alphabetic);
    memrchr2(b'<', b'>', near).is_some_and(opens)
}

/// Is it an assignment or comparison of a program, as scripts are full of them, or an attribute?
fn is_code(text: &[u8], name: &Range<usize>, value: Range<usize>) -> bool {
    let value_text = &text[value.clone()];
    let is_identifier = |byte: &u8| byte.is_ascii_alphabetic() || b"_$.".contains(byte);
    let is_path = value_text.contains(&b'.') && value_text.iter().all(is_identifier);
    // Scripts have short names when they are sent.
    let is_short = text[name.clone()].contains(&b'.') && value_text.len() <= 3;
    let is_call = matches!(text.get(value.end), Some(b'(' | b'['));
    is_in_tag(&text[..name.start])
        || is_short
        || is_path
        || is_call
        || text.get(value.start) == Some(&b'=')
}

fn name_before(text: &[u8], end: usize) -> Option<Range<usize>> {
    let is_in = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-_.%[]~".contains(byte);
    let length = text[..end]
        .iter()
        .rev()
        .take(MAX_NAME)
        .take_while(is_in)
        .count();
    let mut start = end - length;
    // `\u0026` is an ampersand of JSON, `\n` ends a line.
    if text[..start].ends_with(b"\\") {
        start += match &text[start..end] {
            [b'u', b'0', b'0', b'2', b'6', ..] => b"u0026".len(),
            [b'n' | b'r' | b't', ..] => 1,
            _ => 0,
        };
    }
    (start < end).then_some(start..end)
}

fn carrier(text: &[u8], name: usize) -> Carrier {
    let before = &text[..name];
    match before.last() {
        Some(b'?' | b'&' | b'#' | b';') => Carrier::Query,
        _ if before.ends_with(b"\\u0026") => Carrier::Query,
        _ => Carrier::Text,
    }
}

/// The end of a value that began with a quotation mark: the next one like it.
fn quoted_end(text: &[u8], start: usize, quote: &[u8]) -> usize {
    let room = &text[start..text.len().min(start + MAX_QUOTED)];
    let plain = |(at, mark): (usize, &u8)| *mark == quote[0] && (at == 0 || room[at - 1] != b'\\');
    let length = match quote {
        [b'\\', ..] => memchr::memmem::find(room, quote),
        _ => room.iter().enumerate().position(plain),
    };
    start + length.unwrap_or(room.len())
}

/// The end of a value that has none. A parameter of a URL may hold most signs.
fn value_end(text: &[u8], start: usize, carrier: Carrier) -> usize {
    let signs: &[u8] = if carrier == Carrier::Query {
        b"&#\"'`<>"
    } else {
        b"&#\"'`<>|(){},;["
    };
    let mut at = start;
    while let Some(&byte) = text.get(at) {
        let is_slash = byte == b'\\' && text.get(at + 1) == Some(&b'/');
        let is_placeholder =
            byte == b'[' && placeholder::is_in(&text[at..(at + 10).min(text.len())]);
        let is_next = byte == b';' && begins_pair(&text[at + 1..]);
        let ends = is_next
            || byte.is_ascii_whitespace()
            || byte.is_ascii_control()
            || signs.contains(&byte)
            || byte == b'\\';
        if ends && !is_slash && !is_placeholder {
            break;
        }
        at += 1;
    }
    at
}

/// Is it another name, and its value?
fn begins_pair(text: &[u8]) -> bool {
    let is_in = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-_.%".contains(byte);
    let length = text.iter().take(MAX_NAME).take_while(is_in).count();
    length > 0 && text.get(length) == Some(&b'=')
}

/// Returns where the user information of URLs is: between `//` and `@`.
pub(super) fn users(text: &[u8]) -> Vec<Spot> {
    let user = |at: usize| {
        let length = text[..at]
            .iter()
            .rev()
            .take(MAX_USER)
            .take_while(|byte| is_of_user(**byte))
            .count();
        let start = at - length;
        let slashes = start.checked_sub(2)?;
        let user = &text[start..at];
        // `ssh://git@` is nobody's secret.
        let scheme = text[slashes.saturating_sub(8)..slashes].to_ascii_lowercase();
        let is_web = slashes == 0
            || [&b"http:"[..], b"https:", b"http:\\/", b"https:\\/"]
                .iter()
                .any(|web| scheme.ends_with(web));
        let is_secret = is_web || user.contains(&b':') || is_opaque(user);
        let is_user = is_secret && begins_address(text, slashes);
        is_user.then(|| Spot::redacted(start..at, password(user)).sure())
    };
    memchr_iter(b'@', text).filter_map(user).collect()
}

/// `//` behind a scheme, or where a text begins; `:\/\/` in JSON.
fn begins_address(text: &[u8], at: usize) -> bool {
    let before = &text[..at];
    match &text[at..at + 2] {
        b"\\/" => before.ends_with(b":\\/"),
        b"//" => before.is_empty() || before.ends_with(b":"),
        _ => false,
    }
}

fn is_of_user(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && !b"/?#\"'`<>\\{}|^".contains(&byte)
}

/// The password, or who there is without one.
fn password(user: &[u8]) -> Vec<u8> {
    let mut parts = user.splitn(2, |&byte| byte == b':');
    let (name, password) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let secret = if password.is_empty() { name } else { password };
    percent_decode(secret).collect()
}

/// Returns where the secret values of a query or form are, pair by pair.
pub(super) fn pairs(text: &[u8], carrier: Carrier, judge: Judge<'_>) -> Vec<Spot> {
    let mut begin = 0;
    let mut spots = Vec::new();
    for pair in text.split(|&byte| byte == b'&') {
        let end = begin + pair.len();
        if let Some(equals) = pair.iter().position(|&byte| byte == b'=') {
            let (name, value) = (decode(&pair[..equals]), decode(&pair[equals + 1..]));
            let fill = judge(carrier, &String::from_utf8_lossy(&name), &value);
            let range = begin + equals + 1..end;
            spots.extend(fill.map(|fill| Spot::new(range, fill, value).sure()));
        }
        begin = end + 1;
    }
    spots
}

/// Returns where the secrets of a URL are: in its user information, its parameters and its fragment, and in
/// those of its path (`;jsessionid=…`).
pub(super) fn of_url(url: &[u8], judge: Judge<'_>) -> Vec<Spot> {
    let path = url
        .iter()
        .position(|byte| matches!(byte, b'?' | b'#'))
        .unwrap_or(url.len());
    let of_parameters = |carrier, name: &str, value: &[u8]| match carrier {
        Carrier::Text => None,
        _ => judge(carrier, name, value),
    };
    let mut spots = users(&url[..path]);
    let of_query = assigned(&url[path..], &of_parameters).into_iter();
    spots.extend(of_query.map(|spot| spot.moved(path)));
    let mut begin = 0;
    for part in url[..path].split_inclusive(|&byte| byte == b';') {
        if begin > 0 {
            let length = part.iter().take_while(|byte| !b";/".contains(byte)).count();
            let found = pairs(&part[..length], Carrier::Query, judge).into_iter();
            spots.extend(found.map(|spot| spot.moved(begin)));
        }
        begin += part.len();
    }
    begin = path + 1;
    for part in url
        .get(begin..)
        .unwrap_or_default()
        .split(|byte| matches!(byte, b'?' | b'#'))
    {
        spots.extend(
            pairs(part, Carrier::Query, judge)
                .into_iter()
                .map(|spot| spot.moved(begin)),
        );
        begin += part.len() + 1;
    }
    spots
}

fn decode(text: &[u8]) -> Vec<u8> {
    form_decode(&String::from_utf8_lossy(text))
}

/// Returns a text, or as much of it as came: it may be cut off inside a character.
pub(super) fn as_text(content: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(content).or_else(|error| match error.error_len() {
        None => std::str::from_utf8(&content[..error.valid_up_to()]),
        Some(_) => Err(error),
    });
    text.ok()
}
#[cfg(test)]
mod tests;
