use std::path::{Path, PathBuf};
use std::time::Duration;

use glob::Pattern;
use http::HeaderName;

use crate::config::{Config, Wishes};
use crate::environment::Environment;
use crate::error::{Error, Kind, Result};
use crate::latency::Latency;
use crate::matcher::RequestMatcher;
use crate::mode::{Mode, OnChange, OnExpiry, Order, Repeat, Track, Unused};
use crate::node::Paths;
use crate::redact::{Redactor, Rules};
use crate::redaction::Redactions;

/// Where cassettes are, below the test's package, when nothing else is said.
const DEFAULT_DIR: &str = "tests/cassettes";

/// How many bytes of a body a reviewer can be asked to look at, when nothing else is said.
const DEFAULT_BODY_LIMIT: u64 = 256 * 1024;

/// What holds for one session, nothing left open.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) dir: PathBuf,
    pub(crate) mode: Mode,
    /// What made it the mode, where nobody asked for it: ` (CI)`.
    pub(crate) why_mode: &'static str,
    pub(crate) track: Track,
    pub(crate) on_change: OnChange,
    pub(crate) max_age: Option<Duration>,
    pub(crate) on_expiry: OnExpiry,
    pub(crate) order: Order,
    pub(crate) repeat: Repeat,
    pub(crate) unused: Unused,
    /// Absent: by what the response is.
    pub(crate) stream: Option<bool>,
    /// Absent: a replay waits for nothing.
    pub(crate) latency: Option<Latency>,
    pub(crate) redactor: Redactor,
    pub(crate) matcher: RequestMatcher,
    /// Where the test's secrets are.
    pub(crate) environment: Environment,
}

impl Settings {
    /// Tells the redactor what the environment holds of secrets. A replay does so only for what people
    /// read: what it plays must not depend on where it runs.
    ///
    /// # Errors
    ///
    /// When a variable that `redact` names is not UTF-8.
    pub(crate) fn learn_environment(&self) -> Result<()> {
        let (rules, redactor) = (self.redactor.rules(), &self.redactor);
        let secrets = self.environment.secrets().into_iter();
        let secrets = secrets.filter(|(name, _)| !rules.keeps_variable(name));
        redactor.learn(secrets.map(|(_, value)| value));
        for name in rules.variables() {
            let value = self.environment.get(name)?;
            value.iter().for_each(|value| redactor.learn_named(value));
        }
        Ok(())
    }

    /// Returns what is so for the test of this name: environment over wishes over defaults.
    pub(crate) fn resolve(config: Config, package_dir: &Path, test: &str) -> Result<Self> {
        let Config {
            wishes,
            redactions,
            environment,
        } = config;
        let (mode, why_mode) = mode(wishes.mode, &environment, test)?;
        let dir = environment.get("CASSETTE_DIR")?.map(PathBuf::from);
        let dir = dir
            .or(wishes.dir.clone())
            .unwrap_or_else(|| DEFAULT_DIR.into());
        Ok(Self {
            dir: package_dir.join(dir),
            mode,
            why_mode,
            track: wishes.track.unwrap_or_default(),
            on_change: wishes.on_change.unwrap_or_default(),
            max_age: wishes.max_age,
            on_expiry: wishes.on_expiry.unwrap_or_default(),
            order: wishes.order.unwrap_or_default(),
            repeat: wishes.repeat.unwrap_or_default(),
            unused: wishes.unused.unwrap_or_default(),
            stream: wishes.stream,
            latency: wishes.latency.map(Latency::checked).transpose()?,
            redactor: Redactor::new(
                rules(&wishes, redactions)?,
                headers(wishes.exclude_headers.as_deref())?,
                wishes.body_limit.unwrap_or(DEFAULT_BODY_LIMIT),
            ),
            matcher: matcher(wishes)?,
            environment,
        })
    }
}

