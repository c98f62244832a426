//! A cassette as a cache of responses, outside tests: `cargo run --example response-cache`.
//!
//! Each city has a cassette of its own, which is recorded again when it is older than an hour.
#![expect(clippy::print_stdout, reason = "it tells what happens")]

use std::time::Instant;

use cassette_examples::{ApiServer, CachedForecasts, Forecasts, Result};
use cassette_reqwest::client_with;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let server = ApiServer::start(0)?;
    let client = client_with(reqwest::Client::builder().no_proxy())?;
    let forecasts = Forecasts::new(client, &server.url(), ApiServer::KEY);
    let folder = tempfile::tempdir()?;
    let cached = CachedForecasts::new(forecasts, folder.path());
    for city in ["Oslo", "Lima", "Oslo", "Lima", "Oslo"] {
        let start = Instant::now();
        let celsius = cached.celsius(city).await?;
        println!("{city}: {celsius} °C, after {:.1?}", start.elapsed());
    }
    println!("The API was asked {} times.", server.requests());
    Ok(())
}
