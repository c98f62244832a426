use std::fmt::Write;

use http::StatusCode;

use super::{Facts, LISTED, list, text};

/// Answers of these statuses must not be in a recording.
pub(crate) fn refused_statuses(facts: &Facts, found: &[(usize, StatusCode, String)]) -> String {
    text(|out| {
        writeln!(
            out,
            "the recording holds answers that `reject_status` refuses, and is not saved\n\n    cassette: {}\n",
            facts.cassette
        )?;
        let line = |(number, status, request): &(usize, StatusCode, String)| {
            format!(
                "interaction {}: {} to {request}",
                number + 1,
                status.as_u16()
            )
        };
        list(out, found.iter().map(line))?;
        write!(
            out,
            "\nhelp: when the server answers as it should, {}\n\
             help: to keep these answers, write `#[cassette(reject_status = [])]`",
            facts.again("record")
        )
    })
}

/// Answers of these statuses may be what the test is about, or a bad day of the server.
pub(crate) fn dubious_statuses(facts: &Facts, found: &[(usize, StatusCode, String)]) -> String {
    let shown = found.iter().take(LISTED);
    let shown: Vec<_> = shown
        .map(|(_, status, request)| format!("{} to {request}", status.as_u16()))
        .collect();
    let mut codes: Vec<_> = found.iter().map(|(_, status, _)| status.as_u16()).collect();
    codes.sort_unstable();
    codes.dedup();
    let codes: Vec<_> = codes.iter().map(ToString::to_string).collect();
    format!(
        "{} holds {}; to refuse such a recording write `reject_status = [{}]`, to be told no more `reject_status = []`",
        facts.cassette,
        shown.join(", "),
        codes.join(", ")
    )
}
