//! Cassettes that no test used.

use std::fs;

use cassette_core::CassetteFile;

use crate::events::LastRun;
use crate::library::{Entry, Shelf, place};

/// A cassette that no test of a run used.
#[derive(Debug)]
pub(crate) enum Orphan<'a> {
    /// Nothing speaks for it.
    Unused(&'a Entry),
    /// Its test may have been left out; says why.
    NotRun(&'a Entry, String),
}

/// Returns the cassettes of a folder that the run, which must have been complete, did not use.
pub(crate) fn orphans<'a>(shelf: &'a Shelf, run: &LastRun) -> Vec<Orphan<'a>> {
    let used = run.used();
    let unused = shelf.cassettes.iter();
    let unused = unused.filter(|entry| !used.contains(&place(entry.file.path())));
    unused
        .map(|entry| match excuse(shelf, &entry.file, run) {
            Some(why) => Orphan::NotRun(entry, why),
            None => Orphan::Unused(entry),
        })
        .collect()
}

/// Returns why a file may still be wanted that no test of the run used.
pub(crate) fn excuse(shelf: &Shelf, file: &CassetteFile, run: &LastRun) -> Option<String> {
    if !run.is_newer_than(file.path()) {
        return Some("it was changed after the last run".to_owned());
    }
    let Ok(summary) = file.summary() else {
        return Some("it is no cassette: see `cargo cassette check`".to_owned());
    };
    // A test that ran, and used another file, has no use for this one.
    if run.events.iter().any(|event| event.test == summary.test) {
        return None;
    }
    let source = summary.source?;
    let text = fs::read_to_string(shelf.package_dir.join(&source)).ok()?;
    let mut names = summary.test.split("::");
    let function = names.find(|name| has_function(&text, name))?;
    Some(format!(
        "{source} still has `fn {function}`, which did not run: is it ignored?"
    ))
}

/// Names of modules and cases are tried, too: which part of a test's name is its function is not told.
fn has_function(text: &str, name: &str) -> bool {
    let definition = format!("fn {name}");
    let mut found = text.match_indices(&definition);
    let ends = |(at, found): (usize, &str)| {
        let next = text[at + found.len()..].chars().next();
        next.is_none_or(|next| !next.is_alphanumeric() && next != '_')
    };
    found.any(ends)
}
