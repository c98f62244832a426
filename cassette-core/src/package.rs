use std::path::{Path, PathBuf, absolute};

use crate::cassette::Cassette;
use crate::config::Config;
use crate::error::{Error, Kind, Result};
use crate::id::CassetteId;
use crate::redact::Blocked;
use crate::report;
use crate::settings::Settings;
use crate::storage;
use crate::storage::CassetteFile;

/// The cassettes of a package, for tools that work outside of a test: where they are, and what they may
/// hold. `cassette.toml` and the environment count as they do for its tests; what attributes say is not
/// known.
///
/// ```
/// use cassette_core::Package;
///
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// std::fs::write(folder.join("cassette.toml"), r#"dir = "tests/tapes""#)?;
/// let package = Package::open(folder)?;
/// assert!(package.cassettes().ends_with("tests/tapes"));
/// assert!(package.file("api/reads")?.path().ends_with("tests/tapes/api/reads.json"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Package {
    dir: PathBuf,
    config: Config,
    cassettes: PathBuf,
    compress: bool,
}

/// Something in a cassette that should not be there; its value is not told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The interaction, the first being 0; none for a variable.
    pub interaction: Option<usize>,
    /// For example `response header x-session`, `request body /user/key`.
    pub place: String,
    /// For example `the shape of a token of stripe`.
    pub what: String,
    /// What `redact` takes to mask it: `json:/user/key`, or the beginning of a pattern.
    pub redact: String,
    /// What `keep` takes to let it stand.
    pub keep: String,
}

impl Package {
    /// Reads how the cassettes are kept of the package whose `Cargo.toml` is in `dir`.
    ///
    /// # Errors
    ///
    /// When `cassette.toml` cannot be read, or says what it cannot.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self> {
        let dir = absolute(dir.as_ref()).map_err(|error| {
            let message = format!("the folder {} cannot be found", dir.as_ref().display());
            Error::new(Kind::Config, message).with_source(error)
        })?;
        let config = Config::of_package(&dir, Settings::check)?;
        let settings = Settings::resolve(config.clone(), &dir, "")?;
        Ok(Self {
            dir,
            config,
            cassettes: settings.dir,
            compress: settings.compress,
        })
    }

    /// Returns the folder of its cassettes, whether it is there or not.
    #[must_use]
    pub fn cassettes(&self) -> &Path {
        &self.cassettes
    }

    /// Returns the file of a cassette: the one that is there, `.json` or `.json.gz`, else the one that it
    /// would be written to.
    ///
    /// # Errors
    ///
    /// When the name cannot be a file on every system.
    pub fn file(&self, id: impl Into<CassetteId>) -> Result<CassetteFile> {
        let id = id.into();
        id.check()?;
        let path = storage::file(&self.cassettes, &id, self.compress);
        Ok(CassetteFile::new(path))
    }

    /// Looks through a cassette for what a recording of today would mask or refuse, by the rules of the
    /// package and by the secrets that are in the environment. `keep` is what its test lets stand besides.
    ///
    /// # Errors
    ///
    /// When an entry of `keep` is none.
    pub fn audit(&self, cassette: &Cassette, keep: &[String]) -> Result<Vec<Finding>> {
        let config = self.config.clone().keep(keep);
        let settings = Settings::resolve(config, &self.dir, cassette.test())?;
        settings.learn_environment()?;
        let redactor = &settings.redactor;
        let found = redactor.audit(cassette.interactions());
        let found = found.iter().map(Finding::from);
        let variables = cassette.variables().iter();
        let exposed = variables.filter(|(name, value)| !redactor.is_storable(name, value));
        Ok(found
            .chain(exposed.map(|(name, _)| variable(name)))
            .collect())
    }
}

impl From<&(usize, Blocked)> for Finding {
    fn from((interaction, blocked): &(usize, Blocked)) -> Self {
        let (redact, keep) = report::selectors(blocked);
        Self {
            interaction: Some(*interaction),
            place: format!("{} {}", blocked.side, blocked.place.shown),
            what: report::looks(blocked.shape),
            redact,
            keep,
        }
    }
}

fn variable(name: &str) -> Finding {
    Finding {
        interaction: None,
        place: format!("variable {name}"),
        what: "a secret that is not masked".to_owned(),
        redact: "text:<pattern>".to_owned(),
        keep: "text:<pattern>".to_owned(),
    }
}
