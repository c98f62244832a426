//! What a person reads when something does not fit: pure functions from facts to text.

mod blocked;
mod differences;
mod drift;
mod miss;
mod placeholders;
mod stale;
mod statuses;
mod variables;

use std::fmt::{self, Write};
use std::time::Duration;

use crate::diff::cut;
use crate::interaction::{Interaction, RecordedRequest};
pub(crate) use blocked::{blocked, looks, selectors};
pub(crate) use drift::{Drifted, drift};
pub(crate) use miss::{Miss, Why, miss};
pub(crate) use placeholders::{has_placeholder, placeholders};
pub(crate) use stale::{expired, stale, too_old, unhashed};
pub(crate) use statuses::{dubious_statuses, refused_statuses};
pub(crate) use variables::{no_variable, secret_variable};

/// The most differences, requests and such that one report lists.
const LISTED: usize = 10;

/// What every report says about the session.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// Module path and function, or the name given to `scope`.
    pub(crate) test: String,
    /// The function, for `cargo test`; none for `scope`.
    pub(crate) function: Option<String>,
    /// The cassette's path below the package.
    pub(crate) cassette: String,
    /// For example `replay`, or `replay (CI)`.
    pub(crate) mode: String,
    /// For example `method, url, body`.
    pub(crate) matching: String,
    /// The recording of a function that has changed is tried. So an update does.
    pub(crate) rechecks: bool,
}

/// A text that is written into a string cannot fail.
fn text(write: impl FnOnce(&mut String) -> fmt::Result) -> String {
    let mut out = String::new();
    let _ = write(&mut out);
    out
}

fn list(out: &mut String, lines: impl ExactSizeIterator<Item = String>) -> fmt::Result {
    list_up_to(LISTED, "    ", out, lines)
}

fn list_up_to(
    most: usize,
    indent: &str,
    out: &mut String,
    lines: impl ExactSizeIterator<Item = String>,
) -> fmt::Result {
    let more = lines.len().saturating_sub(most);
    for line in lines.take(most) {
        writeln!(out, "{indent}{line}")?;
    }
    if more > 0 {
        writeln!(out, "{indent}… and {more} more")
    } else {
        Ok(())
    }
}

pub(crate) fn missing(facts: &Facts) -> String {
    let (test, cassette, mode) = (&facts.test, &facts.cassette, &facts.mode);
    format!(
        "no cassette for {test}\n\n    cassette: {cassette} (does not exist)\n    mode: {mode}\n\n\
         help: to record it, {}, and commit the file",
        facts.again("record")
    )
}

/// Days say enough, and so do hours for less than that.
fn round(time: Duration) -> String {
    match usize::try_from(time.as_secs()).unwrap_or(usize::MAX) {
        seconds if seconds >= 86_400 => count(seconds / 86_400, "day"),
        seconds if seconds >= 3_600 => count(seconds / 3_600, "hour"),
        seconds => count(seconds, "second"),
    }
}

pub(crate) fn unused(facts: &Facts, interactions: &[Interaction], unplayed: &[usize]) -> String {
    text(|out| {
        let (open, all) = (
            unplayed.len(),
            count(interactions.len(), "recorded interaction"),
        );
        writeln!(
            out,
            "{open} of {all} {} not asked for\n\n    cassette: {}\n",
            if open == 1 { "was" } else { "were" },
            facts.cassette
        )?;
        list(
            out,
            unplayed
                .iter()
                .map(|&number| format!("{}: {}", number + 1, line(&interactions[number].request))),
        )?;
        write!(out, "\nhelp: to record again, {}", facts.again("record"))?;
        if facts.rechecks {
            return Ok(());
        }
        write!(
            out,
            "\nhelp: to let them be, write `#[cassette(unused = \"allow\")]`"
        )
    })
}

/// What to do about two tests with one cassette.
const OWN_CASSETTE: &str = "help: give each its own, `#[cassette(name = \"…\")]`; \
    for cases of one function put its arguments in: `name = \"gamer-{age}\"`";

