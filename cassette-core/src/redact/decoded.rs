//! Texts without their escapes, whatever they are those of.

use std::ops::Range;

use memchr::memchr3;

/// A text, each of whose escapes is undone: those of JSON (`\u0026`), of URLs (`%26`) and of XML (`&amp;`).
pub(super) struct Decoded {
    pub(super) text: Vec<u8>,
    /// Where each byte is written in the text that it comes from, and where that ends.
    places: Vec<usize>,
}

/// The names of the characters that XML escapes.
const NAMED: [(&[u8], u8); 5] = [
    (b"amp;", b'&'),
    (b"apos;", b'\''),
    (b"gt;", b'>'),
    (b"lt;", b'<'),
    (b"quot;", b'"'),
];

/// Undoes all escapes once; none where there are none.
pub(super) fn decoded(text: &[u8]) -> Option<Decoded> {
    let mut at = memchr3(b'\\', b'%', b'&', text)?;
    let mut decoded = Decoded {
        text: text[..at].to_vec(),
        places: (0..at).collect(),
    };
    let mut is_changed = false;
    while at < text.len() {
        let escape = escape(&text[at..]);
        is_changed |= escape.is_some();
        let (length, character) = escape.unwrap_or_else(|| (1, vec![text[at]]));
        decoded.places.extend(character.iter().map(|_| at));
        decoded.text.extend(character);
        at += length;
        let plain = memchr3(b'\\', b'%', b'&', &text[at..]).unwrap_or(text.len() - at);
        decoded.text.extend_from_slice(&text[at..at + plain]);
        decoded.places.extend(at..at + plain);
        at += plain;
    }
    decoded.places.push(text.len());
    is_changed.then_some(decoded)
}

impl Decoded {
    /// Returns where something of this text is written in the one that it comes from.
    pub(super) fn place(&self, range: &Range<usize>) -> Range<usize> {
        self.places[range.start]..self.places[range.end]
    }
}

/// The length of the escape that a text begins with, and what it stands for.
fn escape(text: &[u8]) -> Option<(usize, Vec<u8>)> {
    match text {
        [b'%', a, b, ..] => Some((3, vec![u8::try_from(hex(&[*a, *b])?).ok()?])),
        [b'\\', b'u', ..] => unicode(text),
        [b'\\', escaped, ..] => Some((2, vec![plain(*escaped)?])),
        [b'&', b'#', rest @ ..] => numbered(rest).map(|(length, c)| (length + 2, utf8(c))),
        [b'&', rest @ ..] => {
            let (name, byte) = NAMED.iter().find(|(name, _)| rest.starts_with(name))?;
            Some((name.len() + 1, vec![*byte]))
        }
        _ => None,
    }
}

fn plain(escaped: u8) -> Option<u8> {
    match escaped {
        b'"' | b'\\' | b'/' | b'\'' => Some(escaped),
        b'n' => Some(b'\n'),
        b'r' => Some(b'\r'),
        b't' => Some(b'\t'),
        _ => None,
    }
}

/// Beyond the first 65,536 characters there are two units (RFC 8259, section 7).
fn unicode(text: &[u8]) -> Option<(usize, Vec<u8>)> {
    let unit = |at: usize| {
        let escape = text.get(at..at + 6)?;
        let unit = escape.strip_prefix(b"\\u").and_then(hex)?;
        u16::try_from(unit).ok()
    };
    let units = [unit(0)?, unit(6).unwrap_or_default()];
    let mut chars = char::decode_utf16(units);
    let first = chars.next()?.ok()?;
    Some((6 * first.len_utf16(), utf8(first)))
}

fn numbered(text: &[u8]) -> Option<(usize, char)> {
    let length = text.iter().take(8).position(|&byte| byte == b';')?;
    let number = match &text[..length] {
        [b'x' | b'X', digits @ ..] => hex(digits)?,
        digits => str::from_utf8(digits).ok()?.parse().ok()?,
    };
    Some((length + 1, char::from_u32(number)?))
}

fn hex(digits: &[u8]) -> Option<u32> {
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    let digits = str::from_utf8(digits).ok().filter(|_| is_hex)?;
    u32::from_str_radix(digits, 16).ok()
}

fn utf8(c: char) -> Vec<u8> {
    c.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let decoded = decoded(text.as_bytes()).map(|decoded| {
            let all = 0..decoded.text.len();
            assert_eq!(decoded.place(&all), 0..text.len(), "{text}");
            String::from_utf8_lossy(&decoded.text).into_owned()
        });
        assert_eq!(decoded.as_deref().unwrap_or(text), expect);
    }

    #[test]
    fn every_escape_is_undone_once() {
        check("a", "a");
        check("a%2Fb%2fc%", "a/b/c%");
        check("%25%zz", "%%zz");
        check(r#"\"\\\/\u00fc\ud83d\ude00\x"#, "\"\\/ü😀\\x");
        check(r"\ud83d!", r"\ud83d!");
        check("&amp;&lt;&#39;&#x27;&#xfc;&no;&#;", "&<''ü&no;&#;");
        check("%c3%bc", "ü");
    }

    #[test]
    fn a_piece_is_found_where_it_was_written() {
        let decoded = decoded(b"a%62c\\u0064e").unwrap();
        assert_eq!(decoded.text, b"abcde");
        assert_eq!(decoded.place(&(1..4)), 1..11);
    }
}
