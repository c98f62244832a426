use anyhow::Result;
use clap::Args;

use super::accept;
use crate::cli::Exit;
use crate::events::LastRun;
use crate::library::Library;
use crate::terminal::Terminal;
use crate::unsaved::Unsaved;
use crate::words;
use crate::workspace::Workspace;

/// Remove recordings that were not saved; without a name, show which there are
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo cassette reject                      # which there are
  cargo cassette reject users/reads_a_user   # all of this cassette
  cargo cassette reject --all

Cassettes stay as they are. Exit code 1: one was not removed; without a name, there is one.")]
pub(crate) struct Reject {
    /// Parts of names, names of tests, or paths
    names: Vec<String>,
    /// All of them
    #[arg(long, conflicts_with = "names")]
    all: bool,
}

impl Reject {
    pub(crate) fn run(&self, workspace: &Workspace, terminal: &Terminal) -> Result<Exit> {
        let library = Library::open(workspace, &LastRun::load(workspace)?.dirs())?;
        let unsaved = match self.all {
            true => Unsaved::all(&library),
            false if self.names.is_empty() => {
                return Ok(accept::list(&library, workspace, terminal));
            }
            false => Unsaved::named(&library, &self.names)?,
        };
        let mut failed = 0;
        for one in &unsaved {
            match one.remove() {
                Ok(()) => terminal.line(format!("{}: removed", workspace.shown(one.path))),
                Err(error) => {
                    failed += 1;
                    terminal.problem(error.as_ref());
                }
            }
        }
        let removed = words::count(unsaved.len() - failed, "recording");
        terminal.note(format!("{removed} removed"));
        Ok(Exit::look_if(failed > 0))
    }
}
