mod code;
mod setters;
mod steps;
mod wishes;

use std::path::Path;

use crate::environment::Environment;
use crate::error::{Error, Kind, Result};
use crate::redaction::Redactions;
pub(crate) use code::{Code, Decide, Hooks, Normalizers};
pub(crate) use wishes::Wishes;

/// What a test wants of its cassette, for [`scope`](crate::scope) and for the functions that
/// `#[cassette(config = …)]` names.
///
/// Each method is named like the attribute's argument and like the key of `cassette.toml`.
///
/// ```
/// use cassette_core::{Config, Repeat};
///
/// let config = Config::new().match_headers(["accept"]).repeat(Repeat::Last);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub(crate) wishes: Wishes,
    pub(crate) redactions: Redactions,
    pub(crate) code: Code,
    pub(crate) environment: Environment,
}

impl Config {
    /// Returns one that asks for nothing: the defaults, or what `cassette.toml` says.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns what the nearest `cassette.toml` says, from the package up to the repository's root.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or `check` refuses what it says: an entry of a list must be told with the
    /// file that has it.
    pub(crate) fn of_package(
        package_dir: &Path,
        check: impl Fn(&Self) -> Result<()>,
    ) -> Result<Self> {
        for folder in folders_of_repository(package_dir) {
            let file = folder.join("cassette.toml");
            match std::fs::read_to_string(&file) {
                Ok(text) => {
                    let config = Self::from_toml(&text, &file)?;
                    let checked = check(&config)
                        .map_err(|error| config_error(format!("{}: {error}", file.display())));
                    return checked.map(|()| config);
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    let message = format!("cannot read {}", file.display());
                    return Err(config_error(message).with_source(error));
                }
            }
        }
        Ok(Self::default())
    }

    pub(crate) fn from_toml(text: &str, file: &Path) -> Result<Self> {
        let wishes = toml::from_str(text).map_err(|error| {
            config_error(format!("{} is no configuration: {error}", file.display()))
        })?;
        Ok(Self {
            wishes,
            ..Self::default()
        })
    }

    /// Returns this, with `lower`'s word where this says nothing; of what adds up, the words of both.
    pub(crate) fn over(mut self, lower: Self) -> Self {
        self.redactions.extend(lower.redactions);
        Self {
            wishes: self.wishes.over(lower.wishes),
            redactions: self.redactions,
            code: self.code.over(lower.code),
            environment: self.environment,
        }
    }
}

/// Outside a repository that is the package alone: what is above it is not ours.
fn folders_of_repository(package_dir: &Path) -> impl Iterator<Item = &Path> {
    let is_root = |folder: &Path| folder.join(".git").exists();
    let depth = package_dir
        .ancestors()
        .position(is_root)
        .unwrap_or_default();
    package_dir.ancestors().take(depth + 1)
}

fn config_error(message: String) -> Error {
    Error::new(Kind::Config, message)
}

#[cfg(test)]
mod tests;
