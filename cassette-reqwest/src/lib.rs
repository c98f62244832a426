//! Record a test's reqwest traffic once, replay it from then on.
//!
//! ```
//! use cassette_reqwest::cassette;
//! ```

mod client;
mod convert;
mod middleware;

pub use cassette_core::__private::cassette_for_reqwest as cassette;
pub use cassette_core::{
    Body, Cassette, CassetteId, Config, Decision, Error, InCurrentCassette, Mode, OnChange,
    OnExpiry, Order, Repeat, Result, Session, Track, Unused, current, scope,
};
pub use client::{client, client_with};
pub use middleware::CassetteMiddleware;

#[doc(hidden)]
pub use cassette_core::__private;
