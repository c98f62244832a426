use std::collections::HashMap;
use std::fmt;
use std::path::{PathBuf, absolute};

use crate::error::{Error, Kind, Result};

/// Where variables are looked up. Nothing else in the library reads the environment.
#[derive(Clone, Default)]
pub(crate) enum Environment {
    #[default]
    Process,
    Given(HashMap<String, String>),
}

impl Environment {
    /// Returns a variable that is set; an empty one counts as not set.
    pub(crate) fn get(&self, name: &str) -> Result<Option<String>> {
        let value = match self {
            Self::Given(variables) => variables.get(name).cloned(),
            Self::Process => process_variable(name)?,
        };
        Ok(value.filter(|value| !value.is_empty()))
    }
}

/// Names only: a value may be a secret.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process => f.write_str("Process"),
            Self::Given(variables) => f.debug_set().entries(variables.keys()).finish(),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the environment is read"
)]
fn process_variable(name: &str) -> Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            let message = format!("the variable {name} is not UTF-8");
            Err(Error::new(Kind::Config, message))
        }
    }
}

/// Returns the folder of the package under test: cargo says it at run time too, which stays true
/// for a test binary that was moved to another machine. Without cargo it is the one that was
/// compiled in, and without that the current one.
pub(crate) fn package_dir(compiled: Option<&str>) -> Result<PathBuf> {
    let run_time = process_variable("CARGO_MANIFEST_DIR")?;
    let folder = run_time.as_deref().or(compiled).unwrap_or(".");
    absolute(folder).map_err(|error| {
        let message = format!("the folder {folder} of the package cannot be found");
        Error::new(Kind::Config, message).with_source(error)
    })
}
