//! The code has changed, or the recording has grown old.

use std::fmt::{self, Write};
use std::time::Duration;

use super::{Facts, LISTED, round, text};
use crate::cassette::Hashes;
use crate::plan::{Change, Part};

pub(crate) fn stale(facts: &Facts, changes: &[Change]) -> String {
    let (cassette, mode) = (&facts.cassette, &facts.mode);
    text(|out| {
        writeln!(
            out,
            "the recording is stale: {}\n\n    cassette: {cassette}",
            facts.changed(changes)
        )?;
        for change in changes.iter().take(LISTED) {
            let (recorded, actual) = (&change.recorded, &change.actual);
            writeln!(
                out,
                "    {}    recorded: {recorded}    actual: {actual}",
                change.of
            )?;
        }
        write!(
            out,
            "    mode: {mode}\n\n\
             help: to record again, {}\n\
             help: to keep it where it still fits, write `#[cassette(on_change = \"recheck\")]`\n\
             help: to play it all the same, write `#[cassette(on_change = \"warn\")]`",
            facts.again("record")
        )
    })
}

pub(crate) fn expired(facts: &Facts, age: Duration, max_age: Duration) -> String {
    format!(
        "the recording has expired: {}\n\n    cassette: {}\n    mode: {}\n\nhelp: to record again, {}",
        too_old(age, max_age),
        facts.cassette,
        facts.mode,
        facts.again("record")
    )
}

pub(crate) fn too_old(age: Duration, max_age: Duration) -> String {
    format!(
        "it is {} old, and `max_age` is {}",
        round(age),
        round(max_age)
    )
}

/// The recording does not tell what code it belongs to.
pub(crate) fn unhashed(facts: &Facts, lacking: &Hashes) -> String {
    let function = lacking.function.as_ref().map(|_| "its function".to_owned());
    let tracked = lacking.tracked.keys().map(|name| subject(name));
    let subjects: Vec<_> = function.into_iter().chain(tracked).collect();
    format!(
        "{} has no hash of {} that is known here; it counts as fresh",
        facts.cassette,
        subjects.join(" or ")
    )
}

impl Facts {
    /// For example `function reads and file prompts/system.txt have changed`.
    pub(crate) fn changed(&self, changes: &[Change]) -> String {
        let function = self.function.as_deref().unwrap_or(&self.test);
        let subjects = changes.iter().map(|change| match &change.of {
            Part::Signature | Part::Body => format!("function {function}"),
            Part::Tracked(name) => subject(name),
        });
        match &subjects.collect::<Vec<_>>()[..] {
            [one] => format!("{one} has changed"),
            [first @ .., last] => format!("{} and {last} have changed", first.join(", ")),
            [] => "nothing has changed".to_owned(),
        }
    }
}

/// What the attribute tracks: a file, or something in it.
fn subject(tracked: &str) -> String {
    let Some((_, item)) = tracked.split_once("::") else {
        return format!("file {tracked}");
    };
    let name = item.rsplit("::").next().unwrap_or_default();
    let is_function = name.starts_with(|c: char| c.is_lowercase() || c == '_');
    format!("{} {item}", if is_function { "function" } else { "item" })
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Signature => "signature",
            Self::Body => "body",
            Self::Tracked(name) => name,
        })
    }
}
