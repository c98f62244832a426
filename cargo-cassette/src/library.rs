//! Which cassettes there are, and the files beside them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result, bail};
use cassette_core::{CassetteFile, FileKind, Package};
use walkdir::WalkDir;

use crate::workspace::Workspace;

/// All cassettes of the packages that a command is about.
#[derive(Debug)]
pub(crate) struct Library {
    pub(crate) shelves: Vec<Shelf>,
}

/// A folder with cassettes.
#[derive(Debug)]
pub(crate) struct Shelf {
    pub(crate) package: String,
    pub(crate) package_dir: PathBuf,
    /// What holds for the cassettes of the package.
    pub(crate) rules: Package,
    /// The folder, which may not be there yet.
    pub(crate) dir: PathBuf,
    /// Sorted by their names.
    pub(crate) cassettes: Vec<Entry>,
    /// The other files of ours, sorted.
    pub(crate) beside: Vec<Beside>,
}

/// A cassette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) file: CassetteFile,
    /// Its path below the folder without an extension, with `/`.
    pub(crate) name: String,
}

/// A file that is no cassette, but of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Beside {
    pub(crate) path: PathBuf,
    pub(crate) kind: FileKind,
    /// The path, without an extension, of the cassette or rejected recording that it belongs to.
    pub(crate) owner: PathBuf,
}

impl Library {
    /// Looks through the folders of the packages: those that `cassette.toml` and `CASSETTE_DIR` name, and
    /// those that `also` names for a package, by its folder, as the last run has seen them.
    ///
    /// # Errors
    ///
    /// When a `cassette.toml` or a folder cannot be read.
    pub(crate) fn open(workspace: &Workspace, also: &BTreeSet<(PathBuf, PathBuf)>) -> Result<Self> {
        let mut shelves = Vec::new();
        let mut seen = BTreeSet::new();
        for package in &workspace.packages {
            let rules = Package::open(&package.dir)?;
            let also = also.iter().filter(|(owner, _)| *owner == package.dir);
            let also = also.map(|(_, dir)| dir.clone());
            let also = also.filter(|dir| is_inside(dir, &[&package.dir, &workspace.root]));
            let own = [rules.cassettes().to_owned()].into_iter();
            for dir in outermost(&own.chain(also).collect::<Vec<_>>()) {
                if seen.insert(dir.clone()) {
                    let rules = rules.clone();
                    shelves.push(Shelf::open(&package.name, &package.dir, rules, dir)?);
                }
            }
        }
        Ok(Self { shelves })
    }

    /// Returns all cassettes, each with its folder.
    pub(crate) fn cassettes(&self) -> impl Iterator<Item = (&Shelf, &Entry)> {
        let of = |shelf| move |entry| (shelf, entry);
        self.shelves
            .iter()
            .flat_map(move |shelf| shelf.cassettes.iter().map(of(shelf)))
    }

    /// Keeps what is at these paths or below them; all, where there are none.
    ///
    /// # Errors
    ///
    /// When there is nothing at one of them.
    pub(crate) fn keep_below(&mut self, paths: &[PathBuf]) -> Result<()> {
        if paths.is_empty() {
            return Ok(());
        }
        if let Some(missing) = paths.iter().find(|path| !path.exists()) {
            bail!(
                "there is no {}\n\nhelp: leave out what was removed: `git diff --name-only --diff-filter=d`",
                missing.display()
            );
        }
        let paths = paths.iter().map(std::path::absolute);
        let paths = paths.collect::<io::Result<Vec<_>>>();
        let paths = paths.context("cannot tell where the paths are")?;
        let is_meant = |path: &Path| paths.iter().any(|meant| path.starts_with(meant));
        for shelf in &mut self.shelves {
            // Whether a file is needed says the one that it belongs to.
            let meant = shelf.beside.iter().filter(|beside| is_meant(&beside.path));
            let owners: BTreeSet<_> = meant.map(|beside| beside.owner.clone()).collect();
            let owns = |path: &Path| owners.contains(&path.with_extension(""));
            shelf.cassettes.retain(|entry| {
                is_meant(entry.file.path()) || owners.contains(&place(entry.file.path()))
            });
            shelf
                .beside
                .retain(|beside| is_meant(&beside.path) || owns(&beside.path));
        }
        Ok(())
    }

