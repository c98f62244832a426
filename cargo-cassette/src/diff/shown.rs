//! A difference as text.

use std::fmt::Write;

use console::Style;

use super::changes::{Change, Hunk, Line, Sign};
use super::{Difference, InteractionDifference};
use crate::words;

/// How many characters of a value are shown.
const VALUE: usize = 120;

/// How many changes of one interaction are shown, and how many lines of one text.
const MANY: usize = 60;

impl Difference {
    /// Returns it for people, with each line indented; styled where the terminal shows it.
    pub(crate) fn shown(&self) -> String {
        let mut out = String::new();
        let head = self.head.iter().map(|change| shown(change, "    "));
        out.extend(head);
        out.extend(self.interactions.iter().map(of_interaction));
        out
    }
}

fn of_interaction(one: &InteractionDifference) -> String {
    let (old, new, request) = (one.old, one.new, words::printable(&one.request));
    let answer = words::printable(&cut(&one.answer));
    let head = match (old, new) {
        (None, Some(new)) => sign(Sign::New, &format!("+ {new}  {request} -> {answer}")),
        (Some(old), None) => sign(Sign::Old, &format!("- {old}  {request} -> {answer}")),
        (_, new) => {
            let number = new.unwrap_or_default();
            let mark = if one.changes.is_empty() { ' ' } else { '~' };
            let line = format!("{mark} {number}  {request}");
            Style::new().bold().apply_to(line).to_string()
        }
    };
    let moved = match (one.is_moved, old) {
        (true, Some(old)) => format!("  (was {old})"),
        _ => String::new(),
    };
    let mut out = format!("  {head}{moved}\n");
    out.extend(
        one.changes
            .iter()
            .take(MANY)
            .map(|change| shown(change, "       ")),
    );
    if let Some(more) = one.changes.len().checked_sub(MANY).filter(|more| *more > 0) {
        let more = words::count(more, "more change");
        let _ = writeln!(out, "       … and {more}");
    }
    out
}

fn shown(change: &Change, indent: &str) -> String {
    let place = words::printable(&change.place);
    if !change.hunks.is_empty() {
        return format!("{indent}{place}\n{}", hunks(&change.hunks, indent));
    }
    let value = |side, value: &String| sign(side, &words::printable(&cut(value)));
    match (&change.old, &change.new) {
        (Some(old), Some(new)) => {
            let (old, new) = (value(Sign::Old, old), value(Sign::New, new));
            format!("{indent}{place}: {old} -> {new}\n")
        }
        (None, Some(new)) => format!("{indent}{place}: added {}\n", value(Sign::New, new)),
        (Some(old), None) => format!("{indent}{place}: removed {}\n", value(Sign::Old, old)),
        (None, None) => format!("{indent}{place}\n"),
    }
}

fn hunks(hunks: &[Hunk], indent: &str) -> String {
    let mut out = String::new();
    let mut room = MANY;
    for hunk in hunks {
        if room == 0 {
            let _ = writeln!(out, "{indent}  … and more");
            break;
        }
        let at = format!("@@ line {}", hunk.new_line);
        let _ = writeln!(out, "{indent}  {}", Style::new().dim().apply_to(at));
        for Line { sign: side, text } in hunk.lines.iter().take(room) {
            let mark = match side {
                Sign::Both => ' ',
                Sign::Old => '-',
                Sign::New => '+',
            };
            let line = format!("{mark} {}", words::printable(&cut(text)));
            let _ = writeln!(out, "{indent}  {}", sign(*side, line.trim_end()));
        }
        room = room.saturating_sub(hunk.lines.len());
    }
    out
}

/// Returns the text in the colour of the side that it stands on.
fn sign(side: Sign, text: &str) -> String {
    let style = match side {
        Sign::Both => return text.to_owned(),
        Sign::Old => Style::new().red(),
        Sign::New => Style::new().green(),
    };
    style.apply_to(text).to_string()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(VALUE) {
        None => text.to_owned(),
        Some((at, _)) => {
            let size = words::size(text.len() as u64);
            format!("{}… ({size})", &text[..at])
        }
    }
}
