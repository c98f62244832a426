use anyhow::Result;
use cassette_core::{CassetteState, Event, Outcome};
use clap::Args;

use crate::cli::Exit;
use crate::command::list::colour;
use crate::events::{LastRun, state};
use crate::library::Library;
use crate::orphans::{Orphan, orphans};
use crate::runner::{Order, Ran, Tests};
use crate::terminal::{Cell, Table, Terminal};
use crate::words;
use crate::workspace::Workspace;

/// Run the tests with what is recorded, and tell what is stale, unplayed, orphaned
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo cassette test
  cargo cassette test users
  cargo cassette test --offline    # proves that no test needs the network
  cargo cassette test --nextest -- --profile ci

What is orphaned is told after a run of all tests. Exit code 1: a test failed, or a cassette is orphaned; what \
`on_change`, `on_expiry` and `unused` let pass is told, and is no reason.")]
pub(crate) struct Test {
    #[command(flatten)]
    tests: Tests,
    /// Take the network away from the tests, but for the loopback (Linux)
    #[arg(long)]
    offline: bool,
}

/// A cassette that is not as it should be.
struct Row {
    state: String,
    test: String,
    path: String,
    why: String,
}

impl Test {
    pub(crate) fn run(&self, workspace: &Workspace, terminal: &Terminal) -> Result<Exit> {
        let library = Library::open(workspace, &LastRun::load(workspace)?.dirs())?;
        let order = Order {
            mode: "replay",
            is_offline: self.offline,
        };
        let expected = library.cassettes().count();
        let ran = self.tests.run(order, expected, workspace, terminal)?;
        let mut rows = of_sessions(&ran.run, workspace);
        rows.sort_by(|a, b| a.test.cmp(&b.test));
        let orphaned = orphaned(&ran, workspace)?;
        let is_orphaned = orphaned.iter().any(|row| row.state == "orphaned");
        let played = ran.run.events.iter();
        let played = played
            .filter(|event| event.outcome == Some(Outcome::Played))
            .count();
        terminal.line("");
        if rows.len() + orphaned.len() > 0 {
            terminal.table(&table(rows.iter().chain(&orphaned)));
        }
        terminal.line(summary(
            &ran,
            played,
            rows.len() + orphaned.len(),
            self.offline,
        ));
        advice(&ran, is_orphaned)
            .iter()
            .for_each(|line| terminal.note(line));
        let is_empty = ran.run.events.is_empty() && ran.is_filtered;
        Ok(Exit::look_if(!ran.passed || is_orphaned || is_empty))
    }
}

fn of_sessions(run: &LastRun, workspace: &Workspace) -> Vec<Row> {
    let row = |event: &Event| Row {
        state: state(event),
        test: event.test.clone(),
        path: workspace.shown(&event.cassette),
        why: why(event),
    };
    let ended = run.events.iter().filter(|event| event.outcome.is_some());
    let told = ended.filter(|event| !is_fine(event));
    told.chain(run.cut_off()).map(row).collect()
}

fn is_fine(event: &Event) -> bool {
    matches!(event.outcome, Some(Outcome::Played | Outcome::Forwarded))
        && event.unplayed == 0
        && !matches!(
            event.state,
            Some(CassetteState::Stale | CassetteState::Expired)
        )
}

fn why(event: &Event) -> String {
    if !event.changed.is_empty() {
        return format!("changed: {}", event.changed.join(", "));
    }
    if event.outcome.is_none() {
        return "its process ended before it did".to_owned();
    }
    match &event.reason {
        Some(reason) => reason.clone(),
        None if event.unplayed > 0 => {
            words::count(event.unplayed, "interaction") + " not asked for"
        }
        None if event.outcome == Some(Outcome::Failed) => "the test failed by itself".to_owned(),
        None if event.state == Some(CassetteState::Expired) => "older than `max_age`".to_owned(),
        None => String::new(),
    }
}

fn orphaned(ran: &Ran, workspace: &Workspace) -> Result<Vec<Row>> {
    if !ran
        .run
        .about
        .as_ref()
        .is_some_and(|about| about.is_complete)
    {
        return Ok(Vec::new());
    }
    let library = Library::open(workspace, &ran.run.dirs())?;
    let mut rows = Vec::new();
    for shelf in &library.shelves {
        for orphan in orphans(shelf, &ran.run) {
            let (entry, state, why) = match orphan {
                Orphan::Unused(entry) => (entry, "orphaned", "no test used it".to_owned()),
                Orphan::NotRun(entry, why) => (entry, "not run", why),
            };
            rows.push(Row {
                state: state.to_owned(),
                test: entry.name.replace('/', "::"),
                path: workspace.shown(entry.file.path()),
                why,
            });
        }
    }
    Ok(rows)
}

fn table<'a>(rows: impl Iterator<Item = &'a Row>) -> Table {
    let mut table = Table::new(["state", "test", "cassette", "why"].map(Cell::from));
    for row in rows {
        table.row([
            Cell::new(&row.state).styled(colour(&row.state)),
            Cell::new(&row.test),
            Cell::new(&row.path),
            Cell::new(&row.why),
        ]);
    }
    table
}

fn summary(ran: &Ran, played: usize, told: usize, is_offline: bool) -> String {
    if ran.run.events.is_empty() {
        return ran.nothing_ran().to_owned();
    }
    let without = if is_offline { " without a network" } else { "" };
    let played = words::count(played, "cassette");
    match told {
        0 => format!("{played} played{without}, nothing to say"),
        number => format!("{played} played{without}, {number} to look at"),
    }
}

/// What to do next.
fn advice(ran: &Ran, is_orphaned: bool) -> Vec<String> {
    let failed = |event: &&Event| event.failure.is_some();
    let is_old = |event: &Event| {
        matches!(
            event.failure.as_deref(),
            Some("stale" | "expired" | "missing-cassette")
        )
    };
    let failed: Vec<_> = ran.run.events.iter().filter(failed).collect();
    let mut lines = Vec::new();
    if failed.iter().any(|event| is_old(event)) {
        lines.push(
            "help: record what is stale, expired or missing: `cargo cassette record --only-stale`"
                .to_owned(),
        );
    }
    let mut others = failed.iter().filter(|event| !is_old(event));
    if let Some(function) = others.find_map(|event| event.function.as_ref()) {
        lines.push(format!(
            "help: if the test is right, record it again: `cargo cassette record {function}`"
        ));
    }
    if is_orphaned && ran.passed {
        lines.push("help: remove what no test uses: `cargo cassette prune`".to_owned());
    }
    if ran.is_interrupted {
        lines.push("interrupted: the tests were ended".to_owned());
    }
    lines
}
