use std::ops::Range;

use regex_lite::Regex;

use super::rules::{
    ANYWHERE, HEADERS, LOGIN, LOGIN_MARKS, OPAQUE, OPAQUE_QUERY, QUERY, SUSPECT_ENDS,
};
use super::selector::{Carrier, Selector, fold};
use super::shapes;
use super::spot::Fill;
use crate::node::Paths;
use crate::placeholder;
use crate::redaction::Redactions;

/// What is a secret: the defaults, and what was said on top of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    redact: Selected,
    keep: Selected,
    redactions: Redactions,
}

/// What selectors name, by what they are.
#[derive(Clone, Debug, Default)]
struct Selected {
    names: Vec<(Option<Carrier>, String)>,
    paths: Paths,
    texts: Vec<Regex>,
    variables: Vec<String>,
    shapes: Vec<String>,
}

impl Selected {
    fn new(lines: &[String]) -> Result<Self, String> {
        let (mut selected, mut pointers) = (Self::default(), Vec::new());
        for line in lines {
            match Selector::parse(line)? {
                Selector::Name(carrier, name) => selected.names.push((carrier, name)),
                Selector::Pointer(pointer) => pointers.push(pointer),
                Selector::Text(regex) => selected.texts.push(regex),
                Selector::Variable(name) => selected.variables.push(name),
                Selector::Shape(name) => selected.shapes.push(name),
            }
        }
        selected.paths = Paths::new(&pointers);
        Ok(selected)
    }

    /// Also where it is said of the last part of a name, or of the whole: `pin` and `user[pin]`.
    fn has_name(&self, carrier: Carrier, name: &str) -> bool {
        if self.names.is_empty() {
            return false;
        }
        let names = [fold(name), fold(local(carrier, name))];
        let fits = |of: Option<Carrier>| of.is_none_or(|of| of == carrier);
        let mut own = self.names.iter();
        own.any(|(of, own)| names.contains(own) && fits(*of))
    }
}

impl Rules {
    /// # Errors
    ///
    /// What is wrong with which selector.
    pub(crate) fn new(
        redact: &[String],
        keep: &[String],
        redactions: Redactions,
    ) -> Result<Self, String> {
        let (redact, keep) = (
            Selected::new(redact).map_err(|why| format!("redact: {why}"))?,
            Selected::new(keep).map_err(|why| format!("keep: {why}"))?,
        );
        if !redact.shapes.is_empty() {
            return Err("redact: shapes are refused as they are; `keep` lets one pass".to_owned());
        }
        let unknown = keep.shapes.iter().find(|name| !shapes::is_known(name));
        match unknown {
            Some(name) => Err(format!(
                "keep: there is no shape `{name}`; there are {}",
                shapes::names()
            )),
            None => Ok(Self {
                redact,
                keep,
                redactions,
            }),
        }
    }

    /// Returns what takes the place of the value of this name, if it is a secret. The value is decoded.
    pub(super) fn of_name(&self, carrier: Carrier, name: &str, value: &[u8]) -> Option<Fill> {
        if value.is_empty() || is_placeholder(value) || self.keep.has_name(carrier, name) {
            return None;
        }
        let folded = fold(local(carrier, name));
        if self.redact.has_name(carrier, name) || is_listed(carrier, &folded, value) {
            return Some(Fill::Redacted);
        }
        let is_suspect = is_in_ends(&folded) && shapes::is_random(value);
        (is_suspect && !self.keeps_shape("entropy")).then_some(Fill::Blocked("entropy"))
    }

    /// Returns false for a name under which no value of JSON is a secret: then nobody need look at that.
    pub(super) fn suspects(&self, name: &str) -> bool {
        let folded = fold(name);
        let is_in = |list: &[&str]| list.binary_search(&folded.as_str()).is_ok();
        self.redact.has_name(Carrier::Json, name)
            || is_in(ANYWHERE)
            || is_in(OPAQUE)
            || is_in_ends(&folded)
    }

