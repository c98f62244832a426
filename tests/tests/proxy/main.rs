//! Clients that take neither a middleware nor a layer, and reach their cassette through a proxy.

mod blocking;
mod plain;
mod shared;
mod ureq;

use cassette_core::{Mode, Result};
use cassette_reqwest::scope;
use cassette_tests::Sandbox;

/// The cassette of these tests.
const FILE: &str = "c.json";

async fn record<F: Future>(sandbox: &Sandbox, test: F) -> Result<F::Output> {
    scope("c", sandbox.config(Mode::Record), test).await
}

async fn replay<F: Future>(sandbox: &Sandbox, test: F) -> Result<F::Output> {
    scope("c", sandbox.config(Mode::Replay), test).await
}
