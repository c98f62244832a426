//! Looks for a secret in what was written, however it is written there. None of it is the library's
//! code.

use std::collections::HashSet;

/// How often something is decoded that was decoded.
const DEPTH: usize = 4;

/// Runs of base64 that are shorter hold no secret.
const RUN: usize = 12;

/// No secret is shorter.
const SHORTEST: usize = 6;

type Decoder = (&'static str, fn(&str) -> String);

const DECODERS: [Decoder; 6] = [
    ("joined", join_strings),
    ("JSON", unescape_json),
    ("percent", unescape_percent),
    ("form", unescape_form),
    ("XML", unescape_xml),
    ("base64", decode_base64),
];

/// Some bytes as they are, and as they are after every way to decode them.
pub(crate) struct Views(Vec<(String, String)>);

impl Views {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let (mut views, mut known) = (Vec::new(), HashSet::new());
        let mut next = vec![(
            String::from_utf8_lossy(bytes).into_owned(),
            String::new(),
            DEPTH,
        )];
        while let Some((text, how, depth)) = next.pop() {
            if text.len() < SHORTEST || !known.insert(text.clone()) {
                continue;
            }
            let decoders = DECODERS.iter().filter(|_| depth > 0);
            let decoded = decoders.map(|(name, decode)| {
                let how = format!("{how} {name}");
                (decode(&text), how, depth - 1)
            });
            next.extend(decoded.filter(|(decoded, ..)| *decoded != text));
            views.push((text, how));
        }
        Self(views)
    }

    /// Returns how the secret, or a half of it, is written; none when it is not there.
    pub(crate) fn find(&self, secret: &str) -> Option<String> {
        let needles = needles(secret);
        let mut views = self.0.iter();
        let found = views.find(|(text, _)| needles.iter().any(|needle| text.contains(needle)));
        found.map(|(_, how)| {
            if how.is_empty() {
                "raw".to_owned()
            } else {
                how.trim().to_owned()
            }
        })
    }
}

/// Returns how the secret, or a half of it, is written in `bytes`; none when it is not there.
pub(crate) fn find(secret: &str, bytes: &[u8]) -> Option<String> {
    Views::of(bytes).find(secret)
}

/// The secret, and its halves where they are long enough to be nothing else.
fn needles(secret: &str) -> Vec<String> {
    let chars: Vec<char> = secret.chars().collect();
    let mut needles = vec![secret.to_owned()];
    if chars.len() >= 20 {
        let half = chars.len() / 2;
        let starts = [0, half / 2, chars.len() - half];
        needles.extend(starts.map(|start| chars[start..start + half].iter().collect()));
    }
    needles
}

/// Takes out what stands between the strings of a list: the lines of a text, the chunks of a stream.
fn join_strings(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut parts = text.split('"').peekable();
    while let Some(part) = parts.next() {
        let is_between = part.contains(',') && part.trim().trim_matches(',').trim().is_empty();
        if !is_between {
            joined.push_str(part);
            joined.extend(parts.peek().map(|_| '"'));
        } else if joined.ends_with('"') {
            joined.pop();
        }
    }
    joined
}

fn unescape_json(text: &str) -> String {
    let (mut plain, mut units, mut rest) = (String::with_capacity(text.len()), Vec::new(), text);
    while let Some((before, after)) = rest.split_once('\\') {
        if !before.is_empty() {
            flush(&mut units, &mut plain);
        }
        plain.push_str(before);
        rest = unescape_one(after, &mut units, &mut plain);
    }
    flush(&mut units, &mut plain);
    plain + rest
}

/// Reads what stands behind a backslash, and returns the rest. Both halves of a sign beyond the first
/// plane are collected in `units`.
fn unescape_one<'a>(after: &'a str, units: &mut Vec<u16>, plain: &mut String) -> &'a str {
    let unit = after.strip_prefix('u').and_then(|hex| hex.get(..4));
    if let Some(unit) = unit.and_then(|hex| u16::from_str_radix(hex, 16).ok()) {
        units.push(unit);
        return &after[5..];
    }
    flush(units, plain);
    let Some(sign) = after.chars().next() else {
        return after;
    };
    plain.push(match sign {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        sign => sign,
    });
    &after[sign.len_utf8()..]
}

