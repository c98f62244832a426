//! The command line: what can be typed, and which command does it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use crate::command;
use crate::terminal::Terminal;
use crate::workspace::Workspace;

/// Record the HTTP traffic of tests, look at it, review it, keep it clean
#[derive(Debug, Parser)]
#[command(
    name = "cargo-cassette",
    bin_name = "cargo cassette",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    after_help = EXIT_CODES
)]
pub(crate) struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  fine
  1  something to look at: tests that failed, cassettes that are not as they should be
  2  wrong usage, or something that could not be done";

/// What every command takes.
#[derive(Args, Debug)]
struct Global {
    /// The `Cargo.toml` of the workspace or package
    #[arg(long, value_name = "PATH", global = true)]
    manifest_path: Option<PathBuf>,
    /// Only this package; can be given several times
    #[arg(short, long, value_name = "NAME", global = true)]
    package: Vec<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Record(command::record::Record),
    Test(command::test::Test),
    List(command::list::List),
    Show(command::show::Show),
    Diff(command::diff::Diff),
    Review(command::review::Review),
    Accept(command::accept::Accept),
    Reject(command::reject::Reject),
    Report(command::report::Report),
    Check(command::check::Check),
    Audit(command::audit::Audit),
    Prune(command::prune::Prune),
    Fmt(command::fmt::Fmt),
    Migrate(command::migrate::Migrate),
    Init(command::init::Init),
    Import(command::import::ImportFiles),
    Export(command::export::Export),
    Completions(command::completions::Completions),
    Man(command::man::Man),
}

/// What a command that could do its work found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Nothing to look at.
    Fine,
    /// Something that is not as it should be.
    Look,
}

impl Exit {
    /// Says to look where there is something.
    pub(crate) fn look_if(is_there: bool) -> Self {
        if is_there { Self::Look } else { Self::Fine }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Fine => Self::SUCCESS,
            Exit::Look => Self::from(1),
        }
    }
}

/// Does what the arguments say. Cargo puts the name of the subcommand before them.
///
/// # Errors
///
/// When it cannot be done. Wrong arguments end the process, as does `--help`.
pub(crate) fn run(arguments: impl Iterator<Item = OsString>, terminal: &Terminal) -> Result<Exit> {
    let is_ours = |&(at, ref argument): &(usize, OsString)| at != 1 || argument != "cassette";
    let arguments = arguments.enumerate().filter(is_ours);
    let Cli { global, command } = Cli::parse_from(arguments.map(|(_, argument)| argument));
    let workspace = || Workspace::find(global.manifest_path.as_deref(), &global.package);
    match command {
        Command::Record(record) => record.run(&workspace()?, terminal),
        Command::Test(test) => test.run(&workspace()?, terminal),
        Command::List(list) => list.run(&workspace()?, terminal),
        Command::Show(show) => show.run(&workspace()?, terminal),
        Command::Diff(diff) => diff.run(&workspace()?, terminal),
        Command::Review(review) => review.run(&workspace()?, terminal),
        Command::Accept(accept) => accept.run(&workspace()?, terminal),
        Command::Reject(reject) => reject.run(&workspace()?, terminal),
        Command::Report(report) => report.run(&workspace()?, terminal),
        Command::Check(check) => check.run(&workspace()?, terminal),
        Command::Audit(audit) => audit.run(&workspace()?, terminal),
        Command::Prune(prune) => prune.run(&workspace()?, terminal),
        Command::Fmt(fmt) => fmt.run(&workspace()?, terminal),
        Command::Migrate(_) => command::migrate::Migrate::run(&workspace()?, terminal),
        Command::Init(_) => command::init::Init::run(&workspace()?, terminal),
        Command::Import(import) => import.run(&workspace()?, terminal),
        Command::Export(export) => export.run(&workspace()?, terminal),
        Command::Completions(completions) => completions.run(terminal),
        Command::Man(man) => man.run(terminal),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    const DOCUMENT: &str = include_str!("../../docs/cli.md");
    const OF_IMPORTS: &str = include_str!("../../docs/import.md");

    /// Returns the examples of a text: what follows `cargo cassette` or `cargo-cassette` on its lines.
    fn examples(text: &str) -> Vec<Vec<String>> {
        let begins = ["cargo cassette ", "cargo-cassette "];
        let line = |line: &str| {
            let line = line
                .trim()
                .trim_start_matches("$ ")
                .trim_start_matches("- run: ");
            let rest = begins.iter().find_map(|begin| line.strip_prefix(begin))?;
            // What a shell does with it is not ours.
            let end = rest
                .find(['#', '>', '|', '$', '&', ';'])
                .unwrap_or(rest.len());
            let words = rest[..end].split_whitespace();
            Some(words.map(str::to_owned).collect::<Vec<_>>())
        };
        text.lines().filter_map(line).collect()
    }

    #[track_caller]
    fn check(examples: Vec<Vec<String>>) {
        for example in examples {
            let words = ["cargo-cassette".to_owned()]
                .into_iter()
                .chain(example.clone());
            if let Err(error) = Cli::try_parse_from(words) {
                panic!("{}: {error}", example.join(" "));
            }
        }
    }

    #[test]
    fn the_examples_of_every_command_can_be_typed() {
        for command in Cli::command().get_subcommands() {
            let help = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            let examples = examples(&help);
            assert!(!examples.is_empty(), "{}", command.get_name());
            check(examples);
        }
    }

    #[test]
    fn the_examples_of_the_document_can_be_typed() {
        let mut examples = [examples(DOCUMENT), examples(OF_IMPORTS)].concat();
        // `cargo cassette <command> --help` stands for all of them.
        examples.retain(|example| !example.iter().any(|word| word.contains('<')));
        assert!(examples.len() > 10, "{examples:?}");
        check(examples);
    }

    #[test]
    fn the_document_has_every_command_and_each_of_its_options() {
        for command in Cli::command().get_subcommands() {
            let name = command.get_name();
            let is_there = DOCUMENT
                .lines()
                .any(|line| line.starts_with('|') && (line.contains(&format!("`{name}"))));
            assert!(is_there, "{name}");
            for option in command.get_arguments().filter_map(clap::Arg::get_long) {
                assert!(
                    DOCUMENT.contains(&format!("--{option}")),
                    "{name} --{option}"
                );
            }
        }
    }

    #[test]
    fn the_definitions_hold_together() {
        Cli::command().debug_assert();
    }
}
