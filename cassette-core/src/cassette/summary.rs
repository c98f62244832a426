use std::collections::BTreeMap;
use std::time::SystemTime;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Fingerprint, InvalidCassette, read_format, refuse_other_than_object, timestamp};

/// What stands at the beginning of a cassette, and how much is behind it: for lists of many, which need
/// not look into the interactions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CassetteSummary {
    /// The test that it belongs to.
    pub test: String,
    /// The source file of the test, relative to its package, where it is known.
    pub source: Option<String>,
    /// When it was recorded, to the second.
    pub recorded_at: SystemTime,
    /// The hashes of the test function.
    pub fingerprint: Option<Fingerprint>,
    /// The hashes of what the attribute's `tracks` names.
    pub tracked: BTreeMap<String, String>,
    /// How many interactions there are.
    pub interactions: usize,
    /// How many bytes its text has, decompressed, and without the bodies that have files of their own.
    pub length: usize,
}

/// The fields of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    #[serde(rename = "format", deserialize_with = "read_format")]
    _format: u32,
    test: String,
    source: Option<String>,
    #[serde(deserialize_with = "timestamp::deserialize")]
    recorded_at: SystemTime,
    fingerprint: Option<Fingerprint>,
    #[serde(default)]
    tracked: BTreeMap<String, String>,
    #[serde(rename = "variables", default)]
    _variables: IgnoredAny,
    interactions: Vec<IgnoredAny>,
}

impl CassetteSummary {
    /// Reads that of a cassette from the bytes of its file. Interactions need only be JSON: whether they
    /// are what they should be says [`Cassette::from_json`](crate::Cassette::from_json).
    ///
    /// # Errors
    ///
    /// Says what is wrong and at which line and column.
    ///
    /// ```
    /// use cassette_core::CassetteSummary;
    ///
    /// let text = br#"{"format": 1, "test": "a::b", "recorded_at": "2026-11-21T10:30:00Z", "interactions": [{}, {}]}"#;
    /// assert_eq!(CassetteSummary::from_json(text)?.interactions, 2);
    /// # Ok::<(), cassette_core::InvalidCassette>(())
    /// ```
    pub fn from_json(text: &[u8]) -> Result<Self, InvalidCassette> {
        refuse_other_than_object(text)?;
        let head: Head =
            serde_json::from_slice(text).map_err(|error| InvalidCassette(error.to_string()))?;
        Ok(Self {
            test: head.test,
            source: head.source,
            recorded_at: head.recorded_at,
            fingerprint: head.fingerprint,
            tracked: head.tracked,
            interactions: head.interactions.len(),
            length: text.len(),
        })
    }
}
