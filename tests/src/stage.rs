use std::cell::RefCell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use cassette_core::Config;
use tokio::runtime::{Builder, Runtime};

use crate::{Sandbox, Server};

/// A server to ask and a folder for cassettes, for the annotated functions that one thread runs.
///
/// They say `#[cassette(config = staged)]`, and ask [`url`] where to go. The environment they see
/// is what the stage was given, whatever that of the process is.
#[derive(Debug)]
#[must_use = "dropped, the server is stopped and the folder removed"]
pub struct Stage {
    /// What the functions ask.
    pub server: Server,
    /// Where their cassettes are.
    pub sandbox: Sandbox,
}

#[derive(Clone)]
struct Here {
    folder: PathBuf,
    origin: String,
    variables: Vec<(String, String)>,
}

thread_local! {
    static HERE: RefCell<Option<Here>> = const { RefCell::new(None) };
}

impl Stage {
    /// Sets a stage for this thread, with an empty folder.
    pub fn new(server: Server) -> Self {
        let sandbox = Sandbox::new();
        HERE.set(Some(Here {
            folder: sandbox.path().to_owned(),
            origin: server.url(""),
            variables: Vec::new(),
        }));
        Self { server, sandbox }
    }

    /// Sets a variable in the environment that later sessions of this thread see.
    pub fn variable(&self, name: &str, value: &str) {
        HERE.with_borrow_mut(|here| {
            let variable = (name.to_owned(), value.to_owned());
            here.iter_mut()
                .for_each(|here| here.variables.push(variable.clone()));
        });
    }

    /// Returns a text without what differs from run to run.
    #[must_use]
    pub fn masked(&self, text: &str) -> String {
        masked(text, &self.sandbox, &self.server.url(""))
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        HERE.set(None);
    }
}

fn here() -> Here {
    HERE.with_borrow(Clone::clone)
        .expect("the test that calls this function has set a stage on its thread")
}

/// The configuration of annotated functions: the cassettes of this thread's [`Stage`].
#[must_use]
pub fn staged(config: Config) -> Config {
    let here = here();
    config.dir(here.folder).environment(here.variables)
}

/// Returns the absolute URL of a path that begins with `/`, on the server of this thread's
/// [`Stage`].
#[must_use]
pub fn url(path: &str) -> String {
    here().origin + path
}

/// Returns a text without what differs from run to run: a sandbox's path, and a server's URL
/// without a path.
#[must_use]
pub fn masked(text: &str, sandbox: &Sandbox, origin: &str) -> String {
    text.replace(&sandbox.path().display().to_string(), "[sandbox]")
        .replace("[sandbox]\\", "[sandbox]/")
        .replace(origin, "http://server")
}

/// Runs a future to its end on a runtime of its own with a single thread, this one. A panic comes
/// back as its text.
///
/// # Errors
///
/// When the future panics.
pub fn run<F: Future>(future: F) -> Result<F::Output, String> {
    run_on(&one_thread(), future)
}

/// Runs a future on this runtime; its outermost part stays on this thread.
///
/// # Errors
///
/// When the future panics.
pub fn run_on<F: Future>(runtime: &Runtime, future: F) -> Result<F::Output, String> {
    caught(|| runtime.block_on(future))
}

/// Calls a function. A panic comes back as its text.
///
/// # Errors
///
/// When the function panics.
pub fn caught<T>(function: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(function)).map_err(|panic| match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => panic
            .downcast_ref::<&str>()
            .map_or_else(|| "a panic without a text".to_owned(), ToString::to_string),
    })
}

/// Returns a runtime of the flavour `current_thread`.
#[must_use]
pub fn one_thread() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the system starts a runtime")
}

/// Returns a runtime of the flavour `multi_thread`, with two workers.
#[must_use]
pub fn two_workers() -> Runtime {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("the system starts a runtime")
}
