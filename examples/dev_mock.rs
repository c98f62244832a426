//! A cassette as a mock of an API while one works on a program: `cargo run --example dev-mock`.
//!
//! The first run records what the program asks. Then the API is shut down, and the program runs on, as
//! often as one likes.
#![expect(clippy::print_stdout, reason = "it tells what happens")]

use cassette_examples::{ApiServer, Forecasts, Result, with_recorded_api, without_api};
use cassette_reqwest::client_with;

/// The program that is being worked on.
async fn dashboard(forecasts: &Forecasts) -> Result<String> {
    let mut lines = Vec::new();
    for city in ["Oslo", "Lima", "Cairo"] {
        lines.push(format!("{city} {} °C", forecasts.celsius(city).await?));
    }
    Ok(lines.join(", "))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let server = ApiServer::start(0)?;
    let client = client_with(reqwest::Client::builder().no_proxy())?;
    let forecasts = Forecasts::new(client, &server.url(), ApiServer::KEY);
    let folder = tempfile::tempdir()?;

    println!(
        "with the API:    {}",
        with_recorded_api(folder.path(), dashboard(&forecasts)).await?
    );
    server.stop();
    for _ in 0..2 {
        println!(
            "without the API: {}",
            without_api(folder.path(), dashboard(&forecasts)).await?
        );
    }
    let new = without_api(folder.path(), forecasts.celsius("Delhi")).await;
    println!(
        "\nWhat was not recorded:\n{}",
        new.err()
            .map_or_else(String::new, |error| error.to_string())
    );
    Ok(())
}
