use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::SystemTime;

use anyhow::Result;
use cassette_core::{CassetteSummary, Error, Event};
use clap::Args;
use console::Style;
use serde::Serialize;

use crate::cli::Exit;
use crate::events::{LastRun, state};
use crate::library::{Entry, Library, Shelf, place};
use crate::terminal::{Cell, Table, Terminal};
use crate::words;
use crate::workspace::Workspace;

/// List the cassettes: interactions, size, age, how the last run left them
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo cassette list
  cargo cassette list users                          # those with `users` in their name
  cargo cassette list --tracks Personas::from_prompt # whose recordings a change there makes stale
  cargo cassette list --json

The state is that of the last `cargo cassette record` or `test`; `unknown` where it did not come by, or the \
file was changed since. Exit code 1: a file is no cassette.")]
pub(crate) struct List {
    /// Only cassettes with this in their name or in that of their test
    filter: Option<String>,
    /// Only those of tests that track this function or file
    #[arg(long, value_name = "NAME")]
    tracks: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A line of the list.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    package: String,
    path: PathBuf,
    test: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    recorded_at: String,
    interactions: usize,
    bytes: usize,
    state: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tracked: BTreeMap<String, String>,
    #[serde(skip)]
    recorded: SystemTime,
}

impl List {
    pub(crate) fn run(&self, workspace: &Workspace, terminal: &Terminal) -> Result<Exit> {
        let last = LastRun::load(workspace)?;
        let library = Library::open(workspace, &last.dirs())?;
        let states = last.by_place();
        let read = library.map(|shelf, entry| {
            let summary = entry.file.summary()?;
            Ok::<_, Error>(Row::new(shelf, entry, summary, &last, &states))
        });
        let (mut rows, mut broken) = (Vec::new(), Vec::new());
        for row in read {
            match row {
                Ok(row) if self.is_wanted(&row) => rows.push(row),
                Ok(_) => {}
                Err(error) => broken.push(error),
            }
        }
        if self.json {
            terminal.json(&rows)?;
        } else {
            terminal.table(&table(&rows));
        }
        broken.iter().for_each(|error| terminal.problem(error));
        Ok(Exit::look_if(!broken.is_empty()))
    }

    fn is_wanted(&self, row: &Row) -> bool {
        let is_in = |part: &String| row.name.contains(part) || row.test.contains(part);
        let tracks = |wanted: &String| {
            let is_it = |name: &String| {
                name == wanted
                    || name
                        .strip_suffix(wanted.as_str())
                        .is_some_and(|rest| rest.ends_with("::") || rest.ends_with('/'))
                    || name
                        .split_once("::")
                        .is_some_and(|(file, _)| file == wanted)
            };
            row.tracked.keys().any(is_it) || row.test.rsplit("::").next() == Some(wanted)
        };
        self.filter.as_ref().is_none_or(is_in) && self.tracks.as_ref().is_none_or(tracks)
    }
}

impl Row {
    fn new(
        shelf: &Shelf,
        entry: &Entry,
        summary: CassetteSummary,
        last: &LastRun,
        states: &BTreeMap<PathBuf, &Event>,
    ) -> Self {
        let path = entry.file.path();
        let event = states.get(&place(path));
        let event = event.filter(|_| last.is_newer_than(path));
        Self {
            name: entry.name.clone(),
            package: shelf.package.clone(),
            path: path.to_owned(),
            test: summary.test,
            source: summary.source,
            recorded_at: humantime::format_rfc3339_seconds(summary.recorded_at).to_string(),
            interactions: summary.interactions,
            bytes: summary.length,
            state: event.map_or_else(|| "unknown".to_owned(), |event| state(event)),
            tracked: summary.tracked,
            recorded: summary.recorded_at,
        }
    }
}

fn table(rows: &[Row]) -> Table {
    let header = ["interactions", "size", "age"].map(|title| Cell::new(title).right());
    let header = [Cell::new("test")].into_iter().chain(header);
    let mut table = Table::new(header.chain([Cell::new("state")]));
    let now = SystemTime::now();
    for row in rows {
        table.row([
            Cell::new(&row.test),
            Cell::new(row.interactions.to_string()).right(),
            Cell::new(words::size(row.bytes as u64)).right(),
            Cell::new(words::age(row.recorded, now)).right(),
            Cell::new(&row.state).styled(colour(&row.state)),
        ]);
    }
    table
}

/// Green is good, dim says nothing, yellow wants a look, red more than that.
pub(crate) fn colour(state: &str) -> Style {
    match state {
        "fresh" | "recorded" | "unchanged" => Style::new().green(),
        "unknown" | "forwarded" | "not run" => Style::new().dim(),
        "stale" | "expired" | "unplayed" | "orphaned" => Style::new().yellow(),
        _ => Style::new().red(),
    }
}
