use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;

use super::diff::tell_problems;
use crate::changed::Changes;
use crate::cli::Exit;
use crate::events::LastRun;
use crate::library::Library;
use crate::page;
use crate::terminal::Terminal;
use crate::words;
use crate::workspace::Workspace;

/// Write a page for a pull request: requests in a row, bodies side by side
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo cassette report --html main
  cargo cassette report --html -o report.html origin/main

The page is one file that loads nothing from elsewhere and runs nothing that was recorded. Large \
bodies are cut in it. Exit code 1: a file cannot be read; the page has the others.")]
pub(crate) struct Report {
    /// Write HTML, so far the only form
    #[arg(long, required = true)]
    html: bool,
    /// Where to; else into the target folder
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// A revision to compare with (else HEAD), then parts of names, or paths
    #[arg(value_name = "REV] [NAME")]
    words: Vec<String>,
}

impl Report {
    pub(crate) fn run(&self, workspace: &Workspace, terminal: &Terminal) -> Result<Exit> {
        let library = Library::open(workspace, &LastRun::load(workspace)?.dirs())?;
        let changes = Changes::since(workspace, &library, &self.words)?;
        let page = page::html(&changes, workspace)?;
        let default = workspace.target.join("cassette").join("report.html");
        let path = self.output.as_ref().unwrap_or(&default);
        let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
        folder
            .and_then(|()| fs::write(path, page))
            .with_context(|| format!("cannot write {}", path.display()))?;
        terminal.line(workspace.shown(path));
        let broken = tell_problems(&changes, workspace, terminal);
        let number = words::count(changes.changed.len(), "changed cassette");
        terminal.note(format!("{number} in the page"));
        Ok(Exit::look_if(broken))
    }
}