/// `CASSETTE_MODE` before the rest; without it CI only replays; `CASSETTE_ONLY` keeps recording to
/// the tests it names.
fn mode(wish: Option<Mode>, environment: &Environment, test: &str) -> Result<(Mode, &'static str)> {
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
    Ok(ci.is_some_and(|ci| !matches!(ci.as_str(), "0" | "false")))
}

fn pattern(only: &str) -> Result<Pattern> {
    let wrong = |error| {
        config_error(format!(
            "CASSETTE_ONLY is `{only}`, which is no pattern: {error}"
        ))
    };
    Pattern::new(only).map_err(wrong)
}

fn rules(wishes: &Wishes, redactions: Redactions) -> Result<Rules> {
    let lines = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
    Rules::new(&lines(&wishes.redact), &lines(&wishes.keep), redactions).map_err(config_error)
}

fn matcher(wishes: Wishes) -> Result<RequestMatcher> {
    let ignored = headers(wishes.ignore_headers.as_deref())?;
    let mut matched = headers(wishes.match_headers.as_deref())?;
    matched.retain(|name| !ignored.contains(name));
    let pointers = wishes.ignore_json.unwrap_or_default();
    if let Some(pointer) = pointers.iter().find(|pointer| !pointer.starts_with('/')) {
        return Err(config_error(format!(
            "ignore_json has `{pointer}`: a JSON pointer starts with `/`, like `/messages/*/id`"
        )));
    }
    Ok(RequestMatcher {
        body: wishes.match_body.unwrap_or(true),
        query: wishes.match_query.unwrap_or(true),
        headers: matched,
        ignored_query: wishes.ignore_query.unwrap_or_default(),
        ignored_json: Paths::new(&pointers),
    })
}

fn headers(names: Option<&[String]>) -> Result<Vec<HeaderName>> {
    let header = |name: &String| {
        HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| config_error(format!("`{name}` is not the name of a header")))
    };
    names.unwrap_or_default().iter().map(header).collect()
}

