//! A proxy in the test's own process that answers from the test's cassette: for clients that take
//! neither a middleware nor a layer, blocking ones, and other programs.

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
pub use proxy::{Proxy, bound_route, route};
