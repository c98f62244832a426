//! `cargo cassette`: records cassettes, shows what is in them, and keeps them clean.

#![warn(clippy::unwrap_used)] // nothing from outside is taken for granted

mod changed;
mod cli;
mod command;
mod diff;
mod events;
mod export;
mod git;
mod import;
mod library;
mod orphans;
mod page;
mod runner;
mod terminal;
mod unsaved;
mod words;
mod workspace;

use std::process::ExitCode;

use terminal::Terminal;

fn main() -> ExitCode {
    let terminal = Terminal::new();
    match cli::run(std::env::args_os(), &terminal) {
        Ok(exit) => exit.into(),
        Err(error) => {
            terminal.error(&error);
            ExitCode::from(2)
        }
    }
}
