use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, anyhow, bail};
use cassette_core::{Config, Import};
use clap::{Args, ValueEnum};
use walkdir::WalkDir;

use crate::cli::Exit;
use crate::import::{Format, Recorded, feed};
use crate::terminal::Terminal;
use crate::words;
use crate::workspace::Workspace;

/// The largest file that is read.
const MAX_FILE: u64 = 512 * 1024 * 1024;

/// What files of other recorders are called.
const EXTENSIONS: [&str; 5] = ["har", "json", "toml", "yaml", "yml"];

const EXAMPLES: &str = "\
Examples:
  cargo cassette import fixtures/reads.yaml --name users/reads
      for the test `reads` in tests/users.rs
  cargo cassette import fixtures/vcr_cassettes
      each file below the folder, named after its path
  cargo cassette import session.har --name personas/gamer --test personas::creates_gamer
      for a test with `#[cassette(\"personas/gamer\")]`";

/// Make cassettes of files that other recorders have written
///
/// Secrets are masked, and what may be one is refused, as in a recording. What could not be carried
/// over is listed. Several recordings can be given at once; one that cannot be read does not keep the
/// others from being imported.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ImportFiles {
    /// Files, and folders whose files are imported
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// What the cassette is called, such as `users/reads`; by default as the file is
    #[arg(long)]
    name: Option<String>,
    /// The test it belongs to, such as `users::reads`; by default the one that is named as the cassette
    #[arg(long, requires = "name")]
    test: Option<String>,
    /// What wrote the files; by default told by their content
    #[arg(long)]
    format: Option<Format>,
    /// Join each redirect with what it leads to, as a client records it that follows redirects by itself
    #[arg(long)]
    follow_redirects: bool,
    /// Replace cassettes that are there
    #[arg(long)]
    force: bool,
}

/// What became of the files.
#[derive(Debug, Default)]
struct Outcome {
    /// For people.
    lines: Vec<String>,
    /// How many files were not imported.
    failed: usize,
}

impl ImportFiles {
    pub(crate) fn run(&self, workspace: &Workspace, terminal: &Terminal) -> Result<Exit> {
        let package = workspace.package_here()?;
        let Outcome { lines, failed } = self.import_into(&package.dir)?;
        lines
            .iter()
            .for_each(|line| terminal.line(words::printable_lines(line)));
        Ok(Exit::look_if(failed > 0))
    }

    /// Imports into the package whose folder is given.
    ///
    /// # Errors
    ///
    /// When there is nothing to import, or one name for several files. What is wrong with a single file is
    /// part of the outcome.
    fn import_into(&self, package_dir: &Path) -> Result<Outcome> {
        let files = self.files()?;
        if files.is_empty() {
            let extensions = EXTENSIONS.join(", .");
            bail!("there is no file to import: their names end with .{extensions}");
        }
        if self.name.is_some() && files.len() > 1 {
            let number = files.len();
            bail!(
                "--name is for one file, and there are {number}\n\n\
                 help: leave it out: cassettes are called as their files are"
            );
        }
        refuse_twins(&files)?;
        let mut outcome = Outcome::default();
        for (path, name) in &files {
            let told = match self.import(path, name, package_dir) {
                Ok(lines) => lines.join("\n  "),
                Err(error) => {
                    outcome.failed += 1;
                    format!("not imported: {}", told(&error))
                }
            };
            outcome.lines.push(format!("{}: {told}", path.display()));
        }
        Ok(outcome)
    }

    /// Returns the files with what their cassettes are called.
    fn files(&self) -> Result<Vec<(PathBuf, String)>> {
        let mut files = Vec::new();
        for path in &self.paths {
            let metadata = fs::metadata(path);
            if metadata
                .with_context(|| format!("cannot read {}", path.display()))?
                .is_dir()
            {
                files.extend(below(path)?);
            } else {
                let file = Path::new(path.file_name().unwrap_or(path.as_os_str()));
                files.push((path.clone(), name_of(file)));
            }
        }
        if let (Some(name), [(_, only)]) = (&self.name, &mut files[..]) {
            only.clone_from(name);
        }
        Ok(files)
    }

    fn import(&self, path: &Path, name: &str, package_dir: &Path) -> Result<Vec<String>> {
        let bytes = read(path)?;
        let recorded = Recorded::read(&bytes, path, self.format, self.follow_redirects)?;
        if recorded.exchanges.is_empty() {
            bail!("it holds no request\n{}", indented(&recorded.notes.lines()));
        }
        let import = Import::new(name)
            .recorded_at(recorded.recorded_at().unwrap_or_else(SystemTime::now))
            .replace(self.force);
        let import = match &self.test {
            Some(test) => import.test(test),
            None => import,
        };
        let mut notes = recorded.notes.clone();
        let feed = |session: &_| feed(session, &recorded.exchanges, &mut notes);
        let ((), notices) = import
            .record(Config::new(), package_dir, feed)
            .map_err(advised)?;
        let mut lines = notices;
        if let Some(first) = lines.first_mut() {
            first.push_str(&format!(" ({})", shown(recorded.format)));
        }
        lines.extend(notes.lines().iter().map(|note| format!("note: {note}")));
        Ok(lines)
    }
}

/// What the report says of the attribute comes too late here.
fn advised(error: cassette_core::Error) -> anyhow::Error {
    if error.is_secret() {
        anyhow!("{error}\nhelp: an import reads them in cassette.toml")
    } else {
        error.into()
    }
}

fn shown(format: Format) -> String {
    format
        .to_possible_value()
        .map(|value| value.get_name().to_owned())
        .unwrap_or_default()
}

fn indented(lines: &[String]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| format!("  note: {line}")).collect();
    lines.join("\n")
}

fn told(error: &anyhow::Error) -> String {
    let causes: Vec<_> = error.chain().map(ToString::to_string).collect();
    causes
        .join(": ")
        .trim_end()
        .replace('\n', "\n  ")
        .replace("\n  \n", "\n\n")
}

/// With `--force` the second would take the place of the first.
fn refuse_twins(files: &[(PathBuf, String)]) -> Result<()> {
    for (at, (path, name)) in files.iter().enumerate() {
        if let Some((first, _)) = files[..at].iter().find(|(_, other)| other == name) {
            let (first, second) = (first.display(), path.display());
            bail!(
                "{first} and {second} would both be called {name}\n\n\
                 help: import one of them alone: --name NAME"
            );
        }
    }
    Ok(())
}

/// Returns the files below a folder, sorted, each with its path there as its name.
fn below(folder: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.with_context(|| format!("cannot list {}", folder.display()))?;
        let extension = entry
            .path()
            .extension()
            .and_then(|extension| extension.to_str());
        let is_known = extension.is_some_and(|extension| EXTENSIONS.contains(&extension));
        if entry.file_type().is_file() && is_known {
            let below = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            files.push((entry.path().to_owned(), name_of(below)));
        }
    }
    Ok(files)
}

/// `users/reads.vcr.json` is named `users/reads`.
fn name_of(file: &Path) -> String {
    let file = file.with_extension("");
    let file = match file.extension() {
        Some(extension) if extension == "vcr" => file.with_extension(""),
        _ => file,
    };
    let segments = file
        .components()
        .map(|segment| segment.as_os_str().to_string_lossy());
    segments.collect::<Vec<_>>().join("/")
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let size = fs::metadata(path).map(|metadata| metadata.len());
    if size.is_ok_and(|size| size > MAX_FILE) {
        return Err(anyhow!("it has more than {MAX_FILE} bytes"));
    }
    fs::read(path).context("it cannot be read")
}

#[cfg(test)]
mod tests;
