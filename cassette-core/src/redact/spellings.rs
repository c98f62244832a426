//! How one value is written in the places that HTTP has for it.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::json;

/// A way to write a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spelling {
    pub(super) text: Vec<u8>,
    /// It may be a piece of a longer text in base64.
    pub(super) is_within: bool,
}

/// The fewest characters of base64 that are no chance.
const SHORTEST_WITHIN: usize = 10;

/// What encoders of forms leave (WHATWG URL, section 5.2).
const FORM: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'*')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_');

/// Returns the spellings of a value, each once.
///
/// Escaped ones are found by undoing the escapes of the text ([`decoded`](super::decoded)). Those that
/// stand here are for values that look like escapes themselves, and for the `+` of forms.
pub(super) fn spellings(value: &[u8]) -> Vec<Spelling> {
    let form = percent_encode(value, FORM).to_string();
    let plus = form.replace("%20", "+");
    let mut whole: BTreeSet<Vec<u8>> = [value.to_vec(), form.into(), plus.into()].into();
    if let Ok(text) = std::str::from_utf8(value) {
        let quoted = json::quote(text);
        let json = &quoted[1..quoted.len() - 1];
        whole.extend(
            [json, &json.replace('/', "\\/"), &in_xml(text)].map(|text| text.as_bytes().to_vec()),
        );
    }
    let whole = whole.into_iter().map(|text| Spelling {
        text,
        is_within: false,
    });
    let within: BTreeSet<Vec<u8>> = in_base64(value).collect();
    let within = within.into_iter().map(|text| Spelling {
        text,
        is_within: true,
    });
    whole.chain(within).collect()
}

fn in_xml(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}

/// What stands in base64 wherever the value begins in the encoded text: alone, or behind `user:`. Characters
/// that also hold bits of what is around it are left out.
fn in_base64(value: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let at_offset = |offset: usize| {
        let mut text = vec![0; offset];
        text.extend_from_slice(value);
        let (first, last) = ((offset * 8).div_ceil(6), text.len() * 8 / 6);
        let encoded = [STANDARD.encode(&text), URL_SAFE.encode(&text)];
        encoded.map(|encoded| encoded.as_bytes()[first..last].to_vec())
    };
    let all = (0..3).flat_map(at_offset);
    all.filter(|text| text.len() >= SHORTEST_WITHIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_in_base64_wherever_it_begins() {
        let value = "p@ss/w+rd &=%\"\\<ü>'x";
        let all = spellings(value.as_bytes());
        let is_in = |text: String| {
            let has = |part: &[u8]| {
                text.as_bytes()
                    .windows(part.len())
                    .any(|window| window == part)
            };
            all.iter()
                .any(|spelling| spelling.is_within && has(&spelling.text))
        };
        for before in ["", "u", "us", "ada:"] {
            for after in ["", ":", "::x"] {
                let text = format!("{before}{value}{after}");
                assert!(is_in(STANDARD.encode(&text)), "{text}");
                assert!(is_in(URL_SAFE.encode(&text)), "{text}");
            }
        }
        assert!(!is_in(STANDARD.encode("another text that is as long")));
    }

    #[test]
    fn short_values_are_not_looked_for_in_base64() {
        assert!(
            spellings(b"abcdef")
                .iter()
                .all(|spelling| !spelling.is_within)
        );
    }
}
