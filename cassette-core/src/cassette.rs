mod summary;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use serde::de::{self, Deserializer};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use crate::body::Body;
use crate::forms::raw;
use crate::interaction::Interaction;
use crate::json::{self, Layout};
pub use summary::CassetteSummary;

/// The newest file format this release writes, and the only one it reads.
const FORMAT: u32 = 1;

/// The recorded file of one test.
///
/// It reads and writes the file's own JSON:
///
/// ```
/// use cassette_core::Cassette;
///
/// let text = br#"{
///   "format": 1,
///   "test": "users::reads_a_user",
///   "recorded_at": "2026-11-21T10:30:00Z",
///   "interactions": [
///     {
///       "request": { "method": "GET", "url": "https://api.example.com/v1/users/1" },
///       "response": { "status": 200, "body": { "json": { "name": "ada" } } }
///     }
///   ]
/// }"#;
/// let cassette = Cassette::from_json(text)?;
/// assert_eq!(cassette.interactions().len(), 1);
/// assert_eq!(cassette.interactions()[0].request().url(), "https://api.example.com/v1/users/1");
/// # Ok::<(), cassette_core::InvalidCassette>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cassette {
    #[serde(deserialize_with = "read_format")]
    format: u32,
    pub(crate) test: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<String>,
    #[serde(with = "timestamp")]
    pub(crate) recorded_at: SystemTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) fingerprint: Option<Fingerprint>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) tracked: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) interactions: Vec<Interaction>,
}

impl Cassette {
    /// The newest file format: the one that this release writes.
    pub const FORMAT: u32 = FORMAT;

    pub(crate) fn new(
        test: String,
        source: Option<String>,
        recorded_at: SystemTime,
        hashes: Hashes,
    ) -> Self {
        Self {
            format: FORMAT,
            test,
            source,
            recorded_at: to_the_second(recorded_at),
            fingerprint: hashes.function,
            tracked: hashes.tracked,
            variables: BTreeMap::new(),
            interactions: Vec::new(),
        }
    }

    /// Reads a cassette from the bytes of its file. Of a body that has a file of its own it has only
    /// that file's name.
    ///
    /// # Errors
    ///
    /// Says what is wrong and at which line and column: no JSON, nested deeper than 128, a newer
    /// format, an unknown field, a body of no known form.
    pub fn from_json(text: &[u8]) -> Result<Self, InvalidCassette> {
        Self::read(&Bytes::copy_from_slice(text))
    }

    /// The same without a copy: its bodies and headers are slices of the text until somebody asks for them.
    pub(crate) fn read(text: &Bytes) -> Result<Self, InvalidCassette> {
        let cassette = refuse_other_than_object(text).and_then(|()| {
            raw::lending(text, |text| serde_json::from_slice(text))
                .map_err(|error| InvalidCassette(error.to_string()))
        });
        cassette.map_err(|invalid| match json::deeper_than(text, json::MAX_DEPTH) {
            Some(at) => InvalidCassette::at(text, at, "it is nested deeper than 128"),
            None => invalid,
        })
    }

    /// Returns the text of the file: pretty JSON, two spaces a level, with a final newline.
    ///
    /// # Errors
    ///
    /// When it cannot be written as JSON, which no cassette that was read or recorded is known to do.
    pub fn to_json(&self) -> Result<String, InvalidCassette> {
        let text = compact(self).map_err(|error| InvalidCassette(error.to_string()))?;
        Ok(json::relayout(&text, Layout::Indent(2)) + "\n")
    }

    /// Returns the test that it belongs to: module path and function.
    #[must_use]
    pub fn test(&self) -> &str {
        &self.test
    }

    /// Returns the source file of the test, relative to its package, where it is known.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// Returns when it was recorded, to the second.
    #[must_use]
    pub fn recorded_at(&self) -> SystemTime {
        self.recorded_at
    }

    /// Returns the hashes of the test function it was recorded with.
    #[must_use]
    pub fn fingerprint(&self) -> Option<&Fingerprint> {
        self.fingerprint.as_ref()
    }

    /// Returns the hashes of what the attribute's `tracks` names, for example `v1:77aa01c3d4e5f607` for
    /// `src/personas.rs::Personas::from_prompt`.
    #[must_use]
    pub fn tracked(&self) -> &BTreeMap<String, String> {
        &self.tracked
    }

    /// Returns what the test had made by [`Session::variable`](crate::Session::variable).
    #[must_use]
    pub fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    /// Gives each body that goes to a file of its own its name, by `name`.
    pub(crate) fn name_files(&mut self, name: &impl Fn(&[u8]) -> String) {
        self.with_files()
            .for_each(|interaction| interaction.name_files(name));
    }

    /// Names no files from now on: each body is written whole.
    pub(crate) fn forget_files(&mut self) {
        self.with_files().for_each(Interaction::forget_files);
    }

    /// Returns the files that hold bodies: their names and content.
    pub(crate) fn files(&self) -> Vec<(&str, &Bytes)> {
        let bodies = self.interactions.iter().flat_map(Interaction::bodies);
        bodies.flat_map(Body::files).collect()
    }

    /// Puts in what the files beside the cassette hold, which `read` returns by name.
    pub(crate) fn read_files(
        &mut self,
        read: &impl Fn(&str) -> Result<Bytes, String>,
    ) -> Result<(), String> {
        self.with_files()
            .try_for_each(|interaction| interaction.read_files(read))
    }

