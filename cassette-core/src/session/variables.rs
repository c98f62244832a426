use super::{Inner, Session, Traffic};
use crate::error::{Error, Kind, Result};
use crate::plan::Plan;
use crate::report;

impl Session {
    /// Returns what `make` makes while the cassette is recorded, and that same text when it is replayed: an
    /// id, a date, a seed of chance. It is stored in the cassette as it is.
    ///
    /// Asked for twice, it is made once. In an update what is stored counts; in [`Mode::Live`] it is made
    /// each time. With `CASSETTE_ALLOW_FALLBACK` one that is missing is made, and not stored.
    ///
    /// # Errors
    ///
    /// When the cassette that is replayed holds no such variable; the test fails for it as well. When the
    /// name or the value is that of a secret: ask [`secret`](crate::secret) for these. One that a request
    /// then uses as a secret, such as a token, refuses the recording at its end.
    ///
    /// [`Mode::Live`]: crate::Mode::Live
    ///
    /// ```
    /// use cassette_core::{Config, current, scope};
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let folder = tempfile::tempdir()?;
    /// let config = || Config::new().dir(folder.path()).environment([("CASSETTE_MODE", "auto")]);
    /// let test = |id| async move { current()?.variable("order", || id) };
    /// let recorded = scope("orders", config(), test("17".to_owned())).await??;
    /// let replayed = scope("orders", config(), test("18".to_owned())).await??;
    /// assert_eq!((&*recorded, &*replayed), ("17", "17"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn variable(&self, name: &str, make: impl FnOnce() -> String) -> Result<String> {
        let inner = &self.0;
        if inner.plan == Plan::Forward {
            return Ok(make());
        }
        if let Some(value) = self.open_traffic()?.variables.get(name) {
            return Ok(value.clone());
        }
        if inner.plan.only_plays() && !inner.falls_back() {
            return Err(self.no_variable(name));
        }
        // It may use the session itself, so nothing is locked.
        let value = make();
        if !inner.settings.redactor.is_storable(name, &value) {
            return Err(secret_variable(name));
        }
        let mut traffic = self.open_traffic()?;
        if let Some(first) = traffic.variables.get(name) {
            return Ok(first.clone());
        }
        traffic.variables.insert(name.to_owned(), value.clone());
        inner.note_variable(&mut traffic, name, &value)?;
        Ok(value)
    }

    fn no_variable(&self, name: &str) -> Error {
        let report = report::no_variable(&self.0.facts, name);
        self.traffic().miss(&report);
        Error::new(Kind::Unmatched, report)
    }
}

impl Inner {
    /// Returns true when the journal shows a variable of which something was learned since it was looked at.
    pub(super) fn has_exposed_variable(&self, traffic: &mut Traffic) -> bool {
        let known = self.settings.redactor.known();
        let is_new = std::mem::replace(&mut traffic.variables_known, known) != known;
        is_new && self.variable_used_as_secret(traffic).is_some()
    }

    /// Stored masked, it would be another one in a replay.
    pub(super) fn check_variables(&self, traffic: &Traffic) -> Result<()> {
        let Some(name) = self.variable_used_as_secret(traffic) else {
            return Ok(());
        };
        let report = report::secret_variable(&self.facts, name);
        Err(Error::new(Kind::Secret, report))
    }

    fn variable_used_as_secret<'a>(&self, traffic: &'a Traffic) -> Option<&'a str> {
        let redactor = &self.settings.redactor;
        let mut variables = traffic.variables.iter();
        let secret = variables.find(|(_, value)| redactor.variable(value) != **value);
        secret.map(|(name, _)| name.as_str())
    }
}

fn secret_variable(name: &str) -> Error {
    Error::new(
        Kind::Secret,
        format!(
            "the variable {name} would be stored as it is, and its name or value is that of a secret\n\n\
             help: ask for secrets with `secret(\"…\")`, which stores none"
        ),
    )
}
