use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::environment::Environment;
use crate::error::{Error, Kind, Result};
use crate::latency::Latency;
use crate::mode::{Mode, OnChange, OnExpiry, Order, Repeat, Track, Unused};
use crate::redaction::{Redaction, Redactions};

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
    pub(crate) wishes: Wishes,
    pub(crate) redactions: Redactions,
    pub(crate) environment: Environment,
}

/// What can be said in every place. Absent: not said here.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wishes {
    pub(crate) dir: Option<PathBuf>,
    pub(crate) mode: Option<Mode>,
    pub(crate) track: Option<Track>,
    pub(crate) on_change: Option<OnChange>,
    #[serde(default, deserialize_with = "duration")]
    pub(crate) max_age: Option<Duration>,
    pub(crate) on_expiry: Option<OnExpiry>,
    pub(crate) match_body: Option<bool>,
    pub(crate) match_query: Option<bool>,
    pub(crate) match_headers: Option<Vec<String>>,
    pub(crate) ignore_headers: Option<Vec<String>>,
    pub(crate) ignore_query: Option<Vec<String>>,
    pub(crate) ignore_json: Option<Vec<String>>,
    pub(crate) exclude_headers: Option<Vec<String>>,
    pub(crate) redact: Option<Vec<String>>,
    pub(crate) keep: Option<Vec<String>>,
    pub(crate) order: Option<Order>,
    pub(crate) repeat: Option<Repeat>,
    pub(crate) unused: Option<Unused>,
    pub(crate) stream: Option<bool>,
    pub(crate) latency: Option<Latency>,
    pub(crate) body_limit: Option<u64>,
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

/// Setters of what adds up: a layer cannot take away what another wants masked.
macro_rules! adders {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name<T: Into<String>>(mut self, $name: impl IntoIterator<Item = T>) -> Self {
                let entries = self.wishes.$name.get_or_insert_default();
                entries.extend($name.into_iter().map(Into::into));
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
        /// Sets whether responses reach the test chunk by chunk while they are recorded, and their
        /// chunks are kept as a list. Default: by what the response is; those of a stream's media
        /// type and those of an unknown or large length do.
        stream: bool;
        /// Sets how long a replay waits where the recording had to. Default: not at all.
        latency: Latency;
        /// Sets the number of bytes above which a body goes to a file beside the cassette. Default:
        /// 262144, which is 256 KiB.
        body_limit: u64;
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

    adders! {
        /// Adds to what is masked besides what is by default. Unlike the other lists this one only
        /// grows: what attribute, `config` function and `cassette.toml` say adds up.
        ///
        /// A bare name counts in headers, queries, forms, JSON and XML alike. Else a place stands
        /// before it: `header:x-session`, `query:sid`, `form:pin`, `json:email`, `xml:Pin`. `json:`
        /// also takes a pointer in which `*` is any key or index, `json:/users/*/email`. What a regular
        /// expression finds is `text:…`, the value of a variable `env:…`.
        ///
        /// ```
        /// use cassette_core::Config;
        ///
        /// let config = Config::new().redact(["pin", "header:x-session"]).redact(["json:/users/*/email"]);
        /// ```
        redact;
        /// Adds to what stays although it would be masked by its name, or a recording refused for it.
        /// It takes what [`redact`](Self::redact) takes, and `shape:…` for what is refused for its
        /// shape. It only grows as well.
        keep;
    }

    /// Sets the folder of the cassettes, below the test's package unless it is absolute;
    /// `CASSETTE_DIR` goes before it. Default: `tests/cassettes`.
    #[must_use]
    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.wishes.dir = Some(dir.into());
        self
    }

    /// Adds a rule of your own for what is a secret.
    #[must_use]
    pub fn redaction(mut self, redaction: impl Redaction + 'static) -> Self {
        self.redactions.add(redaction);
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
        for folder in folders_of_repository(package_dir) {
            let file = folder.join("cassette.toml");
            match std::fs::read_to_string(&file) {
                Ok(text) => return Self::from_toml(&text, &file),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    let message = format!("cannot read {}", file.display());
                    return Err(config_error(message).with_source(error));
                }
            }
        }
        Ok(Self::default())
    }

    pub(crate) fn from_toml(text: &str, file: &Path) -> Result<Self> {
        let wishes = toml::from_str(text).map_err(|error| {
            config_error(format!("{} is no configuration: {error}", file.display()))
        })?;
        Ok(Self {
            wishes,
            redactions: Redactions::default(),
            environment: Environment::Process,
        })
    }

    /// Returns this, with `lower`'s word where this says nothing; of what adds up, the words of both.
    pub(crate) fn over(mut self, lower: Self) -> Self {
        self.redactions.extend(lower.redactions);
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
            redact: added(own.redact, lower.redact),
            keep: added(own.keep, lower.keep),
            order: own.order.or(lower.order),
            repeat: own.repeat.or(lower.repeat),
            unused: own.unused.or(lower.unused),
            stream: own.stream.or(lower.stream),
            latency: own.latency.or(lower.latency),
            body_limit: own.body_limit.or(lower.body_limit),
        };
        Self {
            wishes,
            redactions: self.redactions,
            environment: self.environment,
        }
    }
}

fn added(own: Option<Vec<String>>, lower: Option<Vec<String>>) -> Option<Vec<String>> {
    match (own, lower) {
        (Some(own), Some(lower)) => Some([lower, own].concat()),
        (own, lower) => own.or(lower),
    }
}

/// Outside a repository that is the package alone: what is above it is not ours.
fn folders_of_repository(package_dir: &Path) -> impl Iterator<Item = &Path> {
    let is_root = |folder: &Path| folder.join(".git").exists();
    let depth = package_dir
        .ancestors()
        .position(is_root)
        .unwrap_or_default();
    package_dir.ancestors().take(depth + 1)
}

fn config_error(message: String) -> Error {
    Error::new(Kind::Config, message)
}

#[cfg(test)]
mod tests;
