//! What the benchmarks have in common: the recorded traffic, the clients that are compared, and the
//! table.

mod clients;
mod floors;
mod harness;
mod server;
mod traffic;

pub use clients::{Client, Kind};
pub use floors::{Canned, Hashing, Plain, parse_raw};
pub use harness::{Candidate, Options, Round, Table};
pub use server::Server;
pub use traffic::{Exchange, Files, Shape, Traffic};

use tokio::runtime::{Builder, Runtime};

/// Returns a runtime on the thread that blocks on it, as `#[tokio::test]` has.
///
/// # Panics
///
/// Panics when the system refuses one.
#[must_use]
pub fn one_thread() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be made")
}

/// Returns a runtime with two workers.
///
/// # Panics
///
/// Panics when the system refuses one.
#[must_use]
pub fn two_workers() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime can be made")
}
