//! Two texts side by side.

use serde::Serialize;

use crate::diff::lines_of;
use crate::words::printable;

/// Lines that stand beside each other; one of them may be missing.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Row {
    /// The number of the line, and the line.
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<(usize, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<(usize, String)>,
    is_same: bool,
}

/// Returns the lines of two texts beside each other.
pub(super) fn rows(old: Option<&str>, new: Option<&str>) -> Vec<Row> {
    let lines = |text: Option<&str>| {
        let lines = text.unwrap_or_default().lines();
        lines.map(printable).collect::<Vec<_>>()
    };
    let (old, new) = (lines(old), lines(new));
    let mut out = Vec::new();
    for (olds, news, is_same) in lines_of(&old, &new) {
        for offset in 0..olds.len().max(news.len()) {
            let line = |of: &[String], range: &std::ops::Range<usize>| {
                let at = range.clone().nth(offset)?;
                Some((at + 1, of[at].clone()))
            };
            out.push(Row {
                old: line(&old, &olds),
                new: line(&new, &news),
                is_same,
            });
        }
    }
    out
}
