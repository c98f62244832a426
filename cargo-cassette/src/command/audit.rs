use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Result;
use cassette_core::{CassetteFile, Event, FileKind, Finding, bytes::Bytes};
use clap::Args;
use serde::Serialize;

use crate::cli::Exit;
use crate::events::{LastRun, kept};
use crate::git::{self, Blob, Git};
use crate::library::{Library, Shelf};
use crate::terminal::Terminal;
use crate::words;
use crate::workspace::Workspace;

/// Look through all cassettes, and their history, for secrets
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo cassette audit
  cargo cassette audit --history    # also what was ever committed there, on any branch
  cargo cassette audit --json

It tells the file, the place and what it looks like, never the value. What `cassette.toml` masks and keeps \
counts, and what the last run has seen in attributes; the values of secret environment variables are looked \
for as well. The history is that of the folders where cassettes are today.
Exit code 1: something was found, or a file is no cassette.")]
pub(crate) struct Audit {
    /// Look through the history of git as well
    #[arg(long)]
    history: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Something that was found.
#[derive(Debug, Serialize)]
struct Found {
    path: String,
    /// Where it is in the history, and not, or not only, in a file that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    commit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interaction: Option<usize>,
    place: String,
    what: String,
    redact: String,
    keep: String,
}

/// What was looked through, and what came of it.
#[derive(Debug, Default)]
struct Report {
    looked_at: usize,
    found: Vec<Found>,
    broken: usize,
}

impl Audit {
    pub(crate) fn run(&self, workspace: &Workspace, terminal: &Terminal) -> Result<Exit> {
        let last = LastRun::load(workspace)?;
        let library = Library::open(workspace, &last.dirs())?;
        let events = last.by_place();
        let mut report = Report::default();
        let looked = library.map(|shelf, entry| look(shelf, &entry.file, &events));
        for ((_, entry), findings) in library.cassettes().zip(looked) {
            let path = workspace.shown(entry.file.path());
            report.add(&path, None, findings, terminal);
        }
        for shelf in &library.shelves {
            for path in rejected(shelf) {
                let findings = look(shelf, &CassetteFile::new(path), &events);
                report.add(&workspace.shown(path), None, findings, terminal);
            }
        }
        if self.history {
            history(workspace, &library, &events, &mut report, terminal)?;
        }
        if self.json {
            terminal.json(&report.found)?;
        } else {
            report
                .found
                .iter()
                .for_each(|found| terminal.line(words::printable(&found.shown())));
        }
        terminal.note(report.summary());
        Ok(Exit::look_if(report.broken + report.found.len() > 0))
    }
}

impl Report {
    fn add(
        &mut self,
        path: &str,
        commit: Option<&str>,
        findings: cassette_core::Result<Vec<Finding>>,
        terminal: &Terminal,
    ) {
        self.looked_at += 1;
        match findings {
            Ok(findings) => self.found.extend(findings.into_iter().map(|finding| Found {
                path: path.to_owned(),
                commit: commit.map(str::to_owned),
                interaction: finding.interaction.map(|number| number + 1),
                place: finding.place,
                what: finding.what,
                redact: finding.redact,
                keep: finding.keep,
            })),
            Err(error) => {
                self.broken += 1;
                terminal.problem(&error);
            }
        }
    }

