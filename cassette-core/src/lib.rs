//! Cassettes for HTTP tests: recorded once, reviewed as a file, replayed from then on.
//!
//! This is what adapters of single clients stand on. Tests use an adapter, such as
//! `cassette-reqwest`, which re-exports what they need from here.
//!
//! # For adapters
//!
//! An adapter hands each request to the [`Session`] that is in use and does as it says:
//!
//! ```
//! use bytes::Bytes;
//! use cassette_core::{Content, Decision, Result, try_current};
//! use http::{Request, Response};
//!
//! fn call(request: &Request<Bytes>, send: impl Fn(&Request<Bytes>) -> Response<Bytes>) -> Result<Response<Bytes>> {
//!     let Some(session) = try_current()? else {
//!         panic!("an adapter refuses here, unless it was built to forward");
//!     };
//!     match session.intercept(request)? {
//!         Decision::Play(playback) => {
//!             let (head, pieces) = playback.into_response().into_parts();
//!             let mut body = Vec::new();
//!             for piece in pieces {
//!                 match piece.content {
//!                     Content::Chunk(chunk) => body.extend_from_slice(&chunk),
//!                     Content::Wait(waiting) => return Err(waiting.expired()),
//!                     other => panic!("the client's own way to show {other:?}"),
//!                 }
//!             }
//!             Ok(Response::from_parts(head, body.into()))
//!         }
//!         Decision::Fail(failure) => panic!("the client's own error for {}", failure.error()),
//!         Decision::Wait(waiting) => Err(waiting.expired()),
//!         Decision::Record(pending) => {
//!             let response = send(request);
//!             pending.complete(&response)?;
//!             Ok(response)
//!         }
//!         Decision::Verify(_, pending) => {
//!             pending.complete(&send(request))?;
//!             panic!("as above: the recorded answer")
//!         }
//!         Decision::Forward => Ok(send(request)),
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! # let folder = tempfile::tempdir()?;
//! # let config = || cassette_core::Config::new().dir(folder.path()).environment([("CASSETTE_MODE", "auto")]);
//! let ask = || async { call(&Request::new(Bytes::new()), |_| Response::new(Bytes::from("pong"))) };
//! let recorded = cassette_core::scope("ping", config(), ask()).await??;
//! let replayed = cassette_core::scope("ping", config(), async { call(&Request::new(Bytes::new()), |_| panic!("no network")) }).await??;
//! assert_eq!(recorded.body(), replayed.body());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Clients that stream take the pieces one by one ([`PlayedBody`]), and record them so
//! ([`PendingInteraction::respond`]).
//!
//! # Features
//!
//! `adapter`: the module `adapter`, what adapters of asynchronous clients share.
//!
//! `compression`: compressed bodies (gzip, deflate, br, zstd) are stored readable, and compressed
//! again when they are played. Without it they are stored as they come, and a cassette that holds
//! a decoded one is refused.
//!
//! `macros` (default): the attributes [`cassette`](macro@cassette) and [`unrecorded`](macro@unrecorded).

#![warn(clippy::unwrap_used)] // nothing from outside is taken for granted

#[cfg(feature = "adapter")]
pub mod adapter;
mod address;
mod body;
mod cassette;
mod coding;
mod config;
mod diff;
mod disk;
mod drift;
mod environment;
mod error;
mod event;
mod failure;
mod files;
mod forms;
mod id;
mod import;
mod interaction;
mod journal;
mod json;
mod latency;
mod lru;
mod matcher;
mod mode;
mod multipart;
mod node;
mod notice;
mod package;
mod placeholder;
mod plan;
mod player;
mod pool;
mod private;
mod received;
mod recorder;
mod redact;
mod redaction;
mod report;
mod rerecord;
mod scope;
mod secret;
mod selection;
mod session;
mod settings;
mod status;
mod storage;
mod timing;

pub use body::Body;
pub use cassette::{Cassette, CassetteSummary, Fingerprint, InvalidCassette};
/// Gives a test its cassette: its HTTP traffic is recorded once, then replayed.
///
/// The adapters re-export it under the same name: a test uses theirs, since its expansion names the crate
/// that it came through.
#[cfg(feature = "macros")]
pub use cassette_macros::cassette;
/// Lets the requests of a function go to the network, in every mode, and records none of them.
///
/// The adapters re-export it under the same name; around any other future stands the function
/// [`unrecorded`](fn@unrecorded), around a closure [`unrecorded_sync`].
#[cfg(feature = "macros")]
pub use cassette_macros::unrecorded;
pub use config::Config;
pub use error::{Error, Result};
pub use event::{CassetteState, Event, InvalidEvent, Outcome};
pub use failure::{ErrorKind, RecordedError};
pub use id::CassetteId;
pub use import::Import;
pub use interaction::{Interaction, Recorded, RecordedRequest, RecordedResponse};
pub use journal::PartialRecording;
pub use latency::Latency;
pub use mode::{Mode, OnChange, OnDrift, OnExpiry, Order, Repeat, Track, Unused};
pub use package::{Finding, Package};
pub use pool::CassettePool;
pub use redaction::Redaction;
pub use scope::{
    InCurrentCassette, current, in_current_cassette, scope, scope_sync, try_current, unrecorded,
    unrecorded_sync,
};
pub use secret::secret;
pub use session::{
    Answer, Content, Decision, Failure, PendingInteraction, PendingResponse, Piece, Playback,
    PlayedBody, RequestInfo, Session, Waiting,
};
pub use status::StatusPattern;
pub use storage::{CassetteFile, FileKind};
/// The packages whose types are in this one's interface, for tests that do not depend on them
/// themselves: of [`Session::info`], for example.
pub use {bytes, http};

/// What `#[cassette]` expands to; not a stable interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::private::*;
}
