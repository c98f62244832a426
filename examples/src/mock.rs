use std::path::Path;

use cassette_reqwest::{Config, Mode, Repeat, Unused, scope};

use crate::api::Result;

/// Runs a program that is being worked on with the recorded answers of an API: what was asked before is
/// answered from the cassette as often as it was asked, and what is new is recorded.
///
/// # Errors
///
/// When something new is asked and the API does not answer.
pub async fn with_recorded_api<T>(
    folder: &Path,
    program: impl Future<Output = Result<T>>,
) -> Result<T> {
    scope("api", config(folder).mode(Mode::Update), program).await?
}

/// The same without the API: only what is recorded is answered.
///
/// # Errors
///
/// When something is asked that is not recorded; the error says what comes closest.
pub async fn without_api<T>(folder: &Path, program: impl Future<Output = Result<T>>) -> Result<T> {
    scope("api", config(folder).mode(Mode::Replay), program).await?
}

fn config(folder: &Path) -> Config {
    Config::new()
        .dir(folder)
        .repeat(Repeat::Last)
        .unused(Unused::Allow)
        // It is no test, so it does not matter whether it runs in CI.
        .environment::<&str, &str>([])
}
