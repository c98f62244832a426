use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use crate::json::{is_json, scalar_end, skip_space, string_end, unescape};

/// A JSON value by where it stands in its text.
#[derive(Debug)]
pub(super) struct Value<'a> {
    pub(super) range: Range<usize>,
    pub(super) inside: Inside<'a>,
}

#[derive(Debug)]
pub(super) enum Inside<'a> {
    Scalar,
    /// By their index.
    Array(Vec<(Cow<'a, str>, Value<'a>)>),
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
}

impl<'a> Value<'a> {
    /// Returns nothing for what is not JSON, or is nested too deeply.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        is_json(text).then(|| Walker { text, at: 0 }.value())?
    }

    /// Returns what both sides have below this value, by their path's next segment and in the order of this
    /// side. A key that an object has twice is left out: it does not say which value is meant.
    pub(super) fn shared<'v>(&'v self, other: &'v Self) -> Vec<(&'v str, &'v Self, &'v Self)> {
        match (&self.inside, &other.inside) {
            (Inside::Array(one), Inside::Array(other))
            | (Inside::Object(one), Inside::Object(other)) => {
                let (names, others) = (by_name(one), by_name(other));
                let both = one.iter().filter_map(|(name, value)| {
                    let other = (*others.get(&**name)?)?;
                    names[&**name].map(|_| (&**name, value, other))
                });
                both.collect()
            }
            _ => Vec::new(),
        }
    }

    /// Calls `visit` with the range of each string, number, boolean and null.
    pub(super) fn each_scalar(&self, visit: &mut dyn FnMut(&Range<usize>)) {
        match &self.inside {
            Inside::Scalar => visit(&self.range),
            Inside::Array(members) | Inside::Object(members) => {
                members.iter().for_each(|(_, one)| one.each_scalar(visit));
            }
        }
    }
}

/// Returns the values by their name; none for a name that comes twice.
fn by_name<'v, 'a>(
    members: &'v [(Cow<'a, str>, Value<'a>)],
) -> HashMap<&'v str, Option<&'v Value<'a>>> {
    let mut names = HashMap::new();
    for (name, value) in members {
        let once = names.entry(&**name).or_insert(Some(value));
        *once = once.filter(|first| std::ptr::eq(*first, value));
    }
    names
}

/// Finds the values of a text that `serde_json` has accepted.
struct Walker<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Walker<'a> {
    fn value(&mut self) -> Option<Value<'a>> {
        let first = self.peek()?;
        let start = self.at;
        let inside = match first {
            b'{' => Inside::Object(self.members(Self::key)?),
            b'[' => Inside::Array(self.members(|_, index| Some(index.to_string().into()))?),
            first => {
                let end = if first == b'"' {
                    string_end
                } else {
                    scalar_end
                };
                self.at = end(self.text.as_bytes(), start);
                Inside::Scalar
            }
        };
        let range = start..self.at;
        Some(Value { range, inside })
    }

    fn members(
        &mut self,
        name: fn(&mut Self, usize) -> Option<Cow<'a, str>>,
    ) -> Option<Vec<(Cow<'a, str>, Value<'a>)>> {
        self.at += 1;
        let mut members = Vec::new();
        loop {
            match self.peek()? {
                b'}' | b']' => {
                    self.at += 1;
                    return Some(members);
                }
                b',' => self.at += 1,
                _ => members.push((name(self, members.len())?, self.value()?)),
            }
        }
    }

    /// Also takes the colon behind it.
    fn key(&mut self, _: usize) -> Option<Cow<'a, str>> {
        let start = self.at;
        self.at = string_end(self.text.as_bytes(), start);
        let key = self.text.get(start + 1..self.at - 1)?;
        self.peek()?;
        self.at += 1;
        Some(unescape(key))
    }

    fn peek(&mut self) -> Option<u8> {
        self.at = skip_space(self.text.as_bytes(), self.at);
        self.text.as_bytes().get(self.at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_where_they_say() {
        let text = r#" { "a" : [ 1 , "x]\"" , {} ] , "b\u0041":null }"#;
        let value = Value::parse(text).unwrap();
        let shared = value.shared(&value);
        let shown = |value: &Value<'_>| text[value.range.clone()].to_owned();
        let lines: Vec<_> = shared
            .iter()
            .map(|(name, one, _)| (*name, shown(one)))
            .collect();
        let list = r#"[ 1 , "x]\"" , {} ]"#.to_owned();
        assert_eq!(lines, [("a", list), ("bA", "null".to_owned())]);
        let mut scalars = Vec::new();
        value.each_scalar(&mut |range| scalars.push(&text[range.clone()]));
        assert_eq!(scalars, ["1", r#""x]\"""#, "null"]);
        assert!(Value::parse("{").is_none());
    }

    #[test]
    fn only_what_both_have_once_is_shared() {
        let check = |one: &str, other: &str, expect: &[&str]| {
            let (one, other) = (Value::parse(one).unwrap(), Value::parse(other).unwrap());
            let names = |pairs: Vec<(&str, _, _)>| {
                let names = pairs.iter().map(|(name, _, _)| (*name).to_owned());
                names.collect::<Vec<_>>()
            };
            assert_eq!(names(one.shared(&other)), expect);
        };
        check(
            r#"{"b":1,"a":1,"c":1}"#,
            r#"{"a":2,"b":2,"d":1}"#,
            &["b", "a"],
        );
        check(r#"{"a":1,"a":1,"b":1}"#, r#"{"a":2,"b":2}"#, &["b"]);
        check(r#"{"a":1}"#, r#"{"a":2,"\u0061":2,"a":3}"#, &[]);
        check("[1,2,3]", "[1,2]", &["0", "1"]);
        check("[1]", r#"{"0":1}"#, &[]);
        check("1", "1", &[]);
    }
}
