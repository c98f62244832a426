use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use cassette_core::Event;
use clap::Args;

use super::{accept, diff};
use crate::changed::{self, Changed, Changes};
use crate::cli::Exit;
use crate::events::{self, LastRun};
use crate::git::{self, Git};
use crate::library::Library;
use crate::terminal::Terminal;
use crate::unsaved::Unsaved;
use crate::workspace::Workspace;

/// Go through what has changed: keep, restore or skip by one key
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo cassette review
  cargo cassette review users    # only cassettes with `users` in their name

The keys:
  k  keep: stages the files, `git add`; a recording that was not saved becomes the cassette first
  r  restore: puts back what is staged, or else committed; removes what is new
  s  skip: leaves it as it is
  K R S  the same, for all the rest of this kind: changes, or recordings that were not saved
  q  stops asking, and does what was decided
Nothing is done before the last answer: Ctrl-C leaves everything as it was. What is staged counts \
as reviewed and is not shown again. Without a terminal, the differences are printed with the \
commands that do the same.
Exit code 1: something is left to review.")]
pub(crate) struct Review {
    /// Parts of names, or paths
    names: Vec<String>,
}

/// Something to decide about.
enum Subject<'a> {
    Changed(&'a Changed),
    Unsaved(Unsaved<'a>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Decision {
    Keep,
    Restore,
    Skip,
}

/// What a review works with.
struct Desk<'a> {
    workspace: &'a Workspace,
    terminal: &'a Terminal,
    git: &'a Git,
    /// How the last sessions ended, by the places of their cassettes.
    sessions: BTreeMap<PathBuf, &'a Event>,
}

impl Review {
    pub(crate) fn run(&self, workspace: &Workspace, terminal: &Terminal) -> Result<Exit> {
        let last = LastRun::load(workspace)?;
        let library = Library::open(workspace, &last.dirs())?;
        let changes = Changes::unstaged(workspace, &library, &self.names)?;
        let unsaved = Unsaved::all(&library);
        let unsaved = unsaved.into_iter();
        let unsaved = unsaved.filter(|one| self.names.is_empty() || one.is_meant_by(&self.names));
        let changed = changes.changed.iter().map(Subject::Changed);
        let subjects: Vec<_> = changed.chain(unsaved.map(Subject::Unsaved)).collect();
        let desk = Desk {
            workspace,
            terminal,
            git: &changes.git,
            sessions: last.by_place(),
        };
        let is_broken = diff::tell_problems(&changes, workspace, terminal);
        if subjects.is_empty() {
            terminal.note("nothing to review");
            return Ok(Exit::look_if(is_broken));
        }
        if !terminal.is_interactive() {
            subjects.iter().for_each(|subject| desk.print(subject));
            return Ok(Exit::Look);
        }
        let Some(decisions) = desk.ask(&subjects)? else {
            terminal.note("interrupted: everything is as it was");
            return Ok(Exit::Look);
        };
        desk.apply(&subjects, &decisions)
    }
}

