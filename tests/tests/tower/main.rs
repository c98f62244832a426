//! The layer for tower services, around hyper's client and around services of all kinds.

mod answers;
mod bodies;
mod failures;
mod grpc;
mod modes;
mod ready;
mod see;
mod streams;
mod tasks;

use bytes::Bytes;
use cassette_core::{Mode, Result};
use cassette_tests::Sandbox;
use cassette_tower::{CassetteLayer, CassetteService, scope};
use http::Request;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tower::Layer;

/// The cassette of these tests.
const FILE: &str = "c.json";

type Hyper = Client<HttpConnector, Full<Bytes>>;
type Cassetted<S> = CassetteService<S, Full<Bytes>>;

fn hyper() -> Hyper {
    Client::builder(TokioExecutor::new()).build_http()
}

fn http2() -> Hyper {
    Client::builder(TokioExecutor::new())
        .http2_only(true)
        .build_http()
}

fn client() -> Cassetted<Hyper> {
    CassetteLayer::new().layer(hyper())
}

fn get(url: impl AsRef<str>) -> Request<Full<Bytes>> {
    Request::get(url.as_ref()).body(Full::default()).unwrap()
}

async fn record<F: Future>(sandbox: &Sandbox, test: F) -> Result<F::Output> {
    scope("c", sandbox.config(Mode::Record), test).await
}

async fn replay<F: Future>(sandbox: &Sandbox, test: F) -> Result<F::Output> {
    scope("c", sandbox.config(Mode::Replay), test).await
}

/// What a test sees while it records, which must be what it sees in the replay.
async fn twice<T: std::fmt::Debug + PartialEq>(sandbox: &Sandbox, test: impl AsyncFn() -> T) -> T {
    let recorded = record(sandbox, test()).await.unwrap();
    let replayed = replay(sandbox, test()).await.unwrap();
    assert_eq!(replayed, recorded);
    recorded
}
