//! The format of cassetter, version 1, in YAML and TOML.

use anyhow::{Result, anyhow, bail};
use http::Version;

use super::exchange::{Exchange, answer, request};
use super::fields::{Fields, check_version, mistaken};
use super::head::{self, entries};
use super::node::Node;
use super::notes::Notes;
use super::source::{Source, Syntax};
use super::time;

pub(super) fn read(source: Source, notes: &mut Notes) -> Result<Vec<Exchange>> {
    let syntax = source.syntax;
    let mut file = Fields::of(source.root, "")?;
    check_version(&mut file, &["1"])?;
    let interactions = file.take("interactions").unwrap_or(Node::List(Vec::new()));
    file.end(notes);
    let interactions = entries(interactions, "interactions")?.into_iter();
    interactions
        .map(|interaction| exchange(interaction, syntax, notes))
        .collect()
}

fn exchange(mut fields: Fields, syntax: Syntax, notes: &mut Notes) -> Result<Exchange> {
    let place = fields.place().to_owned();
    let mut asked = fields.fields("request")?;
    let (method, uri) = (
        head::method(&mut asked, "method")?,
        head::url(&mut asked, "uri")?,
    );
    let headers = head::headers(&mut asked, "headers", notes)?;
    let body_sent = body(&mut asked, syntax, notes)?;
    asked.end(notes);

    let mut answered = fields.fields("response")?;
    let code = answered.number("status")?;
    let status = head::status(code, &answered.at("status"))?;
    let answer_headers = head::headers(&mut answered, "headers", notes)?;
    let body_received = body(&mut answered, syntax, notes)?;
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

fn body(fields: &mut Fields, syntax: Syntax, notes: &mut Notes) -> Result<Vec<u8>> {
    let Some(body) = fields.take("body") else {
        return Ok(Vec::new());
    };
    let mut body = Fields::of(body, fields.at("body"))?;
    let kind = body.needed_text("type")?;
    let content = body.take("content");
    let place = body.at("content");
    body.end(notes);
    match (kind.as_str(), content) {
        ("none", _) | (_, None) => Ok(Vec::new()),
        ("text", Some(Node::Text(text) | Node::Number(text))) => Ok(text.into_bytes()),
        ("json", Some(value)) => Ok(json(value, syntax, &place, notes)),
        ("binary", Some(Node::Text(hex) | Node::Number(hex))) => {
            unhex(&hex).ok_or_else(|| anyhow!("{place} is no hexadecimal text"))
        }
        ("binary", Some(Node::Bytes(bytes))) => Ok(bytes),
        ("text" | "binary", Some(other)) => Err(mistaken(&place, "a text", &other)),
        _ => bail!("{place} is of a type that is not known; known are json, text, binary, none"),
    }
}

/// In TOML, which has no null, it is a text.
fn json(value: Node, syntax: Syntax, place: &str, notes: &mut Notes) -> Vec<u8> {
    let what =
        "of a JSON body cassetter keeps the values only, not the bytes; it is written compact";
    notes.add(place, what);
    match (value, syntax) {
        (Node::Text(text), Syntax::Toml) => text.into_bytes(),
        (value, _) => value.to_json().into_bytes(),
    }
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