impl Desk<'_> {
    /// Returns a decision for each that was come to; nothing where it was interrupted.
    fn ask(&self, subjects: &[Subject<'_>]) -> Result<Option<Vec<Decision>>> {
        let mut decisions = Vec::new();
        while let Some(subject) = subjects.get(decisions.len()) {
            self.terminal.line(format!(
                "\n{} of {}  {}",
                decisions.len() + 1,
                subjects.len(),
                self.shown(subject)
            ));
            match self.answer(subject)? {
                None => return Ok(None),
                Some('q') => break,
                Some(key) => {
                    let decision = Decision::of(key).unwrap_or(Decision::Skip);
                    let number = match key.is_uppercase() {
                        true => rest_of_kind(&subjects[decisions.len()..]),
                        false => 1,
                    };
                    decisions.extend(std::iter::repeat_n(decision, number));
                }
            }
        }
        Ok(Some(decisions))
    }

    fn answer(&self, subject: &Subject<'_>) -> Result<Option<char>> {
        let [keep, restore] = subject.keys();
        let prompt = format!(
            "k {keep}   r {restore}   s skip   K R S all such   q stop   Ctrl-C change nothing ? "
        );
        self.terminal
            .key(&prompt, |key| key == 'q' || Decision::of(key).is_some())
    }

    fn apply(&self, subjects: &[Subject<'_>], decisions: &[Decision]) -> Result<Exit> {
        let mut counts = [0; 3];
        let mut is_failed = false;
        let kept = kept(subjects, decisions);
        for (subject, decision) in subjects.iter().zip(decisions) {
            let done = match decision {
                Decision::Keep => self.keep(subject, &kept),
                Decision::Restore => self.restore(subject),
                Decision::Skip => Ok(()),
            };
            match done {
                Ok(()) => counts[*decision as usize] += 1,
                Err(error) => {
                    is_failed = true;
                    self.terminal.problem(error.as_ref());
                }
            }
        }
        let [kept, restored, _] = counts;
        let left = subjects.len() - kept - restored;
        self.terminal.note(format!(
            "{kept} kept, {restored} restored, {left} left to review"
        ));
        Ok(Exit::look_if(is_failed || left > 0))
    }

    fn keep(&self, subject: &Subject<'_>, kept: &[Unsaved<'_>]) -> Result<()> {
        match subject {
            Subject::Changed(changed) => self.git.add(&changed.files),
            Subject::Unsaved(unsaved) => {
                accept::only(unsaved, kept, self.workspace)?;
                let keep = events::kept(&self.sessions, unsaved.path);
                changed::stage(self.git, &unsaved.accept(keep)?)
            }
        }
    }

    fn restore(&self, subject: &Subject<'_>) -> Result<()> {
        match subject {
            Subject::Unsaved(unsaved) => unsaved.remove(),
            Subject::Changed(changed) => {
                self.git.restore(&changed.known)?;
                for path in changed.new_files().map(|path| self.git.path(path)) {
                    let removed = fs::remove_file(&path);
                    removed.with_context(|| format!("cannot remove {}", path.display()))?;
                }
                Ok(())
            }
        }
    }

    fn print(&self, subject: &Subject<'_>) {
        let commands: String = self
            .commands(subject)
            .iter()
            .map(|(what, command)| format!("  {what}: {command}\n"))
            .collect();
        self.terminal
            .line(format!("{}\n{commands}", self.shown(subject).trim_end()));
    }

    /// Returns what to type instead of a key.
    fn commands(&self, subject: &Subject<'_>) -> Vec<(&'static str, String)> {
        let changed = match subject {
            Subject::Unsaved(unsaved) => {
                let path = git::words(&[self.workspace.shown(unsaved.path)]);
                let command = |verb| format!("cargo cassette {verb} {path}");
                return vec![("keep", command("accept")), ("restore", command("reject"))];
            }
            Subject::Changed(changed) => changed,
        };
        let shown = |path: &PathBuf| self.workspace.shown(&self.git.path(path));
        let all: Vec<_> = changed.files.iter().map(shown).collect();
        let known: Vec<_> = changed.known.iter().map(shown).collect();
        let new: Vec<_> = changed.new_files().map(shown).collect();
        let mut commands = vec![("keep", git::add_command(&all))];
        if !known.is_empty() {
            commands.push(("restore", git::restore_command(&known)));
        }
        if !new.is_empty() {
            commands.push(("remove", format!("rm -- {}", git::words(&new))));
        }
        commands
    }

    fn shown(&self, subject: &Subject<'_>) -> String {
        match subject {
            Subject::Changed(changed) => diff::shown(changed),
            Subject::Unsaved(unsaved) => {
                accept::shown(unsaved, self.workspace).unwrap_or_else(|error| {
                    self.terminal.problem(error.as_ref());
                    format!("{}: cannot be read", self.workspace.shown(unsaved.path))
                })
            }
        }
    }
}

/// A recording whose test has failed is not taken by a key that was meant for changes.
fn rest_of_kind(subjects: &[Subject<'_>]) -> usize {
    let is_changed = |subject: &&Subject<'_>| matches!(subject, Subject::Changed(_));
    match subjects.iter().take_while(is_changed).count() {
        0 => subjects.len(),
        changed => changed,
    }
}

/// Returns the recordings that are to become cassettes.
fn kept<'a>(subjects: &[Subject<'a>], decisions: &[Decision]) -> Vec<Unsaved<'a>> {
    let decided = subjects.iter().zip(decisions);
    let kept = decided.filter_map(|pair| match pair {
        (Subject::Unsaved(unsaved), Decision::Keep) => Some(*unsaved),
        _ => None,
    });
    kept.collect()
}

impl Subject<'_> {
    /// Returns what keeping and restoring it are.
    fn keys(&self) -> [&'static str; 2] {
        match self {
            Self::Unsaved(_) => ["keep as the cassette, git add", "remove the recording"],
            Self::Changed(changed) if changed.known.is_empty() => ["keep: git add", "remove it"],
            Self::Changed(_) => ["keep: git add", "restore the old"],
        }
    }
}

impl Decision {
    fn of(key: char) -> Option<Self> {
        Some(match key {
            'k' | 'K' => Self::Keep,
            'r' | 'R' => Self::Restore,
            's' | 'S' => Self::Skip,
            _ => return None,
        })
    }
}
