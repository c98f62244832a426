use std::future::Future;

use super::{CURRENT, try_current};

/// Carries the session of here into a future that runs elsewhere.
pub trait InCurrentCassette: Future + Sized {
    /// Returns the future bound to the session that is in use where this is called, for a runtime
    /// or thread of its own, or where several sessions share one runtime.
    ///
    /// Where no session is in use the future is bound to none.
    ///
    /// ```
    /// use cassette_core::{Config, InCurrentCassette, current, scope};
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let config = Config::new().environment([("CASSETTE_MODE", "live")]);
    /// let name = scope("carried", config, async {
    ///     let other = async { current().map(|session| session.test().to_owned()) }.in_current_cassette();
    ///     std::thread::spawn(|| tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(other))
    ///         .join()
    ///         .unwrap()
    /// });
    /// assert_eq!(name.await??, "carried");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use = "futures do nothing unless polled"]
    fn in_current_cassette(self) -> impl Future<Output = Self::Output> {
        let session = try_current().ok().flatten();
        async move {
            match session {
                Some(session) => CURRENT.scope(session, self).await,
                None => self.await,
            }
        }
    }
}

impl<F: Future> InCurrentCassette for F {}

/// Returns the closure bound to the session that is in use where this is called, for a thread of its own:
/// what [`InCurrentCassette`] does with a future.
///
/// Where no session is in use the closure is bound to none.
///
/// ```
/// use std::thread;
///
/// use cassette_core::{Config, current, in_current_cassette, scope_sync};
///
/// let config = Config::new().environment([("CASSETTE_MODE", "live")]);
/// let name = scope_sync("carried", config, || {
///     let asking = in_current_cassette(|| current().map(|session| session.test().to_owned()));
///     thread::spawn(asking).join().unwrap()
/// });
/// assert_eq!(name??, "carried");
/// # Ok::<(), cassette_core::Error>(())
/// ```
pub fn in_current_cassette<T>(function: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let session = try_current().ok().flatten();
    move || match session {
        Some(session) => CURRENT.sync_scope(session, function),
        None => function(),
    }
}
