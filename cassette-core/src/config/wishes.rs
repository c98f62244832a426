//! What the attribute, the builder and `cassette.toml` say, under one name each.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use crate::latency::Latency;
use crate::mode::{Mode, OnChange, OnDrift, OnExpiry, Order, Repeat, Track, Unused};
use crate::status::StatusPattern;

macro_rules! wishes {
    ($($(#[$attribute:meta])* $name:ident: $type:ty,)*) => {
        /// What can be said in every place. Absent: not said here.
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct Wishes {
            $($(#[$attribute])* pub(crate) $name: Option<$type>,)*
        }

        impl Wishes {
            /// Returns this, with `lower`'s word where this says nothing; of what adds up, the words of
            /// both.
            pub(super) fn over(self, lower: Self) -> Self {
                let redact = added(self.redact.clone(), lower.redact.clone());
                let keep = added(self.keep.clone(), lower.keep.clone());
                Self {
                    redact,
                    keep,
                    ..Self { $($name: self.$name.or(lower.$name),)* }
                }
            }
        }
    };
}

wishes! {
    dir: PathBuf,
    mode: Mode,
    track: Track,
    on_change: OnChange,
    #[serde(default, deserialize_with = "duration")]
    max_age: Duration,
    on_expiry: OnExpiry,
    match_body: bool,
    match_query: bool,
    match_headers: Vec<String>,
    case_sensitive: bool,
    ignore_headers: Vec<String>,
    ignore_query: Vec<String>,
    ignore_json: Vec<String>,
    exclude_headers: Vec<String>,
    redact: Vec<String>,
    keep: Vec<String>,
    order: Order,
    repeat: Repeat,
    unused: Unused,
    reject_status: Vec<StatusPattern>,
    extends: Vec<String>,
    unrecorded: Vec<String>,
    exclude_urls: Vec<String>,
    volatile_headers: Vec<String>,
    volatile_json: Vec<String>,
    on_drift: OnDrift,
    verify_headers: Vec<String>,
    verify_ignore: Vec<String>,
    verify_tolerance: Vec<String>,
    stream: bool,
    latency: Latency,
    body_limit: u64,
    compress: bool,
}

fn duration<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    humantime::parse_duration(&text).map(Some).map_err(|error| {
        serde::de::Error::custom(format_args!(
            "`{text}` is no time like \"30d\" or \"12h\": {error}"
        ))
    })
}

fn added(own: Option<Vec<String>>, lower: Option<Vec<String>>) -> Option<Vec<String>> {
    match (own, lower) {
        (Some(own), Some(lower)) => Some([lower, own].concat()),
        (own, lower) => own.or(lower),
    }
}
