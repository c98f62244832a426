use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::cli::Exit;
use crate::events::LastRun;
use crate::library::Library;
use crate::terminal::Terminal;
use crate::words;
use crate::workspace::Workspace;

/// Write cassettes in the form in which a recording saves them
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo cassette fmt
  cargo cassette fmt --check                             # in CI
  cargo cassette fmt tests/cassettes/users/reads.json    # after an edit by hand

Only layout and the order of fields change, never what a replay gives.
Exit code 1: with --check, a file is not in this form; a file is no cassette.")]
pub(crate) struct Fmt {
    /// Only these files and folders
    paths: Vec<PathBuf>,
    /// Only name the files that are not in this form
    #[arg(long)]
    check: bool,
}

impl Fmt {
    pub(crate) fn run(&self, workspace: &Workspace, terminal: &Terminal) -> Result<Exit> {
        let mut library = Library::open(workspace, &LastRun::load(workspace)?.dirs())?;
        library.keep_below(&self.paths)?;
        let formatted = library.map(|_, entry| {
            let cassette = entry.file.read()?;
            let is_canonical = entry.file.is_canonical(&cassette)?;
            if !is_canonical && !self.check {
                entry.file.write(&cassette)?;
            }
            Ok::<_, cassette_core::Error>((!is_canonical).then(|| entry.file.path().to_owned()))
        });
        let (all, mut changed, mut broken) = (formatted.len(), 0, 0);
        for result in formatted {
            match result {
                Ok(None) => {}
                Ok(Some(path)) => {
                    changed += 1;
                    terminal.line(workspace.shown(&path));
                }
                Err(error) => {
                    broken += 1;
                    terminal.problem(&error);
                }
            }
        }
        let all = words::count(all, "cassette");
        match (self.check, changed) {
            (_, 0) => terminal.note(format!("{all}, nothing to format")),
            (true, _) => terminal.note(format!(
                "{changed} of {all} not formatted\n\nhelp: run `cargo cassette fmt`"
            )),
            (false, _) => terminal.note(format!("{changed} of {all} formatted")),
        }
        Ok(Exit::look_if(broken > 0 || (self.check && changed > 0)))
    }
}
