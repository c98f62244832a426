use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use anyhow::{Context, Result};
use cassette_core::Package;
use clap::Args;

use crate::cli::Exit;
use crate::terminal::Terminal;
use crate::workspace::Workspace;

/// Write `cassette.toml`, and what git should know of cassettes
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo cassette init

Nothing is written over: a `cassette.toml` that is there stays, and to `.gitattributes` and `.gitignore` only \
the lines are added that they do not have.")]
pub(crate) struct Init {}

/// What is kept out of git: what recordings leave that failed or were killed, and cassettes of one machine.
const IGNORED: [&str; 6] = [
    "*.rejected.json",
    "*.rejected.*.bin",
    "*.partial.jsonl",
    "*-local.json",
    "*-local.json.gz",
    "*-local.*.bin",
];

const CONFIG: &str = include_str!("init/cassette.toml");

impl Init {
    pub(crate) fn run(workspace: &Workspace, terminal: &Terminal) -> Result<Exit> {
        let root = &workspace.root;
        let config = root.join("cassette.toml");
        let shown = workspace.shown(&config);
        if config.exists() {
            terminal.line(format!("{shown}: is there, left as it is"));
        } else {
            fs::write(&config, CONFIG).with_context(|| format!("cannot write {shown}"))?;
            terminal.line(format!("{shown}: written"));
        }
        let attributes = attributes(workspace)?;
        for (name, lines) in [
            (".gitattributes", attributes),
            (".gitignore", IGNORED.map(str::to_owned).to_vec()),
        ] {
            let path = root.join(name);
            let added = add(&path, &lines)?;
            terminal.line(match added {
                0 => format!("{}: has all lines", workspace.shown(&path)),
                1 => format!("{}: 1 line added", workspace.shown(&path)),
                more => format!("{}: {more} lines added", workspace.shown(&path)),
            });
        }
        Ok(Exit::Fine)
    }
}

/// Line ends stay, compressed cassettes can be shown, and large bodies are no text.
fn attributes(workspace: &Workspace) -> Result<Vec<String>> {
    let mut folders = BTreeSet::new();
    for package in &workspace.packages {
        let dir = Package::open(&package.dir)?.cassettes().to_owned();
        let below = dir
            .strip_prefix(&package.dir)
            .or(dir.strip_prefix(&workspace.root));
        if let Ok(below) = below {
            folders.insert(below.display().to_string().replace('\\', "/"));
        }
    }
    let lines = folders.iter().flat_map(|folder| {
        [
            format!(
                "{} text eol=lf linguist-generated=false",
                pattern(folder, "json")
            ),
            format!("{} binary diff=gzip", pattern(folder, "json.gz")),
            format!("{} binary", pattern(folder, "bin")),
        ]
    });
    Ok(lines.collect())
}

/// Git takes what stands in quotes for one pattern, whatever spaces are in it.
fn pattern(folder: &str, extension: &str) -> String {
    let pattern = format!("**/{folder}/**/*.{extension}");
    match pattern.contains(char::is_whitespace) {
        true => format!("\"{pattern}\""),
        false => pattern,
    }
}

/// Adds the lines to a file that it does not have; returns how many.
fn add(path: &Path, lines: &[String]) -> Result<usize> {
    let failed = || format!("cannot write {}", path.display());
    let old = match fs::read_to_string(path) {
        Ok(old) => old,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error).with_context(failed),
    };
    let has: BTreeSet<_> = old.lines().map(str::trim).collect();
    let missing = lines.iter().filter(|line| !has.contains(line.as_str()));
    let missing: Vec<_> = missing.map(String::as_str).collect();
    if missing.is_empty() {
        return Ok(0);
    }
    let gap = if old.is_empty() || old.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    let new = format!("{old}{gap}{}\n", missing.join("\n"));
    fs::write(path, new).with_context(failed)?;
    Ok(missing.len())
}
