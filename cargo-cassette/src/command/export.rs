use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use cassette_core::{Cassette, Package};
use clap::Args;

use crate::cli::Exit;
use crate::export::har;
use crate::terminal::Terminal;
use crate::workspace::Workspace;

/// Write cassettes in the format of other tools
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo cassette export users/reads --har -o reads.har   # to be opened in a browser's network panel
  cargo cassette export users/reads users/writes --har   # two cassettes as two pages of one archive")]
pub(crate) struct Export {
    /// The cassettes, such as `users/reads`
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
        let package = Package::open(&workspace.package_here()?.dir)?;
        let cassettes = self.cassettes(&package)?;
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
    fn cassettes(&self, package: &Package) -> Result<Vec<(String, Cassette)>> {
        let read = |name: &String| {
            let file = package.file(name.as_str())?;
            if !file.path().exists() {
                let path = file.path().display();
                bail!(
                    "there is no cassette {name}: {path} does not exist\n\nhelp: see which there are: cargo cassette list"
                );
            }
            Ok((name.clone(), file.read()?))
        };
        self.names.iter().map(read).collect()
    }
}
