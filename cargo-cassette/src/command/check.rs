use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use cassette_core::{Cassette, CassetteFile, CassetteId, FileKind, Interaction, Recorded};
use clap::Args;
use serde::Serialize;

use crate::cli::Exit;
use crate::events::LastRun;
use crate::library::{Library, Shelf, size};
use crate::terminal::Terminal;
use crate::words;
use crate::workspace::Workspace;

/// Check formats and names, and what is left beside cassettes
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo cassette check
  cargo cassette check --max-size 500kB
  cargo cassette check $(git diff --cached --name-only --diff-filter=d)    # in a pre-commit hook

Files that are in no folder of cassettes are passed over. Exit code 1: something is not as it should be.")]
pub(crate) struct Check {
    /// Only these files and folders
    paths: Vec<PathBuf>,
    /// The largest file that a reviewer can be asked to look at
    #[arg(long, value_name = "SIZE", default_value = "5MB", value_parser = bytes)]
    max_size: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Something that is not as it should be.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Problem {
    path: String,
    /// `format`, `name`, `orphan`, `leftover` or `oversize`.
    kind: &'static str,
    what: String,
}

impl Check {
    pub(crate) fn run(&self, workspace: &Workspace, terminal: &Terminal) -> Result<Exit> {
        let mut library = Library::open(workspace, &LastRun::load(workspace)?.dirs())?;
        library.keep_below(&self.paths)?;
        let mut problems = Vec::new();
        let mut note = |path: &Path, kind, what: String| {
            let path = workspace.shown(path);
            problems.push(Problem { path, kind, what });
        };
        let bodies = library.map(|_, entry| entry.file.read().map(|cassette| bodies(&cassette)));
        let mut bodies = bodies.into_iter();
        for shelf in &library.shelves {
            let mut needed = BTreeSet::new();
            for (entry, bodies) in shelf.cassettes.iter().zip(bodies.by_ref()) {
                let path = entry.file.path();
                match bodies {
                    Ok(names) => needed.extend(names.iter().map(|name| path.with_file_name(name))),
                    Err(error) => note(path, "format", first_line(&error, path)),
                }
                if let Err(error) = CassetteId::from(entry.name.as_str()).check() {
                    note(path, "name", error.to_string());
                }
            }
            alike(shelf, &mut note);
            needed.extend(rejected_bodies(shelf));
            beside(shelf, &needed, &mut note);
            self.oversize(shelf, &mut note);
        }
        problems.sort();
        self.tell(&library, &problems, terminal)
    }

