//! The format of vcrpy, version 1, and of what stands on it.

use anyhow::{Result, bail};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};

use super::exchange::{Answer, Exchange, answer, request};
use super::fields::Fields;
use super::head;
use super::node::Node;
use super::notes::Notes;
use super::vcr;

pub(super) fn read(root: Node, notes: &mut Notes) -> Result<Vec<Exchange>> {
    let interactions = head::interactions(root, &["1"], notes)?.into_iter();
    interactions
        .map(|interaction| exchange(interaction, notes))
        .collect()
}

fn exchange(mut fields: Fields, notes: &mut Notes) -> Result<Exchange> {
    let place = fields.place().to_owned();
    let mut asked = fields.fields("request")?;
    let (method, uri) = (
        head::method(&mut asked, "method")?,
        head::url(&mut asked, "uri")?,
    );
    let mut headers = head::headers(&mut asked, "headers", notes)?;
    let body = body(&mut asked, &mut headers, notes)?;
    asked.end(notes);
    let request = request(method, uri, headers, body);
    let answer = answered(fields.fields("response")?, notes)?;
    fields.end(notes);
    Ok(Exchange::new(place, request, answer))
}

/// Older recordings of httpx have a status and a version of their own.
fn answered(mut fields: Fields, notes: &mut Notes) -> Result<Answer> {
    let (status, reason) = match fields.number("status_code")? {
        Some(code) => (head::status(Some(code), &fields.at("status_code"))?, None),
        None => vcr::status(&mut fields, notes)?,
    };
    let version = fields.text("http_version")?;
    let version = head::version(version, fields.place(), notes);
    let mut headers = head::headers(&mut fields, "headers", notes)?;
    let body = body(&mut fields, &mut headers, notes)?;
    let mut answer = answer(status, version, headers, body);
    answer.reason = reason;
    answer.url = fields.text("url")?;
    fields.end(notes);
    Ok(answer)
}

/// A body is a text, bytes, a map that holds one of them, or JSON that was parsed.
fn body(fields: &mut Fields, headers: &mut HeaderMap, notes: &mut Notes) -> Result<Vec<u8>> {
    let place = fields.place().to_owned();
    let (body, content) = (fields.take("body"), fields.take("content"));
    let body = match (body, fields.take("parsed_body")) {
        (Some(body), _) if !is_absent(&body) => Some(unwrapped(body)),
        (_, Some(parsed)) => {
            notes.add(
                &place,
                "the body is JSON that was parsed, and is written compact",
            );
            return Ok(parsed.to_json().into_bytes());
        }
        (_, None) => content,
    };
    Ok(match body {
        None | Some(Node::Null) => Vec::new(),
        Some(Node::Text(text) | Node::Number(text)) => text.into_bytes(),
        Some(Node::Bytes(bytes)) => bytes,
        Some(Node::Bool(_)) => bail!("{place}.body is a boolean, not a text"),
        Some(list @ Node::List(_)) if is_chunks(&list) => joined(list),
        Some(value) => {
            notes.add(
                &place,
                "the body is no text but a value, and is written as JSON",
            );
            let json = HeaderValue::from_static("application/json");
            headers.entry(CONTENT_TYPE).or_insert(json);
            value.to_json().into_bytes()
        }
    })
}

fn is_absent(body: &Node) -> bool {
    matches!(body, Node::Map(fields) if fields.iter().all(|(name, node)| name == "string" && *node == Node::Null))
}

fn unwrapped(body: Node) -> Node {
    match body {
        Node::Map(mut fields) if fields.len() == 1 && fields[0].0 == "string" => {
            fields.pop().map_or(Node::Null, |(_, node)| node)
        }
        other => other,
    }
}

/// The pieces of what was sent by an iterator.
fn is_chunks(list: &Node) -> bool {
    matches!(list, Node::List(items) if !items.is_empty() && items.iter().all(|item| matches!(item, Node::Bytes(_) | Node::Text(_))))
}

fn joined(list: Node) -> Vec<u8> {
    let Node::List(items) = list else {
        return Vec::new();
    };
    let bytes = items.into_iter().map(|item| match item {
        Node::Bytes(bytes) => bytes,
        Node::Text(text) => text.into_bytes(),
        _ => Vec::new(),
    });
    bytes.flatten().collect()
}

#[cfg(test)]
mod tests;
