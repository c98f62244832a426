use std::fmt::{self, Write};

use super::differences::aligned;
use super::{Facts, LISTED, count, line, list, text};
use crate::interaction::{Interaction, RecordedRequest};
use crate::matcher::Mismatch;

/// Why no recorded interaction answers a request.
pub(crate) enum Why<'a> {
    NothingSimilar(&'a [Interaction]),
    Closest {
        number: usize,
        mismatch: Mismatch,
    },
    Exhausted(usize),
    /// The recording test gave it up before its answer came; this one waited on.
    Cancelled,
    /// The same, and this test has given it up as often already.
    NeverAnswered,
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

pub(crate) fn miss(facts: &Facts, miss: &Miss<'_>) -> String {
    text(|out| {
        let headline = match miss.why {
            Why::Exhausted(_) => "every recorded answer to this request has been given",
            Why::OutOfOrder { .. } => "this request comes out of the recorded order",
            Why::Cancelled | Why::NeverAnswered => "this request was recorded without an answer",
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
        write!(out, "\nhelp: to record again, {}", facts.again("record"))?;
        match advice(&miss.why, facts) {
            Some(advice) => write!(out, "\nhelp: {advice}"),
            None => Ok(()),
        }
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
        Why::Cancelled | Why::NeverAnswered => writeln!(
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
            list(out, aligned(&mismatch.differences, LISTED))
        }
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

/// What would let this request through: a setting, by the first place that differs, or an update.
fn advice(why: &Why<'_>, facts: &Facts) -> Option<String> {
    let attribute = |setting: &str| format!("write `#[cassette({setting})]`");
    // Where the recording is tried, an update tries it, too.
    let update = || {
        let add = || format!("to add it to the recording, {}", facts.again("update"));
        (!facts.rechecks).then(add)
    };
    match why {
        Why::Exhausted(_) => Some(format!(
            "to give the last answer again, {}",
            attribute("repeat = \"last\"")
        )),
        Why::OutOfOrder { .. } => Some(format!(
            "to accept any order, {}",
            attribute("order = \"any\"")
        )),
        // An update would wait for it as well.
        Why::Cancelled => Some("to give it up again, put a time limit on it".to_owned()),
        Why::NothingSimilar(_) | Why::NeverAnswered => update(),
        Why::Closest { mismatch, .. } => {
            let places: Vec<&str> = mismatch
                .differences
                .iter()
                .map(|difference| difference.place.as_str())
                .collect();
            if places.iter().all(|place| is_of_body(place)) {
                return Some(ignore_body(&places));
            }
            match places.iter().find_map(|place| place.strip_prefix("query ")) {
                Some(name) if places.len() == 1 => Some(format!(
                    "to ignore it, {}",
                    attribute(&format!("ignore_query = [\"{name}\"]"))
                )),
                _ => update(),
            }
        }
    }
}
