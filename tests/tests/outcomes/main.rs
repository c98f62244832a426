//! What came of a request when it was no plain answer: it failed, it was given up, or it took its
//! time.
//!
//! Recordings run against servers, replays on a clock that stands still unless everybody waits for
//! it: how far it went is exactly how long the replay would have taken.

mod again;
mod bodies;
mod by_hand;
mod cancelled;
mod certificates;
mod hedging;
mod latency;
mod limits;
mod patience;
mod proxies;
mod retry_after;
mod sequences;
mod settings;
mod timing;
mod told;
mod transport;
mod updates;

use std::time::Duration;

use cassette_core::{Config, Mode, Result};
use cassette_reqwest::{current, scope};
use cassette_tests::{RawServer, Sandbox, one_thread};
use reqwest_middleware::RequestBuilder;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tokio::time::error::Elapsed;
use tokio::time::{Instant, pause, resume, timeout};

/// The cassette of these tests.
const FILE: &str = "c.json";

/// How long they wait for an answer.
const LIMIT: Duration = Duration::from_secs(5);

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Returns a runtime whose clock moves only where everybody waits for it.
fn paused() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap()
}

fn record<F: Future>(sandbox: &Sandbox, test: F) -> F::Output {
    record_with(sandbox.config(Mode::Record), test)
}

fn record_with<F: Future>(config: Config, test: F) -> F::Output {
    one_thread().block_on(scope("c", config, test)).unwrap()
}

/// Replays a test that passes, and returns how long that took.
fn replay<F: Future>(sandbox: &Sandbox, test: F) -> (F::Output, Duration) {
    let (ended, took) = play(sandbox.config(Mode::Replay), test);
    (ended.unwrap(), took)
}

fn play<F: Future>(config: Config, test: F) -> (Result<F::Output>, Duration) {
    paused().block_on(async {
        let start = Instant::now();
        let ended = scope("c", config, test).await;
        (ended, start.elapsed())
    })
}

/// Waits five seconds for what `asks` for, and no longer.
///
/// A recording does not really wait: its clock runs ahead once the server has read so many requests.
async fn limited<T>(
    server: &RawServer,
    requests: usize,
    asks: impl Future<Output = T>,
) -> std::result::Result<T, Elapsed> {
    let limited = timeout(LIMIT, asks);
    if !current().unwrap().is_recording() {
        return limited.await;
    }
    let (outcome, ()) = tokio::join!(limited, run_ahead(server, requests));
    resume();
    outcome
}

/// Lets time limits run out as soon as the server has read so many requests.
async fn run_ahead(server: &RawServer, requests: usize) {
    server.arrived(requests).await;
    pause();
}

/// Answers each request with its path, but for those that say `x-hang`.
fn answering() -> RawServer {
    RawServer::start(async |mut connection| {
        while let Some(request) = connection.request().await {
            if request.header("x-hang").is_some() {
                return connection.closed().await;
            }
            let path = request.line().split(' ').nth(1).unwrap();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", path.len());
            connection.write(head + path).await;
        }
    })
}

async fn text(request: RequestBuilder) -> String {
    request.send().await.unwrap().text().await.unwrap()
}

/// Says that it is not to be answered: to the server alone, since headers do not count when a
/// request is looked up.
fn in_vain(request: RequestBuilder) -> RequestBuilder {
    request.header("x-hang", "1")
}

/// Writes a cassette by hand.
fn write(sandbox: &Sandbox, interactions: &Value) {
    let cassette = json!({
        "format": 1,
        "test": "c",
        "recorded_at": "2026-11-21T10:30:00Z",
        "interactions": interactions,
    });
    sandbox.write(FILE, cassette.to_string());
}

/// Returns what a cassette says came of its requests: a status, or a kind of failure.
fn outcomes(sandbox: &Sandbox) -> Vec<String> {
    let cassette = sandbox.cassette(FILE);
    let interactions = cassette["interactions"].as_array().unwrap().iter();
    let outcome = |interaction: &Value| {
        let kind = interaction["error"]["kind"].as_str();
        kind.map_or_else(
            || interaction["response"]["status"].to_string(),
            str::to_owned,
        )
    };
    interactions.map(outcome).collect()
}
