//! Where something stands, for people, and the line that lets it stand there.

use super::custom::Rules;
use super::json;
use super::selector::Carrier;
use super::text::as_text;
use crate::address::form_decode;

/// A place in a request or response, or in a piece of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// For example `header x-session` or `body /user/key`.
    pub(crate) shown: String,
    /// What `redact` and `keep` call it, where they can.
    pub(crate) selector: Option<String>,
}

/// The text in which something stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece<'a> {
    Url,
    Header(&'a str),
    Trailer(&'a str),
    Body { is_form: bool },
    Other(&'static str),
}

impl Piece<'_> {
    /// Returns the place of what begins at `offset` of `text`.
    pub(super) fn place(self, text: &[u8], offset: usize) -> Place {
        let named = |what: &str, kind: &str, name: &str| Place {
            shown: format!("{what} {name}"),
            selector: Some(format!("{kind}:{name}")),
        };
        let plain = |shown: String| Place {
            shown,
            selector: None,
        };
        match self {
            Self::Url => match name_before(text, offset) {
                Some(name) => named("query", "query", &name),
                None => plain("url".to_owned()),
            },
            Self::Header(name) => named("header", "header", name),
            Self::Trailer(name) => named("trailer", "header", name),
            Self::Body { is_form: true } => match name_before(text, offset) {
                Some(name) => named("form field", "form", &name),
                None => plain("body".to_owned()),
            },
            Self::Body { is_form: false } => match in_json(text, offset) {
                Some(pointer) => Place {
                    shown: format!("body {pointer}"),
                    selector: Some(format!("json:{pointer}")),
                },
                None => plain(format!("body line {}", line(text, offset))),
            },
            Self::Other(what) => plain(what.to_owned()),
        }
    }
}

impl Place {
    /// Has somebody said that what stands there may stand there?
    pub(super) fn is_kept(&self, rules: &Rules) -> bool {
        let Some((kind, name)) = self
            .selector
            .as_deref()
            .and_then(|line| line.split_once(':'))
        else {
            return false;
        };
        match kind {
            "header" => rules.keeps_name(Carrier::Header, name),
            "query" => rules.keeps_name(Carrier::Query, name),
            "form" => rules.keeps_name(Carrier::Form, name),
            _ => {
                let last = name.rsplit('/').next().unwrap_or_default();
                rules.kept_paths().has_pointer(name) || rules.keeps_name(Carrier::Json, last)
            }
        }
    }
}

/// The name of the parameter in whose value `offset` is.
fn name_before(text: &[u8], offset: usize) -> Option<String> {
    let begin = text[..offset]
        .iter()
        .rposition(|byte| matches!(byte, b'?' | b'&' | b'#'));
    let begin = begin.map_or(0, |begin| begin + 1);
    let pair = &text[begin..offset];
    let equals = pair.iter().position(|&byte| byte == b'=')?;
    let name = std::str::from_utf8(&pair[..equals]).ok()?;
    let decoded = || String::from_utf8_lossy(&form_decode(name)).into_owned();
    (!name.contains(['/', ':'])).then(decoded)
}

fn in_json(text: &[u8], offset: usize) -> Option<String> {
    json::pointer_at(as_text(text)?, offset)
}

fn line(text: &[u8], offset: usize) -> usize {
    text[..offset].iter().filter(|&&byte| byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests;
