use std::collections::BTreeSet;

use cassette_core::http::{HeaderMap, HeaderName};

use super::changes::Change;

/// Compares headers name by name. Their order counts only among those of one name.
pub(super) fn changes(place: &str, old: &HeaderMap, new: &HeaderMap) -> Vec<Change> {
    let names: BTreeSet<_> = old
        .keys()
        .chain(new.keys())
        .map(HeaderName::as_str)
        .collect();
    let of = |name: &str| values(&format!("{place} {name}"), &all(old, name), &all(new, name));
    names.into_iter().flat_map(of).collect()
}

fn all(headers: &HeaderMap, name: &str) -> Vec<String> {
    let values = headers.get_all(name).iter();
    values
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect()
}

fn values(place: &str, old: &[String], new: &[String]) -> Vec<Change> {
    let (removed, added) = (without(old, new), without(new, old));
    if removed.is_empty() && added.is_empty() {
        let order = Change::new(place, old.join(", "), new.join(", "));
        return order.into_iter().collect();
    }
    let pairs = 0..removed.len().max(added.len());
    pairs
        .filter_map(|at| Change::maybe(place, removed.get(at).copied(), added.get(at).copied()))
        .collect()
}

/// Returns the values of one that the other has not, each as often as it is missing there.
fn without<'a>(of: &'a [String], other: &[String]) -> Vec<&'a str> {
    let mut rest: Vec<_> = other.iter().collect();
    let missing = of.iter().filter(|value| {
        let at = rest.iter().position(|other| other == value);
        at.map(|at| rest.swap_remove(at)).is_none()
    });
    missing.map(String::as_str).collect()
}
