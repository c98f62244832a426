use anyhow::{Result, anyhow};
use clap::Args;
use serde::Serialize;

use crate::changed::{Changed, Changes, Status};
use crate::cli::Exit;
use crate::diff::Difference;
use crate::events::LastRun;
use crate::git;
use crate::library::Library;
use crate::terminal::{Cell, Table, Terminal};
use crate::words;
use crate::workspace::Workspace;

/// Show what has changed since a commit: requests, statuses, headers, JSON, lines
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo cassette diff                     # since the last commit
  cargo cassette diff main                # since that branch
  cargo cassette diff main users          # only cassettes with `users` in their name
  cargo cassette diff --stat
  cargo cassette diff --exit-code --json

Files that git does not know yet are compared too, those that it ignores are not. The first word is \
a revision where git knows one of this name.
Exit code 1: a file cannot be read; with --exit-code, there is a difference.")]
pub(crate) struct Diff {
    /// A revision to compare with (else HEAD), then parts of names, or paths
    #[arg(value_name = "REV] [NAME")]
    words: Vec<String>,
    /// One line a cassette
    #[arg(long, conflicts_with = "json")]
    stat: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Exit with 1 where there is a difference
    #[arg(long)]
    exit_code: bool,
}

/// A cassette that differs, for programs.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    package: &'a str,
    path: String,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    renamed_from: Option<&'a str>,
    summary: String,
    /// Absent where a file cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<Difference>,
}

impl Diff {
    pub(crate) fn run(&self, workspace: &Workspace, terminal: &Terminal) -> Result<Exit> {
        let library = Library::open(workspace, &LastRun::load(workspace)?.dirs())?;
        let changes = Changes::since(workspace, &library, &self.words)?;
        let changed = &changes.changed;
        if self.json {
            let row = |one| Row::of(one, workspace);
            terminal.json(&changed.iter().map(row).collect::<Vec<_>>())?;
        } else if self.stat && !changed.is_empty() {
            terminal.table(&table(changed));
        } else {
            changed
                .iter()
                .for_each(|one| terminal.line(shown(one).trim_end()));
        }
        let broken = tell_problems(&changes, workspace, terminal);
        if changed.is_empty() {
            terminal.note("no cassette has changed");
        }
        Ok(Exit::look_if(
            broken || (self.exit_code && !changed.is_empty()),
        ))
    }
}

impl<'a> Row<'a> {
    fn of(one: &'a Changed, workspace: &Workspace) -> Self {
        Self {
            name: &one.name,
            package: &one.package,
            path: workspace.shown(&one.file),
            status: one.status,
            renamed_from: one.renamed_from.as_deref(),
            summary: one.summary(),
            difference: one.difference(),
        }
    }
}

/// Returns a cassette that differs, for people.
pub(crate) fn shown(one: &Changed) -> String {
    let name = words::printable(&one.name);
    let head = console::Style::new().bold().apply_to(name);
    let difference = one.difference().map(|difference| difference.shown());
    format!(
        "{head}: {}\n{}",
        one.summary(),
        difference.unwrap_or_default()
    )
}

/// Tells which files cannot be read or are in conflict, and which folders git says nothing of. Returns true
/// for the former.
pub(crate) fn tell_problems(changes: &Changes, workspace: &Workspace, terminal: &Terminal) -> bool {
    let problems: Vec<_> = changes.changed.iter().flat_map(Changed::problems).collect();
    for problem in &problems {
        terminal.problem(problem.as_ref());
    }
    for path in &changes.conflicts {
        let path = workspace.shown(&changes.git.path(path));
        let add = git::words(std::slice::from_ref(&path));
        let conflict = anyhow!(
            "{path} is in conflict\n\nhelp: resolve it, or record its test again; then `git add {add}`"
        );
        terminal.problem(conflict.as_ref());
    }
    for dir in &changes.outside {
        terminal.note(format!(
            "{} is not in this repository",
            workspace.shown(dir)
        ));
    }
    !problems.is_empty() || !changes.conflicts.is_empty()
}

fn table(changed: &[Changed]) -> Table {
    let mut table = Table::new(
        ["cassette", "interactions", "what"].map(|title| match title {
            "interactions" => Cell::new(title).right(),
            title => Cell::new(title),
        }),
    );
    for one in changed {
        let (old, new) = one.cassettes();
        let interactions = new
            .or(old)
            .map_or(0, |cassette| cassette.interactions().len());
        table.row([
            Cell::new(&one.name),
            Cell::new(interactions.to_string()).right(),
            Cell::new(one.summary()),
        ]);
    }
    table
}
