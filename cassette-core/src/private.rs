//! What `#[cassette]` expands to. Not a stable interface: no code but the macro's may use it.
//!
//! Here, and nowhere else, the library panics.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::pin::pin;
use std::task::Poll;

use crate::cassette::{Fingerprint, Hashes};
pub use crate::config::Config;
use crate::environment::package_dir;
use crate::error::{Error, Result};
use crate::id::CassetteId;
pub use crate::latency::Latency;
pub use crate::mode::{Mode, OnChange, OnDrift, OnExpiry, Order, Repeat, Track, Unused};
use crate::notice::notify;
use crate::scope::Running;
pub use crate::scope::{unrecorded, unrecorded_sync};
use crate::session::Session;
use crate::session::finish::Finished;
use crate::session::opening::Subject;
use crate::settings::Settings;
use crate::storage::relative_source;
#[cfg(feature = "macros")]
pub use cassette_macros::{
    cassette_for_proxy, cassette_for_reqwest, cassette_for_tower, unrecorded_for_proxy,
    unrecorded_for_reqwest, unrecorded_for_tower,
};

/// What the macro knows of a test.
#[derive(Debug)]
pub struct Test {
    /// The function's name.
    pub function: &'static str,
    /// `module_path!()` where the test is.
    pub module_path: &'static str,
    /// `file!()` where the test is.
    pub file: &'static str,
    /// The package's folder when it was compiled.
    pub package_dir: &'static str,
    /// The hash of the function's signature.
    pub signature: &'static str,
    /// The hash of its body.
    pub body: &'static str,
    /// The hashes of what the attribute's `tracks` names, each behind its name.
    pub tracked: &'static [(&'static str, &'static str)],
    /// What the cassette is called.
    pub name: Name,
    /// The function that `config = …` names.
    pub config: Option<fn(Config) -> Config>,
    /// The attribute's other arguments.
    pub attribute: fn(Config) -> Config,
}

/// What a cassette is called.
#[derive(Debug)]
pub enum Name {
    /// After module, function and case.
    Derived,
    /// As the attribute says.
    Fixed(&'static str),
    /// As the attribute says, with arguments of the function in it: they tell its cases apart.
    Filled(String),
}

/// Did a test pass? Told by what it returns.
#[diagnostic::on_unimplemented(
    message = "a test with `#[cassette]` returns `()` or `Result`, not `{Self}`",
    note = "whether a recording is saved depends on whether the test passed"
)]
pub trait Outcome {
    /// Returns true for `()` and `Ok`.
    fn passed(&self) -> bool;
}

impl Outcome for () {
    fn passed(&self) -> bool {
        true
    }
}

impl<T, E> Outcome for Result<T, E> {
    fn passed(&self) -> bool {
        self.is_ok()
    }
}

/// Runs a test with its cassette.
///
/// # Panics
///
/// When the test panics; when the cassette cannot be used; when the test passed, but its traffic
/// did not fit the cassette.
pub async fn run<F>(test: Test, future: F) -> F::Output
where
    F: Future<Output: Outcome>,
{
    let running = test.start().unwrap_or_else(|error| fail(&error));
    let outcome = running.run(catch(future)).await;
    conclude(&running, outcome)
}

/// Does the same with a test that is no future.
///
/// # Panics
///
/// As [`run`].
pub fn run_sync<T: Outcome>(test: Test, function: impl FnOnce() -> T) -> T {
    let running = test.start().unwrap_or_else(|error| fail(&error));
    let outcome = running.run_sync(|| catch_unwind(AssertUnwindSafe(function)));
    conclude(&running, outcome)
}

/// Runs a test that passes by panicking: with anything wrong with its cassette it returns, so that
/// it fails for not panicking.
///
/// # Panics
///
/// When the test panics and its cassette is content.
pub async fn run_should_panic<F>(test: Test, future: F)
where
    F: Future<Output = ()>,
{
    if let Some(running) = test.start_or_notify() {
        let outcome = running.run(catch(future)).await;
        conclude_should_panic(&running, outcome);
    }
}

/// Does the same with a test that is no future.
///
/// # Panics
///
/// As [`run_should_panic`].
pub fn run_sync_should_panic(test: Test, function: impl FnOnce()) {
    if let Some(running) = test.start_or_notify() {
        let outcome = running.run_sync(|| catch_unwind(AssertUnwindSafe(function)));
        conclude_should_panic(&running, outcome);
    }
}

