//! Which cassettes are not as git has them.

mod renamed;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use cassette_core::{Cassette, CassetteFile, FileKind, bytes::Bytes};
use serde::Serialize;

use crate::diff::Difference;
use crate::git::{Base, Git};
use crate::library::{Library, Shelf, is_meant, name, place};
use crate::words;
use crate::workspace::Workspace;

/// A cassette that is not as it was.
#[derive(Debug)]
pub(crate) struct Changed {
    pub(crate) name: String,
    pub(crate) package: String,
    pub(crate) status: Status,
    /// The name that it had, where it has another now.
    pub(crate) renamed_from: Option<String>,
    /// The file of the cassette: the new one, or the one that is gone.
    pub(crate) file: PathBuf,
    /// All files of it that git sees as changed, also those of bodies; from the root of the repository.
    pub(crate) files: Vec<PathBuf>,
    /// Those of them that the base has.
    pub(crate) known: Vec<PathBuf>,
    /// None where it was added.
    old: Option<Result<Cassette>>,
    /// None where it was deleted.
    new: Option<Result<Cassette>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Added,
    Changed,
    Deleted,
    Renamed,
}

/// The cassettes that are not as they were, and what they are compared with.
#[derive(Debug)]
pub(crate) struct Changes {
    pub(crate) git: Git,
    pub(crate) changed: Vec<Changed>,
    /// The folders of cassettes that are in another repository, or in none.
    pub(crate) outside: Vec<PathBuf>,
    /// Files that a merge could not join, from the root of the repository.
    pub(crate) conflicts: Vec<PathBuf>,
    /// What they are compared with, for people.
    pub(crate) since: String,
}

impl Changes {
    /// Compares the files that are there with what git has. The first of `words` may be a revision, which
    /// is `base` else; the others are parts of names, or paths, and leave out all that they do not meet.
    ///
    /// # Errors
    ///
    /// When git fails; when there is nothing of a name.
    pub(crate) fn since(
        workspace: &Workspace,
        library: &Library,
        words: &[String],
    ) -> Result<Self> {
        let git = Git::of(&workspace.root)?;
        let named = match words.first() {
            Some(first) => git.base(first)?.map(|base| (base, first.as_str())),
            None => None,
        };
        let names = &words[usize::from(named.is_some())..];
        let head = || Ok((git.base("HEAD")?.unwrap_or(Base::Index), "HEAD"));
        let (base, revision) = named.map_or_else(head, anyhow::Ok)?;
        Self::of(git, &base, revision, library, names)
    }

    /// Compares the files that are there with what is staged.
    ///
    /// # Errors
    ///
    /// When git fails; when there is nothing of a name.
    pub(crate) fn unstaged(
        workspace: &Workspace,
        library: &Library,
        names: &[String],
    ) -> Result<Self> {
        let git = Git::of(&workspace.root)?;
        Self::of(git, &Base::Index, "what is staged", library, names)
    }

    fn of(git: Git, base: &Base, since: &str, library: &Library, names: &[String]) -> Result<Self> {
        let (mut changed, mut outside, mut conflicts) = (Vec::new(), Vec::new(), Vec::new());
        for shelf in &library.shelves {
            let Some(below) = git.below(&shelf.dir) else {
                outside.push(shelf.dir.clone());
                continue;
            };
            let mut touched = git.touched(base, &below)?;
            // Nobody can say which of both sides is staged.
            if *base == Base::Index && !touched.is_empty() {
                let unmerged = git.conflicts(&below)?;
                touched.retain(|path| !unmerged.contains(path));
                conflicts.extend(unmerged);
            }
            changed.extend(of_shelf(&git, base, shelf, &below, touched)?);
        }
        let mut changed = renamed::joined(changed);
        check(names, library, &changed, &git)?;
        changed.retain(|one| names.is_empty() || names.iter().any(|name| one.is_meant(name)));
        changed.sort_by(|a, b| (&a.package, &a.name).cmp(&(&b.package, &b.name)));
        Ok(Self {
            git,
            changed,
            outside,
            conflicts,
            since: since.to_owned(),
        })
    }
}

impl Changed {
    /// Returns the cassettes as they can be read: one that cannot is as if it were not there.
    pub(crate) fn cassettes(&self) -> (Option<&Cassette>, Option<&Cassette>) {
        let old = self.old.as_ref().and_then(|old| old.as_ref().ok());
        let new = self.new.as_ref().and_then(|new| new.as_ref().ok());
        (old, new)
    }

    /// Returns what differs; nothing where a side cannot be read.
    pub(crate) fn difference(&self) -> Option<Difference> {
        let (old, new) = self.cassettes();
        self.problems()
            .is_empty()
            .then(|| Difference::between(old, new))
    }

    /// Returns why a side cannot be read.
    pub(crate) fn problems(&self) -> Vec<&anyhow::Error> {
        let sides = [&self.old, &self.new].into_iter().flatten();
        sides.filter_map(|side| side.as_ref().err()).collect()
    }

