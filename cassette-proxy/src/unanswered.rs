//! Why a server was not reached, as a cassette tells it: what hyper's own errors do not say apart.

use std::error::Error as StdError;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use cassette_core::adapter::BoxError;
use cassette_core::{ErrorKind, RecordedError};
use hyper_util::client::legacy::Error;
use hyper_util::client::legacy::connect::dns::{GaiAddrs, GaiResolver, Name};
use tower_service::Service;

/// Returns an error that has a [`RecordedError`] among its causes where no connection was made.
pub(crate) fn unanswered(error: Error) -> BoxError {
    let causes = || std::iter::successors(error.source(), |&error| error.source());
    if !error.is_connect() || causes().any(<dyn StdError>::is::<RecordedError>) {
        return error.into();
    }
    let is_late = causes()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::TimedOut);
    let kind = match is_late {
        true => ErrorKind::ConnectTimeout,
        false => ErrorKind::Connect,
    };
    let text = causes().last().map(ToString::to_string);
    RecordedError::new(kind, text.unwrap_or_default()).into()
}

/// The system's resolver, whose failures are told from those of the connection.
#[derive(Clone)]
pub(crate) struct Resolver(GaiResolver);

impl Resolver {
    pub(crate) fn new() -> Self {
        Self(GaiResolver::new())
    }
}

impl Service<Name> for Resolver {
    type Response = GaiAddrs;
    type Error = RecordedError;
    type Future = Pin<Box<dyn Future<Output = Result<GaiAddrs, RecordedError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), RecordedError>> {
        self.0.poll_ready(cx).map_err(unresolved)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let resolving = self.0.call(name);
        Box::pin(async { resolving.await.map_err(unresolved) })
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it maps errors, which are given away"
)]
fn unresolved(error: io::Error) -> RecordedError {
    RecordedError::new(ErrorKind::Dns, error.to_string())
}