fn flush(units: &mut Vec<u16>, plain: &mut String) {
    plain.push_str(&String::from_utf16_lossy(units));
    units.clear();
}

fn unescape_percent(text: &str) -> String {
    let (mut plain, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once('%') {
        plain.extend_from_slice(before.as_bytes());
        let byte = after
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        plain.push(byte.unwrap_or(b'%'));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    plain.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&plain).into_owned()
}

fn unescape_form(text: &str) -> String {
    match text.contains('+') {
        true => unescape_percent(&text.replace('+', " ")),
        false => String::new(),
    }
}

fn unescape_xml(text: &str) -> String {
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let named = after
            .split_once(';')
            .and_then(|(name, rest)| Some((entity(name)?, rest)));
        let (sign, after) = named.unwrap_or(('&', after));
        plain.push(sign);
        rest = after;
    }
    plain + rest
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(number.ok()?)
        }
    }
}

/// Decodes every run of base64, in both alphabets and at each alignment.
fn decode_base64(text: &str) -> String {
    let is_part = |sign: char| sign.is_ascii_alphanumeric() || "+/-_".contains(sign);
    let runs = text
        .split(|sign| !is_part(sign))
        .filter(|run| run.len() >= RUN);
    let views = runs.flat_map(|run| (0..4).map(|start| decode_run(&run.as_bytes()[start..])));
    let mut decoded = String::new();
    for view in views {
        texts(&view).for_each(|text| decoded.extend([text, "\0"]));
    }
    decoded
}

/// What is text in bytes that may be anything; the rest would only be decoded for nothing.
fn texts(view: &str) -> impl Iterator<Item = &str> {
    let is_none = |sign: char| sign == '\u{fffd}' || sign.is_control() && !"\r\n\t".contains(sign);
    let texts = view.split(is_none);
    texts.filter(|text| text.len() >= SHORTEST)
}

fn decode_run(run: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(run.len());
    for four in run.chunks(4) {
        let bits = four.iter().fold(0, |bits, &sign| bits << 6 | sextet(sign));
        let bits = bits << (6 * (4 - four.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..four.len()]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn sextet(sign: u8) -> u32 {
    let value = match sign {
        b'A'..=b'Z' => sign - b'A',
        b'a'..=b'z' => sign - b'a' + 26,
        b'0'..=b'9' => sign - b'0' + 52,
        b'+' | b'-' => 62,
        _ => 63,
    };
    value.into()
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::template::Filling;

    const SECRET: &str = "p@ss/w+rd&=%\"\\<ü-7f3a9c";

    fn found(template: &str) -> Option<String> {
        let filling = Filling {
            secret: SECRET,
            origin: "",
            cut: None,
        };
        let text = String::from_utf8_lossy(&filling.fill(template)).into_owned();
        find(
            SECRET,
            text.replace(crate::template::CUT, "\",\n  \"").as_bytes(),
        )
    }

    #[test]
    fn a_secret_is_found_in_every_spelling() {
        for template in [
            "a {{secret}} b",
            "{{secret | json}}",
            "{{secret | json | json}}",
            "{{secret | json-ascii}}",
            "{{secret | json-slash | json}}",
            "{{secret | percent}}",
            "{{secret | percent-lower | percent}}",
            "{{secret | form}}",
            "{{secret | xml}}",
            "{{secret | xml-numbers}}",
            "id={{secret | base64}}",
            "/path/{{secret | after ada: | base64url-bare}}/rest",
            "{{secret | after x | before yz | base64}}",
            "{{secret | after xy | base64 | json}}",
            "{{secret | base64 | percent}}",
            "\"{{secret | cut}}\"",
            "\"{{secret | json | json | cut}}\"",
        ] {
            assert!(found(template).is_some(), "{template}");
        }
    }

    #[test]
    fn half_a_secret_is_found_and_nothing_where_there_is_none() {
        let half: String = SECRET.chars().take(12).collect();
        assert!(find(SECRET, half.as_bytes()).is_some());
        assert_eq!(found("p@ss [REDACTED] {{noise 300 | base64}}"), None);
    }
}
