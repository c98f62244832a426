//! JSON by path.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use super::tolerance::Allowed;
use super::{DriftRules, number};
use crate::diff::{Difference, leaves_alike};
use crate::json::{requote, type_of, unescape};
use crate::node::{self, Node};

/// How much of a key a report can show.
const KEY_SHOWN: usize = 100;

/// A value on both sides, or on one.
type Sides<'n, 'a> = (Option<&'n Node<'a>>, Option<&'n Node<'a>>);

/// Compares two JSON values; `place` is what they are called: `body`, `event 3 data`.
pub(super) fn compare<'a>(
    rules: &DriftRules,
    place: &str,
    recorded: &Node<'a>,
    live: &Node<'a>,
) -> Vec<Difference> {
    let mut comparison = Comparison {
        rules,
        place,
        path: Vec::new(),
        duplicates: 0,
        found: Vec::new(),
    };
    comparison.value((Some(recorded), Some(live)), None);
    comparison.found
}

struct Comparison<'r, 'a> {
    rules: &'r DriftRules,
    place: &'r str,
    path: Vec<Cow<'a, str>>,
    /// How many keys of the path stood in their object before.
    duplicates: usize,
    found: Vec<Difference>,
}

impl<'a> Comparison<'_, 'a> {
    /// `allowed` is what holds for what is around it. Of several tolerances the nearest counts, of those
    /// for one place the last.
    fn value(&mut self, (recorded, live): Sides<'_, 'a>, allowed: Option<Allowed>) {
        if self.rules.ignored.contains(&self.path) {
            return;
        }
        let tolerances = self.rules.tolerances.iter().rev();
        let own = { tolerances }.find(|tolerance| tolerance.is_for(&self.path));
        let allowed = own.map(|own| own.allowed).or(allowed);
        let is_same = match (recorded, live) {
            (Some(recorded), Some(live)) if allowed == Some(Allowed::Type) => {
                is_same_type(recorded, live)
            }
            (Some(Node::Object(_, recorded)), Some(Node::Object(_, live))) => {
                return self.objects(recorded, live, allowed);
            }
            (Some(Node::Array(_, recorded)), Some(Node::Array(_, live))) => {
                return self.arrays(recorded, live, allowed);
            }
            (Some(Node::Scalar(recorded)), Some(Node::Scalar(live))) => {
                is_same_scalar(recorded, live, allowed)
            }
            _ => false,
        };
        if !is_same {
            let (recorded, live) = (recorded.map(node::compact), live.map(node::compact));
            let (recorded, live) = (recorded.as_deref(), live.as_deref());
            let difference = Difference::new(self.here(), recorded, live);
            self.found.push(difference);
        }
    }

    fn arrays(&mut self, recorded: &[Node<'a>], live: &[Node<'a>], allowed: Option<Allowed>) {
        for index in 0..recorded.len().max(live.len()) {
            self.path.push(index.to_string().into());
            self.value((recorded.get(index), live.get(index)), allowed);
            self.path.pop();
        }
    }

    /// Keys have no order; of duplicates the n-th of one side belongs to the n-th of the other.
    fn objects(
        &mut self,
        recorded: &[(&'a str, Node<'a>)],
        live: &[(&'a str, Node<'a>)],
        allowed: Option<Allowed>,
    ) {
        let mut members: BTreeMap<_, Sides<'_, 'a>> = BTreeMap::new();
        for (key, member) in numbered(recorded) {
            members.entry(key).or_default().0 = Some(member);
        }
        for (key, member) in numbered(live) {
            members.entry(key).or_default().1 = Some(member);
        }
        for ((key, number), sides) in members {
            self.path.push(key);
            self.duplicates += usize::from(number > 0);
            self.value(sides, allowed);
            self.duplicates -= usize::from(number > 0);
            self.path.pop();
        }
    }

    fn here(&self) -> String {
        if self.path.is_empty() {
            return self.place.to_owned();
        }
        let segments: Vec<_> = self.path.iter().map(|key| shortened(key)).collect();
        let again = if self.duplicates > 0 { " (again)" } else { "" };
        format!("{} {}{again}", self.place, node::pointer(&segments))
    }
}

/// Returns the members by their key and by how often it stood before.
fn numbered<'n, 'a>(
    members: &'n [(&'a str, Node<'a>)],
) -> impl Iterator<Item = ((Cow<'a, str>, usize), &'n Node<'a>)> {
    let mut seen: HashMap<Cow<'a, str>, usize> = HashMap::new();
    members.iter().map(move |(key, member)| {
        let key = unescape(key);
        let seen = seen.entry(key.clone()).or_default();
        *seen += 1;
        ((key, *seen - 1), member)
    })
}

/// One long key can be in the path of many differences.
fn shortened(key: &str) -> Cow<'_, str> {
    match key.char_indices().nth(KEY_SHOWN) {
        Some((end, _)) => format!("{}…", &key[..end]).into(),
        None => key.into(),
    }
}

/// Numbers of one value have not drifted, be they written in another way: no client reads `1.0` for a
/// number other than `1`.
fn is_same_scalar(recorded: &str, live: &str, allowed: Option<Allowed>) -> bool {
    recorded == live
        || leaves_alike(&plain(recorded), &plain(live))
        || match allowed {
            Some(allowed) => allowed.accepts(recorded, live),
            None => number::equal(recorded, live),
        }
}

/// Returns a scalar in its only spelling.
fn plain(scalar: &str) -> Cow<'_, str> {
    match scalar
        .strip_prefix('"')
        .and_then(|raw| raw.strip_suffix('"'))
    {
        Some(raw) => requote(raw).into(),
        None => scalar.into(),
    }
}

/// A placeholder stands for a scalar of any type.
fn is_same_type(recorded: &Node<'_>, live: &Node<'_>) -> bool {
    match (recorded, live) {
        (Node::Scalar(recorded), Node::Scalar(live)) => {
            type_of(recorded) == type_of(live) || leaves_alike(&plain(recorded), &plain(live))
        }
        (Node::Array(..), Node::Array(..)) | (Node::Object(..), Node::Object(..)) => true,
        _ => false,
    }
}
