use similar::DiffOp;

use cassette_core::Body;

use super::changes::Change;
use super::{json, lines};

/// Compares streams of server-sent events one by one.
pub(super) fn changes(place: &str, old: &str, new: &str) -> Vec<Change> {
    let (old, new) = (events(old), events(new));
    let mut out = Vec::new();
    for op in lines::operations(&old, &new) {
        let (olds, news) = (op.old_range(), op.new_range());
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let both = olds.len().min(news.len());
        for (old_at, new_at) in olds.clone().zip(news.clone()) {
            out.extend(compare(&at(place, new_at), &old[old_at], &new[new_at]));
        }
        let removed = |at_old| Change::maybe(at(place, at_old), Some(&old[at_old]), None::<String>);
        out.extend(olds.skip(both).filter_map(removed));
        let added = |at_new| Change::maybe(at(place, at_new), None::<String>, Some(&new[at_new]));
        out.extend(news.skip(both).filter_map(added));
    }
    out
}

fn at(place: &str, index: usize) -> String {
    format!("{place} event {}", index + 1)
}

fn compare(place: &str, old: &str, new: &str) -> Vec<Change> {
    let ((old_data, old_other), (new_data, new_other)) = (parts(old), parts(new));
    let pretty = |data: &str| Body::from(data).pretty_json();
    match (pretty(&old_data), pretty(&new_data)) {
        (Some(old), Some(new)) if old_other == new_other => json::changes(place, &old, &new),
        _ => vec![Change::of_lines(place, lines::hunks(old, new))],
    }
}

/// Returns the events, each with its lines but without the empty one that ends it.
pub(super) fn events(text: &str) -> Vec<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let events = text.split("\n\n").map(|event| event.trim_matches('\n'));
    let events = events.filter(|event| !event.is_empty());
    events.map(str::to_owned).collect()
}

/// Returns the data of an event, and its other lines.
fn parts(event: &str) -> (String, String) {
    let data = |line: &'_ str| {
        let data = line.strip_prefix("data:")?;
        Some(data.strip_prefix(' ').unwrap_or(data).to_owned())
    };
    let lines = || event.lines();
    let other: Vec<_> = lines().filter(|line| data(line).is_none()).collect();
    let data: Vec<_> = lines().filter_map(data).collect();
    (data.join("\n"), other.join("\n"))
}
