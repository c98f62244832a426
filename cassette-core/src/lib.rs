//! x
mod address;
mod body;
mod cassette;
mod config;
mod diff;
mod error;
mod finish;
mod headers;
mod id;
mod journal;
mod json;
mod matcher;
mod mode;
mod opening;
mod pending;
mod plan;
mod player;
#[doc(hidden)]
pub mod private;
mod recorder;
mod redact;
mod report;
mod rerecord;
mod scope;
mod session;
mod storage;

pub use body::Body;
pub use cassette::{
    Cassette, ErrorKind, Fingerprint, Interaction, InvalidCassette, Recorded, RecordedError,
    RecordedRequest, RecordedResponse,
};
#[cfg(feature = "macros")]
pub use cassette_macros::cassette;
pub use config::Config;
pub use error::{Error, Result};
pub use id::CassetteId;
pub use mode::{Mode, OnChange, OnExpiry, Order, Repeat, Track, Unused};
pub use pending::PendingInteraction;
pub use scope::{InCurrentCassette, current, scope, try_current};
pub use session::{Decision, Session};

#[doc(hidden)]
pub use private as __private;
