use anyhow::Result;
use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::cli::{Cli, Exit};
use crate::terminal::Terminal;

/// Print the completions for a shell
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo-cassette completions bash > ~/.local/share/bash-completion/completions/cargo-cassette
  cargo-cassette completions zsh > ~/.zfunc/_cargo-cassette

They complete `cargo-cassette`: what follows `cargo` is completed by cargo's own.")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self, terminal: &Terminal) -> Result<Exit> {
        let mut script = Vec::new();
        let mut command = Cli::command().bin_name("cargo-cassette");
        clap_complete::generate(self.shell, &mut command, "cargo-cassette", &mut script);
        terminal.bytes(&script);
        Ok(Exit::Fine)
    }
}