    /// The same while somebody logs in, by OAuth's redirects and forms.
    pub(super) fn of_login(&self, carrier: Carrier, name: &str, value: &[u8]) -> Option<Fill> {
        let folded = fold(name);
        let is_secret = LOGIN.contains(&folded.as_str())
            && !value.is_empty()
            && !self.keep.has_name(carrier, name);
        let login = is_secret.then_some(Fill::Redacted);
        login.or_else(|| self.of_name(carrier, name, value))
    }

    pub(super) fn redacted_paths(&self) -> &Paths {
        &self.redact.paths
    }

    pub(super) fn kept_paths(&self) -> &Paths {
        &self.keep.paths
    }

    pub(super) fn keeps_shape(&self, shape: &str) -> bool {
        self.keep.shapes.iter().any(|name| name == shape)
    }

    pub(super) fn keeps_name(&self, carrier: Carrier, name: &str) -> bool {
        self.keep.has_name(carrier, name)
    }

    pub(super) fn keeps_text(&self, text: &str) -> bool {
        self.keep.texts.iter().any(|regex| regex.is_match(text))
    }

    pub(crate) fn keeps_variable(&self, name: &str) -> bool {
        self.keep.variables.iter().any(|kept| kept == name)
    }

    /// The variables whose values are secrets, whatever they are called.
    pub(crate) fn variables(&self) -> &[String] {
        &self.redact.variables
    }

    /// Returns where the patterns and redactions of the user find secrets.
    pub(super) fn in_text(&self, text: &str) -> Vec<Range<usize>> {
        let matches = self
            .redact
            .texts
            .iter()
            .flat_map(|regex| regex.find_iter(text));
        let mut ranges: Vec<_> = matches.map(|found| found.range()).collect();
        let custom = self.redactions.secrets(text);
        ranges.extend(custom.into_iter().map(|range| whole_chars(text, range)));
        ranges
    }
}

/// A name without its namespace; and `secret` of `user.secret` and `user[secret]`, as forms have it, and
/// files of settings.
fn local(carrier: Carrier, name: &str) -> &str {
    match carrier {
        Carrier::Xml => name.rsplit(':').next().unwrap_or(name),
        Carrier::Form | Carrier::Query | Carrier::Text => {
            let name = name.strip_suffix("[]").unwrap_or(name);
            let name = name.strip_suffix(']').unwrap_or(name);
            name.rsplit(['[', '.']).next().unwrap_or(name)
        }
        Carrier::Header | Carrier::Json => name,
    }
}

fn is_listed(carrier: Carrier, name: &str, value: &[u8]) -> bool {
    let is_in = |list: &[&str]| list.binary_search(&name).is_ok();
    if is_in(ANYWHERE) {
        return true;
    }
    let is_opaque = || is_in(OPAQUE) && shapes::is_token(value);
    match carrier {
        Carrier::Header => is_in(HEADERS) || is_opaque(),
        Carrier::Query | Carrier::Form => {
            let is_key =
                || is_in(OPAQUE_QUERY) && shapes::is_token(value) && !shapes::is_uuid(value);
            is_in(QUERY) || is_opaque() || is_key()
        }
        Carrier::Json | Carrier::Xml => is_opaque(),
        Carrier::Text => false,
    }
}

/// It was masked before.
fn is_placeholder(value: &[u8]) -> bool {
    str::from_utf8(value).is_ok_and(placeholder::is_one)
}

fn is_in_ends(name: &str) -> bool {
    SUSPECT_ENDS.iter().any(|end| name.ends_with(end))
}

/// Is it the name of a field or parameter that requests of OAuth have?
pub(super) fn is_of_login(name: &str) -> bool {
    LOGIN_MARKS.contains(&fold(name).as_str())
}

fn whole_chars(text: &str, range: Range<usize>) -> Range<usize> {
    let (mut start, mut end) = (range.start.min(text.len()), range.end.min(text.len()));
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end.max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_and_folded() {
        for list in [
            ANYWHERE,
            HEADERS,
            QUERY,
            OPAQUE,
            OPAQUE_QUERY,
            LOGIN,
            LOGIN_MARKS,
        ] {
            assert!(list.is_sorted(), "{list:?}");
            assert!(list.iter().all(|name| fold(name) == *name), "{list:?}");
        }
    }
}