    fn oversize(&self, shelf: &Shelf, note: &mut impl FnMut(&Path, &'static str, String)) {
        let cassettes = shelf.cassettes.iter().map(|entry| entry.file.path());
        let beside = shelf.beside.iter().map(|beside| beside.path.as_path());
        for path in cassettes.chain(beside) {
            let size = size(path);
            if size > self.max_size {
                let (size, most) = (words::size(size), words::size(self.max_size));
                note(path, "oversize", format!("it has {size}, more than {most}"));
            }
        }
    }

    fn tell(&self, library: &Library, problems: &[Problem], terminal: &Terminal) -> Result<Exit> {
        if self.json {
            terminal.json(&problems)?;
        } else {
            let shown = |Problem { path, kind, what }: &Problem| format!("{path}: {kind}: {what}");
            problems
                .iter()
                .for_each(|problem| terminal.line(words::printable(&shown(problem))));
        }
        let all = words::count(library.cassettes().count(), "cassette");
        terminal.note(match problems.len() {
            0 => format!("{all} checked, nothing to say"),
            number => format!("{all} checked, {}", words::count(number, "problem")),
        });
        Ok(Exit::look_if(!problems.is_empty()))
    }
}

/// Names that are one file, or one cassette, on some system.
fn alike(shelf: &Shelf, note: &mut impl FnMut(&Path, &'static str, String)) {
    let mut seen = BTreeMap::new();
    for entry in &shelf.cassettes {
        let folded = entry.name.to_lowercase();
        let Some(other) = seen.insert(folded, entry) else {
            continue;
        };
        let what = match other.name == entry.name {
            true => "there is another file of this cassette beside it: remove the older one",
            false => {
                "another name beside it differs in case only, which is one file on some systems"
            }
        };
        note(entry.file.path(), "name", what.to_owned());
    }
}

fn beside(
    shelf: &Shelf,
    needed: &BTreeSet<PathBuf>,
    note: &mut impl FnMut(&Path, &'static str, String),
) {
    let owners = shelf.owners();
    for beside in &shelf.beside {
        let path = &beside.path;
        match beside.kind {
            FileKind::Body if needed.contains(path) => {}
            FileKind::Body => note(path, "orphan", "no cassette names it".to_owned()),
            FileKind::Partial if is_held(path) => {}
            FileKind::Partial => note(path, "leftover", LEFT_BY_KILLED.to_owned()),
            FileKind::Temporary => note(path, "leftover", "it was being written".to_owned()),
            _ if !owners.contains_key(&beside.owner) => {
                note(path, "orphan", "it belongs to no cassette".to_owned());
            }
            _ => note(
                path,
                "leftover",
                "a recording that was not saved".to_owned(),
            ),
        }
    }
}

const LEFT_BY_KILLED: &str =
    "a recording was killed; the next one of this test keeps it as `.rejected.json`";

/// The journal is a recording's lock as long as that runs.
fn is_held(path: &Path) -> bool {
    let tried = File::open(path).map(|file| file.try_lock());
    matches!(tried, Ok(Err(std::fs::TryLockError::WouldBlock)))
}

fn rejected_bodies(shelf: &Shelf) -> Vec<PathBuf> {
    let rejected = shelf.beside.iter();
    let rejected = rejected.filter(|beside| beside.kind == FileKind::Rejected);
    let named = rejected.filter_map(|beside| {
        let cassette = CassetteFile::new(&beside.path).read().ok()?;
        let names = bodies(&cassette).into_iter();
        Some(
            names
                .map(|name| beside.path.with_file_name(name))
                .collect::<Vec<_>>(),
        )
    });
    named.flatten().collect()
}

/// Returns the names of the files that hold bodies.
fn bodies(cassette: &Cassette) -> Vec<String> {
    let of = |interaction: &Interaction| {
        let response = match interaction.recorded() {
            Recorded::Response(response) => response.body().file(),
            Recorded::Error(_) => None,
        };
        let names = [interaction.request().body().file(), response];
        names
            .into_iter()
            .flatten()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    cassette.interactions().iter().flat_map(of).collect()
}

/// The path stands before it already.
fn first_line(error: &cassette_core::Error, path: &Path) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    let path = path.display().to_string();
    line.strip_prefix(&path).unwrap_or(line).trim().to_owned()
}

/// Reads `500kB`, `5MB` or a number of bytes.
fn bytes(text: &str) -> Result<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_alphabetic());
    let factor = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => Some(1),
        "kb" | "k" => Some(1_000),
        "mb" | "m" => Some(1_000_000),
        _ => None,
    };
    let number = digits.parse::<u64>().ok();
    let size = number
        .zip(factor)
        .and_then(|(number, factor)| number.checked_mul(factor));
    size.ok_or_else(|| anyhow!("`{text}` is no size like 500kB or 5MB"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_their_unit() {
        let check = |text, expect| assert_eq!(bytes(text).ok(), expect, "{text}");
        check("12", Some(12));
        check("500kB", Some(500_000));
        check("5MB", Some(5_000_000));
        for wrong in [
            "",
            "MB",
            "5GB",
            "-1",
            "5 MB",
            "99999999999999999999",
            "99999999999999999MB",
        ] {
            check(wrong, None);
        }
    }
}
