mod asked;

use std::path::{Path, PathBuf};
use std::time::Duration;

use http::HeaderName;

use crate::config::{Code, Config, Hooks, Normalizers, Wishes};
use crate::drift::DriftRules;
use crate::environment::Environment;
use crate::error::{Error, Kind, Result};
use crate::id::CassetteId;
use crate::latency::Latency;
use crate::matcher::RequestMatcher;
use crate::mode::{Mode, OnChange, OnDrift, OnExpiry, Order, Repeat, Track, Unused};
use crate::node::Paths;
use crate::pool::CassettePool;
use crate::redact::{Redactor, Rules};
use crate::redaction::Redactions;
use crate::rerecord::Volatile;
use crate::selection::Selection;
use crate::status::StatusPattern;

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
    pub(crate) on_drift: OnDrift,
    /// What of an answer means nothing when it is recorded again.
    pub(crate) volatile: Volatile,
    /// What of an answer may not drift.
    pub(crate) drift: DriftRules,
    /// Requests without a recorded answer go to the network in a replay.
    pub(crate) allows_fallback: bool,
    /// Absent: nobody has said whether answers that look like failures are what is wanted.
    pub(crate) reject_status: Option<Vec<StatusPattern>>,
    /// Other cassettes that are asked first.
    pub(crate) extends: Vec<CassetteId>,
    pub(crate) selection: Selection,
    pub(crate) hooks: Hooks,
    pub(crate) compress: bool,
    pub(crate) max_interactions: Option<usize>,
    pub(crate) flush_every: Option<Duration>,
    pub(crate) pool: Option<CassettePool>,
    /// Absent: by what the response is.
    pub(crate) stream: Option<bool>,
    /// Absent: a replay waits for nothing.
    pub(crate) latency: Option<Latency>,
    pub(crate) redactor: Redactor,
    pub(crate) matcher: RequestMatcher,
    /// Where the test's secrets are.
    pub(crate) environment: Environment,
    /// The file to which sessions say what becomes of them.
    pub(crate) events: Option<PathBuf>,
    /// What may stand although it looks like a secret.
    pub(crate) keep: Vec<String>,
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

    /// # Errors
    ///
    /// When a part of this can mean nothing, whatever else is said.
    pub(crate) fn check(config: &Config) -> Result<()> {
        let alone = config.clone().environment::<&str, &str>([]);
        Self::resolve(alone, Path::new(""), "").map(drop)
    }

    /// Returns what is so for the test of this name: environment over wishes over defaults.
    pub(crate) fn resolve(config: Config, package_dir: &Path, test: &str) -> Result<Self> {
        let Config {
            wishes,
            redactions,
            code,
            environment,
        } = config;
        let (mode, why_mode) = asked::mode(wishes.mode, &environment, test)?;
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
            on_drift: wishes.on_drift.unwrap_or_default(),
            volatile: volatile(&wishes)?,
            drift: drift(&wishes)?,
            allows_fallback: asked::fallback(&environment)?,
            events: asked::events(&environment, package_dir)?,
            keep: wishes.keep.clone().unwrap_or_default(),
            reject_status: statuses(wishes.reject_status.clone())?,
            extends: ids(wishes.extends.as_deref())?,
            selection: selection(&wishes, &code)?,
            hooks: code.hooks,
            compress: compressed(wishes.compress)?,
            max_interactions: code.max_interactions,
            flush_every: code.flush_every,
            pool: code.pool,
            stream: wishes.stream,
            latency: wishes.latency.map(Latency::checked).transpose()?,
            redactor: Redactor::new(
                rules(&wishes, redactions)?,
                headers("exclude_headers", wishes.exclude_headers.as_deref())?,
                wishes.body_limit.unwrap_or(DEFAULT_BODY_LIMIT),
            ),
            matcher: matcher(wishes, code.normalizers)?,
            environment,
        })
    }
}

fn rules(wishes: &Wishes, redactions: Redactions) -> Result<Rules> {
    let lines = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
    Rules::new(&lines(&wishes.redact), &lines(&wishes.keep), redactions).map_err(config_error)
}

fn selection(wishes: &Wishes, code: &Code) -> Result<Selection> {
    let lines = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
    let (unrecorded, urls) = (lines(&wishes.unrecorded), lines(&wishes.exclude_urls));
    Selection::new(&unrecorded, &urls, code).map_err(config_error)
}

fn drift(wishes: &Wishes) -> Result<DriftRules> {
    let lines = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
    let (headers, ignored) = (lines(&wishes.verify_headers), lines(&wishes.verify_ignore));
    DriftRules::new(&headers, &ignored, &lines(&wishes.verify_tolerance)).map_err(config_error)
}

fn volatile(wishes: &Wishes) -> Result<Volatile> {
    let lines = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
    let (headers, json) = (
        lines(&wishes.volatile_headers),
        lines(&wishes.volatile_json),
    );
    Volatile::new(&headers, &json).map_err(config_error)
}

fn statuses(patterns: Option<Vec<StatusPattern>>) -> Result<Option<Vec<StatusPattern>>> {
    for pattern in patterns.iter().flatten() {
        let checked = pattern.check();
        checked.map_err(|why| config_error(format!("reject_status: {why}")))?;
    }
    Ok(patterns)
}

fn ids(names: Option<&[String]>) -> Result<Vec<CassetteId>> {
    let id = |name: &String| {
        let id = CassetteId::from(name.as_str());
        let checked = id.check();
        checked.map_err(|why| config_error(format!("extends: {why}")))?;
        Ok(id)
    };
    let names = names.unwrap_or_default();
    let is_second = |(at, name): &(usize, &String)| names[..*at].contains(name);
    if let Some((_, name)) = names.iter().enumerate().find(is_second) {
        return Err(config_error(format!(
            "extends names `{name}` twice: its answers would be given twice"
        )));
    }
    names.iter().map(id).collect()
}

fn compressed(wish: Option<bool>) -> Result<bool> {
    if wish == Some(true) && !cfg!(feature = "compression") {
        return Err(config_error(
            "`compress` needs the feature `compression` of cassette-core".to_owned(),
        ));
    }
    Ok(wish.unwrap_or_default())
}

fn matcher(wishes: Wishes, normalizers: Normalizers) -> Result<RequestMatcher> {
    let ignored = headers("ignore_headers", wishes.ignore_headers.as_deref())?;
    let mut matched = headers("match_headers", wishes.match_headers.as_deref())?;
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
        case_sensitive: wishes.case_sensitive.unwrap_or(true),
        normalizers,
        ignored_query: wishes.ignore_query.unwrap_or_default(),
        ignored_json: Paths::new(&pointers),
    })
}

fn headers(option: &str, names: Option<&[String]>) -> Result<Vec<HeaderName>> {
    let header = |name: &String| {
        HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| config_error(format!("{option}: `{name}` is not the name of a header")))
    };
    names.unwrap_or_default().iter().map(header).collect()
}

fn config_error(message: String) -> Error {
    Error::new(Kind::Config, message)
}

#[cfg(test)]
mod tests;
