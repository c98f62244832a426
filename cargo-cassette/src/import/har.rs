//! HTTP archives, version 1.2: of browsers, proxies, Polly and of ourselves.

mod body;
mod failure;

use std::time::Duration;

use anyhow::{Result, bail};
use http::{Method, Request};
use url::Url;

use super::exchange::{Answer, Exchange, Outcome, answer, request};
use super::fields::{Fields, check_version};
use super::head::{self, entries, is_http};
use super::node::Node;
use super::notes::Notes;
use super::time;

/// What follows from the rest.
const DERIVED: [&str; 4] = ["cookies", "queryString", "headersSize", "bodySize"];

/// What Polly adds, and what says of a request only where it stood.
const OF_ENTRY: [&str; 4] = ["_id", "_order", "cache", "time"];

/// What an answer has that never came.
const OF_NO_ANSWER: [&str; 5] = [
    "content",
    "headers",
    "httpVersion",
    "redirectURL",
    "_transferSize",
];

pub(super) fn read(root: Node, notes: &mut Notes) -> Result<Vec<Exchange>> {
    let mut file = Fields::of(root, "")?;
    let mut log = file.fields("log")?;
    check_version(&mut log, &["1.1", "1.2"])?;
    let entries = entries(log.need("entries")?, "log.entries")?;
    log.skip(&["creator", "browser", "_recordingName"]);
    log.end(notes);
    file.end(notes);
    let mut exchanges = Vec::new();
    for mut entry in in_order(entries)? {
        if let Some(exchange) = exchange(&mut entry, notes)? {
            exchanges.push(exchange);
            entry.skip(&OF_ENTRY);
            entry.end(notes);
        }
    }
    Ok(exchanges)
}

/// Polly numbers those that are alike; others write them as they began.
fn in_order(entries: Vec<Fields>) -> Result<Vec<Fields>> {
    let mut numbered = Vec::new();
    for mut entry in entries {
        let order: Option<u64> = entry.number("_order")?;
        numbered.push((order.unwrap_or_default(), entry));
    }
    numbered.sort_by_key(|(order, _)| *order);
    Ok(numbered.into_iter().map(|(_, entry)| entry).collect())
}

/// Returns none for what is not HTTP.
fn exchange(entry: &mut Fields, notes: &mut Notes) -> Result<Option<Exchange>> {
    let place = entry.place().to_owned();
    let mut asked = entry.fields("request")?;
    let url = asked.needed_text("url")?;
    let scheme = Url::parse(&url).map(|url| url.scheme().to_owned());
    if scheme.is_ok_and(|scheme| !is_http(&scheme)) {
        notes.add(&place, "a request that is not of http or https is left out");
        return Ok(None);
    }
    let uri = head::parse_url(&url).map_err(|error| error.context(asked.at("url")))?;
    let method = head::method(&mut asked, "method")?;
    let headers = head::header_list(&mut asked, "headers", notes)?;
    let body = body::of_request(&mut asked, notes)?;
    asked.skip(&DERIVED);
    asked.skip(&["httpVersion"]);
    asked.end(notes);
    let request = request(method, uri, headers, body);
    let outcome = outcome(entry.fields("response")?, &request, notes)?;
    Ok(Some(Exchange {
        place,
        request,
        outcome,
        recorded_at: time::point(entry, "startedDateTime", notes),
        took: waited(entry)?,
    }))
}

fn outcome(
    mut fields: Fields,
    asked: &Request<bytes::Bytes>,
    notes: &mut Notes,
) -> Result<Outcome> {
    let code: Option<u16> = fields.number("status")?;
    if code == Some(0) {
        let error = failure::of(&mut fields)?;
        fields.skip(&DERIVED);
        fields.skip(&OF_NO_ANSWER);
        fields.end(notes);
        return Ok(Outcome::Failure(error));
    }
    let status = head::status(code, &fields.at("status"))?;
    let version = fields.text("httpVersion")?;
    let version = head::version(version, fields.place(), notes);
    let headers = head::header_list(&mut fields, "headers", notes)?;
    let is_bodiless = *asked.method() == Method::HEAD;
    let body = body::of_response(&mut fields, is_bodiless, notes)?;
    let mut answer: Answer = answer(status, version, headers, body);
    answer.reason = fields.text("statusText")?;
    answer.is_decoded = true;
    fields.skip(&DERIVED);
    fields.skip(&["redirectURL", "_transferSize"]);
    fields.end(notes);
    Ok(Outcome::Answer(Box::new(answer)))
}

/// Returns how long the head was waited for.
fn waited(entry: &mut Fields) -> Result<Option<Duration>> {
    let Some(timings) = entry.take("timings") else {
        return Ok(None);
    };
    let mut timings = Fields::of(timings, entry.at("timings"))?;
    let wait: Option<f64> = timings.number("wait")?;
    let Some(wait) = wait.filter(|wait| *wait > 0.0) else {
        return Ok(None);
    };
    match Duration::try_from_secs_f64(wait / 1000.0) {
        Ok(wait) => Ok(Some(wait)),
        Err(_) => bail!("{} is no time", timings.at("wait")),
    }
}

#[cfg(test)]
mod tests;
