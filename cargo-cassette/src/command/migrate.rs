use anyhow::Result;
use cassette_core::{Cassette, Error};
use clap::Args;

use crate::cli::Exit;
use crate::events::LastRun;
use crate::library::{Entry, Library};
use crate::terminal::Terminal;
use crate::words;
use crate::workspace::Workspace;

/// Bring cassettes of older formats to the newest one
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo cassette migrate

A file of the newest format is left as it is, byte for byte; one of a newer format than this release knows is \
refused. So far there is one format. Exit code 1: a file could not be brought to it.")]
pub(crate) struct Migrate {}

impl Migrate {
    pub(crate) fn run(workspace: &Workspace, terminal: &Terminal) -> Result<Exit> {
        let library = Library::open(workspace, &LastRun::load(workspace)?.dirs())?;
        let (mut current, mut migrated, mut broken) = (0, 0, 0);
        for result in library.map(|_, entry| migrate(entry)) {
            match result {
                Ok(None) => current += 1,
                Ok(Some(from)) => {
                    migrated += 1;
                    terminal.line(from);
                }
                Err(error) => {
                    broken += 1;
                    terminal.problem(&error);
                }
            }
        }
        terminal.note(format!(
            "{} of format {}, {migrated} brought to it, {broken} not readable",
            words::count(current, "cassette"),
            Cassette::FORMAT
        ));
        Ok(Exit::look_if(broken > 0))
    }
}

/// Returns what was done, where something was. Reading is what brings a cassette to the newest format, and
/// what refuses those that it does not know.
fn migrate(entry: &Entry) -> Result<Option<String>, Error> {
    let format = entry.file.format()?;
    if format == Cassette::FORMAT {
        return Ok(None);
    }
    let cassette = entry.file.read()?;
    entry.file.write(&cassette)?;
    Ok(Some(format!("{}: format {format}", entry.name)))
}
