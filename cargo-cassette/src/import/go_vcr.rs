//! The format of go-vcr: 1, and 2, which its versions 3 and 4 write.

use anyhow::Result;
use http::header::TRANSFER_ENCODING;
use http::{HeaderMap, HeaderValue, Version};

use super::exchange::{Answer, Exchange, answer, request};
use super::fields::{Fields, mistaken};
use super::head;
use super::node::Node;
use super::notes::Notes;
use super::time;

/// What follows from the rest, or is of the client alone.
const DERIVED: [&str; 5] = [
    "proto_major",
    "proto_minor",
    "content_length",
    "remote_addr",
    "request_uri",
];

pub(super) fn read(root: Node, notes: &mut Notes) -> Result<Vec<Exchange>> {
    let interactions = head::interactions(root, &["1", "2"], notes)?.into_iter();
    interactions
        .map(|interaction| exchange(interaction, notes))
        .collect()
}

fn exchange(mut fields: Fields, notes: &mut Notes) -> Result<Exchange> {
    let place = fields.place().to_owned();
    let mut asked = fields.fields("request")?;
    let (method, uri) = (
        head::method(&mut asked, "method")?,
        head::url(&mut asked, "url")?,
    );
    let headers = head::headers(&mut asked, "headers", notes)?;
    let body = body(&mut asked)?;
    let host = asked.text("host")?.filter(|host| !host.is_empty());
    if host.is_some_and(|host| {
        uri.authority()
            .is_some_and(|authority| authority.as_str() != host)
    }) {
        notes.add(
            asked.place(),
            "`host` is another than the URL's, and is not carried over",
        );
    }
    asked.skip(&DERIVED);
    asked.skip(&["form", "proto", "transfer_encoding"]);
    asked.end(notes);
    let request = request(method, uri, headers, body);

    let mut answered = fields.fields("response")?;
    let duration = answered.text("duration")?;
    let answer = answer_of(&mut answered, notes)?;
    answered.skip(&DERIVED);
    answered.end(notes);
    fields.skip(&["id"]);
    fields.end(notes);
    let mut exchange = Exchange::new(place, request, answer);
    exchange.took = duration
        .as_deref()
        .and_then(time::of_go)
        .filter(|took| !took.is_zero());
    Ok(exchange)
}

/// Go takes `transfer-encoding` and, where it has unpacked the body, `content-encoding` out of the headers.
fn answer_of(fields: &mut Fields, notes: &mut Notes) -> Result<Answer> {
    let code = fields.number("code")?;
    let status = head::status(code, &fields.at("code"))?;
    let line = fields.text("status")?.unwrap_or_default();
    let reason = line.split_once(' ').map(|(_, reason)| reason.to_owned());
    let version = fields.text("proto")?;
    let version = head::version(version, fields.place(), notes);
    let mut headers = head::headers(fields, "headers", notes)?;
    let is_chunked = !fields.items("transfer_encoding")?.is_empty();
    if is_chunked && version <= Version::HTTP_11 && !headers.contains_key(TRANSFER_ENCODING) {
        headers.insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    }
    let trailers: HeaderMap = head::headers(fields, "trailer", notes)?;
    let body = body(fields)?;
    let mut answer = answer(status, version, headers, body);
    answer.is_decoded = fields.take("uncompressed") == Some(Node::Bool(true));
    (answer.reason, answer.trailers) = (reason, trailers);
    Ok(answer)
}

fn body(fields: &mut Fields) -> Result<Vec<u8>> {
    match fields.take("body") {
        None => Ok(Vec::new()),
        Some(Node::Text(text) | Node::Number(text)) => Ok(text.into_bytes()),
        Some(Node::Bool(value)) => Ok(value.to_string().into_bytes()),
        Some(Node::Bytes(bytes)) => Ok(bytes),
        Some(other) => Err(mistaken(&fields.at("body"), "a text", &other)),
    }
}

#[cfg(test)]
mod tests;
