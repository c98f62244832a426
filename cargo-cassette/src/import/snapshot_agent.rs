//! The format of undici's `SnapshotAgent`.

use anyhow::{Result, anyhow};
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, Request, Version};

use super::base64;
use super::exchange::{Answer, Exchange, answer, request};
use super::fields::{Fields, mistaken, placed};
use super::head;
use super::node::Node;
use super::notes::Notes;
use super::time;

pub(super) fn read(root: Node, notes: &mut Notes) -> Result<Vec<Exchange>> {
    let mut exchanges = Vec::new();
    for mut snapshot in snapshots(root, notes)? {
        let recorded_at = time::point(&mut snapshot, "timestamp", notes);
        let asked = snapshot.fields("request")?;
        let asked = asked_of(asked, notes)?;
        let answers = answers(&mut snapshot)?;
        if answers.is_empty() {
            notes.add(snapshot.place(), "a request without an answer is left out");
        }
        for (place, answered) in answers {
            let answer = answer_of(Fields::of(answered, place.as_str())?, notes)?;
            let mut exchange = Exchange::new(place, asked.clone(), answer);
            exchange.recorded_at = recorded_at;
            exchanges.push(exchange);
        }
        snapshot.skip(&["callCount"]);
        snapshot.end(notes);
    }
    Ok(exchanges)
}

/// A list, or a map as older ones have it. Hashes are made of what stands here, too.
fn snapshots(root: Node, notes: &mut Notes) -> Result<Vec<Fields>> {
    let mut snapshots = Vec::new();
    match root {
        Node::List(items) => {
            for (place, item) in placed("", items) {
                let mut entry = Fields::of(item, place)?;
                snapshots.push(entry.fields("snapshot")?);
                entry.skip(&["hash"]);
                entry.end(notes);
            }
        }
        Node::Map(map) => {
            // The hash may hold what was asked for, so it is no place.
            for (number, (_, item)) in map.into_iter().enumerate() {
                snapshots.push(Fields::of(item, format!("[{number}]"))?);
            }
        }
        other => return Err(mistaken("", "a list or a map", &other)),
    }
    Ok(snapshots)
}

fn asked_of(mut fields: Fields, notes: &mut Notes) -> Result<Request<bytes::Bytes>> {
    let (method, uri) = (
        head::method(&mut fields, "method")?,
        head::url(&mut fields, "url")?,
    );
    let headers = head::headers(&mut fields, "headers", notes)?;
    let mut body = fields.text("body")?.unwrap_or_default();
    if body.starts_with("[object ") {
        let what = "the request's body was a stream, and is not in the file: match without it, `match_body = false`";
        notes.add(fields.place(), what);
        body.clear();
    }
    fields.end(notes);
    Ok(request(method, uri, headers, body.into_bytes()))
}

fn answers(snapshot: &mut Fields) -> Result<Vec<(String, Node)>> {
    if let Some(only) = snapshot.take("response") {
        return Ok(vec![(snapshot.at("response"), only)]);
    }
    snapshot.items("responses")
}

fn answer_of(mut fields: Fields, notes: &mut Notes) -> Result<Answer> {
    let code = fields.number("statusCode")?;
    let status = head::status(code, &fields.at("statusCode"))?;
    let mut headers = head::headers(&mut fields, "headers", notes)?;
    split_cookies(&mut headers, fields.place(), notes);
    let body = fields.text("body")?.unwrap_or_default();
    let body = base64::decode(&body).map_err(|error| anyhow!("{}: {error}", fields.at("body")))?;
    let trailers = head::headers(&mut fields, "trailers", notes)?;
    fields.end(notes);
    let mut answer = answer(status, Version::HTTP_11, headers, body);
    answer.trailers = trailers;
    Ok(answer)
}

/// It joins all values of a header. Those of others mean the same joined; cookies do not.
fn split_cookies(headers: &mut HeaderMap, place: &str, notes: &mut Notes) {
    let Some(Ok(joined)) = headers
        .get(SET_COOKIE)
        .map(|value| value.to_str().map(ToOwned::to_owned))
    else {
        return;
    };
    let cookies = cookies(&joined);
    if cookies.len() < 2 {
        return;
    }
    notes.add(
        place,
        "several `set-cookie` were joined; they are split where a cookie seems to begin",
    );
    headers.remove(SET_COOKIE);
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(cookie) {
            headers.append(SET_COOKIE, value);
        }
    }
}

/// A comma begins a cookie where a name and `=` follow; in a date it does not.
fn cookies(joined: &str) -> Vec<&str> {
    let (mut cookies, mut begin) = (Vec::new(), 0);
    for (at, _) in joined.match_indices(", ") {
        if begins_cookie(&joined[at + 2..]) {
            cookies.push(&joined[begin..at]);
            begin = at + 2;
        }
    }
    cookies.push(&joined[begin..]);
    cookies
}

fn begins_cookie(text: &str) -> bool {
    let end = text.find(['=', ';', ',', ' ']);
    end.is_some_and(|end| end > 0 && text[end..].starts_with('='))
}

#[cfg(test)]
mod tests;
