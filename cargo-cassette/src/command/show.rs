use std::time::SystemTime;

use anyhow::{Result, bail};
use cassette_core::http::{HeaderMap, header::CONTENT_TYPE};
use cassette_core::{Body, Cassette, Interaction, Recorded};
use clap::Args;
use console::Style;

use crate::cli::Exit;
use crate::diff;
use crate::events::{LastRun, state};
use crate::library::{Entry, Library, Shelf, place};
use crate::terminal::Terminal;
use crate::words::{self, printable, printable_lines};
use crate::workspace::Workspace;

/// Show what is in a cassette: bodies pretty, streams event by event
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo cassette show users/reads_a_user
  cargo cassette show users::reads_a_user     # the test's name
  cargo cassette show reads_a_user            # the end of it, where only one ends so
  cargo cassette show tests/cassettes/users/reads_a_user.json")]
pub(crate) struct Show {
    /// The cassette: its name, the name of its test, the end of one of these, or its path
    name: String,
}

impl Show {
    pub(crate) fn run(&self, workspace: &Workspace, terminal: &Terminal) -> Result<Exit> {
        let last = LastRun::load(workspace)?;
        let library = Library::open(workspace, &last.dirs())?;
        let (_, entry) = find(&library, &self.name)?;
        let cassette = entry.file.read()?;
        let states = last.by_place();
        let event = states.get(&place(entry.file.path()));
        let state = event.map_or_else(|| "unknown".to_owned(), |event| state(event));
        terminal.line(head(&cassette, &workspace.shown(entry.file.path()), &state));
        for (number, interaction) in cassette.interactions().iter().enumerate() {
            terminal.line(shown(number + 1, interaction));
        }
        Ok(Exit::Fine)
    }
}

/// Finds the one cassette of this name.
///
/// # Errors
///
/// When there is none, with those of near names; when there are several.
pub(crate) fn find<'a>(library: &'a Library, name: &str) -> Result<(&'a Shelf, &'a Entry)> {
    let path = std::path::absolute(name)?;
    let wanted = name.replace("::", "/");
    let end = format!("/{wanted}");
    let all: Vec<_> = library.cassettes().collect();
    let of = |is_it: &dyn Fn(&Entry) -> bool| {
        let found = all.iter().filter(|(_, entry)| is_it(entry));
        found.copied().collect::<Vec<_>>()
    };
    let exactly = of(&|entry| entry.name == wanted || entry.file.path() == path);
    let found = match exactly.is_empty() {
        true => of(&|entry| entry.name.ends_with(&end)),
        false => exactly,
    };
    match &found[..] {
        [one] => Ok(*one),
        [] => {
            let near = words::near(&wanted, all.iter().map(|(_, entry)| entry.name.as_str()));
            let near = near.iter().map(|name| format!("\nhelp: is it `{name}`?"));
            bail!(
                "there is no cassette `{name}`\n{}\nhelp: see all of them: `cargo cassette list`",
                near.collect::<String>()
            )
        }
        several => {
            let names = several.iter();
            let names =
                names.map(|(shelf, entry)| format!("\n    {} ({})", entry.name, shelf.package));
            bail!(
                "there are several cassettes `{name}`:{}\n\nhelp: write more of the name, or the package: `-p {}`",
                names.collect::<String>(),
                several[0].0.package
            )
        }
    }
}

fn head(cassette: &Cassette, path: &str, state: &str) -> String {
    let now = SystemTime::now();
    let recorded = cassette.recorded_at();
    let mut lines = vec![
        Style::new()
            .bold()
            .apply_to(printable(cassette.test()))
            .to_string(),
        format!("    file: {path}"),
    ];
    lines.extend(
        cassette
            .source()
            .map(|source| format!("    source: {}", printable(source))),
    );
    lines.push(format!(
        "    recorded: {} ({})",
        humantime::format_rfc3339_seconds(recorded),
        words::age(recorded, now)
    ));
    lines.push(format!("    last run: {state}"));
    let fingerprint = cassette.fingerprint();
    lines.extend(fingerprint.map(|hashes| {
        format!(
            "    function: signature {}, body {}",
            hashes.signature(),
            hashes.body()
        )
    }));
    let tracked = cassette.tracked().iter();
    lines.extend(
        tracked.map(|(name, hash)| format!("    tracks: {} {}", printable(name), printable(hash))),
    );
    let variables = cassette.variables().iter();
    lines.extend(
        variables.map(|(name, value)| {
            format!("    variable: {} = {}", printable(name), printable(value))
        }),
    );
    lines.join("\n") + "\n"
}

