use std::borrow::Cow;
use std::ops::Range;
use std::time::{Duration, Instant};

use similar::{Algorithm, ChangeTag, DiffOp, TextDiff, capture_diff_slices_deadline};

use super::changes::{Hunk, Line, Sign};

/// How many lines stand around those that differ.
const AROUND: usize = 2;

/// Two large texts with nothing in common are not worth more: the result is right, only not the shortest.
const PATIENCE: Duration = Duration::from_millis(300);

/// Returns where the lines of two texts differ.
pub(super) fn hunks(old: &str, new: &str) -> Vec<Hunk> {
    let (mut old, mut new) = (Cow::Borrowed(old), Cow::Borrowed(new));
    let is_open = |text: &str| !text.is_empty() && !text.ends_with('\n');
    // That the last line has no line break is told only where it is a difference.
    if is_open(&old) == is_open(&new) || old.is_empty() || new.is_empty() {
        for text in [&mut old, &mut new]
            .into_iter()
            .filter(|text| is_open(text))
        {
            text.to_mut().push('\n');
        }
    }
    let (old, new) = (&*old, &*new);
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(old, new);
    let groups = diff.grouped_ops(AROUND).into_iter();
    let hunks = groups.filter_map(|ops| {
        let first = ops.first()?;
        let changes = ops.iter().flat_map(|op| diff.iter_changes(op));
        Some(Hunk {
            old_line: first.old_range().start + 1,
            new_line: first.new_range().start + 1,
            lines: changes
                .map(|change| line(change.tag(), change.value()))
                .collect(),
        })
    });
    hunks.collect()
}

/// Returns how one list is made of the other.
pub(super) fn operations<T: Ord + std::hash::Hash>(old: &[T], new: &[T]) -> Vec<DiffOp> {
    let deadline = Some(Instant::now() + PATIENCE);
    capture_diff_slices_deadline(Algorithm::Myers, old, new, deadline)
}

/// Returns which lines of two texts stand beside each other, and whether they are the same.
pub(crate) fn lines_of(old: &[String], new: &[String]) -> Vec<(Range<usize>, Range<usize>, bool)> {
    let beside = |op: DiffOp| {
        let is_same = matches!(op, DiffOp::Equal { .. });
        (op.old_range(), op.new_range(), is_same)
    };
    operations(old, new).into_iter().map(beside).collect()
}

fn line(tag: ChangeTag, text: &str) -> Line {
    let sign = match tag {
        ChangeTag::Equal => Sign::Both,
        ChangeTag::Delete => Sign::Old,
        ChangeTag::Insert => Sign::New,
    };
    let shown = match text.strip_suffix('\n') {
        Some(line) => line.to_owned(),
        // Else a line break that came or went could not be seen.
        None if sign != Sign::Both => format!("{text} (without a line break)"),
        None => text.to_owned(),
    };
    Line { sign, text: shown }
}
