//! The format of cassetter, version 1, in YAML and TOML.

use anyhow::{Result, anyhow, bail};
use http::Version;

use super::exchange::{Exchange, answer, request};
use super::fields::{Fields, check_version, mistaken};
use super::head::{self, entries};
use super::node::Node;
use super::notes::Notes;
use super::time;

pub(super) fn read(root: Node, notes: &mut Notes) -> Result<Vec<Exchange>> {
    let mut file = Fields::of(root, "")?;
    check_version(&mut file, &["1"])?;
    let interactions = file.take("interactions").unwrap_or(Node::List(Vec::new()));
    file.end(notes);
    let interactions = entries(interactions, "interactions")?.into_iter();
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
    let headers = head::headers(&mut asked, "headers", notes)?;
    let body_sent = body(&mut asked, notes)?;
    asked.end(notes);

    let mut answered = fields.fields("response")?;
    let code = answered.number("status")?;
    let status = head::status(code, &answered.at("status"))?;
    let answer_headers = head::headers(&mut answered, "headers", notes)?;
    let body_received = body(&mut answered, notes)?;
    answered.end(notes);
    let mut answer = answer(status, Version::HTTP_11, answer_headers, body_received);
    // It stores bodies unpacked.
    answer.is_decoded = true;
    let request = request(method, uri, headers, body_sent);
    let mut exchange = Exchange::new(place, request, answer);
    exchange.recorded_at = time::point(&mut fields, "recorded_at", notes);
    fields.end(notes);
    Ok(exchange)
}

/// In TOML, which has no null, a JSON body is a text, and its fields stand beside those of the message.
fn body(fields: &mut Fields, notes: &mut Notes) -> Result<Vec<u8>> {
    if let Some(kind) = fields.text("body_type")? {
        let content = fields.take("body_content");
        let place = fields.at("body_content");
        return match (kind.as_str(), content) {
            ("json", Some(Node::Text(text))) => {
                note_compact(&place, notes);
                Ok(text.into_bytes())
            }
            (kind, content) => bytes(kind, content, &place, notes),
        };
    }
    let Some(body) = fields.take("body") else {
        return Ok(Vec::new());
    };
    let mut body = Fields::of(body, fields.at("body"))?;
    let (kind, content) = (body.needed_text("type")?, body.take("content"));
    let place = body.at("content");
    body.end(notes);
    bytes(&kind, content, &place, notes)
}

fn bytes(kind: &str, content: Option<Node>, place: &str, notes: &mut Notes) -> Result<Vec<u8>> {
    match (kind, content) {
        ("none", _) | (_, None) => Ok(Vec::new()),
        ("text", Some(Node::Text(text) | Node::Number(text))) => Ok(text.into_bytes()),
        ("json", Some(value)) => {
            note_compact(place, notes);
            Ok(value.to_json().into_bytes())
        }
        ("binary", Some(Node::Text(hex) | Node::Number(hex))) => {
            unhex(&hex).ok_or_else(|| anyhow!("{place} is no hexadecimal text"))
        }
        ("binary", Some(Node::Bytes(bytes))) => Ok(bytes),
        ("text" | "binary", Some(other)) => Err(mistaken(place, "a text", &other)),
        _ => bail!("{place} is of a type that is not known; known are json, text, binary, none"),
    }
}

fn note_compact(place: &str, notes: &mut Notes) {
    let what =
        "of a JSON body cassetter keeps the values only, not the bytes; it is written compact";
    notes.add(place, what);
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim().as_bytes();
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let pairs = digits.chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair)
            .ok()
            .filter(|pair| pair.len() == 2)?;
        u8::from_str_radix(pair, 16).ok()
    });
    pairs.collect()
}

#[cfg(test)]
mod tests;