    fn with_files(&mut self) -> impl Iterator<Item = &mut Interaction> {
        let interactions = self.interactions.iter_mut();
        interactions.filter(|interaction| interaction.needs_files())
    }

    /// Returns the hash of what the test tracks under this name, where it is of the version that this
    /// release computes.
    pub(crate) fn comparable_hash_of(&self, tracked: &str) -> Option<&str> {
        let hash = self.tracked.get(tracked).map(String::as_str);
        hash.filter(|hash| hash.starts_with(Fingerprint::VERSION))
    }

    /// Returns what of these hashes it has no counterpart for that can be compared.
    pub(crate) fn lacks(&self, hashes: &Hashes) -> Hashes {
        let is_comparable = self.fingerprint().is_some_and(Fingerprint::is_comparable);
        let tracked = hashes.tracked.iter();
        let tracked = tracked.filter(|(name, _)| self.comparable_hash_of(name).is_none());
        Hashes {
            function: hashes.function.clone().filter(|_| !is_comparable),
            tracked: tracked
                .map(|(name, hash)| (name.clone(), hash.clone()))
                .collect(),
        }
    }

    /// Puts these hashes in the place of those it has.
    pub(crate) fn stamp(&mut self, hashes: Hashes) {
        self.fingerprint = hashes.function.or_else(|| self.fingerprint.take());
        self.tracked.extend(hashes.tracked);
    }

    /// Returns the recorded interactions, in the order in which they were issued.
    #[must_use]
    pub fn interactions(&self) -> &[Interaction] {
        &self.interactions
    }
}

/// Why a file is no cassette, and where in it.
#[derive(Debug)]
pub struct InvalidCassette(String);

impl InvalidCassette {
    fn at(text: &[u8], at: usize, what: &str) -> Self {
        let line = text[..at].split(|&byte| byte == b'\n').count();
        let begin = text[..at].iter().rposition(|&byte| byte == b'\n');
        let column = at - begin.map_or(0, |newline| newline + 1) + 1;
        Self(format!("{what} at line {line} column {column}"))
    }
}

impl std::fmt::Display for InvalidCassette {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidCassette {}

/// Returns `value` as JSON on one line.
pub(crate) fn compact(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string(value)
}

/// The hashes that tell what code a recording belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hashes {
    /// Of the test function; none outside tests.
    pub(crate) function: Option<Fingerprint>,
    /// Of what the attribute's `tracks` names.
    pub(crate) tracked: BTreeMap<String, String>,
}

impl Hashes {
    pub(crate) fn is_empty(&self) -> bool {
        self.function.is_none() && self.tracked.is_empty()
    }
}

/// The versioned hashes of a test function: of its signature, and of its body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprint {
    signature: String,
    body: String,
}

impl Fingerprint {
    /// The version that this release computes.
    const VERSION: &str = "v1:";

    pub(crate) fn new(signature: impl Into<String>, body: impl Into<String>) -> Self {
        let (signature, body) = (signature.into(), body.into());
        Self { signature, body }
    }

    /// Returns the hash of the signature, for example `v1:5f0c2a9e77b14c10`.
    #[must_use]
    pub fn signature(&self) -> &str {
        &self.signature
    }

    /// Returns the hash of the body, for example `v1:9ac1d3be02f6417a`.
    #[must_use]
    pub fn body(&self) -> &str {
        &self.body
    }

    /// Returns true when both hashes are of the version that this release computes.
    pub(crate) fn is_comparable(&self) -> bool {
        [&self.signature, &self.body]
            .iter()
            .all(|hash| hash.starts_with(Self::VERSION))
    }
}

/// Else a list of a cassette's fields would pass for one.
fn refuse_other_than_object(text: &[u8]) -> Result<(), InvalidCassette> {
    match text.iter().position(|byte| !byte.is_ascii_whitespace()) {
        Some(at) if text[at] != b'{' => {
            Err(InvalidCassette::at(text, at, "it does not begin with `{`"))
        }
        _ => Ok(()),
    }
}

fn read_format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        FORMAT => Ok(FORMAT),
        newer if newer > FORMAT => Err(de::Error::custom(format_args!(
            "format {newer} is newer than {FORMAT}, the newest this release reads: update the cassette packages"
        ))),
        unknown => Err(de::Error::custom(format_args!(
            "there is no format {unknown}"
        ))),
    }
}

pub(crate) fn to_the_second(time: SystemTime) -> SystemTime {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    UNIX_EPOCH + Duration::from_secs(since.as_secs())
}

mod timestamp {
    use super::{Deserialize, Deserializer, Serializer, SystemTime, de};

    pub(super) fn serialize<S: Serializer>(
        time: &SystemTime,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&humantime::format_rfc3339_seconds(*time))
    }

    pub(in crate::cassette) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<SystemTime, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = humantime::parse_rfc3339(&text).map_err(|error| {
            de::Error::custom(format_args!(
                "`{text}` is no time like 2026-11-21T10:30:00Z: {error}"
            ))
        })?;
        // A fraction, which only other programs write, would be gone when it is written again.
        Ok(super::to_the_second(time))
    }
}
