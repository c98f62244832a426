//! The packages of the workspace, as cargo knows them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// The packages that a command is about, and where their builds go.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// The current folder.
    here: PathBuf,
    /// Where cargo builds.
    pub(crate) target: PathBuf,
    /// Sorted by their names.
    pub(crate) packages: Vec<Package>,
    /// The packages are those that were asked for, not all.
    pub(crate) is_part: bool,
}

/// A member of the workspace.
#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) dir: PathBuf,
}

impl Workspace {
    /// Asks cargo for the packages here, or of the given manifest: all of them, or those that are
    /// named.
    ///
    /// # Errors
    ///
    /// When there is no package; when one that is named is none of them.
    pub(crate) fn find(manifest: Option<&Path>, named: &[String]) -> Result<Self> {
        let metadata = metadata(manifest)?;
        let packages = metadata.packages.into_iter().map(Package::from);
        let mut packages: Vec<_> = packages.collect();
        packages.sort_by(|a, b| a.name.cmp(&b.name));
        for name in named {
            check(name, &packages)?;
        }
        packages.retain(|package| named.is_empty() || named.contains(&package.name));
        Ok(Self {
            root: metadata.workspace_root,
            here: std::env::current_dir().context("the current folder is gone")?,
            target: metadata.target_directory,
            packages,
            is_part: !named.is_empty(),
        })
    }

    /// Returns the one package that is meant: the only one, else the one of the current folder.
    ///
    /// # Errors
    ///
    /// When there are several, and the current folder is in none of them.
    pub(crate) fn package_here(&self) -> Result<&Package> {
        if let [only] = &self.packages[..] {
            return Ok(only);
        }
        let packages = self.packages.iter();
        let around = packages.filter(|package| self.here.starts_with(&package.dir));
        let innermost = around.max_by_key(|package| package.dir.as_os_str().len());
        innermost.with_context(|| {
            let packages = self.packages.iter();
            let names: Vec<_> = packages.map(|package| package.name.as_str()).collect();
            format!(
                "there are several packages: {}\n\nhelp: say which is meant: --package {}",
                names.join(", "),
                names.first().unwrap_or(&"NAME")
            )
        })
    }

    /// Returns a path for people: below the current folder, where it is.
    pub(crate) fn shown(&self, path: &Path) -> String {
        let below = path.strip_prefix(&self.here).unwrap_or(path);
        below.display().to_string()
    }
}

/// Returns the cargo that called us, else the one of the path.
#[expect(
    clippy::disallowed_methods,
    reason = "how cargo tells its subcommands where it is"
)]
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// What `cargo metadata` says, as far as it is needed here.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Member>,
    workspace_root: PathBuf,
    target_directory: PathBuf,
}

#[derive(Deserialize)]
struct Member {
    name: String,
    manifest_path: PathBuf,
}

impl From<Member> for Package {
    fn from(member: Member) -> Self {
        let dir = member.manifest_path.parent().unwrap_or(Path::new(""));
        Self {
            name: member.name,
            dir: dir.to_owned(),
        }
    }
}

fn metadata(manifest: Option<&Path>) -> Result<Metadata> {
    let mut command = cargo();
    command.args(["metadata", "--no-deps", "--format-version=1", "--quiet"]);
    if let Some(manifest) = manifest {
        command.arg("--manifest-path").arg(manifest);
    }
    let output = command
        .output()
        .context("cannot run cargo\n\nhelp: see that `cargo --version` works here")?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        bail!(
            "cargo finds no workspace: {}\n\n\
             help: go into a package, or name one: `cargo cassette list --manifest-path path/to/Cargo.toml`",
            why.trim().trim_start_matches("error: ")
        );
    }
    serde_json::from_slice(&output.stdout).context("cannot read what `cargo metadata` says")
}

fn check(name: &str, packages: &[Package]) -> Result<()> {
    if packages.iter().any(|package| package.name == name) {
        return Ok(());
    }
    let names: Vec<_> = packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    bail!(
        "there is no package `{name}` in the workspace\n\nhelp: use one of {}",
        names.join(", ")
    )
}
