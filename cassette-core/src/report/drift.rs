use std::fmt::{self, Write};
use std::time::Duration;

use super::differences::aligned;
use super::{Facts, LISTED, count, line, list_up_to, round, text};
use crate::diff::Difference;
use crate::interaction::RecordedRequest;

/// How long a pointer may be that a help line shows.
const SUGGESTED: usize = 80;

/// An answer that is no longer what was recorded, and where.
pub(crate) struct Drifted<'a> {
    /// The interaction's, from 1.
    pub(crate) number: usize,
    pub(crate) request: &'a RecordedRequest,
    pub(crate) differences: Vec<Difference>,
}

/// Of `checked` answers these have drifted. `age` is that of the recording.
pub(crate) fn drift(
    facts: &Facts,
    age: Duration,
    checked: usize,
    drifted: &[Drifted<'_>],
) -> String {
    text(|out| {
        writeln!(out, "{}\n", headline(checked, drifted.len()))?;
        let (cassette, mode) = (&facts.cassette, &facts.mode);
        writeln!(
            out,
            "    cassette: {cassette} (recorded {} ago)",
            round(age)
        )?;
        writeln!(out, "    mode: {mode}\n")?;
        answers(out, drifted)?;
        writeln!(out, "help: to record again, {}", facts.again("record"))?;
        if let Some(advice) = advice(drifted) {
            writeln!(out, "help: {advice}")?;
        }
        write!(
            out,
            "help: to be told and not to fail, write `#[cassette(on_drift = \"warn\")]`"
        )
    })
}

fn headline(checked: usize, drifted: usize) -> String {
    let (answers, verb) = (
        count(checked, "answer"),
        if drifted == 1 { "is" } else { "are" },
    );
    format!("{drifted} of {answers} {verb} no longer what was recorded")
}

/// All answers share the lines that a report has.
fn answers(out: &mut String, drifted: &[Drifted<'_>]) -> fmt::Result {
    let listed = drifted.len().clamp(1, LISTED);
    for one in drifted.iter().take(listed) {
        let (most, request) = (LISTED / listed, line(one.request));
        writeln!(out, "    interaction {}: {request}", one.number)?;
        let lines = aligned(&one.differences, most);
        list_up_to(most, "        ", out, lines)?;
    }
    match drifted.len() - listed.min(drifted.len()) {
        0 => writeln!(out),
        more => writeln!(out, "    … and {more} more\n"),
    }
}

/// The setting that would let the first place change for which there is one.
fn advice(drifted: &[Drifted<'_>]) -> Option<String> {
    let differences = drifted.iter().flat_map(|one| &one.differences);
    let places: Vec<&str> = differences.map(|one| one.place.as_str()).collect();
    if let Some(pointer) = places.iter().find_map(|place| pointer(place)) {
        return Some(format!(
            "to let a place change, write `#[cassette(verify_ignore = [{pointer:?}])]`"
        ));
    }
    let header = |place: &&str| {
        let name = place.strip_prefix("header ");
        name.or_else(|| place.strip_prefix("trailer "))
            .map(str::to_owned)
    };
    let name = places.iter().find_map(header)?;
    Some(format!(
        "to let `{name}` change, take it out of `verify_headers`"
    ))
}

/// Returns what to write for a place of JSON: `body /name`, `event 3 data /name`. A list has as many
/// items as it likes, so `*` stands for the number of one in which something differs.
fn pointer(place: &str) -> Option<String> {
    let (what, pointer) = place.split_once(" /")?;
    let mut words = what.split(' ');
    let is_json = match words.next()? {
        "body" => words.next().is_none(),
        "event" | "line" | "record" => true,
        _ => false,
    };
    let pointer = pointer.strip_suffix(" (again)").unwrap_or(pointer);
    let is_readable = pointer.chars().count() <= SUGGESTED
        && !pointer.contains(|letter: char| letter.is_control() || letter == '…');
    if !is_json || !is_readable {
        return None;
    }
    let (items, last) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    let is_index = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let general = |part| {
        if is_index(part) {
            "/*".to_owned()
        } else {
            format!("/{part}")
        }
    };
    let items = items.split('/').filter(|_| pointer.contains('/'));
    Some(items.map(general).collect::<String>() + "/" + last)
}
