use anyhow::Result;
use clap::{Args, CommandFactory};
use clap_mangen::Man as Page;

use crate::cli::{Cli, Exit};
use crate::terminal::Terminal;

/// Print the manual page
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo cassette man | man -l -
  cargo cassette man record > cargo-cassette-record.1")]
pub(crate) struct Man {
    /// That of one command
    command: Option<String>,
}

impl Man {
    pub(crate) fn run(&self, terminal: &Terminal) -> Result<Exit> {
        let mut all = Cli::command();
        all.build();
        let command = match &self.command {
            None => all,
            Some(name) => {
                let found = all.find_subcommand(name).cloned();
                let found = found.ok_or_else(|| {
                    anyhow::anyhow!(
                        "there is no command `{name}`\n\nhelp: see `cargo cassette --help`"
                    )
                })?;
                found.display_name(format!("cargo-cassette-{name}"))
            }
        };
        let mut page = Vec::new();
        Page::new(command).render(&mut page)?;
        terminal.bytes(&page);
        Ok(Exit::Fine)
    }
}
