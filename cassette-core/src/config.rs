use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use glob::Pattern;
use http::HeaderName;
use serde::Deserialize;

use crate::error::{Error, Kind, Result};
use crate::json::Paths;
use crate::matcher::RequestMatcher;
use crate::mode::{Mode, OnChange, OnExpiry, Order, Repeat, Track, Unused};
use crate::plan::Plan;
use crate::redact::Redactor;

/// Where cassettes are, below the test's package, when nothing else is said.
const DEFAULT_DIR: &str = "tests/cassettes";

/// What a test wants of its cassette, for [`scope`](crate::scope) and for the functions that
/// `#[cassette(config = …)]` names.
///
/// Each method is named like the attribute's argument and like the key of `cassette.toml`.
///
/// ```
/// use cassette_core::{Config, Repeat};
///
/// let config = Config::new().match_headers(["accept"]).repeat(Repeat::Last);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Config {
    wishes: Wishes,
    environment: Environment,
}

/// What can be said in every place. Absent: not said here.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wishes {
    dir: Option<PathBuf>,
    mode: Option<Mode>,
    track: Option<Track>,
    on_change: Option<OnChange>,
    #[serde(default, deserialize_with = "duration")]
    max_age: Option<Duration>,
    on_expiry: Option<OnExpiry>,
    match_body: Option<bool>,
    match_query: Option<bool>,
    match_headers: Option<Vec<String>>,
    ignore_headers: Option<Vec<String>>,
    ignore_query: Option<Vec<String>>,
    ignore_json: Option<Vec<String>>,
    exclude_headers: Option<Vec<String>>,
    order: Option<Order>,
    repeat: Option<Repeat>,
    unused: Option<Unused>,
}

fn duration<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    humantime::parse_duration(&text).map(Some).map_err(|error| {
        serde::de::Error::custom(format_args!(
            "`{text}` is no time like \"30d\" or \"12h\": {error}"
        ))
    })
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $type:ty;)*) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name(mut self, $name: $type) -> Self {
                self.wishes.$name = Some($name);
                self
            }
        )*
    };
}

macro_rules! list_setters {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name<T: Into<String>>(mut self, $name: impl IntoIterator<Item = T>) -> Self {
                self.wishes.$name = Some($name.into_iter().map(Into::into).collect());
                self
            }
        )*
    };
}