    fn summary(&self) -> String {
        let looked_at = words::count(self.looked_at, "recording");
        let Some(Found { redact, keep, .. }) = self.found.first() else {
            return format!("{looked_at} looked through, nothing found");
        };
        let found = words::count(self.found.len(), "finding");
        let mut text = format!("{looked_at} looked through, {found}");
        text.push_str(&format!(
            "\n\nhelp: if it is a secret, revoke it, mask it, `redact = [\"{redact}\"]` in cassette.toml, and record again\n\
             help: if it is none, keep it: `keep = [\"{keep}\"]` in cassette.toml"
        ));
        if self.found.iter().any(|found| found.commit.is_some()) {
            text.push_str("\nhelp: what is in the history stays there until it is rewritten: see `git filter-repo`");
        }
        text
    }
}

impl Found {
    fn shown(&self) -> String {
        let commit = self.commit.as_ref().map(|commit| format!(" in {commit}"));
        let interaction = self
            .interaction
            .map(|number| format!("interaction {number}, "));
        format!(
            "{}{}: {}{}: {}",
            self.path,
            commit.unwrap_or_default(),
            interaction.unwrap_or_default(),
            self.place,
            self.what
        )
    }
}

/// What its test keeps counts, where the last run has seen it.
fn look(
    shelf: &Shelf,
    file: &CassetteFile,
    events: &BTreeMap<PathBuf, &Event>,
) -> cassette_core::Result<Vec<Finding>> {
    let cassette = file.read()?;
    shelf.rules.audit(&cassette, kept(events, file.path()))
}

fn rejected(shelf: &Shelf) -> impl Iterator<Item = &Path> {
    let rejected = shelf.beside.iter();
    let rejected = rejected.filter(|beside| beside.kind == FileKind::Rejected);
    rejected.map(|beside| beside.path.as_path())
}

/// Looks through what was ever committed below the folders, each content once.
fn history(
    workspace: &Workspace,
    library: &Library,
    events: &BTreeMap<PathBuf, &Event>,
    report: &mut Report,
    terminal: &Terminal,
) -> Result<()> {
    let git = Git::of(&workspace.root)?;
    for shelf in &library.shelves {
        let Some(blobs) = git.history(&shelf.dir)? else {
            let dir = workspace.shown(&shelf.dir);
            terminal.note(format!("{dir} is not in this repository"));
            continue;
        };
        let bodies = bodies(&git, &blobs)?;
        let is_recording = |blob: &&Blob| {
            let kind = FileKind::of(&blob.path).map(|(kind, _)| kind);
            matches!(kind, Some(FileKind::Cassette | FileKind::Rejected))
        };
        let recordings: Vec<_> = blobs.iter().filter(is_recording).cloned().collect();
        let mut looked = Vec::new();
        git.read(&recordings, |blob, content| {
            let keep = kept(events, &git.path(&blob.path));
            looked.push((blob.clone(), look_at(shelf, blob, content, &bodies, keep)));
        })?;
        for (blob, findings) in looked {
            let is_clean = findings.as_ref().is_ok_and(Vec::is_empty);
            let commit = if is_clean {
                String::new()
            } else {
                git.first_commit(&blob)?
            };
            let path = blob.path.display().to_string();
            report.add(&path, Some(&commit), findings, terminal);
        }
    }
    Ok(())
}

fn look_at(
    shelf: &Shelf,
    blob: &Blob,
    content: Vec<u8>,
    bodies: &BTreeMap<PathBuf, Bytes>,
    keep: &[String],
) -> cassette_core::Result<Vec<Finding>> {
    let beside = |name: &str| {
        let path = blob.path.with_file_name(name);
        bodies
            .get(&path)
            .cloned()
            .ok_or(io::ErrorKind::NotFound.into())
    };
    let cassette = CassetteFile::new(&blob.path).parse(content, beside)?;
    shelf.rules.audit(&cassette, keep)
}

/// Returns the bodies that have files of their own. Their names hold the digest of what they hold.
fn bodies(git: &Git, blobs: &[Blob]) -> Result<BTreeMap<PathBuf, Bytes>> {
    let is_body = |path: &Path| matches!(FileKind::of(path), Some((FileKind::Body, _)));
    let by_path = git::by_path(blobs).into_iter();
    let wanted = by_path.filter(|(path, _)| is_body(path));
    let wanted: Vec<_> = wanted.map(|(_, blob)| blob.clone()).collect();
    let mut bodies = BTreeMap::new();
    git.read(&wanted, |blob, content| {
        bodies.insert(blob.path.clone(), Bytes::from(content));
    })?;
    Ok(bodies)
}
