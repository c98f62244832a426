//! The only way from here into a cassette: a session that records, so that secrets are masked, what
//! may be one refused, and the file written as that of a recording.

use cassette_core::{Decision, PendingInteraction, Result, Session};

use super::exchange::{Answer, Exchange, Outcome};
use super::notes::Notes;

/// Gives all of them to a session, in their order.
pub(crate) fn feed(session: &Session, exchanges: &[Exchange], notes: &mut Notes) -> Result<()> {
    exchanges
        .iter()
        .try_for_each(|exchange| record(session, exchange, notes))
}

fn record(session: &Session, exchange: &Exchange, notes: &mut Notes) -> Result<()> {
    match session.intercept(&exchange.request)? {
        Decision::Record(mut pending) => {
            if let Some(took) = exchange.took {
                pending.took(took);
            }
            match &exchange.outcome {
                Outcome::Answer(answer) => complete(pending, answer),
                Outcome::Failure(error) => pending.fail(error.clone()),
            }
        }
        Decision::Forward => {
            let what = "left out: `unrecorded` or `exclude_urls` of cassette.toml name the request";
            notes.add(&exchange.place, what);
            Ok(())
        }
        Decision::Play(_) | Decision::Fail(_) | Decision::Wait(_) | Decision::Verify(..) => {
            let what =
                "left out: a cassette that `extends` of cassette.toml names answers the request";
            notes.add(&exchange.place, what);
            Ok(())
        }
    }
}

fn complete(mut pending: PendingInteraction, answer: &Answer) -> Result<()> {
    let status = answer.response.status();
    let reason = answer.reason.as_deref().filter(|reason| !reason.is_empty());
    if let Some(reason) = reason.filter(|reason| status.canonical_reason() != Some(reason)) {
        pending.reason(reason.as_bytes());
    }
    if let Some(url) = &answer.url {
        pending.answered_by(url);
    }
    let mut response = pending.respond(&answer.response);
    response.chunk(answer.response.body());
    response.trailers(&answer.trailers);
    response.end()
}
