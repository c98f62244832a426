//! Recordings that were not saved: rejected ones, and what killed ones have left.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use cassette_core::{
    Body, Cassette, CassetteFile, FileKind, Finding, Interaction, PartialRecording, Recorded,
};

use crate::diff::Difference;
use crate::library::{self, Library, Shelf, is_meant, place};
use crate::words;

/// A recording that was not saved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unsaved<'a> {
    shelf: &'a Shelf,
    pub(crate) path: &'a Path,
    pub(crate) kind: FileKind,
    /// The path of the cassette that it was to become, without an extension.
    owner: &'a Path,
}

/// What stands where something was found that looks like a secret.
const BLOCKED: [&str; 2] = ["[BLOCKED]", "%5BBLOCKED%5D"];

impl<'a> Unsaved<'a> {
    /// Returns all of them, by the names of their cassettes.
    pub(crate) fn all(library: &'a Library) -> Vec<Self> {
        let of = |shelf: &'a Shelf| {
            let beside = shelf.beside.iter();
            let wanted = |kind| matches!(kind, FileKind::Rejected | FileKind::Partial);
            let beside = beside.filter(move |beside| wanted(beside.kind));
            beside.map(move |beside| Self {
                shelf,
                path: &beside.path,
                kind: beside.kind,
                owner: &beside.owner,
            })
        };
        library.shelves.iter().flat_map(of).collect()
    }

    /// Returns those that are meant by parts of names, names of tests, or paths.
    ///
    /// # Errors
    ///
    /// When a word means none.
    pub(crate) fn named(library: &'a Library, words: &[String]) -> Result<Vec<Self>> {
        let all = Self::all(library);
        let mut found: Vec<Self> = Vec::new();
        for word in words {
            let mut meant: Vec<_> = all.iter().filter(|one| one.is_meant(word)).collect();
            if meant.iter().any(|one| one.is_called(word)) {
                meant.retain(|one| one.is_called(word));
            }
            if meant.is_empty() {
                bail!(
                    "there is no rejected or partial recording `{word}`\n\n\
                     help: see which there are: `cargo cassette accept`"
                );
            }
            let is_new = |one: &&&Self| !found.iter().any(|other| other.path == one.path);
            let new: Vec<_> = meant.iter().filter(is_new).map(|one| **one).collect();
            found.extend(new);
        }
        Ok(found)
    }

    /// Returns the name of the cassette that it was to become.
    pub(crate) fn name(&self) -> String {
        library::name(self.owner, &self.shelf.dir)
    }

    /// Returns true when the other was to become the same cassette.
    pub(crate) fn is_of_same(&self, other: &Self) -> bool {
        self.owner == other.owner
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// When it cannot be read; when it belongs to a recording that is running, or holds nothing.
    pub(crate) fn read(&self) -> Result<Cassette> {
        match self.kind {
            FileKind::Partial => PartialRecording::open(self.path)?
                .cassette()?
                .ok_or_else(|| self.is_empty()),
            _ => Ok(CassetteFile::new(self.path).read()?),
        }
    }

    /// Returns what would change if it became the cassette; all is new where there is none.
    pub(crate) fn difference(&self, recording: &Cassette) -> Result<Difference> {
        let current = self.current().map(CassetteFile::read).transpose()?;
        Ok(Difference::between(current.as_ref(), Some(recording)))
    }

    /// Makes it the cassette. What keeps a recording from being saved keeps it from that, too; `keep` is
    /// what its test lets stand. Returns the file.
    ///
    /// # Errors
    ///
    /// When it holds what may be a secret; when a file cannot be read or written.
    pub(crate) fn accept(&self, keep: &[String]) -> Result<PathBuf> {
        let recording = self.read()?;
        self.check(&recording, keep)?;
        let file = self.target()?;
        refuse_read_only(file.path())?;
        file.write(&recording)?;
        self.remove()?;
        Ok(file.path().to_owned())
    }

    /// Removes it, with the files of its bodies.
    ///
    /// # Errors
    ///
    /// When the system does not permit it; when it belongs to a recording that is running.
    pub(crate) fn remove(&self) -> Result<()> {
        if self.kind == FileKind::Partial {
            return Ok(PartialRecording::open(self.path)?.remove()?);
        }
        let own = self.path.with_extension("");
        let bodies = self.shelf.beside.iter();
        let bodies = bodies.filter(|beside| beside.kind == FileKind::Body && beside.owner == own);
        // The bodies first: what is left of a removal that failed can be removed again.
        for path in bodies
            .map(|beside| beside.path.as_path())
            .chain([self.path])
        {
            let removed = fs::remove_file(path);
            removed.with_context(|| format!("cannot remove {}", path.display()))?;
        }
        Ok(())
    }

    /// Returns true when one of the words means it.
    pub(crate) fn is_meant_by(&self, words: &[String]) -> bool {
        words.iter().any(|word| self.is_meant(word))
    }

    fn is_meant(&self, word: &str) -> bool {
        is_meant(word, &[&self.name()], self.path)
    }

    fn is_called(&self, word: &str) -> bool {
        self.name() == word.replace("::", "/")
    }

    /// Returns the cassette that is there now.
    fn current(&self) -> Option<&CassetteFile> {
        let mut cassettes = self.shelf.cassettes.iter().map(|entry| &entry.file);
        cassettes.find(|file| place(file.path()) == self.owner)
    }

    fn target(&self) -> Result<CassetteFile> {
        if let Some(current) = self.current() {
            return Ok(current.clone());
        }
        if self.shelf.dir == self.shelf.rules.cassettes() {
            return Ok(self.shelf.rules.file(self.name())?);
        }
        let mut path = self.owner.as_os_str().to_owned();
        path.push(".json");
        Ok(CassetteFile::new(path))
    }

    fn check(&self, recording: &Cassette, keep: &[String]) -> Result<()> {
        let path = self.path.display();
        if let Some(number) = recording.interactions().iter().position(is_blocked) {
            bail!(
                "{path} has something masked in interaction {} that looked like a secret, so it is no faithful recording\n\n\
                 help: let the test keep or mask it, as the failed recording said, and record again",
                number + 1
            );
        }
        let findings = self.shelf.rules.audit(recording, keep)?;
        let Some(first) = findings.first() else {
            return Ok(());
        };
        let (redact, keep) = (&first.redact, &first.keep);
        bail!(
            "{path} may hold a secret: {}\n\n\
             help: if it is one, mask it, `redact = [\"{redact}\"]` in cassette.toml, and record again\n\
             help: if it is none, keep it: `keep = [\"{keep}\"]` in cassette.toml",
            found(first)
        )
    }

    fn is_empty(&self) -> anyhow::Error {
        anyhow!(
            "nothing was recorded in {} before its recording was killed\n\nhelp: remove it: `cargo cassette reject {}`",
            self.path.display(),
            self.name()
        )
    }
}

/// Moving a file into its place would not ask.
fn refuse_read_only(path: &Path) -> Result<()> {
    if fs::metadata(path).is_ok_and(|metadata| metadata.permissions().readonly()) {
        bail!(
            "{} is read-only\n\nhelp: if it is to be replaced, make it writable first",
            path.display()
        );
    }
    Ok(())
}

fn found(finding: &Finding) -> String {
    let interaction = finding
        .interaction
        .map(|at| format!("interaction {}, ", at + 1));
    format!(
        "{}{}: {}",
        interaction.unwrap_or_default(),
        words::printable(&finding.place),
        finding.what
    )
}

/// Is there a place in which something was blocked?
fn is_blocked(interaction: &Interaction) -> bool {
    let is_in = |text: &str| BLOCKED.iter().any(|blocked| text.contains(blocked));
    let body = |body: &Body| is_in(&String::from_utf8_lossy(body.bytes()));
    let answer = match interaction.recorded() {
        Recorded::Response(response) => body(response.body()),
        Recorded::Error(_) => false,
    };
    let stored = serde_json::to_string(interaction).unwrap_or_default();
    answer || body(interaction.request().body()) || is_in(&stored)
}
