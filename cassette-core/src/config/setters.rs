//! The builder: one method for each setting.

use std::path::PathBuf;
use std::time::Duration;

use super::Config;
use crate::environment::Environment;
use crate::latency::Latency;
use crate::mode::{Mode, OnChange, OnDrift, OnExpiry, Order, Repeat, Track, Unused};
use crate::redaction::Redaction;
use crate::status::StatusPattern;

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
        /// Sets whether upper and lower case differ in the values of `match_headers`. Names of headers
        /// are compared without regard to case always. Default: true.
        case_sensitive: bool;
        /// Sets whether requests must come in the recorded order. Default: [`Order::Any`].
        order: Order;
        /// Sets what a request gets after the last of its recorded answers. Default:
        /// [`Repeat::Never`].
        repeat: Repeat;
        /// Sets what becomes of a passing test that left interactions unplayed. Default:
        /// [`Unused::Fail`].
        unused: Unused;
        /// Sets what becomes of a test whose recorded answers are no longer those of the server, in
        /// [`Mode::Verify`]. Default: [`OnDrift::Fail`].
        on_drift: OnDrift;
        /// Sets whether responses reach the test chunk by chunk while they are recorded, and their
        /// chunks are kept as a list. Default: by what the response is; those of a stream's media
        /// type and those of an unknown or large length do.
        stream: bool;
        /// Sets how long a replay waits where the recording had to. Default: not at all.
        latency: Latency;
        /// Sets the number of bytes above which a body goes to a file beside the cassette. Default:
        /// 262144, which is 256 KiB.
        body_limit: u64;
        /// Sets whether the cassette is written as `<name>.json.gz`. Either form is read. It needs the
        /// feature `compression`. Default: false.
        compress: bool;
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
        /// Sets the headers that are never stored, of requests and of responses, and never compared.
        exclude_headers;
        /// Sets other cassettes of the same folder that are asked first, by their names: what several
        /// tests have in common, such as a login. They are only read, in every mode but live and verify, and
        /// it is no failure when nothing of them is played.
        extends;
        /// Sets which requests go to the network in every mode, and are never recorded, as patterns of
        /// method, host and path: `GET api.example.com/health/*`, `localhost:*`. `*` stands for any
        /// characters but a slash, `**` in a path for any; of a host without a port every port counts. The last pattern that
        /// fits decides, and one behind a `!` takes back what an earlier one says. What was recorded before
        /// there was such a rule is not missed.
        ///
        /// ```
        /// use cassette_core::Config;
        ///
        /// // Only what is asked of the models is recorded.
        /// let config = Config::new().unrecorded(["*", "!POST api.example.com/v1/**"]);
        /// ```
        unrecorded;
        /// Sets which URLs go to the network in every mode, and are never recorded: those that hold one of
        /// these texts or, behind `regex:`, match one of these regular expressions.
        ///
        /// ```
        /// use cassette_core::Config;
        ///
        /// let config = Config::new().exclude_urls(["/metrics", "regex:[?&]trace="]);
        /// ```
        exclude_urls;
        /// Sets response headers that change by themselves and mean nothing, besides `date` and its
        /// like: recorded again, a response that differs only in them stays as it stands.
        volatile_headers;
        /// Sets places of JSON responses that change by themselves and mean nothing, as pointers in which
        /// `*` is any key or index: recorded again, their old values stay.
        volatile_json;
        /// Sets the response headers that [`Mode::Verify`] compares. Default: none.
        verify_headers;
        /// Sets the places of JSON responses that [`Mode::Verify`] does not compare, as pointers in which
        /// `*` is any key or index.
        verify_ignore;
        /// Sets how far numbers of JSON responses may be from the recorded ones in [`Mode::Verify`]: a
        /// pointer and a number (`/price 0.5`), a part of the recorded one (`/usage/* 10%`), or `type`, for a
        /// value of any kind that need only have the same type (`/choices/*/text type`).
        verify_tolerance;
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

    /// Sets which answers a recording must not hold: one with such a status is not saved. Default: none;
    /// but 401, 403, 429 and 5xx are told, unless this is set, if only to an empty list.
    ///
    /// ```
    /// use cassette_core::Config;
    ///
    /// let config = Config::new().reject_status(["429", "5xx"]);
    /// ```
    #[must_use]
    pub fn reject_status<T: Into<StatusPattern>>(
        mut self,
        patterns: impl IntoIterator<Item = T>,
    ) -> Self {
        self.wishes.reject_status = Some(patterns.into_iter().map(Into::into).collect());
        self
    }
}
