//! What becomes of a session, told to whoever runs the tests.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The version of the lines that this release writes.
const VERSION: u32 = 1;

/// A line of the file that `CASSETTE_EVENTS` names: a session has begun, or it has ended.
///
/// Each is one JSON object. Fields may be added to it; what is taken away or changes its meaning changes
/// `version`.
///
/// ```
/// use cassette_core::{Event, Outcome};
///
/// let line = r#"{"version":1,"test":"users::reads","package":"/project","mode":"replay","outcome":"played","played":2}"#;
/// let event = Event::from_json(line)?;
/// assert_eq!((event.outcome, event.played), (Some(Outcome::Played), 2));
/// # Ok::<(), cassette_core::InvalidEvent>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Event {
    /// The version of the line; 1.
    pub version: u32,
    /// Module path, function and case, or what `scope` was given.
    pub test: String,
    /// The function, as `cargo test` is given it; none outside tests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// The source file of the test, relative to its package, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The folder of the test's package.
    pub package: PathBuf,
    /// The folder of its cassettes.
    pub dir: PathBuf,
    /// The file of its cassette, whether it is there or not. In [`Mode::Live`](crate::Mode::Live) it is not
    /// looked at.
    pub cassette: PathBuf,
    /// The cassettes that it extends.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extends: Vec<PathBuf>,
    /// What was asked for, as `CASSETTE_MODE` calls it.
    pub mode: String,
    /// What is done: `play`, `recheck`, `verify`, `record`, `update`, `forward`, or `refuse` where the test
    /// does not run. None where something went wrong before that was known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// How the cassette stood to the test when the session began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<CassetteState>,
    /// What has changed of the code since it was recorded: `signature`, `body`, or what `tracks` names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// What its test lets stand although it looks like a secret: `keep`, wherever it was said.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keep: Vec<String>,
    /// How it ended; none in the line that says that it has begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Of what kind the failure is that the cassette is the reason for, for example `stale`, `unmatched`,
    /// `unused` or `secret`: the names of the `is_…` methods of [`Error`](crate::Error).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// The first line of that failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many interactions were recorded.
    pub recorded: usize,
    /// How many of the recorded ones were played.
    pub played: usize,
    /// How many of those that should have been played were not.
    pub unplayed: usize,
    /// How many requests had no answer.
    pub misses: usize,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// It played what is recorded, and the test passed.
    Played,
    /// The cassette was written, or stamped as fitting the code of today.
    Recorded,
    /// It was recorded, and the file is as it was.
    Unchanged,
    /// It was recorded and not saved; what was recorded is kept aside.
    Rejected,
    /// The test failed, or its cassette let it fail.
    Failed,
    /// Everything went to the network.
    Forwarded,
}

/// How a cassette stands to its test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CassetteState {
    /// There is none.
    Missing,
    /// Its code has not changed, and it is not too old.
    Fresh,
    /// Its code has changed.
    Stale,
    /// It is older than `max_age`.
    Expired,
}

impl Event {
    /// Reads one line.
    ///
    /// # Errors
    ///
    /// When it is no event, or of a version that this release does not know.
    pub fn from_json(line: &str) -> Result<Self, InvalidEvent> {
        let event: Self =
            serde_json::from_str(line).map_err(|error| InvalidEvent(error.to_string()))?;
        match event.version {
            VERSION => Ok(event),
            other => Err(InvalidEvent(format!(
                "version {other} of an event is not {VERSION}, the one that this release reads"
            ))),
        }
    }

    /// Returns one of the version that this release writes.
    pub(crate) fn current() -> Self {
        Self {
            version: VERSION,
            ..Self::default()
        }
    }

    /// Returns its line, with the line break.
    pub(crate) fn line(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string(self)? + "\n")
    }
}

/// Why a line is no event.
#[derive(Debug)]
pub struct InvalidEvent(String);

impl std::fmt::Display for InvalidEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidEvent {}
