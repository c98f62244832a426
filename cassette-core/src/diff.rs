use std::collections::BTreeSet;

use crate::body::Body;
use crate::node::{self, Paths};

/// How much of a value a report shows.
const SHOWN: usize = 60;

/// One place in which two requests differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) place: String,
    pub(crate) recorded: String,
    pub(crate) actual: String,
}

impl Difference {
    /// Values are redacted before they come here; long ones are cut.
    pub(crate) fn new(
        place: impl Into<String>,
        recorded: Option<&str>,
        actual: Option<&str>,
    ) -> Self {
        let show = |value: Option<&str>| value.map_or_else(|| "(absent)".to_owned(), cut);
        Self {
            place: place.into(),
            recorded: show(recorded),
            actual: show(actual),
        }
    }
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

/// Compares names and their values, both sorted by name: queries, forms, headers.
pub(crate) fn pairs(
    what: &str,
    recorded: &[(String, String)],
    actual: &[(String, String)],
) -> Vec<Difference> {
    let names: BTreeSet<&str> = recorded
        .iter()
        .chain(actual)
        .map(|(name, _)| name.as_str())
        .collect();
    let values = |pairs: &[(String, String)], name: &str| {
        let values: Vec<&str> = pairs
            .iter()
            .filter(|pair| pair.0 == name)
            .map(|pair| pair.1.as_str())
            .collect();
        (!values.is_empty()).then(|| values.join(", "))
    };
    let difference = |name: &str| {
        let (recorded, actual) = (values(recorded, name), values(actual, name));
        let place = format!("{what} {name}");
        (recorded != actual).then(|| Difference::new(place, recorded.as_deref(), actual.as_deref()))
    };
    names.into_iter().filter_map(difference).collect()
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
    fn long_values_are_cut_between_characters() {
        assert_eq!(
            cut(&"é".repeat(100)),
            format!("{}… (200 bytes)", "é".repeat(SHOWN))
        );
        assert_eq!(cut("a \"b\" 'c'\n"), "a \"b\" 'c'\\n");
    }
}
