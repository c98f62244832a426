//! What git knows. It is asked by its command.

mod base;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use base::entries;
pub(crate) use base::{Base, add_command, restore_command, words};

/// The repository that a folder is in.
#[derive(Debug)]
pub(crate) struct Git {
    root: PathBuf,
}

/// A file as it stands, or stood, in some commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Blob {
    pub(crate) id: String,
    /// Where it stands, from the root; one of the places, where there are several.
    pub(crate) path: PathBuf,
}

impl Git {
    /// Finds the repository.
    ///
    /// # Errors
    ///
    /// When there is none, or no git.
    pub(crate) fn of(folder: &Path) -> Result<Self> {
        let asked = Command::new("git")
            .arg("-C")
            .arg(folder)
            .args(["rev-parse", "--show-toplevel"])
            .output()
            .context("cannot run git\n\nhelp: install it, or see that it is in PATH")?;
        if !asked.status.success() {
            bail!(
                "{} is in no git repository\n\nhelp: make one, `git init`",
                folder.display()
            );
        }
        let root = String::from_utf8(asked.stdout).context("the repository's path is not UTF-8")?;
        Ok(Self {
            root: PathBuf::from(root.trim_end_matches('\n')),
        })
    }

    /// Returns the files that ever stood below a folder, in any branch or tag, each content once; nothing where
    /// the folder is in no, or another, repository.
    ///
    /// # Errors
    ///
    /// When git fails.
    pub(crate) fn history(&self, folder: &Path) -> Result<Option<Vec<Blob>>> {
        let Some(below) = self.below(folder) else {
            return Ok(None);
        };
        // Without all of it, a branch that a merge has taken nothing from would be left out.
        let arguments = ["rev-list", "--all", "--full-history", "--objects", "--"];
        let listed = self.ask_of(&arguments, &[&below])?;
        let listed = String::from_utf8_lossy(&listed);
        let named = listed.lines().filter_map(|line| line.split_once(' '));
        let blobs = named
            .filter(|(_, path)| !path.is_empty())
            .map(|(id, path)| Blob {
                id: id.to_owned(),
                path: PathBuf::from(path),
            });
        Ok(Some(blobs.collect()))
    }

    /// Reads blobs; `look` is given each, in turn. What is a folder, and not a file, is left out.
    ///
    /// # Errors
    ///
    /// When git fails.
    pub(crate) fn read(&self, blobs: &[Blob], mut look: impl FnMut(&Blob, Vec<u8>)) -> Result<()> {
        let mut git = self
            .command()
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot run git")?;
        let (Some(mut stdin), Some(stdout)) = (git.stdin.take(), git.stdout.take()) else {
            bail!("cannot talk to git");
        };
        let mut stdout = BufReader::new(stdout);
        for blob in blobs {
            writeln!(stdin, "{}", blob.id).context("cannot ask git")?;
            if let Some(content) = answer(&mut stdout)? {
                look(blob, content);
            }
        }
        drop(stdin);
        git.wait().context("git does not end")?;
        Ok(())
    }

    /// Returns the files below a folder that are not, or not as they are, in the last commit.
    ///
    /// # Errors
    ///
    /// When git fails.
    pub(crate) fn uncommitted(&self, folder: &Path) -> Result<BTreeSet<PathBuf>> {
        let Some(below) = self.below(folder) else {
            return Ok(BTreeSet::new());
        };
        let status = ["status", "--porcelain", "-z", "--no-renames", "--ignored"];
        let arguments = [&status[..], &["--untracked-files=all", "--"]].concat();
        let told = entries(&self.ask_of(&arguments, &[&below])?);
        // Two letters and a space say what is so of each.
        let paths = told
            .iter()
            .filter_map(|entry| entry.get(3..))
            .map(Path::new);
        let here = |path: &Path| folder.join(path.strip_prefix(&below).unwrap_or(path));
        Ok(paths.map(here).collect())
    }

    /// Returns where a path from the root is.
    pub(crate) fn path(&self, below: &Path) -> PathBuf {
        self.root.join(below)
    }

    /// Returns the first commit that has a blob, abbreviated.
    ///
    /// # Errors
    ///
    /// When git fails.
    pub(crate) fn first_commit(&self, blob: &Blob) -> Result<String> {
        let found = format!("--find-object={}", blob.id);
        let arguments = [
            "log",
            "--all",
            "-m",
            "--no-show-signature",
            "--reverse",
            "--format=%h",
            &found,
        ];
        let commits = self.ask(arguments.map(OsStr::new))?;
        let commits = String::from_utf8_lossy(&commits);
        Ok(commits.lines().next().unwrap_or_default().to_owned())
    }

    fn ask<'a>(&self, arguments: impl IntoIterator<Item = &'a OsStr>) -> Result<Vec<u8>> {
        let output = self.command().args(arguments).output();
        let output = output.context("cannot run git")?;
        if !output.status.success() {
            bail!(
                "git fails: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Ok(output.stdout)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.root);
        command.args(["-c", "core.quotePath=false"]);
        command.env("GIT_OPTIONAL_LOCKS", "0");
        command
    }
}

/// Returns the blobs by their paths; of several at one path any.
pub(crate) fn by_path(blobs: &[Blob]) -> BTreeMap<&Path, &Blob> {
    blobs
        .iter()
        .map(|blob| (blob.path.as_path(), blob))
        .collect()
}

/// Reads an answer of `git cat-file --batch`; nothing where it is no blob.
fn answer(from: &mut impl BufRead) -> Result<Option<Vec<u8>>> {
    let mut head = String::new();
    from.read_line(&mut head).context("cannot hear git")?;
    let mut words = head.split_ascii_whitespace().skip(1);
    let (kind, size) = (
        words.next(),
        words.next().and_then(|size| size.parse().ok()),
    );
    let Some(size) = size else {
        return Ok(None);
    };
    let mut content = vec![0; size];
    from.read_exact(&mut content).context("cannot hear git")?;
    from.read_exact(&mut [0]).context("cannot hear git")?;
    Ok((kind == Some("blob")).then_some(content))
}