/// What a test returned, or what it panicked with.
type Ended<T> = Result<T, Box<dyn Any + Send>>;

fn conclude<T: Outcome>(running: &Running, outcome: Ended<T>) -> T {
    let passed = outcome.as_ref().is_ok_and(Outcome::passed);
    let failure = finished(running, passed);
    match (outcome, failure) {
        (Ok(_), Some(failure)) if passed => fail(&failure),
        (Ok(output), failure) => {
            failure.iter().for_each(tell);
            output
        }
        (Err(panic), failure) => {
            let unsaid = failure.filter(|failure| !says(&*panic, failure));
            unsaid.iter().for_each(tell);
            resume_unwind(panic)
        }
    }
}

fn conclude_should_panic(running: &Running, outcome: Ended<()>) {
    let failure = finished(running, outcome.is_err());
    match (outcome, failure) {
        (_, Some(failure)) => tell(&failure),
        (Ok(()), None) => {}
        (Err(panic), None) => resume_unwind(panic),
    }
}

/// Ends the session, and returns what it is not content with.
fn finished(running: &Running, passed: bool) -> Option<Error> {
    let Finished { notices, failure } = running.0.finish(passed);
    notices.iter().for_each(|notice| notify(notice));
    failure
}

fn tell(error: &Error) {
    notify(&format!("{error:?}"));
}

impl Test {
    fn start(self) -> Result<Running> {
        self.open().map(Running::new)
    }

    fn start_or_notify(self) -> Option<Running> {
        self.start().inspect_err(tell).ok()
    }

    fn open(&self) -> Result<Session> {
        let package_dir = package_dir(Some(self.package_dir))?;
        let config = Config::of_package(&package_dir, Settings::check)?;
        let config = match self.config {
            Some(function) => function(config),
            None => config,
        };
        self.subject(&package_dir)
            .open((self.attribute)(config), &package_dir)
    }

    fn subject(&self, package_dir: &Path) -> Subject {
        let (test, case) = (
            format!("{}::{}", self.module_path, self.function),
            self.case(),
        );
        let user = case
            .as_ref()
            .map_or_else(|| test.clone(), |case| format!("{test}::{case}"));
        let (id, test) = match &self.name {
            Name::Derived => {
                let id = CassetteId::of_test(self.module_path, self.function, case.as_deref());
                (id, user.clone())
            }
            Name::Fixed(name) => (CassetteId::from(*name), user.clone()),
            // The number of a case changes when another is put before it; its arguments do not.
            Name::Filled(name) => (CassetteId::from(name.as_str()), test),
        };
        Subject {
            id,
            test,
            user,
            function: Some(self.function.to_owned()),
            source: Some(relative_source(self.file, package_dir)),
            hashes: self.hashes(),
            imported: None,
        }
    }

    fn hashes(&self) -> Hashes {
        let tracked = self.tracked.iter();
        Hashes {
            function: Some(Fingerprint::new(self.signature, self.body)),
            tracked: tracked
                .map(|(name, hash)| ((*name).to_owned(), (*hash).to_owned()))
                .collect(),
        }
    }

    /// Returns the case of a parametrised test, as test harnesses put it behind the function's
    /// name in that of the thread: `users::scores::case_2`.
    fn case(&self) -> Option<String> {
        let thread = std::thread::current();
        let module = self
            .module_path
            .split_once("::")
            .map(|(_, module)| format!("{module}::"));
        let rest = thread.name()?.strip_prefix(&module.unwrap_or_default())?;
        Some(
            rest.strip_prefix(self.function)?
                .strip_prefix("::")?
                .to_owned(),
        )
    }
}

/// Runs a future to its end or to its panic.
async fn catch<F: Future>(future: F) -> Ended<F::Output> {
    let mut future = pin!(future);
    poll_fn(
        |context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(panic) => Poll::Ready(Err(panic)),
        },
    )
    .await
}

/// Does the panic's text hold the failure's already, as that of `.unwrap()` does?
fn says(panic: &(dyn Any + Send), failure: &Error) -> bool {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.is_some_and(|text| text.contains(&failure.to_string()))
}

fn fail(error: &Error) -> ! {
    panic!("{error:?}")
}
