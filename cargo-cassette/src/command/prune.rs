use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use cassette_core::{CassetteFile, FileKind};
use clap::Args;

use crate::cli::Exit;
use crate::events::{About, LastRun};
use crate::git::Git;
use crate::library::{Beside, Library, Shelf, place};
use crate::orphans::{Orphan, excuse, orphans};
use crate::terminal::Terminal;
use crate::words;
use crate::workspace::Workspace;

/// Remove the files that no test used in the last run
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo cassette test && cargo cassette prune
  cargo cassette prune --dry-run
  cargo cassette prune --yes    # asks nothing

It asks first; without a terminal it tells what it would remove, and the command that does. What stays: the \
cassette of a test that is still in its source but did not run (`#[ignore]`, another platform), one that was \
changed since, one that is not committed, and a rejected recording of such a test. Exit code 1: there is something to remove, and it was not removed.")]
pub(crate) struct Prune {
    /// Only tell what would be removed
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
}

impl Prune {
    pub(crate) fn run(&self, workspace: &Workspace, terminal: &Terminal) -> Result<Exit> {
        let last = LastRun::load(workspace)?;
        let about = complete(&last)?;
        let library = Library::open(workspace, &last.dirs())?;
        let files = files(&library, &last, about, workspace, terminal)?;
        if files.is_empty() {
            terminal.note("nothing to remove: every cassette was used");
            return Ok(Exit::Fine);
        }
        let number = words::count(files.len(), "file");
        files
            .iter()
            .for_each(|path| terminal.line(workspace.shown(path)));
        let is_to_remove = match (self.yes, self.dry_run, terminal.is_interactive()) {
            (true, ..) => true,
            (_, false, true) => terminal.confirm(&format!("remove {number}?"))?,
            _ => false,
        };
        if !is_to_remove {
            terminal.note(format!(
                "{number} not removed\n\nhelp: remove them with `cargo cassette prune --yes`"
            ));
            return Ok(Exit::Look);
        }
        for path in &files {
            let removed = fs::remove_file(path);
            removed.with_context(|| format!("cannot remove {}", path.display()))?;
        }
        terminal.note(format!("{number} removed"));
        Ok(Exit::Fine)
    }
}

/// Only a run that has asked for all tests can say that none uses a file.
fn complete(last: &LastRun) -> Result<&About> {
    let why = match &last.about {
        None if last.at.is_none() => "there was no run yet",
        None => "the last run was cut off",
        Some(about) if !about.is_complete => "the last run was not asked for all tests",
        Some(about) if !about.passed => "in the last run a test failed",
        Some(about) => return Ok(about),
    };
    bail!(
        "{why}, so nobody can say which cassettes are used\n\nhelp: run `cargo cassette test` first"
    )
}

fn files(
    library: &Library,
    last: &LastRun,
    about: &About,
    workspace: &Workspace,
    terminal: &Terminal,
) -> Result<Vec<PathBuf>> {
    let mut files = BTreeSet::new();
    let keep = |path: &Path, why: &str| {
        let path = workspace.shown(path);
        terminal.note(words::printable(&format!("kept: {path}: {why}")));
    };
    let shelves = library.shelves.iter();
    for shelf in shelves.filter(|shelf| about.packages.contains(&shelf.package)) {
        let mut kept: BTreeSet<_> = shelf.owners().into_keys().collect();
        let uncommitted = uncommitted(shelf)?;
        for orphan in orphans(shelf, last) {
            match orphan {
                Orphan::Unused(entry) if uncommitted.contains(entry.file.path()) => {
                    keep(entry.file.path(), "it is not committed as it is");
                }
                Orphan::Unused(entry) => {
                    kept.remove(&place(entry.file.path()));
                    files.insert(entry.file.path().to_owned());
                }
                Orphan::NotRun(entry, why) => keep(entry.file.path(), &why),
            }
        }
        for beside in left_alone(shelf, &kept) {
            match reason(shelf, beside, last) {
                Some(why) => keep(&beside.path, &why),
                None => drop(files.insert(beside.path.clone())),
            }
        }
    }
    Ok(files.into_iter().collect())
}

/// A recording that was not saved is in no commit; its test may be all that wants it.
fn reason(shelf: &Shelf, beside: &Beside, last: &LastRun) -> Option<String> {
    let is_rejected = beside.kind == FileKind::Rejected;
    let file = CassetteFile::new(&beside.path);
    is_rejected.then(|| excuse(shelf, &file, last)).flatten()
}

/// What git does not have could not be brought back. Without git nobody expects that.
fn uncommitted(shelf: &Shelf) -> Result<BTreeSet<PathBuf>> {
    match Git::of(&shelf.dir) {
        Ok(git) => git.uncommitted(&shelf.dir),
        Err(_) => Ok(BTreeSet::new()),
    }
}

/// The owner of a rejected recording's body is that recording, which has an owner of its own.
fn cassette_of(owner: &Path) -> PathBuf {
    let mut file = owner.as_os_str().to_owned();
    file.push(".json");
    place(Path::new(&file))
}

/// Files beside cassettes that are not there, or will not be.
fn left_alone<'a>(shelf: &'a Shelf, kept: &BTreeSet<PathBuf>) -> impl Iterator<Item = &'a Beside> {
    let is_alone =
        move |owner: &PathBuf| !kept.contains(&cassette_of(owner)) && !kept.contains(owner);
    let beside = shelf.beside.iter();
    beside.filter(move |beside| {
        !matches!(beside.kind, FileKind::Temporary | FileKind::Partial) && is_alone(&beside.owner)
    })
}
