use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use cassette_core::{Cassette, Event, FileKind, Outcome};
use clap::Args;
use console::Style;

use crate::cli::Exit;
use crate::command::list::colour;
use crate::diff::Difference;
use crate::events::{LastRun, state};
use crate::library::{Library, place};
use crate::runner::{Order, Ran, Tests};
use crate::terminal::{Cell, Table, Terminal};
use crate::words;
use crate::workspace::Workspace;

/// Run the tests and record their cassettes anew
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo cassette record                        # all of them
  cargo cassette record reads_a_user           # the tests with this in their name
  cargo cassette record --only-stale           # those that are missing, stale or expired
  cargo cassette record -- --test api          # only the tests of tests/api.rs
  cargo cassette record -- -- --test-threads 1 # one after the other

A recording is saved when its test passes. Ctrl-C ends the tests: what is saved stays, what was under way is kept \
in `<name>.partial.jsonl`, and the next recording of that test keeps it as `<name>.rejected.json`.
Exit code 1: a test failed, or a recording was not saved.")]
pub(crate) struct Record {
    #[command(flatten)]
    tests: Tests,
    /// Record what is missing, stale or expired; play the rest
    #[arg(long)]
    only_stale: bool,
}

/// The cassettes by their paths without extensions; one that cannot be read is as if it were not there.
type Cassettes = BTreeMap<PathBuf, Cassette>;

impl Record {
    pub(crate) fn run(&self, workspace: &Workspace, terminal: &Terminal) -> Result<Exit> {
        let library = Library::open(workspace, &LastRun::load(workspace)?.dirs())?;
        let before = cassettes(&library);
        let mode = if self.only_stale { "auto" } else { "record" };
        let order = Order {
            mode,
            is_offline: false,
        };
        let ran = self.tests.run(order, before.len(), workspace, terminal)?;
        let library = Library::open(workspace, &ran.run.dirs())?;
        terminal.line("");
        let table = table(&ran.run, &before, &cassettes(&library));
        if !table.is_empty() {
            terminal.table(&table);
        }
        terminal.line(summary(&ran));
        let has_rejected = has_rejected(&ran.run, &library);
        advice(&ran, has_rejected, workspace)
            .iter()
            .for_each(|line| terminal.note(line));
        let is_empty = ran.run.events.is_empty() && ran.is_filtered;
        Ok(Exit::look_if(!ran.passed || is_empty || has_rejected))
    }
}

fn cassettes(library: &Library) -> Cassettes {
    let read = library.map(|_, entry| {
        let cassette = entry.file.read().ok()?;
        Some((place(entry.file.path()), cassette))
    });
    read.into_iter().flatten().collect()
}

/// What was played as it is has nothing to tell.
fn is_told(event: &&Event) -> bool {
    !matches!(
        event.outcome,
        None | Some(Outcome::Played | Outcome::Forwarded)
    )
}

fn table(run: &LastRun, before: &Cassettes, after: &Cassettes) -> Table {
    let right = |text: String| Cell::new(text).right();
    let mut table = Table::new([
        Cell::new("outcome"),
        Cell::new("test"),
        right("interactions".to_owned()),
        Cell::new("what changed"),
        right("time".to_owned()),
    ]);
    let mut told: Vec<_> = run.events.iter().filter(is_told).collect();
    told.sort_by(|a, b| a.test.cmp(&b.test));
    for event in told {
        let state = state(event);
        let place = place(&event.cassette);
        let (old, new) = (before.get(&place), after.get(&place));
        let (number, changed) = match (event.outcome, new) {
            (Some(Outcome::Recorded | Outcome::Unchanged), Some(new)) => {
                (new.interactions().len(), changed(old, new))
            }
            _ => (event.recorded, String::new()),
        };
        table.row([
            Cell::new(&state).styled(colour(&state)),
            Cell::new(&event.test),
            right(number.to_string()),
            Cell::new(changed),
            right(words::duration(Duration::from_millis(event.duration_ms))),
        ]);
    }
    table
}

fn changed(old: Option<&Cassette>, new: &Cassette) -> String {
    match old {
        None => "new".to_owned(),
        Some(old) if old == new => String::new(),
        Some(old) => Difference::between(Some(old), Some(new)).summary(),
    }
}

fn summary(ran: &Ran) -> String {
    let number = |wanted: &[Outcome]| {
        let events = ran.run.events.iter();
        let is_wanted = |event: &&Event| event.outcome.is_some_and(|is| wanted.contains(&is));
        events.filter(is_wanted).count()
    };
    let parts = [
        (number(&[Outcome::Recorded]), "recorded"),
        (number(&[Outcome::Unchanged]), "unchanged"),
        (number(&[Outcome::Rejected]), "rejected"),
        (number(&[Outcome::Failed]), "failed"),
        (number(&[Outcome::Played]), "played"),
    ];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let parts: Vec<_> = parts
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    match parts.is_empty() {
        true => ran.nothing_ran().to_owned(),
        false => parts.join(", "),
    }
}

/// Is there something left to look at of the recordings of this run that were not saved?
fn has_rejected(run: &LastRun, library: &Library) -> bool {
    let ended = run.events.iter();
    let ended = ended.filter(|event| event.outcome == Some(Outcome::Rejected));
    let places: BTreeSet<_> = ended.map(|event| place(&event.cassette)).collect();
    let mut beside = library.shelves.iter().flat_map(|shelf| &shelf.beside);
    beside.any(|beside| beside.kind == FileKind::Rejected && places.contains(&beside.owner))
}

/// What to do next.
fn advice(ran: &Ran, has_rejected: bool, workspace: &Workspace) -> Vec<String> {
    let mut lines = Vec::new();
    let mut help = |text: String| lines.push(format!("help: {text}"));
    if ran.run.events.is_empty() && ran.passed {
        if ran.is_filtered {
            help("see the names of the tests with `cargo test -- --list`".to_owned());
        } else {
            help("put `#[cassette]` above a test to give it one".to_owned());
        }
    }
    let recorded = ran.run.events.iter();
    let recorded = recorded.filter(|event| event.outcome == Some(Outcome::Recorded));
    if recorded.count() > 0 {
        help("look at what has changed: `cargo cassette review`".to_owned());
    }
    if has_rejected {
        help("see what was recorded and not saved: `cargo cassette accept`".to_owned());
    }
    let failed = ran.run.events.iter();
    let mut failed =
        failed.filter(|event| matches!(event.outcome, Some(Outcome::Rejected | Outcome::Failed)));
    if let Some(function) = failed.find_map(|event| event.function.as_ref()) {
        help(format!(
            "record it again when it passes: `cargo cassette record {function}`"
        ));
    }
    if ran.is_interrupted {
        let style = Style::new().for_stderr().yellow().bold();
        let head = style.apply_to("interrupted");
        lines.push(format!(
            "{head}: the tests were ended; what is saved is whole"
        ));
    }
    lines.extend(cut_off(&ran.run, workspace));
    lines
}

/// What tests were recording when they, or their process, were ended.
fn cut_off(run: &LastRun, workspace: &Workspace) -> Vec<String> {
    let mut lines = Vec::new();
    for event in run.cut_off() {
        let mut journal = place(&event.cassette).into_os_string();
        journal.push(".partial.jsonl");
        let journal = PathBuf::from(journal);
        if journal.exists() {
            let (test, journal) = (&event.test, workspace.shown(&journal));
            lines.push(format!(
                "note: what {test} had recorded is in {journal}; its next recording keeps it as `.rejected.json`"
            ));
        }
    }
    lines
}