    /// Returns what happened to it, in a few words.
    pub(crate) fn summary(&self) -> String {
        let interactions = |cassette: Option<&Cassette>| {
            let number = cassette.map_or(0, |cassette| cassette.interactions().len());
            words::count(number, "interaction")
        };
        let (old, new) = self.cassettes();
        match (self.difference(), self.status) {
            (None, _) => "cannot be read".to_owned(),
            (Some(_), Status::Added) => format!("added, {}", interactions(new)),
            (Some(_), Status::Deleted) => format!("deleted, {}", interactions(old)),
            (Some(difference), Status::Changed) => difference.summary(),
            (Some(difference), Status::Renamed) => {
                let from = self.renamed_from.as_deref().unwrap_or_default();
                match difference.interactions.is_empty() {
                    true => format!("was {from}"),
                    false => format!("was {from}, {}", difference.summary()),
                }
            }
        }
    }

    /// Returns its files that the base has not, and that are there.
    pub(crate) fn new_files(&self) -> impl Iterator<Item = &PathBuf> {
        let files = self.files.iter();
        files.filter(|file| !self.known.contains(file))
    }

    fn is_meant(&self, name: &str) -> bool {
        let names = [Some(self.name.as_str()), self.renamed_from.as_deref()];
        let names: Vec<_> = names.into_iter().flatten().collect();
        is_meant(name, &names, &self.file)
    }
}

/// Stages a cassette that was just written, with the files of its bodies.
///
/// # Errors
///
/// When git fails.
pub(crate) fn stage(git: &Git, file: &Path) -> Result<()> {
    let folder = file.parent().and_then(|folder| git.below(folder));
    let Some((folder, name)) = folder.zip(file.file_name()) else {
        return Ok(());
    };
    let place = place(&folder.join(name));
    let touched = git.touched(&Base::Index, &folder)?;
    git.add(&by_place(touched).remove(&place).unwrap_or_default())
}

/// A word that means nothing at all is a mistake; one that means a cassette that has not changed is none.
fn check(names: &[String], library: &Library, changed: &[Changed], git: &Git) -> Result<()> {
    let is_known = |word: &String| {
        let mut all = library.cassettes();
        all.any(|(_, entry)| is_meant(word, &[&entry.name], entry.file.path()))
            || changed.iter().any(|one| one.is_meant(word))
    };
    let Some(unknown) = names.iter().find(|word| !is_known(word)) else {
        return Ok(());
    };
    let all = library.cassettes().map(|(_, entry)| entry.name.as_str());
    let near = words::near(unknown, all);
    let near = near.iter().map(|name| format!("\nhelp: is it `{name}`?"));
    let shallow = match git.is_shallow() {
        true => {
            "\nhelp: if it is a revision, fetch what this shallow clone has not: `git fetch --unshallow`"
        }
        false => "",
    };
    bail!(
        "there is neither a cassette nor a revision `{unknown}`\n{}{shallow}\nhelp: see all cassettes: `cargo cassette list`",
        near.collect::<String>()
    )
}

/// The files that git sees as changed, by the path of their cassette without extension.
fn by_place(touched: BTreeSet<PathBuf>) -> BTreeMap<PathBuf, Vec<PathBuf>> {
    let mut places: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for path in touched {
        if let Some((FileKind::Cassette | FileKind::Body, place)) = FileKind::of(&path) {
            places.entry(place).or_default().push(path);
        }
    }
    places
}

fn of_shelf(
    git: &Git,
    base: &Base,
    shelf: &Shelf,
    below: &Path,
    touched: BTreeSet<PathBuf>,
) -> Result<Vec<Changed>> {
    if touched.is_empty() {
        return Ok(Vec::new());
    }
    let base = git.files(base, below)?;
    let owners = shelf.owners();
    let mut changed = Vec::new();
    for (place, files) in by_place(touched) {
        let inside = place.strip_prefix(below).unwrap_or(&place);
        let there = owners.get(&shelf.dir.join(inside));
        let forms = ["json", "json.gz"].map(|form| with_extension(&place, form));
        let old = forms.iter().find_map(|path| Some((path, base.get(path)?)));
        let status = match (old, there) {
            (None, None) => continue,
            (None, Some(_)) => Status::Added,
            (Some(_), None) => Status::Deleted,
            (Some(_), Some(_)) => Status::Changed,
        };
        let gone = |path: &PathBuf| shelf.dir.join(path.strip_prefix(below).unwrap_or(path));
        changed.push(Changed {
            name: name(&place, below),
            package: shelf.package.clone(),
            status,
            renamed_from: None,
            file: there.map_or_else(|| gone(&forms[0]), |entry| entry.file.path().to_owned()),
            known: files
                .iter()
                .filter(|file| base.contains_key(*file))
                .cloned()
                .collect(),
            files,
            old: old.map(|(path, id)| stored(git, &base, path, id)),
            new: there.map(|entry| entry.file.read().map_err(anyhow::Error::from)),
        });
    }
    Ok(changed)
}

/// Reads a cassette as git has it.
fn stored(git: &Git, base: &BTreeMap<PathBuf, String>, path: &Path, id: &str) -> Result<Cassette> {
    let beside = |name: &str| {
        let path = path.with_file_name(name);
        let id = base.get(&path).ok_or(io::ErrorKind::NotFound)?;
        git.content(id, &path)
            .map(Bytes::from)
            .map_err(io::Error::other)
    };
    let cassette = CassetteFile::new(path).parse(git.content(id, path)?, beside);
    cassette.map_err(|error| {
        let text = error.to_string();
        let why = text.lines().next().unwrap_or_default();
        anyhow!(
            "as git has it, {why}\n\nhelp: look at the new one: `cargo cassette show {}`",
            place(path)
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
        )
    })
}

fn with_extension(place: &Path, extension: &str) -> PathBuf {
    let mut name = place.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}
