//! What two JSON values have in common.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::node::Node;

/// Returns what both values have below them, by their path's next segment and in the order of the first. A
/// key that an object has twice is left out: it does not say which value is meant.
pub(super) fn shared<'v, 'a>(
    one: &'v Node<'a>,
    other: &'v Node<'a>,
) -> Vec<(Cow<'a, str>, &'v Node<'a>, &'v Node<'a>)> {
    let is_same_kind = matches!(
        (one, other),
        (Node::Array(..), Node::Array(..)) | (Node::Object(..), Node::Object(..))
    );
    if !is_same_kind {
        return Vec::new();
    }
    let (members, others) = (one.members(), other.members());
    let (names, others) = (by_name(&members), by_name(&others));
    let both = members.iter().filter_map(|(name, value)| {
        let other = (*others.get(&**name)?)?;
        names[&**name].map(|_| (name.clone(), *value, other))
    });
    both.collect()
}

/// Returns the values by their name; none for a name that comes twice.
fn by_name<'m, 'v, 'a>(
    members: &'m [(Cow<'a, str>, &'v Node<'a>)],
) -> HashMap<&'m str, Option<&'v Node<'a>>> {
    let mut names = HashMap::new();
    for (name, value) in members {
        let once = names.entry(&**name).or_insert(Some(*value));
        *once = once.filter(|first| std::ptr::eq(*first, *value));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node;

    #[test]
    fn values_are_shared_as_they_are_written() {
        let text = r#" { "a" : [ 1 , "x]\"" , {} ] , "b\u0041":null }"#;
        let value = node::parse(text).unwrap();
        let shared = shared(&value, &value);
        let lines: Vec<_> = shared
            .iter()
            .map(|(name, one, _)| (&**name, one.text()))
            .collect();
        assert_eq!(lines, [("a", r#"[ 1 , "x]\"" , {} ]"#), ("bA", "null")]);
    }

    #[test]
    fn only_what_both_have_once_is_shared() {
        let check = |one: &str, other: &str, expect: &[&str]| {
            let (one, other) = (node::parse(one).unwrap(), node::parse(other).unwrap());
            let names = shared(&one, &other).into_iter().map(|(name, _, _)| name);
            assert_eq!(names.collect::<Vec<_>>(), expect);
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
