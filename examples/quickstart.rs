//! The main job in one command: `cargo run --example quickstart`.
//!
//! It records a sequence of calls, replays it with the server gone, changes one word of the function that makes the
//! calls, and shows that the recording is found stale and made again.
#![expect(clippy::print_stdout, reason = "it tells what happens")]

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::io::{self, ErrorKind};
use std::iter::successors;
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use cassette_examples::{ApiServer, Forecasts, Result};
use cassette_reqwest::{Config, cassette, client_with};
use reqwest_middleware::ClientWithMiddleware;

/// How much of the cassette is shown: up to the end of the first request.
const SHOWN_LINES: usize = 18;

/// The function as it is at first. In a project it would be a test, with `#[tokio::test]` below `#[cassette]`.
async fn before(api: &str) -> Result<String> {
    #[cassette("quickstart", config = in_the_target_folder)]
    async fn warmest_city(api: &str) -> Result<String> {
        let forecasts = Forecasts::new(client()?, api, ApiServer::KEY);
        let warmest = forecasts.warmest(&["Oslo", "Lima", "Cairo"]).await?;
        let (city, celsius) = warmest.ok_or("there are no cities")?;
        Ok(format!("{city}, {celsius} °C"))
    }
    warmest_city(api).await
}

/// The same function, edited: Delhi in place of Cairo. As both have one name, both have one cassette.
async fn after(api: &str) -> Result<String> {
    #[cassette("quickstart", config = in_the_target_folder)]
    async fn warmest_city(api: &str) -> Result<String> {
        let forecasts = Forecasts::new(client()?, api, ApiServer::KEY);
        let warmest = forecasts.warmest(&["Oslo", "Lima", "Delhi"]).await?;
        let (city, celsius) = warmest.ok_or("there are no cities")?;
        Ok(format!("{city}, {celsius} °C"))
    }
    warmest_city(api).await
}

/// Returns a client with a cassette, as `cassette_reqwest::client()` does, that goes past any proxy
/// the environment names: the server is on this machine.
fn client() -> Result<ClientWithMiddleware> {
    Ok(client_with(reqwest::Client::builder().no_proxy())?)
}

fn in_the_target_folder(config: Config) -> Config {
    config.dir(folder())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    if let Some(variable) = variable_in_the_way() {
        println!("the variable {variable} is set, and it would change what is recorded here");
        println!("run this instead: env -u {variable} cargo run --example quickstart");
        return ExitCode::FAILURE;
    }
    match quickstart().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("the quickstart failed: {}", with_causes(&*error));
            ExitCode::FAILURE
        }
    }
}

async fn quickstart() -> Result<()> {
    begin_afresh()?;
    let server = ApiServer::start(0)?;
    let (port, api) = (server.port(), server.url());
    println!("A weather API is at {api}; each answer takes 0.1 s.");

    println!("\n1. RECORD. There is no cassette yet, so the function talks to the server.");
    timed(before(&api)).await?;
    println!("   The server saw {} requests.", server.requests());
    server.stop();

    println!("\n2. REPLAY. The server is shut down, and the same function runs again.");
    timed(before(&api)).await?;
    println!("   {}.", state_of(port));

    let server = ApiServer::start(port)?;
    println!("\n3. CHANGE. The server is back. In the function \"Cairo\" has become \"Delhi\".");
    timed(after(&api)).await?;
    println!("   The server saw {} requests.", server.requests());

    show(&folder().join("quickstart.json"))
}

async fn timed(function: impl Future<Output = Result<String>>) -> Result<()> {
    let start = Instant::now();
    let answer = function.await?;
    println!(
        "   The warmest city: {answer}. It took {:.1?}.",
        start.elapsed()
    );
    Ok(())
}

/// Returns what a client of the port meets.
fn state_of(port: u16) -> String {
    match TcpStream::connect((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => format!("Something listens on port {port}"),
        Err(error) => format!("Nothing listens on port {port}: {error}"),
    }
}

/// Prints the first lines of the cassette: who made it, and the first request.
fn show(cassette: &Path) -> Result<()> {
    let text = fs::read_to_string(cassette)?;
    let lines = text.lines().count();
    println!(
        "\nThe cassette, as it would be committed and reviewed:\n{}\n",
        cassette.display()
    );
    for line in text.lines().take(SHOWN_LINES) {
        println!("    {line}");
    }
    println!("    … and {} more lines", lines.saturating_sub(SHOWN_LINES));
    Ok(())
}

fn with_causes(error: &(dyn Error + 'static)) -> String {
    let chain = successors(Some(error), |&error| error.source());
    chain
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}

/// Returns `target/quickstart`, wherever the target folder of this build is.
fn folder() -> PathBuf {
    let program = std::env::current_exe().expect("the system knows which program this is");
    // It is `target/debug/examples/quickstart`.
    let target = program.ancestors().nth(3).unwrap_or(Path::new("target"));
    target.join("quickstart")
}

fn begin_afresh() -> io::Result<()> {
    match fs::remove_dir_all(folder()) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Returns the variable that would keep this from recording, or move the cassette: in CI, for
/// example, nothing is recorded.
#[expect(
    clippy::disallowed_methods,
    reason = "an example has no configuration to pass the environment in"
)]
fn variable_in_the_way() -> Option<&'static str> {
    let is_ci = |value: &OsString| !value.is_empty() && value != "0" && value != "false";
    let ci = std::env::var_os("CI").filter(is_ci).map(|_| "CI");
    ci.or_else(|| {
        ["CASSETTE_MODE", "CASSETTE_ONLY", "CASSETTE_DIR"]
            .into_iter()
            .find(|name| std::env::var_os(name).is_some())
    })
}
