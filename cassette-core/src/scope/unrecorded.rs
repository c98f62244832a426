use std::future::Future;

use super::{CURRENT, try_current};

/// Lets the requests of a future go to the network, in every mode, and records none of them: for what
/// is cheap, or must not be recorded. `#[unrecorded]` does so with a whole function.
///
/// What it spawns is not inside: carry it there with
/// [`in_current_cassette`](crate::InCurrentCassette::in_current_cassette). Where no cassette is in use nothing
/// changes.
///
/// ```
/// use cassette_core::{Config, current, scope, unrecorded};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let folder = tempfile::tempdir()?;
/// let config = Config::new().dir(folder.path()).environment([("CASSETTE_MODE", "auto")]);
/// let test = async { unrecorded(async { current().map(|session| session.is_forwarding()) }).await };
/// assert!(scope("health", config, test).await??);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub async fn unrecorded<F: Future>(future: F) -> F::Output {
    match try_current().ok().flatten() {
        Some(session) => CURRENT.scope(session.unrecorded(), future).await,
        None => future.await,
    }
}

/// Does the same with what a closure asks for: `#[unrecorded]` does so with a whole function that is not
/// `async`.
///
/// A client that goes through a proxy and is not asynchronous is bound to where it was built: one that
/// was built outside goes on being recorded.
///
/// ```
/// use cassette_core::{Config, current, scope_sync, unrecorded_sync};
///
/// # let folder = tempfile::tempdir()?;
/// let config = Config::new().dir(folder.path()).environment([("CASSETTE_MODE", "auto")]);
/// let test = || unrecorded_sync(|| current().map(|session| session.is_forwarding()));
/// assert!(scope_sync("health", config, test)??);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn unrecorded_sync<T>(function: impl FnOnce() -> T) -> T {
    match try_current().ok().flatten() {
        Some(session) => CURRENT.sync_scope(session.unrecorded(), function),
        None => function(),
    }
}
