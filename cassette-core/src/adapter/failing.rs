use std::error::Error as StdError;
use std::io;

use crate::failure::{ErrorKind, RecordedError};

/// Tells what kind of failure an error is that came instead of a response, by what is found among its
/// causes: errors of the system, and of hyper. An adapter that knows better puts a [`RecordedError`] there,
/// which is taken as it is.
///
/// The text is that of the innermost cause, since those around it may hold the URL, and so a secret.
#[must_use]
pub fn failure(error: &(dyn StdError + 'static)) -> RecordedError {
    of_kind(error, ErrorKind::Request)
}

/// The same of an error that came while a body was read.
#[must_use]
pub fn body_failure(error: &(dyn StdError + 'static)) -> RecordedError {
    of_kind(error, ErrorKind::Body)
}

fn of_kind(error: &(dyn StdError + 'static), otherwise: ErrorKind) -> RecordedError {
    let causes = || std::iter::successors(Some(error), |&error| error.source());
    if let Some(known) = causes().find_map(|cause| cause.downcast_ref::<RecordedError>()) {
        return known.clone();
    }
    let kind = causes().find_map(kind).unwrap_or(otherwise);
    let text = causes().last().map(ToString::to_string);
    RecordedError::new(kind, text.unwrap_or_default())
}

fn kind(cause: &(dyn StdError + 'static)) -> Option<ErrorKind> {
    if let Some(error) = cause.downcast_ref::<io::Error>() {
        return of_system(error.kind());
    }
    let error = cause.downcast_ref::<hyper::Error>()?;
    match error {
        error if error.is_timeout() => Some(ErrorKind::Timeout),
        error if error.is_incomplete_message() || error.is_canceled() => Some(ErrorKind::Closed),
        _ => None,
    }
}

fn of_system(kind: io::ErrorKind) -> Option<ErrorKind> {
    match kind {
        io::ErrorKind::ConnectionRefused
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable => Some(ErrorKind::Connect),
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => Some(ErrorKind::Reset),
        io::ErrorKind::TimedOut => Some(ErrorKind::Timeout),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::BrokenPipe => Some(ErrorKind::Closed),
        _ => None,
    }
}
