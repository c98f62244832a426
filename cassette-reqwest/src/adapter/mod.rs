//! What speaks reqwest, whichever version of it: this folder is compiled once for each.
//!
//! The module above says which one. It has the crates by their usual names, and whatever the
//! versions do not have in common. So nothing in here names a crate `reqwest` but by `super::reqwest`.

mod client;
mod convert;
mod failure;
mod middleware;
#[cfg(feature = "proxy")]
mod plain;
mod playing;
mod recording;
mod unconnected;

pub use client::{client, client_with};
pub use middleware::CassetteMiddleware;
#[cfg(feature = "blocking")]
pub use plain::blocking_client_builder;
#[cfg(feature = "proxy")]
pub use plain::{ThroughCassette, plain_client_builder};

#[cfg(feature = "proxy")]
use super::trusting;
use super::{MISSING_TLS, is_dns, reqwest, reqwest_middleware, without_certificates};
