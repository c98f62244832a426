use std::borrow::Cow;
use std::str::FromStr;

use super::number;
use crate::node::Paths;

/// How far the live value of a place may be from the recorded one.
#[derive(Debug)]
pub(super) struct Tolerance {
    place: Paths,
    pub(super) allowed: Allowed,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Allowed {
    /// Numbers may be off by so much.
    Absolute(f64),
    /// By so much of the recorded number; 1 is all of it.
    Relative(f64),
    /// Only the type counts.
    Type,
}

impl Tolerance {
    pub(super) fn is_for(&self, path: &[Cow<'_, str>]) -> bool {
        self.place.contains(path)
    }
}

impl Allowed {
    /// Are these JSON numbers near enough?
    pub(super) fn accepts(self, recorded: &str, live: &str) -> bool {
        if number::equal(recorded, live) {
            return true;
        }
        let (Ok(recorded), Ok(live)) = (recorded.parse::<f64>(), live.parse::<f64>()) else {
            return false;
        };
        let allowed = match self {
            Self::Absolute(allowed) => allowed,
            Self::Relative(part) => recorded.abs() * part,
            Self::Type => return true,
        };
        // 1.6 is 0.5 from 1.1 for everybody but a float.
        let rounding = f64::EPSILON * 4.0 * recorded.abs().max(live.abs());
        (recorded - live).abs() <= allowed + rounding && (recorded - live).is_finite()
    }
}

impl FromStr for Tolerance {
    type Err = String;

    fn from_str(entry: &str) -> Result<Self, String> {
        // Keys may have spaces.
        let (pointer, allowed) = entry.trim_end().rsplit_once(' ').unwrap_or((entry, ""));
        let pointer = pointer.trim_end();
        let allowed = allowed_of(allowed).filter(|_| pointer.starts_with('/'));
        let allowed = allowed.ok_or_else(|| {
            format!(
                "verify_tolerance has `{entry}`: write a JSON pointer, a space and how far it may be off, \
                 like `/price 0.5`, `/usage/* 10%` or `/choices/*/text type`"
            )
        })?;
        let place = Paths::new(&[pointer.to_owned()]);
        Ok(Self { place, allowed })
    }
}

fn allowed_of(text: &str) -> Option<Allowed> {
    let number = |text: &str| {
        let is_plain = text.starts_with(|first: char| first.is_ascii_digit());
        let number = text.parse::<f64>().ok().filter(|_| is_plain)?;
        number.is_finite().then_some(number)
    };
    match text.strip_suffix('%') {
        Some(percent) => Some(Allowed::Relative(number(percent)? / 100.0)),
        None if text == "type" => Some(Allowed::Type),
        None => number(text).map(Allowed::Absolute),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_a_pointer_and_what_is_allowed() {
        for (entry, expect) in [
            ("/price 0.5", Some(Allowed::Absolute(0.5))),
            ("/price  0", Some(Allowed::Absolute(0.0))),
            ("/price 1e3 ", Some(Allowed::Absolute(1000.0))),
            ("/a key 10%", Some(Allowed::Relative(0.1))),
            ("/* type", Some(Allowed::Type)),
            ("/ type", Some(Allowed::Type)),
            ("/price", None),
            ("/price ", None),
            ("price 1", None),
            ("/price -1", None),
            ("/price %", None),
            ("/price NaN", None),
            ("/price inf", None),
            ("/price 1e999", None),
            ("/price 10 %", None),
            ("/price Type", None),
            ("0.5", None),
            ("", None),
        ] {
            let tolerance = entry.parse::<Tolerance>();
            let allowed = tolerance.as_ref().map(|tolerance| tolerance.allowed);
            assert_eq!(allowed.ok(), expect, "{entry}");
            if let Err(message) = tolerance {
                assert!(message.contains(&format!("`{entry}`")), "{message}");
            }
        }
    }

    #[test]
    fn numbers_are_near_or_not() {
        use Allowed::{Absolute, Relative};
        for (allowed, recorded, live, expect) in [
            (Absolute(0.5), "1.1", "1.6", true),
            (Absolute(0.5), "1.6", "1.1", true),
            (Absolute(0.5), "1.1", "1.61", false),
            (Absolute(0.0), "1", "1.0", true),
            (Absolute(0.0), "1", "1.0000001", false),
            (Absolute(2.0), "-1", "1", true),
            (Relative(0.1), "100", "110", true),
            (Relative(0.1), "100", "111", false),
            (Relative(0.1), "110", "99", true),
            (Relative(0.1), "-100", "-91", true),
            (Relative(0.1), "0", "0.1", false),
            (Relative(0.1), "0", "0.0", true),
            (Absolute(1.0), "1e400", "1e400", true),
            (Absolute(1.0), "1e400", "2e400", false),
            (Absolute(1.0), "1e400", "1", false),
            (Relative(10.0), "1e400", "1", false),
            (Absolute(1.0), "null", "1", false),
        ] {
            let accepts = allowed.accepts(recorded, live);
            assert_eq!(accepts, expect, "{allowed:?} {recorded} {live}");
        }
    }
}