impl Config {
    /// Returns one that asks for nothing: the defaults, or what `cassette.toml` says.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        /// Sets what to do with the cassette; `CASSETTE_MODE` goes before it, and in CI only
        /// `CASSETTE_MODE` can ask for anything but a replay. Default: [`Mode::Auto`].
        mode: Mode;
        /// Sets which change of the test function makes its recording stale. Default:
        /// [`Track::Body`].
        track: Track;
        /// Sets what happens to a stale recording. Default: [`OnChange::Record`].
        on_change: OnChange;
        /// Sets how old a recording may grow. Default: any age.
        max_age: Duration;
        /// Sets what happens to a recording older than that. Default: [`OnExpiry::Record`].
        on_expiry: OnExpiry;
        /// Sets whether the body decides which recorded request is meant. Default: true.
        match_body: bool;
        /// Sets whether the query decides which recorded request is meant. Default: true.
        match_query: bool;
        /// Sets whether requests must come in the recorded order. Default: [`Order::Any`].
        order: Order;
        /// Sets what a request gets after the last of its recorded answers. Default:
        /// [`Repeat::Never`].
        repeat: Repeat;
        /// Sets what becomes of a passing test that left interactions unplayed. Default:
        /// [`Unused::Fail`].
        unused: Unused;
    }

    list_setters! {
        /// Sets the headers that must be equal too. Default: none.
        match_headers;
        /// Takes headers out of `match_headers`, for example out of what `cassette.toml` lists.
        ignore_headers;
        /// Sets the query parameters that may differ. They are stored all the same.
        ignore_query;
        /// Sets the places of JSON bodies that may differ, as pointers in which `*` is any key or
        /// index: `/messages/*/id`. They are stored all the same.
        ignore_json;
        /// Sets the headers that are never stored, of requests and of responses.
        exclude_headers;
    }

    /// Sets the folder of the cassettes, below the test's package unless it is absolute;
    /// `CASSETTE_DIR` goes before it. Default: `tests/cassettes`.
    #[must_use]
    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.wishes.dir = Some(dir.into());
        self
    }

    /// Sets variables that are read in place of the process's environment: for tools, and for
    /// tests that must not depend on where they run.
    #[must_use]
    pub fn environment<K: Into<String>, V: Into<String>>(
        mut self,
        variables: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let variables = variables
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        self.environment = Environment::Given(variables.collect());
        self
    }

    /// Returns what the nearest `cassette.toml` says, from the package up to the repository's root.
    pub(crate) fn of_package(package_dir: &Path) -> Result<Self> {
        let file = package_dir
            .ancestors()
            .map(|folder| folder.join("cassette.toml"))
            .zip(package_dir.ancestors());
        for (file, folder) in file {
            match std::fs::read_to_string(&file) {
                Ok(text) => return Self::from_toml(&text, &file),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(
                        config_error(format!("cannot read {}", file.display())).with_source(error)
                    );
                }
            }
            if folder.join(".git").exists() {
                break;
            }
        }
        Ok(Self::default())
    }

    fn from_toml(text: &str, file: &Path) -> Result<Self> {
        let wishes = toml::from_str(text).map_err(|error| {
            config_error(format!("{} is no configuration: {error}", file.display()))
        })?;
        Ok(Self {
            wishes,
            environment: Environment::Process,
        })
    }

    /// Returns this, with `lower`'s word where this says nothing.
    pub(crate) fn over(self, lower: Self) -> Self {
        let (own, lower) = (self.wishes, lower.wishes);
        let wishes = Wishes {
            dir: own.dir.or(lower.dir),
            mode: own.mode.or(lower.mode),
            track: own.track.or(lower.track),
            on_change: own.on_change.or(lower.on_change),
            max_age: own.max_age.or(lower.max_age),
            on_expiry: own.on_expiry.or(lower.on_expiry),
            match_body: own.match_body.or(lower.match_body),
            match_query: own.match_query.or(lower.match_query),
            match_headers: own.match_headers.or(lower.match_headers),
            ignore_headers: own.ignore_headers.or(lower.ignore_headers),
            ignore_query: own.ignore_query.or(lower.ignore_query),
            ignore_json: own.ignore_json.or(lower.ignore_json),
            exclude_headers: own.exclude_headers.or(lower.exclude_headers),
            order: own.order.or(lower.order),
            repeat: own.repeat.or(lower.repeat),
            unused: own.unused.or(lower.unused),
        };
        Self {
            wishes,
            environment: self.environment,
        }
    }

    /// Returns what is so for the test of this name: environment over wishes over defaults.
    pub(crate) fn resolve(self, package_dir: &Path, test: &str) -> Result<Settings> {
        let dir = self.environment.get("CASSETTE_DIR")?.map(PathBuf::from);
        let ci = self
            .environment
            .get("CI")?
            .is_some_and(|ci| !matches!(ci.as_str(), "" | "0" | "false"));
        let (mode, why_mode) = self.resolve_mode(ci, test)?;
        let wishes = self.wishes;
        Ok(Settings {
            dir: package_dir.join(
                dir.or(wishes.dir.clone())
                    .unwrap_or_else(|| DEFAULT_DIR.into()),
            ),
            mode,
            why_mode,
            track: wishes.track.unwrap_or_default(),
            on_change: wishes.on_change.unwrap_or_default(),
            max_age: wishes.max_age,
            on_expiry: wishes.on_expiry.unwrap_or_default(),
            order: wishes.order.unwrap_or_default(),
            repeat: wishes.repeat.unwrap_or_default(),
            unused: wishes.unused.unwrap_or_default(),
            redactor: Redactor::new(headers(wishes.exclude_headers.as_deref())?),
            matcher: wishes.matcher()?,
        })
    }

    /// `CASSETTE_MODE` before the rest; without it CI only replays; `CASSETTE_ONLY` keeps
    /// recording to the tests it names.
    fn resolve_mode(&self, ci: bool, test: &str) -> Result<(Mode, &'static str)> {
        let (mode, why) = match self.environment.get("CASSETTE_MODE")? {
            Some(name) => (name.parse()?, ""),
            None if ci => (Mode::Replay, " (CI)"),
            None => (self.wishes.mode.unwrap_or_default(), ""),
        };
        let records = matches!(mode, Mode::Auto | Mode::Record | Mode::Update);
        match self.environment.get("CASSETTE_ONLY")? {
            Some(only) if !pattern(&only)?.matches(test) && records => {
                Ok((Mode::Replay, " (CASSETTE_ONLY names others)"))
            }
            _ => Ok((mode, why)),
        }
    }
}