fn config_error(message: String) -> Error {
    Error::new(Kind::Config, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(config: Config, variables: &[(&str, &str)]) -> Result<Mode> {
        let config = config.environment(variables.iter().copied());
        Ok(Settings::resolve(config, Path::new("/package"), "api::reads")?.mode)
    }

    #[test]
    fn the_variable_goes_before_the_attribute_and_ci_before_both_but_the_variable() {
        let update = || Config::new().mode(Mode::Update);
        assert_eq!(mode(Config::new(), &[]).unwrap(), Mode::Auto);
        assert_eq!(mode(update(), &[]).unwrap(), Mode::Update);
        assert_eq!(
            mode(update(), &[("CASSETTE_MODE", "live")]).unwrap(),
            Mode::Live
        );
        assert_eq!(mode(update(), &[("CI", "true")]).unwrap(), Mode::Replay);
        assert_eq!(
            mode(update(), &[("CI", "1"), ("CASSETTE_MODE", "record")]).unwrap(),
            Mode::Record
        );
        for no in ["false", "0", ""] {
            assert_eq!(mode(update(), &[("CI", no)]).unwrap(), Mode::Update);
        }
    }

    #[test]
    fn recording_is_kept_to_the_tests_that_are_named() {
        let only = |pattern, mode_name| {
            mode(
                Config::new(),
                &[("CASSETTE_ONLY", pattern), ("CASSETTE_MODE", mode_name)],
            )
            .unwrap()
        };
        assert_eq!(only("api::*", "record"), Mode::Record);
        assert_eq!(only("other::*", "record"), Mode::Replay);
        assert_eq!(only("other::*", "live"), Mode::Live);
    }

    #[test]
    fn wrong_values_name_the_allowed_ones() {
        let error = |variables| mode(Config::new(), variables).unwrap_err().to_string();
        insta::assert_snapshot!(error(&[("CASSETTE_MODE", "rec")]), @"
        CASSETTE_MODE is `rec`; it can be auto, replay (or playback), record, update, live

        help: set one of these, or none: `env -u CASSETTE_MODE cargo test`
        ");
        insta::assert_snapshot!(error(&[("CASSETTE_ONLY", "[")]), @"CASSETTE_ONLY is `[`, which is no pattern: Pattern syntax error near position 0: invalid range pattern");
        let error = |config: Config| {
            Settings::resolve(config, Path::new("/"), "t")
                .unwrap_err()
                .to_string()
        };
        insta::assert_snapshot!(error(Config::new().match_headers(["a b"])), @"`a b` is not the name of a header");
        insta::assert_snapshot!(error(Config::new().ignore_json(["a"])), @"ignore_json has `a`: a JSON pointer starts with `/`, like `/messages/*/id`");
        insta::assert_snapshot!(error(Config::new().latency(Latency::Factor(-1.0))), @r#"`x-1` is no latency like "recorded", "x0.5" or "200ms": a factor is a number from 0 to 1000"#);
    }

    #[test]
    fn the_file_is_read_and_its_mistakes_are_placed() {
        let read = |text| Config::from_toml(text, Path::new("cassette.toml"));
        let config = read("mode = \"playback\"\nmax_age = \"30d\"\nmatch_headers = [\"a\", \"b\"]\nignore_headers = [\"a\"]\n").unwrap();
        let own = Config::new()
            .max_age(Duration::from_secs(1))
            .environment([("", "")]);
        let settings = Settings::resolve(own.over(config), Path::new("/p"), "t").unwrap();
        assert_eq!(
            (settings.mode, settings.max_age),
            (Mode::Replay, Some(Duration::from_secs(1)))
        );
        assert_eq!(settings.matcher.headers, ["b"]);
        assert_eq!(settings.dir, Path::new("/p/tests/cassettes"));

        let error = |text| read(text).unwrap_err().to_string();
        assert!(error("a = 1").contains("unknown field `a`, expected one of `dir`, `mode`"));
        insta::assert_snapshot!(error("order = \"any\"\nrepeat = \"first\""), @r#"
        cassette.toml is no configuration: TOML parse error at line 2, column 10
          |
        2 | repeat = "first"
          |          ^^^^^^^
        unknown variant `first`, expected one of `never`, `last`, `cycle`
        "#);
        assert!(error("max_age = \"soon\"").contains("`soon` is no time like \"30d\""));
        insta::assert_snapshot!(error("latency = \"x-1\""), @r#"
        cassette.toml is no configuration: TOML parse error at line 1, column 11
          |
        1 | latency = "x-1"
          |           ^^^^^
        `x-1` is no latency like "recorded", "x0.5" or "200ms": a factor is a number from 0 to 1000
        "#);
        assert!(error("latency = 200").contains("expected a string"));
        assert!(error("stream = \"yes\"").contains("expected a boolean"));
        assert!(error("body_limit = -1").contains("expected u64"));
    }

    #[test]
    fn streams_latency_and_the_limit_of_bodies_are_what_the_upper_layer_says() {
        let check = |own: Config, file: &str, expected: (Option<bool>, Option<Latency>, u64)| {
            let file = Config::from_toml(file, Path::new("cassette.toml")).unwrap();
            let config = own.environment([("", "")]).over(file);
            let settings = Settings::resolve(config, Path::new("/p"), "t").unwrap();
            let got = (
                settings.stream,
                settings.latency,
                settings.redactor.body_limit(),
            );
            assert_eq!(got, expected);
        };
        let all = "stream = false\nlatency = \"x0.5\"\nbody_limit = 1_024\n";
        let fixed = |seconds| Latency::Fixed(Duration::from_secs(seconds));
        check(Config::new(), "", (None, None, 262_144));
        check(
            Config::new(),
            all,
            (Some(false), Some(Latency::Factor(0.5)), 1024),
        );
        check(
            Config::new().stream(true).latency(fixed(2)).body_limit(0),
            all,
            (Some(true), Some(fixed(2)), 0),
        );
        check(
            Config::new(),
            "latency = \"recorded\"",
            (None, Some(Latency::Recorded), 262_144),
        );
    }
}