pub(crate) fn foreign(facts: &Facts, owner: &str, source: Option<&str>) -> String {
    let owner = source.map_or_else(|| owner.to_owned(), |source| format!("{owner} in {source}"));
    let (cassette, test) = (&facts.cassette, &facts.test);
    format!(
        "the cassette {cassette} belongs to {owner}, not to {test}\n\n{OWN_CASSETTE}\n\
         help: if that test is gone, take the file over: {}",
        facts.again("record")
    )
}

/// There is a cassette where another should be made of a file.
pub(crate) fn occupied(facts: &Facts, owner: &str) -> String {
    let cassette = &facts.cassette;
    format!(
        "there is a cassette {cassette} already, which belongs to {owner}\n\n\
         help: give another name, or replace it: cargo cassette import --force …"
    )
}

pub(crate) fn shared(cassette: &str, test: &str, other: &str) -> String {
    let users = if test == other {
        format!("two runs of {test} use the cassette {cassette} at the same time")
    } else {
        format!("{test} and {other} use one cassette, {cassette}")
    };
    format!("{users}\n\n{OWN_CASSETTE}")
}

/// A replayed response is read beyond what the recording test read of it.
pub(crate) fn read_further(facts: &Facts, request: &RecordedRequest) -> String {
    body(
        facts,
        request,
        "the test reads on where it stopped reading this response when it was recorded",
    )
}

/// A replayed response is waited for where the recording test gave up waiting.
pub(crate) fn waited_in_vain(facts: &Facts, request: &RecordedRequest) -> String {
    body(
        facts,
        request,
        "the test waits for more of this response than came when it was recorded",
    )
}

fn body(facts: &Facts, request: &RecordedRequest, headline: &str) -> String {
    text(|out| {
        writeln!(out, "{headline}\n\n    {}", line(request))?;
        writeln!(
            out,
            "    cassette: {}\n    mode: {}\n",
            facts.cassette, facts.mode
        )?;
        write!(out, "help: to record again, {}", facts.again("record"))
    })
}

/// Requests that had no recorded answer and went to the network, as the environment allows.
pub(crate) fn fallbacks(facts: &Facts, first: &RecordedRequest, number: usize) -> String {
    let first = line(first);
    let more = match number {
        1 => String::new(),
        number => format!(" and {} more", number - 1),
    };
    format!(
        "{first}{more} had no answer in {} and went to the network, unrecorded (CASSETTE_ALLOW_FALLBACK)",
        facts.cassette
    )
}

/// Where it is what a killed recording has left.
pub(crate) fn left_over(path: &str) -> String {
    format!("what a killed recording had left is now in {path}")
}

pub(crate) fn in_flight<'a>(
    facts: &Facts,
    requests: impl Iterator<Item = &'a RecordedRequest>,
) -> String {
    text(|out| {
        let requests: Vec<String> = requests.map(line).collect();
        let had = if requests.len() == 1 {
            "had"
        } else {
            "still had"
        };
        writeln!(
            out,
            "the test ended while {} {had} no answer, so the recording is not saved\n",
            count(requests.len(), "request")
        )?;
        list(out, requests.into_iter())?;
        write!(
            out,
            "\nhelp: await what the test spawns, then {}",
            facts.again("record")
        )
    })
}

impl Facts {
    /// The command that runs this test in another mode.
    pub(crate) fn again(&self, mode: &str) -> String {
        match &self.function {
            Some(function) => format!("run `CASSETTE_MODE={mode} cargo test {function}`"),
            None => format!("run it with `CASSETTE_MODE={mode}`"),
        }
    }
}

pub(crate) fn line(request: &RecordedRequest) -> String {
    let url = cut_middle(&request.url);
    format!("{} {url}", request.method)
}

/// URLs differ at their end, so the middle goes.
fn cut_middle(url: &str) -> String {
    const SHOWN: usize = 160;
    let length = url.chars().count();
    if length <= SHOWN {
        return url.to_owned();
    }
    let start: String = url.chars().take(SHOWN / 2).collect();
    let end: String = url.chars().skip(length - SHOWN / 2).collect();
    format!("{start}…{end}")
}

pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// Returns an error's text on one line, for a notice.
pub(crate) fn first_line(text: &str) -> String {
    cut(text.lines().next().unwrap_or_default())
}

#[cfg(test)]
mod tests;
