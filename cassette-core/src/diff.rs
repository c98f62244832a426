use std::collections::BTreeSet;

use crate::address::Pair;
use crate::body::Body;
use crate::node::{self, Paths};

/// How much of a value a report shows.
const SHOWN: usize = 60;

/// How much of what is equal it shows before a difference.
const CONTEXT: usize = 20;

/// One place in which two requests differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) place: String,
    pub(crate) recorded: String,
    pub(crate) actual: String,
}

impl Difference {
    /// Values are redacted before they come here; long ones are cut to where they begin to differ.
    pub(crate) fn new(
        place: impl Into<String>,
        recorded: Option<&str>,
        actual: Option<&str>,
    ) -> Self {
        let alike = match (recorded, actual) {
            (Some(recorded), Some(actual)) => common_chars(recorded, actual),
            _ => 0,
        };
        let show = |value: Option<&str>| {
            value.map_or_else(|| "(absent)".to_owned(), |value| cut_from(value, alike))
        };
        Self {
            place: place.into(),
            recorded: show(recorded),
            actual: show(actual),
        }
    }
}

fn common_chars(left: &str, right: &str) -> usize {
    left.chars()
        .zip(right.chars())
        .take_while(|(left, right)| left == right)
        .count()
}

/// Returns `text` without most of its first `alike` characters, where they would fill the line.
fn cut_from(text: &str, alike: usize) -> String {
    if alike < SHOWN - CONTEXT {
        return cut(text);
    }
    let rest: String = text.chars().skip(alike - CONTEXT).collect();
    format!("…{}", cut(&rest))
}

/// Returns `text` on one line and not too long.
pub(crate) fn cut(text: &str) -> String {
    let line = text
        .escape_debug()
        .to_string()
        .replace("\\\"", "\"")
        .replace("\\'", "'");
    match line.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}… ({} bytes)", &line[..end], text.len()),
        None => line,
    }
}

/// Compares names and their values: queries, forms, headers.
pub(crate) fn pairs(what: &str, recorded: &[Pair], actual: &[Pair]) -> Vec<Difference> {
    let names: BTreeSet<&Vec<u8>> = recorded
        .iter()
        .chain(actual)
        .map(|(name, _)| name)
        .collect();
    let difference = |name: &Vec<u8>| {
        let (recorded, actual) = (values(recorded, name), values(actual, name));
        let place = format!("{what} {}", readable(name));
        (recorded != actual).then(|| {
            let (recorded, actual) = (joined(&recorded), joined(&actual));
            Difference::new(place, recorded.as_deref(), actual.as_deref())
        })
    };
    names.into_iter().filter_map(difference).collect()
}

fn values<'a>(pairs: &'a [Pair], name: &[u8]) -> Vec<&'a [u8]> {
    let of_name = pairs.iter().filter(|pair| pair.0 == name);
    of_name.map(|pair| pair.1.as_slice()).collect()
}

fn joined(values: &[&[u8]]) -> Option<String> {
    let texts: Vec<String> = values.iter().map(|value| readable(value)).collect();
    (!texts.is_empty()).then(|| texts.join(" | "))
}

fn readable(bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes).map(str::to_owned);
    text.unwrap_or_else(|_| bytes.escape_ascii().to_string())
}

/// Compares two bodies that are known to differ: JSON by path, text by line, else by length.
pub(crate) fn bodies(recorded: &Body, actual: &Body, ignored: &Paths) -> Vec<Difference> {
    let by_path =
        json_bodies(recorded, actual, ignored).filter(|differences| !differences.is_empty());
    by_path.unwrap_or_else(|| vec![text_bodies(recorded, actual)])
}

fn json_bodies(recorded: &Body, actual: &Body, ignored: &Paths) -> Option<Vec<Difference>> {
    let leaves = |body: &Body| Some(node::leaves(&node::parse(body.text()?)?, ignored));
    let (recorded, actual) = (leaves(recorded)?, leaves(actual)?);
    let paths: BTreeSet<&String> = recorded.keys().chain(actual.keys()).collect();
    let difference = |path: &String| {
        let (recorded, actual) = (recorded.get(path), actual.get(path));
        let place = format!("body {}", if path.is_empty() { "/" } else { path });
        (recorded != actual).then(|| {
            Difference::new(
                place,
                recorded.map(String::as_str),
                actual.map(String::as_str),
            )
        })
    };
    Some(paths.into_iter().filter_map(difference).collect())
}

fn text_bodies(recorded: &Body, actual: &Body) -> Difference {
    match (recorded.text(), actual.text()) {
        (Some(_), Some("")) | (Some(""), Some(_)) => {
            let text = |body: &Body| {
                body.text()
                    .filter(|text| !text.is_empty())
                    .map(str::to_owned)
            };
            Difference::new("body", text(recorded).as_deref(), text(actual).as_deref())
        }
        (Some(recorded), Some(actual)) => first_line(recorded, actual),
        _ => {
            let at = recorded
                .bytes()
                .iter()
                .zip(actual.bytes())
                .take_while(|(left, right)| left == right)
                .count();
            let size = |body: &Body| format!("{} bytes", body.bytes().len());
            Difference::new(
                format!("body from byte {at}"),
                Some(&size(recorded)),
                Some(&size(actual)),
            )
        }
    }
}

fn first_line(recorded: &str, actual: &str) -> Difference {
    let (mut recorded, mut actual) = (recorded.split('\n'), actual.split('\n'));
    let mut number = 1;
    loop {
        match (recorded.next(), actual.next()) {
            (left, right) if left != right || left.is_none() => {
                return Difference::new(format!("body line {number}"), left, right);
            }
            _ => number += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(recorded: &[u8], actual: &[u8], expect: &[&str]) {
        let differences = bodies(
            &Body::from(recorded),
            &Body::from(actual),
            &Paths::default(),
        );
        let lines: Vec<String> = (differences.iter())
            .map(|d| format!("{}: {} -> {}", d.place, d.recorded, d.actual))
            .collect();
        assert_eq!(lines, expect);
    }

    #[test]
    fn json_is_compared_by_path() {
        check(
            br#"{"a":1,"b":[1,2],"c":{}}"#,
            br#"{"b":[1,"x"],"a":1,"d":null}"#,
            &[
                "body /b/1: 2 -> \"x\"",
                "body /c: {} -> (absent)",
                "body /d: (absent) -> null",
            ],
        );
        check(b"[]", b"{}", &["body /: [] -> {}"]);
    }

    #[test]
    fn text_is_compared_by_line_and_binary_by_length() {
        check(b"a\nb\nc", b"a\nx\nc", &["body line 2: b -> x"]);
        check(b"a", b"a\n", &["body line 2: (absent) -> "]);
        check(b"", b"a\nb", &["body: (absent) -> a\\nb"]);
        check(
            &[1, 0xff, 2],
            &[1, 0xff],
            &["body from byte 2: 3 bytes -> 2 bytes"],
        );
    }

    #[test]
    fn long_values_are_cut_to_where_they_differ() {
        let long = "é".repeat(100);
        let difference = Difference::new("", Some(&format!("{long}1")), Some(&format!("{long}2")));
        assert_eq!(difference.recorded, format!("…{}1", "é".repeat(CONTEXT)));
        assert_eq!(difference.actual, format!("…{}2", "é".repeat(CONTEXT)));
    }

    #[test]
    fn long_values_are_cut_between_characters() {
        assert_eq!(
            cut(&"é".repeat(100)),
            format!("{}… (200 bytes)", "é".repeat(SHOWN))
        );
        assert_eq!(cut("a \"b\" 'c'\n"), "a \"b\" 'c'\\n");
    }
}
