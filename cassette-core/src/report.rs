//! What a person reads when something does not fit: pure functions from facts to text.

use std::fmt::{self, Write};
use std::time::Duration;

use crate::diff::{Difference, cut};
use crate::interaction::{Interaction, RecordedRequest};
use crate::matcher::Mismatch;
use crate::plan::Change;

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

/// Why no recorded interaction answers a request.
pub(crate) enum Why<'a> {
    NothingSimilar(&'a [Interaction]),
    Closest {
        number: usize,
        mismatch: Mismatch,
    },
    Exhausted(usize),
    /// The recording test gave it up before its answer came.
    Cancelled,
    OutOfOrder {
        due: usize,
        request: &'a RecordedRequest,
    },
}

/// A request without an answer.
pub(crate) struct Miss<'a> {
    pub(crate) request: &'a RecordedRequest,
    pub(crate) interactions: usize,
    pub(crate) played: usize,
    pub(crate) why: Why<'a>,
}

/// A text that is written into a string cannot fail.
fn text(write: impl FnOnce(&mut String) -> fmt::Result) -> String {
    let mut out = String::new();
    let _ = write(&mut out);
    out
}

pub(crate) fn miss(facts: &Facts, miss: &Miss<'_>) -> String {
    text(|out| {
        let headline = match miss.why {
            Why::Exhausted(_) => "every recorded answer to this request has been given",
            Why::OutOfOrder { .. } => "this request comes out of the recorded order",
            Why::Cancelled => "this request was recorded without an answer",
            Why::NothingSimilar(_) | Why::Closest { .. } => {
                "no recorded interaction matches this request"
            }
        };
        let (interactions, played) = (count(miss.interactions, "interaction"), miss.played);
        writeln!(out, "{headline}\n\n    {}", line(miss.request))?;
        writeln!(
            out,
            "    cassette: {} ({interactions}, {played} already played)",
            facts.cassette
        )?;
        writeln!(
            out,
            "    mode: {}   matching on: {}\n",
            facts.mode, facts.matching
        )?;
        why(out, &miss.why)?;
        writeln!(out, "\nhelp: to record again, {}", facts.again("record"))?;
        write!(out, "help: {}", advice(&miss.why, facts))
    })
}

fn why(out: &mut String, why: &Why<'_>) -> fmt::Result {
    match why {
        Why::Exhausted(answers) => writeln!(
            out,
            "it was recorded {}, and asked for once more",
            count(*answers, "time")
        ),
        Why::OutOfOrder { due, request } => writeln!(
            out,
            "interaction {} is due before it\n\n    {}",
            due + 1,
            line(request)
        ),
        Why::Cancelled => writeln!(
            out,
            "the test that recorded it dropped it before its answer came"
        ),
        Why::NothingSimilar([]) => writeln!(out, "the cassette holds no interactions"),
        Why::NothingSimilar(interactions) => {
            writeln!(out, "nothing like it was recorded; the cassette holds\n")?;
            list(
                out,
                interactions
                    .iter()
                    .map(|interaction| line(&interaction.request)),
            )
        }
        Why::Closest { number, mismatch } => {
            let places = count(mismatch.differences.len(), "place");
            writeln!(
                out,
                "closest is interaction {}; it differs in {places}\n",
                number + 1
            )?;
            differences(out, &mismatch.differences)
        }
    }
}

fn differences(out: &mut String, differences: &[Difference]) -> fmt::Result {
    let width = |of: fn(&Difference) -> &String| {
        differences
            .iter()
            .take(LISTED)
            .map(|d| of(d).chars().count())
            .max()
            .unwrap_or(0)
    };
    let (place, recorded) = (
        width(|difference| &difference.place),
        width(|difference| &difference.recorded),
    );
    list(
        out,
        differences.iter().map(|difference| {
            format!(
                "{:place$}    recorded: {:recorded$}    actual: {}",
                difference.place, difference.recorded, difference.actual
            )
        }),
    )
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

/// `part "a"` is a part of a multipart body.
fn is_of_body(place: &str) -> bool {
    place.starts_with("body") || place.starts_with("part ")
}

fn ignore_body(places: &[&str]) -> String {
    let pointer = places.iter().find_map(|place| {
        let (before, path) = place.split_once("body /")?;
        (before.is_empty() || before.starts_with("part ")).then_some(path)
    });
    let ignored =
        pointer.map(|path| format!(" or leave a field out, `ignore_json = [\"/{path}\"]`"));
    format!(
        "to ignore the body, write `#[cassette(match_body = false)]`{}",
        ignored.unwrap_or_default()
    )
}

/// The setting that would let this request through, by the first place that differs.
fn advice(why: &Why<'_>, facts: &Facts) -> String {
    let attribute = |setting: &str| format!("write `#[cassette({setting})]`");
    match why {
        Why::Exhausted(_) => format!(
            "to give the last answer again, {}",
            attribute("repeat = \"last\"")
        ),
        Why::OutOfOrder { .. } => format!("to accept any order, {}", attribute("order = \"any\"")),
        Why::NothingSimilar(_) | Why::Cancelled => {
            format!("to add it to the recording, {}", facts.again("update"))
        }
        Why::Closest { mismatch, .. } => {
            let places: Vec<&str> = mismatch
                .differences
                .iter()
                .map(|difference| difference.place.as_str())
                .collect();
            if places.iter().all(|place| is_of_body(place)) {
                return ignore_body(&places);
            }
            match places.iter().find_map(|place| place.strip_prefix("query ")) {
                Some(name) if places.len() == 1 => format!(
                    "to ignore it, {}",
                    attribute(&format!("ignore_query = [\"{name}\"]"))
                ),
                _ => format!("to add it to the recording, {}", facts.again("update")),
            }
        }
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
