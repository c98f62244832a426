use crate::environment::Environment;
use crate::error::{Error, Kind, Result};
use crate::plan::Plan;
use crate::scope::try_current;
use crate::session::Session;

/// Returns a key, a password or the like for the test: the variable of this name while the cassette is
/// recorded, updated or the mode is live, and `dummy-<name>` where it is only played, so that a replay
/// needs none. Where a replay may ask the network all the same, inside of [`unrecorded`](fn@crate::unrecorded) or with
/// `CASSETTE_ALLOW_FALLBACK`, it is the variable if that is set.
///
/// Its value is masked wherever it occurs in what is recorded, if it has 4 characters and more. The variable is one
/// of the process, or of those that [`Config::environment`](crate::Config::environment) gives. Where no
/// cassette is in use it is one of the process.
///
/// # Errors
///
/// When the variable is not set, is empty or is not UTF-8; when the name can be no variable's; when it
/// cannot be told which cassette is in use, as for [`try_current`].
///
/// # Examples
///
/// The test is the same when it is recorded and when it is replayed without the key:
///
/// ```
/// use cassette_core::{Config, scope, secret};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let folder = tempfile::tempdir()?;
/// # let config = || Config::new().dir(folder.path());
/// let test = async { secret("WEATHER_KEY") };
/// let recording = config().environment([("CASSETTE_MODE", "record"), ("WEATHER_KEY", "the real one")]);
/// assert_eq!(scope("forecast", recording, test).await??, "the real one");
///
/// let test = async { secret("WEATHER_KEY") };
/// let replay = config().environment([("CASSETTE_MODE", "replay")]);
/// assert_eq!(scope("forecast", replay, test).await??, "dummy-WEATHER_KEY");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn secret(name: &str) -> Result<String> {
    check(name)?;
    let Some(session) = try_current()? else {
        let value = Environment::Process.get(name)?;
        return value.ok_or_else(|| {
            missing(
                name,
                "no cassette is in use here that could be played",
                "cargo test",
            )
        });
    };
    let inner = &session.0;
    if matches!(inner.plan, Plan::Play | Plan::Recheck) {
        // What goes to the network after all needs the real one.
        let real = match inner.settings.allows_fallback || session.is_forwarding() {
            true => inner.settings.environment.get(name)?,
            false => None,
        };
        let value = real.unwrap_or_else(|| format!("dummy-{name}"));
        register(&session, &value);
        return Ok(value);
    }
    let value = inner.settings.environment.get(name)?;
    let value = value.ok_or_else(|| missing_in(&session, name))?;
    register(&session, &value);
    Ok(value)
}

/// Tells the redactor a value that it masks wherever it occurs.
fn register(session: &Session, value: &str) {
    session.0.settings.redactor.learn_named(value);
}

fn check(name: &str) -> Result<()> {
    if name.is_empty() || name.contains(['=', '\0']) {
        // Not what it is: behind a `=` may stand the value.
        return Err(config_error(
            "`secret` was given what cannot be the name of a variable: it is empty, or has a `=` in it\n\n\
             help: give it the name alone, like `secret(\"API_KEY\")`".to_owned(),
        ));
    }
    Ok(())
}

fn missing_in(session: &Session, name: &str) -> Error {
    let done = match session.0.plan {
        Plan::Forward => "sends real requests",
        _ => "is recorded with it",
    };
    let facts = &session.0.facts;
    let why = format!("{} {done} (mode: {})", facts.test, facts.mode);
    let function = facts.function.as_ref();
    let command = function.map_or_else(
        || "cargo test".to_owned(),
        |function| format!("cargo test {function}"),
    );
    missing(name, &why, &command)
}

fn missing(name: &str, why: &str, command: &str) -> Error {
    config_error(format!(
        "the variable {name} is empty or not set, and {why}\n\n\
         help: set it, `{name}=… {command}`; a replay needs none"
    ))
}

fn config_error(message: String) -> Error {
    Error::new(Kind::Config, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_a_cassette_the_variable_is_the_process_s() {
        assert!(secret("PATH").is_ok_and(|path| !path.is_empty()));
        let error = secret("CASSETTE_NO_SUCH_KEY").unwrap_err();
        assert!(error.is_config());
        insta::assert_snapshot!(error, @"
        the variable CASSETTE_NO_SUCH_KEY is empty or not set, and no cassette is in use here that could be played

        help: set it, `CASSETTE_NO_SUCH_KEY=… cargo test`; a replay needs none
        ");
    }

    #[test]
    fn what_is_no_name_is_refused_unseen() {
        let mut texts = ["", "A=s3cret", "A\0"]
            .map(|name| {
                let error = secret(name).unwrap_err();
                assert!(error.is_config());
                error.to_string()
            })
            .to_vec();
        texts.dedup();
        insta::assert_snapshot!(texts.join("\n"), @r#"
        `secret` was given what cannot be the name of a variable: it is empty, or has a `=` in it

        help: give it the name alone, like `secret("API_KEY")`
        "#);
    }
}