fn pattern(only: &str) -> Result<Pattern> {
    let wrong = |error| {
        config_error(format!(
            "CASSETTE_ONLY is `{only}`, which is no pattern: {error}"
        ))
    };
    Pattern::new(only).map_err(wrong)
}

impl Wishes {
    fn matcher(self) -> Result<RequestMatcher> {
        let ignored = headers(self.ignore_headers.as_deref())?;
        let mut matched = headers(self.match_headers.as_deref())?;
        matched.retain(|name| !ignored.contains(name));
        let pointers = self.ignore_json.unwrap_or_default();
        if let Some(pointer) = pointers
            .iter()
            .find(|pointer| !pointer.is_empty() && !pointer.starts_with('/'))
        {
            return Err(config_error(format!(
                "ignore_json has `{pointer}`: a JSON pointer starts with `/`, like `/messages/*/id`"
            )));
        }
        Ok(RequestMatcher {
            body: self.match_body.unwrap_or(true),
            query: self.match_query.unwrap_or(true),
            headers: matched,
            ignored_query: self.ignore_query.unwrap_or_default(),
            ignored_json: Paths::new(&pointers),
        })
    }
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

/// What holds for one session, nothing left open.
#[derive(Clone, Debug)]
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
    pub(crate) redactor: Redactor,
    pub(crate) matcher: RequestMatcher,
}

impl Settings {
    /// What this run records never plays in it, and only what is unplayed plays: an update asks
    /// the network for what goes beyond the recording.
    pub(crate) fn repeat_for(&self, plan: Plan) -> Repeat {
        if plan == Plan::Update {
            Repeat::Never
        } else {
            self.repeat
        }
    }
}

/// Where variables are looked up. Nothing else in the library reads the environment.
#[derive(Clone, Default)]
enum Environment {
    #[default]
    Process,
    Given(HashMap<String, String>),
}

impl Environment {
    fn get(&self, name: &str) -> Result<Option<String>> {
        match self {
            Self::Given(variables) => Ok(variables.get(name).cloned()),
            Self::Process => process_variable(name),
        }
    }
}

/// Names only: a value may be a secret.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process => f.write_str("Process"),
            Self::Given(variables) => f.debug_set().entries(variables.keys()).finish(),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the environment is read"
)]
fn process_variable(name: &str) -> Result<Option<String>> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => {
            Err(config_error(format!("the variable {name} is not UTF-8")))
        }
    }
}

/// Returns the folder of the package under test: cargo says it at run time too, which stays true
/// for a test binary that was moved to another machine.
pub(crate) fn package_dir(compiled: &str) -> Result<PathBuf> {
    let run_time = process_variable("CARGO_MANIFEST_DIR")?;
    Ok(run_time.map_or_else(|| PathBuf::from(compiled), PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(config: Config, variables: &[(&str, &str)]) -> Result<Mode> {
        let config = config.environment(variables.iter().copied());
        Ok(config.resolve(Path::new("/package"), "api::reads")?.mode)
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
        insta::assert_snapshot!(error(&[("CASSETTE_MODE", "rec")]), @"CASSETTE_MODE is `rec`; it can be auto, replay (or playback), record, update, live");
        insta::assert_snapshot!(error(&[("CASSETTE_ONLY", "[")]), @"CASSETTE_ONLY is `[`, which is no pattern: Pattern syntax error near position 0: invalid range pattern");
        let error = |config: Config| config.resolve(Path::new("/"), "t").unwrap_err().to_string();
        insta::assert_snapshot!(error(Config::new().match_headers(["a b"])), @"`a b` is not the name of a header");
        insta::assert_snapshot!(error(Config::new().ignore_json(["a"])), @"ignore_json has `a`: a JSON pointer starts with `/`, like `/messages/*/id`");
    }

    #[test]
    fn the_file_is_read_and_its_mistakes_are_placed() {
        let read = |text| Config::from_toml(text, Path::new("cassette.toml"));
        let config = read("mode = \"playback\"\nmax_age = \"30d\"\nmatch_headers = [\"a\", \"b\"]\nignore_headers = [\"a\"]\n").unwrap();
        let settings = Config::new()
            .max_age(Duration::from_secs(1))
            .environment([("", "")])
            .over(config)
            .resolve(Path::new("/p"), "t")
            .unwrap();
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
    }
}
