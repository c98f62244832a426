//! What the working tree is compared with, and what becomes of its files.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Git;

/// What files are compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Base {
    /// What is staged; where nothing is, what is committed.
    Index,
    /// A commit, by its id; the empty tree where there is none yet.
    Tree(String),
}

/// The options that make git tell bare names, whatever a user has configured.
const NAMES: [&str; 6] = [
    "diff",
    "--name-only",
    "--no-renames",
    "--no-ext-diff",
    "--ignore-submodules",
    "-z",
];

impl Git {
    /// Returns the commit that a revision names, if git knows it. `HEAD` of a repository without one stands
    /// for no files.
    ///
    /// # Errors
    ///
    /// When git fails.
    pub(crate) fn base(&self, revision: &str) -> Result<Option<Base>> {
        if revision.is_empty() || revision.starts_with('-') {
            return Ok(None);
        }
        let commit = format!("{revision}^{{commit}}");
        let mut asked = self.command();
        let asked = asked
            .args(["rev-parse", "--verify", "--quiet", &commit])
            .output();
        let asked = asked.context("cannot run git")?;
        if asked.status.success() {
            return Ok(Some(Base::Tree(text(&asked.stdout))));
        }
        if revision != "HEAD" {
            return Ok(None);
        }
        let empty = self.ask(["hash-object", "-t", "tree", "--stdin"].map(OsStr::new))?;
        Ok(Some(Base::Tree(text(&empty))))
    }

    /// Returns true when older commits were not fetched.
    pub(crate) fn is_shallow(&self) -> bool {
        let asked = self.ask(["rev-parse", "--is-shallow-repository"].map(OsStr::new));
        asked.is_ok_and(|answer| text(&answer) == "true")
    }

    /// Returns where a folder is below the root; nothing where it is in no, or another, repository.
    pub(crate) fn below(&self, folder: &Path) -> Option<PathBuf> {
        let there = folder.ancestors().find(|folder| folder.exists())?;
        // A submodule is below the root, and another repository.
        if Self::of(there).ok()?.root != self.root {
            return None;
        }
        if let Ok(below) = folder.strip_prefix(&self.root) {
            return Some(below.to_owned());
        }
        // The root is told without symbolic links.
        let rest = folder.strip_prefix(there).ok()?;
        let resolved = there.canonicalize().ok()?.join(rest);
        resolved.strip_prefix(&self.root).ok().map(Path::to_owned)
    }

    /// Returns the files below a folder, with the ids of what they hold. Those in conflict are left out.
    ///
    /// # Errors
    ///
    /// When git fails.
    pub(crate) fn files(&self, base: &Base, below: &Path) -> Result<BTreeMap<PathBuf, String>> {
        let arguments: &[&str] = match base {
            Base::Index => &["ls-files", "-s", "-z", "--"],
            Base::Tree(tree) => &["ls-tree", "-r", "-z", "--full-tree", tree, "--"],
        };
        let listed = self.ask_of(arguments, &[below])?;
        let mut files = BTreeMap::new();
        for entry in entries(&listed) {
            let (about, path) = entry.split_once('\t').unwrap_or_default();
            let about: Vec<_> = about.split(' ').collect();
            let id = match (base, &about[..]) {
                (Base::Index, [_, id, "0"]) | (Base::Tree(_), [_, "blob", id]) => *id,
                _ => continue,
            };
            files.insert(PathBuf::from(path), id.to_owned());
        }
        Ok(files)
    }

    /// Returns the files below a folder that are not as they were, or that git does not know. What it
    /// ignores is left out.
    ///
    /// # Errors
    ///
    /// When git fails.
    pub(crate) fn touched(&self, base: &Base, below: &Path) -> Result<BTreeSet<PathBuf>> {
        let mut names = NAMES.to_vec();
        if let Base::Tree(tree) = base {
            names.push(tree);
        }
        names.push("--");
        let changed = self.ask_of(&names, &[below])?;
        let unknown = ["ls-files", "--others", "--exclude-standard", "-z", "--"];
        let unknown = self.ask_of(&unknown, &[below])?;
        let names = entries(&changed).into_iter().chain(entries(&unknown));
        Ok(names.map(PathBuf::from).collect())
    }

