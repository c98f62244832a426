//! reqwest 0.12, alone and beside 0.13.

mod both;
mod clients;
mod failures;
mod plain;

use cassette_core::{Mode, Result};
use cassette_reqwest::scope;
use cassette_tests::Sandbox;
use {reqwest_0_12 as reqwest, reqwest_middleware_0_4 as reqwest_middleware};

/// The cassette of these tests.
const FILE: &str = "c.json";

async fn record<F: Future>(sandbox: &Sandbox, test: F) -> Result<F::Output> {
    scope("c", sandbox.config(Mode::Record), test).await
}

async fn replay<F: Future>(sandbox: &Sandbox, test: F) -> Result<F::Output> {
    scope("c", sandbox.config(Mode::Replay), test).await
}
