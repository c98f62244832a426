//! How a text is written in other places than its own; none of it is the library's code.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use crate::template::CUT;

/// Writes bytes as `word` says, the name of a spelling and what it needs.
pub(crate) fn spell(word: &str, bytes: Vec<u8>, cut: Option<usize>) -> Vec<u8> {
    let (name, argument) = word.split_once(' ').unwrap_or((word, ""));
    match name {
        "after" => [argument.as_bytes(), &bytes].concat(),
        "before" => [&bytes, argument.as_bytes()].concat(),
        "percent" => percent(&bytes, |byte| format!("%{byte:02X}")),
        "percent-lower" => percent(&bytes, |byte| format!("%{byte:02x}")),
        "percent-all" => bytes
            .iter()
            .flat_map(|byte| format!("%{byte:02X}").into_bytes())
            .collect(),
        "form" => form(&bytes),
        "json" => escape(&bytes, json),
        "json-ascii" => escape(&bytes, json_ascii),
        "json-slash" => escape(&bytes, json_slash),
        "xml" => escape(&bytes, xml),
        "xml-numbers" => escape(&bytes, xml_numbers),
        "base64" => STANDARD.encode(bytes).into(),
        "base64-bare" => STANDARD_NO_PAD.encode(bytes).into(),
        "base64url" => URL_SAFE.encode(bytes).into(),
        "base64url-bare" => URL_SAFE_NO_PAD.encode(bytes).into(),
        "base64-lines" => lines(&STANDARD.encode(bytes)),
        "hex" => bytes
            .iter()
            .flat_map(|byte| format!("{byte:02x}").into_bytes())
            .collect(),
        "cut" => cut_at(&bytes, cut.unwrap_or(bytes.len() / 2)),
        "cut-everywhere" => bytes.chunks(1).collect::<Vec<_>>().join(CUT.as_bytes()),
        _ => panic!("the spelling {word:?} is unknown"),
    }
}

fn cut_at(bytes: &[u8], at: usize) -> Vec<u8> {
    let (before, after) = bytes.split_at(at.min(bytes.len()));
    [before, CUT.as_bytes(), after].concat()
}

fn percent(bytes: &[u8], encode: fn(u8) -> String) -> Vec<u8> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encode = |&byte: &u8| match plain(byte) {
        true => vec![byte],
        false => encode(byte).into_bytes(),
    };
    bytes.iter().flat_map(encode).collect()
}

/// As browsers write forms: a space is `+`, and `*` stays.
fn form(bytes: &[u8]) -> Vec<u8> {
    let percent = percent(bytes, |byte| match byte {
        b' ' => "+".to_owned(),
        b'*' => "*".to_owned(),
        byte => format!("%{byte:02X}"),
    });
    String::from_utf8_lossy(&percent).replace('~', "%7E").into()
}

fn escape(bytes: &[u8], sign: fn(char) -> String) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).expect("only text is escaped");
    text.chars().map(sign).collect::<String>().into()
}

fn json(sign: char) -> String {
    match sign {
        '"' => "\\\"".to_owned(),
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        sign => sign.to_string(),
    }
}

/// As Python and Go write it: nothing but ASCII, and no signs of HTML.
fn json_ascii(sign: char) -> String {
    if sign.is_ascii() && !"<>&'".contains(sign) {
        return json(sign);
    }
    let mut units = [0; 2];
    let units = sign.encode_utf16(&mut units).iter();
    units.map(|unit| format!("\\u{unit:04x}")).collect()
}

/// As PHP writes it.
fn json_slash(sign: char) -> String {
    match sign {
        '/' => "\\/".to_owned(),
        sign => json_ascii(sign),
    }
}

fn xml(sign: char) -> String {
    match sign {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&apos;".to_owned(),
        sign => sign.to_string(),
    }
}

fn xml_numbers(sign: char) -> String {
    match sign {
        '&' | '<' | '>' | '"' | '\'' => format!("&#{};", u32::from(sign)),
        sign if !sign.is_ascii() => format!("&#x{:X};", u32::from(sign)),
        sign => sign.to_string(),
    }
}

/// As in mails: 76 characters a line.
fn lines(text: &str) -> Vec<u8> {
    let lines: Vec<_> = text.as_bytes().chunks(76).collect();
    lines.join(&b"\r\n"[..])
}
