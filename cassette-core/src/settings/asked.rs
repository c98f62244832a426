//! What the environment asks for.

use std::path::{Path, PathBuf};

use glob::Pattern;

use super::config_error;
use crate::environment::Environment;
use crate::error::Result;
use crate::mode::Mode;

/// `CASSETTE_MODE` before the rest; without it CI only replays; `CASSETTE_ONLY` keeps recording to
/// the tests it names.
pub(super) fn mode(
    wish: Option<Mode>,
    environment: &Environment,
    test: &str,
) -> Result<(Mode, &'static str)> {
    let (mode, why) = match environment.get("CASSETTE_MODE")? {
        Some(name) => (name.parse()?, ""),
        None if is_ci(environment)? => (Mode::Replay, " (CI)"),
        None => (wish.unwrap_or_default(), ""),
    };
    let records = matches!(mode, Mode::Auto | Mode::Record | Mode::Update);
    match environment.get("CASSETTE_ONLY")? {
        Some(only) if !pattern(&only)?.matches(test) && records => {
            Ok((Mode::Replay, " (CASSETTE_ONLY names others)"))
        }
        _ => Ok((mode, why)),
    }
}

fn is_ci(environment: &Environment) -> Result<bool> {
    let ci = environment.get("CI")?;
    Ok(ci.is_some_and(|ci| !is_off(&ci)))
}

fn pattern(only: &str) -> Result<Pattern> {
    let wrong = |error| {
        config_error(format!(
            "CASSETTE_ONLY is `{only}`, which is no pattern: {error}"
        ))
    };
    Pattern::new(only).map_err(wrong)
}

/// Do requests without a recorded answer go to the network in a replay?
pub(super) fn fallback(environment: &Environment) -> Result<bool> {
    const NAME: &str = "CASSETTE_ALLOW_FALLBACK";
    let is_on = environment.get(NAME)?.is_some_and(|value| !is_off(&value));
    if is_on && is_ci(environment)? {
        return Err(config_error(format!(
            "{NAME} is set, and so is CI, where a test must not go to the network by itself\n\n\
             help: unset it, `env -u {NAME} cargo test`, and record what is missing elsewhere"
        )));
    }
    Ok(is_on)
}

/// Returns the file for events; a relative path begins at the package, where tests run.
pub(super) fn events(environment: &Environment, package_dir: &Path) -> Result<Option<PathBuf>> {
    let file = environment.get("CASSETTE_EVENTS")?;
    Ok(file.map(|file| package_dir.join(file)))
}

fn is_off(value: &str) -> bool {
    matches!(value, "0" | "false")
}
