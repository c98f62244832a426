//! Redirects that the next exchange follows.

use http::header::LOCATION;
use http::{Method, StatusCode};
use url::Url;

use super::exchange::{Exchange, Outcome};
use super::notes::Notes;

/// Joins each redirect with what it leads to, as a client records it that follows redirects by itself:
/// one request, and the answer of another URL.
pub(super) fn join(exchanges: Vec<Exchange>) -> Vec<Exchange> {
    let mut joined: Vec<Exchange> = Vec::new();
    for exchange in exchanges {
        match joined.last_mut() {
            Some(last) if is_followed(last, &exchange) => follow(last, exchange),
            _ => joined.push(exchange),
        }
    }
    joined
}

/// Says that there are some.
pub(super) fn note(exchanges: &[Exchange], notes: &mut Notes) {
    for pair in exchanges.windows(2) {
        if is_followed(&pair[0], &pair[1]) {
            let what = "a redirect that the next request follows: for a client that does so by itself, import with `--follow-redirects`";
            notes.add(&pair[0].place, what);
        }
    }
}

fn is_followed(redirect: &Exchange, next: &Exchange) -> bool {
    let Outcome::Answer(answer) = &redirect.outcome else {
        return false;
    };
    let (response, method) = (&answer.response, redirect.request.method());
    let keeps_method = match response.status() {
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => {
            next.request.method() == method
        }
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => {
            next.request.method() == method || *next.request.method() == Method::GET
        }
        StatusCode::SEE_OTHER => matches!(*next.request.method(), Method::GET | Method::HEAD),
        _ => false,
    };
    keeps_method && target(redirect).is_some_and(|target| target == url_of(next))
}

/// Returns where it leads to.
fn target(redirect: &Exchange) -> Option<String> {
    let Outcome::Answer(answer) = &redirect.outcome else {
        return None;
    };
    let location = answer.response.headers().get(LOCATION)?.to_str().ok()?;
    let from = answer.url.clone().unwrap_or_else(|| url_of(redirect));
    let mut target = Url::parse(&from).ok()?.join(location).ok()?;
    target.set_fragment(None);
    Some(target.into())
}

fn url_of(exchange: &Exchange) -> String {
    exchange.request.uri().to_string()
}

fn follow(redirect: &mut Exchange, next: Exchange) {
    let url = url_of(&next);
    redirect.outcome = next.outcome;
    if let Outcome::Answer(answer) = &mut redirect.outcome {
        answer.url.get_or_insert(url);
    }
    redirect.took = match (redirect.took, next.took) {
        (Some(first), Some(second)) => Some(first.saturating_add(second)),
        (first, second) => first.or(second),
    };
}

#[cfg(test)]
mod tests;
