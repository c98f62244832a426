mod carrying;
mod unrecorded;

use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::runtime::{Handle, Id};

use crate::cassette::Hashes;
use crate::config::Config;
use crate::environment::package_dir;
use crate::error::{Error, Kind, Result};
use crate::id::CassetteId;
use crate::notice::notify;
use crate::session::Session;
use crate::session::finish::Finished;
use crate::session::opening::Subject;
use crate::settings::Settings;

pub use carrying::{InCurrentCassette, in_current_cassette};
pub use unrecorded::{unrecorded, unrecorded_sync};

tokio::task_local! {
    /// The session of the task that is running.
    static CURRENT: Session;
}

/// The sessions by the runtime they run on, for tasks that were spawned there: a task-local is not
/// inherited, but each `#[tokio::test]` owns its runtime. Requests only read it, tests write it twice.
static RUNTIMES: RwLock<Vec<(Id, Session)>> = RwLock::new(Vec::new());

/// Returns the session that is in use here.
///
/// That is the one of the task or, in a task that was spawned, the one of its runtime.
///
/// # Errors
///
/// When there is none: outside a test with `#[cassette]`, or in a thread of its own, into which
/// [`InCurrentCassette`] carries it with a future, and [`in_current_cassette`] with a closure. When the
/// runtime has several.
///
/// ```
/// use cassette_core::current;
///
/// assert!(current().unwrap_err().is_no_session());
/// ```
pub fn current() -> Result<Session> {
    try_current()?.ok_or_else(no_session)
}

/// Returns the session that is in use here, if there is one: for adapters, which decide what its
/// absence means.
///
/// # Errors
///
/// When the task belongs to no session and its runtime has several, so that none can be meant. All
/// of them fail for it at their end.
pub fn try_current() -> Result<Option<Session>> {
    if let Ok(session) = CURRENT.try_with(Session::clone) {
        return Ok(Some(session));
    }
    let Ok(runtime) = Handle::try_current().map(|handle| handle.id()) else {
        return Ok(None);
    };
    let runtimes = RUNTIMES.read().unwrap_or_else(PoisonError::into_inner);
    let mut sessions = runtimes
        .iter()
        .filter(|(id, _)| *id == runtime)
        .map(|(_, session)| session);
    match (sessions.next(), sessions.next()) {
        (Some(first), Some(second)) => {
            let error = ambiguous(first, second);
            [first, second]
                .into_iter()
                .chain(sessions)
                .for_each(|session| session.note_ambiguity(&error));
            Err(error)
        }
        (first, _) => Ok(first.cloned()),
    }
}

fn no_session() -> Error {
    Error::new(
        Kind::NoSession,
        "no cassette is in use here\n\n\
         help: put `#[cassette]` above the test, or wrap the call in `scope(…)`\n\
         help: into a thread or runtime of your own, carry it: `in_current_cassette(closure)`, \
         `future.in_current_cassette()`",
    )
}

fn ambiguous(first: &Session, second: &Session) -> Error {
    Error::new(
        Kind::Ambiguous,
        format!(
            "two cassettes are in use on this runtime, those of {} and {}, and this task belongs to neither\n\n\
             help: carry the right one into the task: `tokio::spawn(future.in_current_cassette())`",
            first.test(),
            second.test()
        ),
    )
}

/// Runs a future with a cassette, as `#[cassette]` does with a test: for examples, tools and
/// caches.
///
/// The cassette is saved when the future ends, whatever its output; when it is dropped before, as by
/// a timeout, what was recorded is kept in `<name>.rejected.json`. `cassette.toml` and the
/// environment count as they do for tests; there is no function to hash, so a recording never
/// becomes stale. Another process that records the same cassette is waited for, up to a minute, in
/// a way that blocks the thread.
///
/// # Errors
///
/// When the cassette is missing, broken, in use, not to be written; when a request had no recorded
/// answer; when recorded interactions were left unplayed; when the recording may hold a secret.
pub async fn scope<F: Future>(
    id: impl Into<CassetteId>,
    config: Config,
    future: F,
) -> Result<F::Output> {
    let running = Running::new(open(id.into(), config)?);
    let output = running.run(future).await;
    running.finish().map(|()| output)
}

/// Runs a closure with a cassette, as `#[cassette]` does with a test that is not `async`: what [`scope`]
/// does with a future.
///
/// It holds on this thread, also in a runtime that is made and waited for there; what is spawned is not
/// inside, unless [`in_current_cassette`] carries it there.
///
/// # Errors
///
/// As [`scope`].
///
/// ```
/// use cassette_core::{Config, current, scope_sync};
///
/// # let folder = tempfile::tempdir()?;
/// let config = Config::new().dir(folder.path()).environment([("CASSETTE_MODE", "auto")]);
/// let is_recording = scope_sync("weather", config, || current().map(|session| session.is_recording()))?;
/// assert!(is_recording?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn scope_sync<T>(
    id: impl Into<CassetteId>,
    config: Config,
    function: impl FnOnce() -> T,
) -> Result<T> {
    let running = Running::new(open(id.into(), config)?);
    let output = running.run_sync(function);
    running.finish().map(|()| output)
}

fn open(id: CassetteId, config: Config) -> Result<Session> {
    let package_dir = package_dir(None)?;
    let config = config.over(Config::of_package(&package_dir, Settings::check)?);
    let test = id.to_string();
    Subject {
        id,
        user: test.clone(),
        test,
        function: None,
        source: None,
        hashes: Hashes::default(),
        imported: None,
    }
    .open(config, &package_dir)
}

/// A session that is known to its runtime; forgotten there when it is dropped.
#[derive(Debug)]
pub(crate) struct Running(pub(crate) Session, Option<Id>);

impl Running {
    pub(crate) fn new(session: Session) -> Self {
        let runtime = Handle::try_current().ok().map(|handle| handle.id());
        let mut runtimes = RUNTIMES.write().unwrap_or_else(PoisonError::into_inner);
        runtimes.extend(runtime.map(|id| (id, session.clone())));
        Self(session, runtime)
    }

    pub(crate) async fn run<F: Future>(&self, future: F) -> F::Output {
        CURRENT.scope(self.0.clone(), future).await
    }

    pub(crate) fn run_sync<T>(&self, function: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self.0.clone(), function)
    }

    /// Ends the session of what has come to its own end.
    fn finish(&self) -> Result<()> {
        let Finished { notices, failure } = self.0.finish(true);
        match failure {
            Some(failure) => Err(failure.with_notes(&notices)),
            None => {
                notices.iter().for_each(|notice| notify(notice));
                Ok(())
            }
        }
    }
}

/// Dropped before its end, as by a timeout around it, a session did not pass: what it recorded is
/// kept aside. After `finish` there is nothing left to end.
impl Drop for Running {
    fn drop(&mut self) {
        let mut runtimes = RUNTIMES.write().unwrap_or_else(PoisonError::into_inner);
        let is_ours = |(id, session): &(Id, Session)| {
            Some(*id) == self.1 && Arc::ptr_eq(&session.0, &self.0.0)
        };
        runtimes.retain(|entry| !is_ours(entry));
        drop(runtimes);
        let Finished { notices, failure } = self.0.finish(false);
        let failure = failure.map(|failure| failure.to_string());
        notices
            .iter()
            .chain(&failure)
            .for_each(|notice| notify(notice));
    }
}
