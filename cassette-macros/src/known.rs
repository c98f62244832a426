//! The arguments this release knows: one line each.

use std::fmt;

use crate::duration::UNITS;
use crate::entry::Entry;
use crate::near;

/// An argument's name, and what it takes.
pub(crate) struct Known {
    pub(crate) key: &'static str,
    pub(crate) kind: Kind,
}

/// What an argument takes. Every kind but `Name`, `Tracks` and `Config` becomes a builder call named like the argument.
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
    /// A list of what a builder call takes.
    List(Entry),
    /// A list of files, and of what is in them.
    Tracks,
}

/// An enum of the private door, and how its variants are written in the attribute.
pub(crate) struct Choice {
    pub(crate) of: &'static str,
    pub(crate) values: &'static [(&'static str, &'static str)],
}

const KNOWN: &[Known] = &[
    known("name", Kind::Name),
    known("dir", Kind::Text),
    known("mode", Kind::OneOf(&MODE)),
    known("track", Kind::OneOf(&TRACK)),
    known("tracks", Kind::Tracks),
    known("on_change", Kind::OneOf(&ON_CHANGE)),
    known("max_age", Kind::Age),
    known("on_expiry", Kind::OneOf(&ON_EXPIRY)),
    known("match_body", Kind::Flag),
    known("match_query", Kind::Flag),
    known("match_headers", Kind::List(Entry::Header)),
    known("case_sensitive", Kind::Flag),
    known("ignore_headers", Kind::List(Entry::Header)),
    known("ignore_query", Kind::List(Entry::Parameter)),
    known("ignore_json", Kind::List(Entry::Pointer)),
    known("exclude_headers", Kind::List(Entry::Header)),
    known("redact", Kind::List(Entry::Redacted)),
    known("keep", Kind::List(Entry::Kept)),
    known("order", Kind::OneOf(&ORDER)),
    known("repeat", Kind::OneOf(&REPEAT)),
    known("unused", Kind::OneOf(&UNUSED)),
    known("reject_status", Kind::List(Entry::Status)),
    known("extends", Kind::List(Entry::Cassette)),
    known("unrecorded", Kind::List(Entry::Route)),
    known("exclude_urls", Kind::List(Entry::Url)),
    known("volatile_headers", Kind::List(Entry::Header)),
    known("volatile_json", Kind::List(Entry::Pointer)),
    known("on_drift", Kind::OneOf(&ON_DRIFT)),
    known("verify_headers", Kind::List(Entry::Header)),
    known("verify_ignore", Kind::List(Entry::Pointer)),
    known("verify_tolerance", Kind::List(Entry::Tolerance)),
    known("stream", Kind::Flag),
    known("latency", Kind::Latency),
    known("body_limit", Kind::Bytes),
    known("compress", Kind::Flag),
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
        ("verify", "Verify"),
        ("live", "Live"),
    ],
};
const TRACK: Choice = Choice {
    of: "Track",
    values: &[("body", "Body"), ("signature", "Signature"), ("off", "Off")],
};
const ON_CHANGE: Choice = Choice {
    of: "OnChange",
    values: &[
        ("record", "Record"),
        ("recheck", "Recheck"),
        ("warn", "Warn"),
        ("fail", "Fail"),
    ],
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
const ON_DRIFT: Choice = Choice {
    of: "OnDrift",
    values: &[("fail", "Fail"), ("warn", "Warn")],
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
    let written = key.to_lowercase().replace('-', "_");
    let keys = KNOWN.iter().map(|known| known.key);
    match near::nearest(&written, keys) {
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
            Self::List(entry @ Entry::Status) => write!(f, "a list of statuses such as {entry}"),
            Self::List(entry) => write!(f, "a list of strings such as {entry}"),
            Self::Tracks => f.write_str(
                r#"a list of strings such as ["src/personas.rs::Personas::from_prompt", "prompts/system.txt"]"#,
            ),
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_told() {
        let said = |key| find(key).err().unwrap();
        assert!(said("match-body").ends_with("did you mean `match_body`?"));
        assert!(said("ignore_header").ends_with("did you mean `ignore_headers`?"));
        assert!(said("zebra").contains("there are `name`, `dir`,"));
    }

    #[test]
    fn every_argument_has_a_row_where_the_attribute_is_documented() {
        let keys: BTreeSet<_> = KNOWN.iter().map(|known| known.key).collect();
        assert_eq!(documented(include_str!("cassette.md")), keys);
    }

    /// The words in code of the first column, without the header and what stands in quotes.
    fn documented(text: &str) -> BTreeSet<&str> {
        let rows = text.lines().filter_map(|line| line.strip_prefix("| "));
        rows.filter_map(|row| row.split(" | ").next())
            .flat_map(|cell| cell.split('`').skip(1).step_by(2))
            .filter(|word| !word.starts_with('"'))
            .collect()
    }
}
