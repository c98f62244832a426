use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use cassette_core::Cassette;
use clap::Args;

use super::show;
use crate::cli::Exit;
use crate::events::LastRun;
use crate::export::har;
use crate::library::Library;
use crate::terminal::Terminal;
use crate::workspace::Workspace;

/// Write cassettes in the format of other tools
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo cassette export users/reads --har -o reads.har   # to be opened in a browser's network panel
  cargo cassette export users/reads users/writes --har   # two cassettes as two pages of one archive")]
pub(crate) struct Export {
    /// The cassettes, named as `show` takes them
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
    /// As an HTTP archive, version 1.2
    #[arg(long, required = true)]
    har: bool,
    /// The file to write; by default the archive is printed
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Export {
    pub(crate) fn run(&self, workspace: &Workspace, terminal: &Terminal) -> Result<Exit> {
        let library = Library::open(workspace, &LastRun::load(workspace)?.dirs())?;
        let cassettes = self.cassettes(&library)?;
        let archive = har::archive(&cassettes);
        let text =
            serde_json::to_string_pretty(&archive).context("cannot write it as JSON")? + "\n";
        match &self.output {
            None => terminal.bytes(text.as_bytes()),
            Some(file) => {
                let failed = || format!("cannot write {}", file.display());
                fs::write(file, text).with_context(failed)?;
            }
        }
        Ok(Exit::Fine)
    }

    /// Reads all of them before anything is written.
    fn cassettes(&self, library: &Library) -> Result<Vec<(String, Cassette)>> {
        let read = |name: &String| {
            let (_, entry) = show::find(library, name)?;
            Ok((entry.name.clone(), entry.file.read()?))
        };
        self.names.iter().map(read).collect()
    }
}