    /// Returns the files below a folder that a merge could not join.
    ///
    /// # Errors
    ///
    /// When git fails.
    pub(crate) fn conflicts(&self, below: &Path) -> Result<BTreeSet<PathBuf>> {
        let names = ["diff", "--name-only", "--diff-filter=U", "-z", "--"];
        let listed = self.ask_of(&names, &[below])?;
        Ok(entries(&listed).into_iter().map(PathBuf::from).collect())
    }

    /// Returns what a file holds, by its id, as it would be checked out at the path.
    ///
    /// # Errors
    ///
    /// When git fails.
    pub(crate) fn content(&self, id: &str, path: &Path) -> Result<Vec<u8>> {
        let path = OsString::from_iter([OsStr::new("--path="), path.as_os_str()]);
        let arguments = ["cat-file", "--filters"].map(OsStr::new).into_iter();
        self.ask(arguments.chain([path.as_os_str(), OsStr::new(id)]))
    }

    /// Stages files as they are, also those that are gone.
    ///
    /// # Errors
    ///
    /// When git fails.
    pub(crate) fn add(&self, paths: &[PathBuf]) -> Result<()> {
        self.on(&["add", "--all", "--"], paths)
    }

    /// Puts files back as they are staged, or else committed.
    ///
    /// # Errors
    ///
    /// When git fails.
    pub(crate) fn restore(&self, paths: &[PathBuf]) -> Result<()> {
        self.on(&["checkout", "--quiet", "--"], paths)
    }

    fn on(&self, arguments: &[&str], paths: &[PathBuf]) -> Result<()> {
        if paths.is_empty() {
            return Ok(());
        }
        let paths: Vec<_> = paths.iter().map(PathBuf::as_path).collect();
        self.ask_of(arguments, &paths).map(drop)
    }

    /// No character in a path is a pattern.
    pub(super) fn ask_of(&self, arguments: &[&str], paths: &[&Path]) -> Result<Vec<u8>> {
        let paths = paths.iter().map(|path| match path.as_os_str().is_empty() {
            true => OsStr::new("."),
            false => path.as_os_str(),
        });
        let literal = [OsStr::new("--literal-pathspecs")].into_iter();
        self.ask(literal.chain(arguments.iter().map(OsStr::new)).chain(paths))
    }
}

/// Returns the command that stages these files, to be typed.
pub(crate) fn add_command(paths: &[String]) -> String {
    format!("git add -A -- {}", words(paths))
}

/// Returns the command that puts these files back, to be typed.
pub(crate) fn restore_command(paths: &[String]) -> String {
    format!("git checkout -- {}", words(paths))
}

/// Returns paths as a shell takes them.
pub(crate) fn words(paths: &[String]) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+@%=:,".contains(c);
    let quoted = paths.iter().map(|path| match path.chars().all(is_plain) {
        true => path.clone(),
        false => format!("'{}'", path.replace('\'', r"'\''")),
    });
    quoted.collect::<Vec<_>>().join(" ")
}

pub(super) fn entries(listed: &[u8]) -> Vec<String> {
    let entries = listed
        .split(|&byte| byte == 0)
        .filter(|entry| !entry.is_empty());
    entries
        .map(|entry| String::from_utf8_lossy(entry).into_owned())
        .collect()
}

fn text(output: &[u8]) -> String {
    String::from_utf8_lossy(output).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_so_that_a_shell_takes_each_as_one() {
        let check = |path: &str, expect| assert_eq!(words(&[path.to_owned()]), expect);
        check("tests/größe_1.json", "tests/größe_1.json");
        check("a b/c.json", "'a b/c.json'");
        check("$(rm)/it's.json", r"'$(rm)/it'\''s.json'");
        assert_eq!(words(&["a".to_owned(), "b".to_owned()]), "a b");
    }
}
