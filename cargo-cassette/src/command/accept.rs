use anyhow::{Result, bail};
use cassette_core::FileKind;
use clap::Args;

use crate::cli::Exit;
use crate::events::{LastRun, kept};
use crate::git;
use crate::library::Library;
use crate::terminal::Terminal;
use crate::unsaved::Unsaved;
use crate::words;
use crate::workspace::Workspace;

/// Take recordings that were not saved; without a name, show which there are
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo cassette accept                      # which there are, and what each would change
  cargo cassette accept users/reads_a_user
  cargo cassette accept tests/cassettes/users/reads_a_user.rejected.json
  cargo cassette accept --all

A recording is rejected when its test fails, and partial when the test was killed. One in which \
something looks like a secret is not accepted.
Exit code 1: one was not accepted; without a name, there is one.")]
pub(crate) struct Accept {
    /// Parts of names, names of tests, or paths
    names: Vec<String>,
    /// All of them
    #[arg(long, conflicts_with = "names")]
    all: bool,
}

impl Accept {
    pub(crate) fn run(&self, workspace: &Workspace, terminal: &Terminal) -> Result<Exit> {
        let last = LastRun::load(workspace)?;
        let library = Library::open(workspace, &last.dirs())?;
        let unsaved = match self.all {
            true => Unsaved::all(&library),
            false if self.names.is_empty() => return Ok(list(&library, workspace, terminal)),
            false => Unsaved::named(&library, &self.names)?,
        };
        let mut failed = 0;
        let sessions = last.by_place();
        for one in &unsaved {
            let keep = kept(&sessions, one.path);
            let accepted = only(one, &unsaved, workspace).and_then(|()| one.accept(keep));
            match accepted {
                Ok(file) => terminal.line(format!("{}: accepted", workspace.shown(&file))),
                Err(error) => {
                    failed += 1;
                    terminal.problem(error.as_ref());
                }
            }
        }
        let accepted = words::count(unsaved.len() - failed, "recording");
        terminal.note(format!("{accepted} accepted"));
        Ok(Exit::look_if(failed > 0))
    }
}

/// Tells which recordings there are, and what would change with each.
pub(crate) fn list(library: &Library, workspace: &Workspace, terminal: &Terminal) -> Exit {
    let unsaved = Unsaved::all(library);
    for one in &unsaved {
        match shown(one, workspace) {
            Ok(text) => terminal.line(text.trim_end()),
            Err(error) => terminal.problem(error.as_ref()),
        }
    }
    let number = words::count(unsaved.len(), "recording");
    terminal.note(match unsaved.is_empty() {
        true => "every recording was saved".to_owned(),
        false => format!(
            "{number} not saved\n\n\
             help: take one with `cargo cassette accept NAME`, or remove it: `cargo cassette reject NAME`"
        ),
    });
    Exit::look_if(!unsaved.is_empty())
}

/// Returns a recording that was not saved, and what would change with it.
pub(crate) fn shown(one: &Unsaved<'_>, workspace: &Workspace) -> Result<String> {
    let recording = one.read()?;
    let difference = one.difference(&recording)?;
    let kind = match one.kind {
        FileKind::Partial => "partial, its recording was killed",
        _ => "rejected",
    };
    let head = console::Style::new()
        .bold()
        .apply_to(words::printable(&one.name()));
    Ok(format!(
        "{head}: {kind}, {}\n    file: {}\n{}",
        difference.summary(),
        workspace.shown(one.path),
        difference.shown()
    ))
}

/// Two recordings cannot both become one cassette: a person says which.
///
/// # Errors
///
/// When there is another of the same cassette among them.
pub(crate) fn only(one: &Unsaved<'_>, among: &[Unsaved<'_>], workspace: &Workspace) -> Result<()> {
    let mut same = among.iter().filter(|other| one.is_of_same(other));
    if same.nth(1).is_none() {
        return Ok(());
    }
    let path = workspace.shown(one.path);
    bail!(
        "{path} is one of several recordings of {}\n\nhelp: if it is this one: `cargo cassette accept {}`",
        one.name(),
        git::words(std::slice::from_ref(&path))
    )
}