fn shown(number: usize, interaction: &Interaction) -> String {
    let request = interaction.request();
    let bold = Style::new().bold();
    let line = format!("{} {}", request.method(), printable(request.url()));
    let mut out = format!("{number}  {}\n", bold.apply_to(line));
    out.push_str(&message(request.headers(), request.body()));
    match interaction.recorded() {
        Recorded::Error(_) => {
            let what = format!("no answer: {}", printable(&diff::answer(interaction)));
            out.push_str(&format!("\n   {}\n", Style::new().red().apply_to(what)));
        }
        Recorded::Response(response) => {
            let line = format!("{} {:?}", response.status(), response.version());
            let colour = match response.status().is_success() {
                true => Style::new().green(),
                false => Style::new().yellow(),
            };
            out.push_str(&format!("\n   {}\n", colour.apply_to(line)));
            let url = response
                .url()
                .map(|url| format!("   from {}\n", printable(url)));
            out.push_str(&url.unwrap_or_default());
            out.push_str(&message(response.headers(), response.body()));
            out.push_str(&headers(response.trailers()));
        }
    }
    out
}

fn message(of: &HeaderMap, body: &Body) -> String {
    let content_type = of.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let text = body_text(body, content_type.unwrap_or_default());
    let text: String = text.lines().map(|line| format!("   {line}\n")).collect();
    match text.is_empty() {
        true => headers(of),
        false => format!("{}\n{text}", headers(of)),
    }
}

fn headers(of: &HeaderMap) -> String {
    let dim = Style::new().dim();
    let line = |name, value: &[u8]| {
        let value = printable(&String::from_utf8_lossy(value));
        format!("   {} {value}\n", dim.apply_to(format!("{name}:")))
    };
    of.iter()
        .map(|(name, value)| line(name, value.as_bytes()))
        .collect()
}

/// Returns a body for people, with how it ended.
fn body_text(body: &Body, content_type: &str) -> String {
    let mut out = match (body.pretty_json(), body.text()) {
        (Some(json), _) => printable_lines(&json),
        (None, Some(text)) if content_type.starts_with("text/event-stream") => events(text),
        (None, Some(_)) if body.is_stream() => chunks(body),
        (None, Some(text)) => printable_lines(text),
        (None, None) => format!(
            "({} of bytes that are no text)",
            words::size(body.bytes().len() as u64)
        ),
    };
    if let Some(file) = body.file() {
        out = format!("(in {})\n{out}", printable(file));
    }
    if body.is_partial() {
        out.push_str("\n(the test stopped reading here)");
    }
    if let Some(error) = body.truncated() {
        out.push_str(&format!(
            "\n(broke off here: {})",
            printable(error.message())
        ));
    }
    out
}

fn chunks(body: &Body) -> String {
    let dim = Style::new().dim();
    let pieces = body.pieces().into_iter().enumerate();
    let shown = pieces.map(|(number, piece)| {
        let head = dim.apply_to(format!("chunk {}", number + 1)).to_string();
        let piece = String::from_utf8_lossy(&piece);
        let piece = printable_lines(piece.trim_end_matches('\n'));
        format!("{head}\n{piece}\n")
    });
    shown.collect()
}

/// Returns server-sent events one by one, their data pretty where it is JSON.
fn events(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let events = text.split("\n\n").filter(|event| !event.trim().is_empty());
    let dim = Style::new().dim();
    let shown = events.enumerate().map(|(number, event)| {
        let head = dim.apply_to(format!("event {}", number + 1));
        let lines = event.lines().filter(|line| !line.starts_with("data"));
        let other: String = lines.map(|line| format!("{}\n", printable(line))).collect();
        format!("{head}\n{other}{}", data(event))
    });
    shown.collect()
}

fn data(event: &str) -> String {
    let lines = event.lines().filter_map(|line| line.strip_prefix("data"));
    let lines = lines.map(|line| line.strip_prefix(':').unwrap_or(line));
    let lines = lines.map(|line| line.strip_prefix(' ').unwrap_or(line));
    let data = lines.collect::<Vec<_>>().join("\n");
    let data = Body::from(data.as_str()).pretty_json().unwrap_or(data);
    match data.is_empty() {
        true => data,
        false => printable_lines(&data) + "\n",
    }
}
