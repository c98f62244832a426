mod socket;
#[cfg(test)]
mod tests;
mod unsent;

use std::error::Error as StdError;
use std::io;

use cassette_core::{ErrorKind, RecordedError};

use super::reqwest::{self, Url};
use super::{is_dns, reqwest_middleware, unconnected};

/// Tells what kind of failure an error of a request is.
pub(crate) fn recorded_error(error: &reqwest_middleware::Error) -> RecordedError {
    match error {
        reqwest_middleware::Error::Reqwest(error) => RecordedError::new(kind(error), text(error)),
        reqwest_middleware::Error::Middleware(_) => {
            RecordedError::new(ErrorKind::Request, "a middleware below the cassette failed")
        }
    }
}

/// Tells what kind of failure an error is that came while a response's body was read.
pub(crate) fn recorded_body_error(error: &reqwest::Error) -> RecordedError {
    let kind = match kind(error) {
        kind @ (ErrorKind::Timeout | ErrorKind::Reset | ErrorKind::Closed) => kind,
        _ if causes(error).any(is_early_end) => ErrorKind::Closed,
        _ => ErrorKind::Body,
    };
    RecordedError::new(kind, text(error))
}

/// Returns a recorded failure as reqwest's own error, whose predicates answer as when it was
/// recorded.
///
/// Nobody but reqwest can make one, so it is provoked: by a private client, and a request that has
/// nothing of the user's in it.
pub(crate) async fn replayed(error: &RecordedError, url: &Url) -> reqwest::Error {
    let provoked = match error.kind() {
        ErrorKind::Builder => unsent::refused().await.err(),
        ErrorKind::Connect | ErrorKind::ConnectTimeout => unsent::unconnected(error).await.err(),
        ErrorKind::Dns => unsent::unresolved(error).await.err(),
        ErrorKind::Timeout => unsent::unanswered().await.err(),
        _ => socket::broken_off(error).await,
    };
    let provoked = match provoked {
        Some(provoked) => provoked,
        None => unsent::unspoken(error).await,
    };
    provoked.with_url(url.clone())
}

/// The causes of an error, without the error itself.
pub(crate) fn causes(error: &dyn StdError) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&error| error.source())
}

/// A time limit and a lost connection also befall what has other names: those names come first.
fn kind(error: &reqwest::Error) -> ErrorKind {
    match error {
        error if error.is_builder() => ErrorKind::Builder,
        error if error.is_redirect() => ErrorKind::Redirect,
        error if is_dns(error) => ErrorKind::Dns,
        error if error.is_connect() && error.is_timeout() => ErrorKind::ConnectTimeout,
        error if error.is_connect() => ErrorKind::Connect,
        error if error.is_timeout() => ErrorKind::Timeout,
        error if causes(error).any(is_reset) => ErrorKind::Reset,
        error if causes(error).any(is_closed) => ErrorKind::Closed,
        error if error.is_body() || error.is_decode() => ErrorKind::Body,
        _ => ErrorKind::Request,
    }
}

fn is_reset(cause: &(dyn StdError + 'static)) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset};
    let error = cause.downcast_ref::<io::Error>();
    error.is_some_and(|error| matches!(error.kind(), ConnectionAborted | ConnectionReset))
}

/// A request that its connection cancelled had found it closed.
fn is_closed(cause: &(dyn StdError + 'static)) -> bool {
    let error = cause.downcast_ref::<hyper::Error>();
    error.is_some_and(|error| error.is_incomplete_message() || error.is_canceled())
}

fn is_early_end(cause: &(dyn StdError + 'static)) -> bool {
    let error = cause.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::UnexpectedEof)
}

/// The text of the innermost cause, since those around it hold the URL, and so perhaps a secret.
fn text(error: &reqwest::Error) -> String {
    let cause = causes(error).last().map(ToString::to_string);
    without_urls(&cause.unwrap_or_else(|| "the request failed".to_owned()))
}

/// The user's own code, such as a redirect policy, may name a URL in the innermost text as well.
fn without_urls(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        if word.contains("://") {
            "(a URL)"
        } else {
            word
        }
    });
    words.collect::<Vec<_>>().join(" ")
}
