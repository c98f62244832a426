use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

use crate::error::{Error, Kind};

/// What the user asks for. What is done is worked out from it, from the state of the cassette and
/// from where the test runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Mode {
    /// Record what is not there or stale, play the rest.
    #[default]
    Auto,
    /// Play; never touch the network.
    #[serde(alias = "playback")]
    Replay,
    /// Record anew.
    Record,
    /// Play what is recorded, record what is not.
    Update,
    /// Play, and send each request as well: do the answers still come as they were recorded?
    Verify,
    /// Use the network, read and write no cassette.
    Live,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Replay => "replay",
            Self::Record => "record",
            Self::Update => "update",
            Self::Verify => "verify",
            Self::Live => "live",
        })
    }
}

impl FromStr for Mode {
    type Err = Error;

    /// Reads the value of `CASSETTE_MODE`.
    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "auto" => Ok(Self::Auto),
            "replay" | "playback" => Ok(Self::Replay),
            "record" => Ok(Self::Record),
            "update" => Ok(Self::Update),
            "verify" => Ok(Self::Verify),
            "live" => Ok(Self::Live),
            _ => Err(Error::new(
                Kind::Config,
                format!(
                    "CASSETTE_MODE is `{name}`; it can be auto, replay (or playback), record, update, verify, live\n\nhelp: set one of these, or none: `env -u CASSETTE_MODE cargo test`"
                ),
            )),
        }
    }
}

/// Which change of the test function makes its recording stale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Track {
    /// One of its signature or of its body.
    #[default]
    Body,
    /// One of its signature.
    Signature,
    /// None.
    Off,
}

/// What happens to a stale recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum OnChange {
    /// It is made again; a replay fails.
    #[default]
    Record,
    /// It is played. Where it answered every request, and nothing of it was left over, it counts as
    /// fresh from then on; else the test fails.
    Recheck,
    /// It is played, with a notice.
    Warn,
    /// The test fails.
    Fail,
}

/// What happens to a recording that is older than `max_age`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum OnExpiry {
    /// It is made again; a replay plays it, with a notice.
    #[default]
    Record,
    /// It is played, with a notice.
    Warn,
    /// The test fails.
    Fail,
}

/// Whether requests must come in the recorded order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Order {
    /// In any; answers to one and the same request come in the recorded order all the same.
    #[default]
    Any,
    /// In the recorded order.
    Strict,
}

/// What a request gets after the last of its recorded answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Repeat {
    /// An error.
    #[default]
    Never,
    /// The last one again.
    Last,
    /// All of them again from the first.
    Cycle,
}

/// What becomes of a passing test that left interactions unplayed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Unused {
    /// It fails.
    #[default]
    Fail,
    /// It passes, with a notice.
    Warn,
    /// It passes.
    Allow,
}

/// What becomes of a test whose recorded answers are no longer those of the server, in
/// [`Mode::Verify`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum OnDrift {
    /// It fails.
    #[default]
    Fail,
    /// It passes, with the report as a notice.
    Warn,
}
