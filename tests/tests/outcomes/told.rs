//! What a test can ask of a failure.

use std::error::Error as StdError;
use std::io;
use std::iter::successors;

use cassette_tests::visible_error;
use reqwest_middleware::Error;

/// Returns everything code can ask a failure for: its predicates, URL and status, and the causes
/// that retries look for below it.
pub(crate) fn told(error: &Error) -> String {
    let Error::Reqwest(client) = error else {
        panic!("it is no failure of the client: {error:?}");
    };
    let hyper = causes(client).find_map(<dyn StdError>::downcast_ref::<hyper::Error>);
    let is_incomplete = hyper.is_some_and(hyper::Error::is_incomplete_message);
    format!(
        "{}incomplete: {is_incomplete}\nreset: {}\n",
        visible_error(error),
        causes(client).any(is_reset),
    )
}

/// Returns the text of the innermost cause.
pub(crate) fn innermost(error: &Error) -> String {
    let innermost = successors(Some(error as &dyn StdError), |&error| error.source()).last();
    innermost.unwrap().to_string()
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    successors(error.source(), |&error| error.source())
}

fn is_reset(cause: &(dyn StdError + 'static)) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset};
    let error = cause.downcast_ref::<io::Error>();
    error.is_some_and(|error| matches!(error.kind(), ConnectionAborted | ConnectionReset))
}
