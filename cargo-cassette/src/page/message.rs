//! A request and its answer as text.

use std::borrow::Cow;

use cassette_core::{Body, Interaction, Recorded};
use http::{HeaderMap, HeaderValue};

use crate::diff;
use crate::words;

/// How many characters, and how many lines, of a body stand in the page.
const CHARACTERS: usize = 60_000;
const LINES: usize = 600;

/// How many characters of one line do.
const LINE: usize = 2_000;

/// Returns what came of it, in a word or two.
pub(super) fn outcome(of: &Interaction) -> String {
    words::printable(&short(&diff::answer(of)))
}

pub(super) fn request(of: &Interaction) -> String {
    let request = of.request();
    let line = format!("{} {}\n", request.method(), short(request.url()));
    line + &headers(request.headers()) + &body(request.body())
}

pub(super) fn answer(of: &Interaction) -> String {
    let response = match of.recorded() {
        Recorded::Error(_) => return diff::answer(of) + "\n",
        Recorded::Response(response) => response,
    };
    let mut out = format!("{} {:?}\n", response.status().as_str(), response.version());
    out.extend(response.url().map(|url| format!("from {}\n", short(url))));
    out.push_str(&headers(response.headers()));
    out.push_str(&body(response.body()));
    if !response.trailers().is_empty() {
        out.push('\n');
        out.push_str(&headers(response.trailers()));
    }
    out
}

fn headers(of: &HeaderMap) -> String {
    let line = |(name, value): (_, &HeaderValue)| {
        format!(
            "{name}: {}\n",
            short(&String::from_utf8_lossy(value.as_bytes()))
        )
    };
    of.iter().map(line).collect()
}

fn body(of: &Body) -> String {
    if of.is_empty() && of.truncated().is_none() && !of.is_partial() {
        return String::new();
    }
    let bytes = words::size(of.bytes().len() as u64);
    let text = of.pretty_json().or(of.text().map(str::to_owned));
    let text = text.map_or_else(
        || format!("({bytes} that are no text)\n"),
        |text| cut(&text, &bytes),
    );
    let mut out = format!("\n{text}");
    if of.is_partial() {
        out.push_str("(the test stopped reading here)\n");
    }
    if let Some(error) = of.truncated() {
        out.push_str(&format!("(broke off here: {})\n", error.message()));
    }
    out
}

/// Returns a line, or as much of it as stands in the page.
pub(super) fn short(line: &str) -> Cow<'_, str> {
    match line.char_indices().nth(LINE) {
        None => line.into(),
        Some((at, _)) => {
            let all = line.chars().count();
            format!("{} (cut: the line has {all} characters)", &line[..at]).into()
        }
    }
}

fn cut(text: &str, size: &str) -> String {
    let mut out = String::new();
    for (number, line) in text.lines().enumerate() {
        if number == LINES || out.len() > CHARACTERS {
            out.push_str(&format!("(cut: the body has {size})\n"));
            break;
        }
        out.push_str(&short(line));
        out.push('\n');
    }
    out
}
