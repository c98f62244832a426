//! A proxy in the test's own process that answers from the test's cassette: for clients that take
//! neither a middleware nor a layer, blocking ones, and other programs.
//!
//! [`Proxy::start`] starts it, [`cassette`] describes the attribute, and [`unrecorded`](macro@unrecorded) the one for
//! what is not to be recorded; [`scope`] works without the attribute. Everything a test needs of `cassette-core` is
//! re-exported here.

#![warn(clippy::unwrap_used)] // nothing from outside is taken for granted

mod authority;
mod connection;
mod credentials;
mod exchange;
mod head;
mod listener;
mod proxy;
mod refusing;
mod settled;
mod shared;
mod tunnel;
mod upstream;

pub use authority::{certificate_der, certificate_pem};
#[doc = include_str!("attribute.md")]
pub use cassette_core::__private::cassette_for_proxy as cassette;
// The function alone: under its public path there is the core's own attribute, too.
pub use cassette_core::__private::unrecorded;
#[doc = include_str!("unrecorded.md")]
pub use cassette_core::__private::unrecorded_for_proxy as unrecorded;
pub use cassette_core::{
    Body, Cassette, CassetteId, CassettePool, Config, Error, ErrorKind, InCurrentCassette,
    Interaction, Latency, Mode, OnChange, OnDrift, OnExpiry, Order, RecordedError, RecordedRequest,
    Redaction, Repeat, RequestInfo, Result, Session, StatusPattern, Track, Unused, current,
    in_current_cassette, scope, scope_sync, secret, unrecorded_sync,
};
pub use cassette_core::{bytes, http};
pub use proxy::{Proxy, bound_route, route};

#[doc(hidden)]
pub use cassette_core::__private;
