//! What a person reads when something does not fit: pure functions from facts to text.

mod blocked;
mod miss;
mod placeholders;

use std::fmt::{self, Write};
use std::time::Duration;

use crate::diff::cut;
use crate::interaction::{Interaction, RecordedRequest};
use crate::plan::Change;
pub(crate) use blocked::blocked;
pub(crate) use miss::{Miss, Why, miss};
pub(crate) use placeholders::placeholders;

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
}

/// A text that is written into a string cannot fail.
fn text(write: impl FnOnce(&mut String) -> fmt::Result) -> String {
    let mut out = String::new();
    let _ = write(&mut out);
    out
}

fn list(out: &mut String, lines: impl ExactSizeIterator<Item = String>) -> fmt::Result {
    let more = lines.len().saturating_sub(LISTED);
    for line in lines.take(LISTED) {
        writeln!(out, "    {line}")?;
    }
    if more > 0 {
        writeln!(out, "    … and {more} more")
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

pub(crate) fn stale(facts: &Facts, change: &Change) -> String {
    let Change {
        what,
        recorded,
        actual,
    } = change;
    let (cassette, mode) = (&facts.cassette, &facts.mode);
    format!(
        "the recording is stale: {}\n\n    cassette: {cassette}\n    {what}    recorded: {recorded}    actual: {actual}\n    mode: {mode}\n\n\
         help: to record again, {}\n\
         help: to play it all the same, write `#[cassette(on_change = \"warn\")]`",
        facts.changed(),
        facts.again("record")
    )
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
        writeln!(out, "\nhelp: to record again, {}", facts.again("record"))?;
        write!(
            out,
            "help: to let them be, write `#[cassette(unused = \"allow\")]`"
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

    pub(crate) fn changed(&self) -> String {
        format!(
            "function {} has changed",
            self.function.as_deref().unwrap_or(&self.test)
        )
    }
}

fn line(request: &RecordedRequest) -> String {
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
