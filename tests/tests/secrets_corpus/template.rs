//! `{{source | spelling | spelling}}` in the messages of the corpus.

use crate::spelling::spell;

/// Where a body is cut into chunks.
pub(crate) const CUT: &str = "\u{1f}cut\u{1f}";

/// What templates are filled with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filling<'a> {
    pub(crate) secret: &'a str,
    /// `http://host:port`
    pub(crate) origin: &'a str,
    /// Where `cut` cuts; in the middle, where nothing is said.
    pub(crate) cut: Option<usize>,
}

impl Filling<'_> {
    pub(crate) fn fill(&self, template: &str) -> Vec<u8> {
        let (mut filled, mut rest) = (Vec::new(), template);
        while let Some((before, (inside, after))) = next(rest) {
            filled.extend_from_slice(before.as_bytes());
            filled.extend(self.value(inside));
            rest = after;
        }
        filled.extend_from_slice(rest.as_bytes());
        filled
    }

    /// Fills a template that is text when it is filled.
    pub(crate) fn text(&self, template: &str) -> String {
        String::from_utf8(self.fill(template)).expect("this place is for text")
    }

    fn value(&self, inside: &str) -> Vec<u8> {
        let mut words = inside.split('|').map(str::trim);
        let source = self.source(words.next().unwrap_or_default());
        words.fold(source, |bytes, word| spell(word, bytes, self.cut))
    }

    fn source(&self, word: &str) -> Vec<u8> {
        let (name, argument) = word.split_once(' ').unwrap_or((word, ""));
        match name {
            "secret" => self.secret.into(),
            "origin" => self.origin.into(),
            "host" => self.origin.trim_start_matches("http://").into(),
            "cut" => CUT.into(),
            "lf" => "\n".into(),
            "crlf" => "\r\n".into(),
            "bytes" => argument.split(' ').map(byte).collect(),
            "noise" => noise(argument.parse().expect("noise has a length")),
            _ => panic!("{{{{{word}}}}} is unknown"),
        }
    }
}

fn next(text: &str) -> Option<(&str, (&str, &str))> {
    let (before, rest) = text.split_once("{{")?;
    Some((before, rest.split_once("}}").expect("`{{` has an end")))
}

fn byte(hex: &str) -> u8 {
    u8::from_str_radix(hex, 16).unwrap_or_else(|_| panic!("{hex:?} is no byte"))
}

/// Bytes like those of an image or a digest, the same each time.
fn noise(length: usize) -> Vec<u8> {
    let step = |state: &mut u32| {
        *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Some((*state >> 24) as u8)
    };
    std::iter::repeat(())
        .scan(length as u32 + 7, |state, ()| step(state))
        .take(length)
        .collect()
}
