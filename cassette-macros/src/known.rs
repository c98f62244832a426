//! The arguments this release knows: one line each.

use std::fmt;

use crate::duration::UNITS;

/// An argument's name, and what it takes.
pub(crate) struct Known {
    pub(crate) key: &'static str,
    pub(crate) kind: Kind,
}

/// What an argument takes. Every kind but `Name` and `Config` becomes a builder call named like the argument.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// The name of the cassette, with `{placeholders}`.
    Name,
    /// The path of a function that changes the `Config`.
    Config,
    /// Any string but the empty one.
    Text,
    /// `true` or `false`.
    Flag,
    /// A duration, and more than none.
    Age,
    /// A word, a factor or a duration.
    Latency,
    /// A whole number of bytes.
    Bytes,
    /// A string that names a variant of an enum.
    OneOf(&'static Choice),
    /// A list of strings.
    List(Entry),
}

/// An enum of the private door, and how its variants are written in the attribute.
pub(crate) struct Choice {
    pub(crate) of: &'static str,
    pub(crate) values: &'static [(&'static str, &'static str)],
}

/// What the strings of a list are.
#[derive(Clone, Copy)]
pub(crate) enum Entry {
    Header,
    Parameter,
    Pointer,
    /// Places of secrets.
    Redacted,
    /// The same, and shapes.
    Kept,
}

const KNOWN: &[Known] = &[
    known("name", Kind::Name),
    known("dir", Kind::Text),
    known("mode", Kind::OneOf(&MODE)),
    known("track", Kind::OneOf(&TRACK)),
    known("on_change", Kind::OneOf(&ON_CHANGE)),
    known("max_age", Kind::Age),
    known("on_expiry", Kind::OneOf(&ON_EXPIRY)),
    known("match_body", Kind::Flag),
    known("match_query", Kind::Flag),
    known("match_headers", Kind::List(Entry::Header)),
    known("ignore_headers", Kind::List(Entry::Header)),
    known("ignore_query", Kind::List(Entry::Parameter)),
    known("ignore_json", Kind::List(Entry::Pointer)),
    known("exclude_headers", Kind::List(Entry::Header)),
    known("redact", Kind::List(Entry::Redacted)),
    known("keep", Kind::List(Entry::Kept)),
    known("order", Kind::OneOf(&ORDER)),
    known("repeat", Kind::OneOf(&REPEAT)),
    known("unused", Kind::OneOf(&UNUSED)),
    known("stream", Kind::Flag),
    known("latency", Kind::Latency),
    known("body_limit", Kind::Bytes),
    known("config", Kind::Config),
];

const MODE: Choice = Choice {
    of: "Mode",
    values: &[
        ("auto", "Auto"),
        ("replay", "Replay"),
        ("playback", "Replay"),
        ("record", "Record"),
        ("update", "Update"),
        ("live", "Live"),
    ],
};
const TRACK: Choice = Choice {
    of: "Track",
    values: &[("body", "Body"), ("signature", "Signature"), ("off", "Off")],
};
const ON_CHANGE: Choice = Choice {
    of: "OnChange",
    values: &[("record", "Record"), ("warn", "Warn"), ("fail", "Fail")],
};
const ON_EXPIRY: Choice = Choice {
    of: "OnExpiry",
    values: &[("record", "Record"), ("warn", "Warn"), ("fail", "Fail")],
};
const ORDER: Choice = Choice {
    of: "Order",
    values: &[("any", "Any"), ("strict", "Strict")],
};
const REPEAT: Choice = Choice {
    of: "Repeat",
    values: &[("never", "Never"), ("last", "Last"), ("cycle", "Cycle")],
};
const UNUSED: Choice = Choice {
    of: "Unused",
    values: &[("fail", "Fail"), ("warn", "Warn"), ("allow", "Allow")],
};

const fn known(key: &'static str, kind: Kind) -> Known {
    Known { key, kind }
}

/// Finds an argument by its name; the error says which names there are.
pub(crate) fn find(key: &str) -> Result<&'static Known, String> {
    KNOWN
        .iter()
        .find(|known| known.key == key)
        .ok_or_else(|| unknown(key))
}

fn unknown(key: &str) -> String {
    match nearest(key) {
        Some(near) => format!("unknown argument `{key}`: did you mean `{near}`?"),
        None => {
            let keys: Vec<_> = KNOWN
                .iter()
                .map(|known| format!("`{}`", known.key))
                .collect();
            format!("unknown argument `{key}`: there are {}", keys.join(", "))
        }
    }
}

fn nearest(key: &str) -> Option<&'static str> {
    let key = key.to_lowercase().replace('-', "_");
    KNOWN
        .iter()
        .map(|known| (distance(&key, known.key), known.key))
        .min()
        .filter(|(distance, near)| *distance <= near.len() / 3)
        .map(|(_, near)| near)
}

/// The edit distance by Levenshtein.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.chars().count()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, b) in right.chars().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[right.chars().count()]
}

/// Completes "`key` takes …".
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name | Self::Text => f.write_str("a string in quotes"),
            Self::Config => f.write_str("the path of a `fn(Config) -> Config`"),
            Self::Flag => f.write_str("`true` or `false`"),
            Self::Age => write!(f, r#"a duration such as "30d" or "1d 12h", {UNITS}"#),
            Self::Latency => write!(
                f,
                r#""recorded", a factor such as "x0.5", or a duration such as "200ms", {UNITS}"#
            ),
            Self::Bytes => f.write_str("a number of bytes such as 262144"),
            Self::OneOf(choice) => write!(f, "one of {choice}"),
            Self::List(entry) => write!(f, "a list of strings such as {entry}"),
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: Vec<_> = self
            .values
            .iter()
            .map(|(text, _)| format!("{text:?}"))
            .collect();
        f.write_str(&values.join(", "))
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => r#"["accept", "x-version"]"#,
            Self::Parameter => r#"["page", "limit"]"#,
            Self::Pointer => r#"["/created", "/messages/*/id"]"#,
            Self::Redacted => r#"["pin", "header:x-session", "json:/users/*/email"]"#,
            Self::Kept => r#"["password_hint", "query:signature"]"#,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_edits() {
        assert_eq!(distance("match_body", "match_body"), 0);
        assert_eq!(distance("match_boddy", "match_body"), 1);
        assert_eq!(distance("", "mode"), 4);
        assert_eq!(distance("dri", "dir"), 2);
    }

    #[test]
    fn a_far_name_is_near_to_nothing() {
        assert_eq!(nearest("zebra"), None);
        assert_eq!(nearest("match-body"), Some("match_body"));
        assert_eq!(nearest("ignore_header"), Some("ignore_headers"));
    }
}