    /// Does something with every cassette, on all cores; returns what came of it in their order.
    pub(crate) fn map<T: Send>(&self, work: impl Fn(&Shelf, &Entry) -> T + Sync) -> Vec<T> {
        let all: Vec<_> = self.cassettes().collect();
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let next = AtomicUsize::new(0);
        let worker = || {
            let mut done = Vec::new();
            while let at = next.fetch_add(BATCH, Ordering::Relaxed)
                && at < all.len()
            {
                let batch = all.iter().skip(at).take(BATCH);
                let batch: Vec<T> = batch.map(|(shelf, entry)| work(shelf, entry)).collect();
                done.push((at, batch));
            }
            done
        };
        let mut done = thread::scope(|scope| {
            let others: Vec<_> = (1..cores).map(|_| scope.spawn(worker)).collect();
            let mut done = worker();
            for other in others {
                match other.join() {
                    Ok(more) => done.extend(more),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            done
        });
        done.sort_by_key(|(at, _)| *at);
        done.into_iter().flat_map(|(_, batch)| batch).collect()
    }
}

/// How many cassettes a thread takes at a time.
const BATCH: usize = 32;

impl Shelf {
    fn open(package: &str, package_dir: &Path, rules: Package, dir: PathBuf) -> Result<Self> {
        let (mut cassettes, mut beside) = (Vec::new(), Vec::new());
        for (path, kind, owner) in files_below(&dir)? {
            match kind {
                FileKind::Cassette => cassettes.push(Entry {
                    name: name(&owner, &dir),
                    file: CassetteFile::new(path),
                }),
                kind => beside.push(Beside { path, kind, owner }),
            }
        }
        cassettes.sort_by(|a, b| (&a.name, &a.file).cmp(&(&b.name, &b.file)));
        beside.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self {
            package: package.to_owned(),
            package_dir: package_dir.to_owned(),
            rules,
            dir,
            cassettes,
            beside,
        })
    }

    /// Returns the path of each cassette without its extension.
    pub(crate) fn owners(&self) -> BTreeMap<PathBuf, &Entry> {
        let owner = |entry: &'_ Entry| place(entry.file.path());
        self.cassettes
            .iter()
            .map(|entry| (owner(entry), entry))
            .collect()
    }
}

/// What is below another of the folders is found there.
fn outermost(dirs: &[PathBuf]) -> Vec<PathBuf> {
    let is_below = |dir: &PathBuf| {
        dirs.iter()
            .any(|other| other != dir && dir.starts_with(other))
    };
    let out = dirs.iter().filter(|dir| !is_below(dir));
    out.cloned().collect()
}

/// What a test keeps elsewhere, in a temporary folder for example, is its own business.
fn is_inside(dir: &Path, folders: &[&Path]) -> bool {
    folders.iter().any(|folder| dir.starts_with(folder))
}

/// Returns the path of a cassette without `.json` or `.json.gz`: the same for both.
pub(crate) fn place(file: &Path) -> PathBuf {
    FileKind::of(file).map_or_else(|| file.to_owned(), |(_, owner)| owner)
}

/// Returns how many bytes a file has; what is not there has none.
pub(crate) fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// Is this word, as a person types it, a part of one of the names, or a path at or above the file? An empty one,
/// which an unset variable of a shell becomes, means nothing.
pub(crate) fn is_meant(word: &str, names: &[&str], file: &Path) -> bool {
    let part = word.replace("::", "/");
    let is_part = !part.is_empty() && names.iter().any(|name| name.contains(&part));
    is_part || std::path::absolute(word).is_ok_and(|path| file.starts_with(path))
}

fn files_below(dir: &Path) -> Result<Vec<(PathBuf, FileKind, PathBuf)>> {
    let mut files = Vec::new();
    if !dir.exists() {
        return Ok(files);
    }
    for entry in WalkDir::new(dir) {
        let entry = entry.with_context(|| format!("cannot look through {}", dir.display()))?;
        if entry.file_type().is_dir() {
            continue;
        }
        let path = entry.into_path();
        if let Some((kind, owner)) = FileKind::of(&path) {
            files.push((path, kind, owner));
        }
    }
    Ok(files)
}

/// Returns the name of the cassette whose path, without an extension, is `owner`: what is below the folder.
pub(crate) fn name(owner: &Path, dir: &Path) -> String {
    let below = owner.strip_prefix(dir).unwrap_or(owner);
    let segments = below.iter().map(|segment| segment.to_string_lossy());
    segments.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_outside_the_workspace_are_not_looked_through() {
        let folders = [Path::new("/home/a"), Path::new("/home")];
        assert!(is_inside(Path::new("/home/a/tests/tapes"), &folders));
        assert!(is_inside(Path::new("/home/tapes"), &folders));
        assert!(!is_inside(Path::new("/tmp/x"), &folders));
        assert!(!is_inside(Path::new("/homes"), &folders));
    }
}
