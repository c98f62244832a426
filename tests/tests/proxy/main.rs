//! Clients that take neither a middleware nor a layer, and reach their cassette through a proxy.

mod addresses;
mod blocking;
mod bound;
mod clients;
mod ends;
#[cfg(target_os = "linux")]
mod exhausted;
mod guests;
mod heads;
mod hops;
mod many;
mod past;
mod plain;
mod raw_client;
mod shared;
mod streaming;
mod untrusting;
mod upgrades;
mod upstream;
mod upstream_tls;
mod ureq;
mod versions;
#[cfg(target_os = "linux")]
mod work;

use std::fmt::Debug;

use cassette_core::{Mode, Result};
use cassette_reqwest::{Proxy, current, plain_client_builder, scope};
use cassette_tests::{Sandbox, TlsServer};
use reqwest::Client;

use crate::bound::Bound;

/// The cassette of these tests.
const FILE: &str = "c.json";

async fn record<F: Future>(sandbox: &Sandbox, test: F) -> Result<F::Output> {
    let _bound = Bound::new();
    scope("c", sandbox.config(Mode::Record), test).await
}

async fn replay<F: Future>(sandbox: &Sandbox, test: F) -> Result<F::Output> {
    let _bound = Bound::new();
    scope("c", sandbox.config(Mode::Replay), test).await
}

/// Runs `ask` while recording, then when the server is gone. Returns what it saw, the same both times.
async fn both_runs<S, T>(server: S, ask: impl AsyncFn() -> T) -> (Sandbox, T)
where
    T: Debug + PartialEq,
{
    let sandbox = Sandbox::new();
    let recorded = record(&sandbox, ask()).await.unwrap();
    drop(server);
    let replayed = replay(&sandbox, ask()).await.unwrap();
    assert_eq!(replayed, recorded, "left: replay, right: recording");
    (sandbox, recorded)
}

/// The same with a server that the proxy must be told to trust.
async fn both_runs_of_tls<T>(server: TlsServer, ask: impl AsyncFn() -> T) -> (Sandbox, T)
where
    T: Debug + PartialEq,
{
    let pem = server.certificate_pem();
    both_runs(server, async || {
        proxy().trust(&pem).unwrap();
        ask().await
    })
    .await
}

/// The proxy of the session that is in use here.
fn proxy() -> Proxy {
    Proxy::start(&current().unwrap()).unwrap()
}

fn client() -> Client {
    plain_client_builder().build().unwrap()
}
