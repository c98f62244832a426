//! The format of Ruby's VCR, and of those in Rust that took it over: rvcr, reqwest-vcr, surf-vcr.

use anyhow::Result;
use http::{HeaderMap, HeaderValue, Method};
use regex_lite::Regex;

use super::base64;
use super::exchange::{Exchange, answer, request};
use super::fields::{Fields, mistaken};
use super::head::{self, entries, parse_url};
use super::node::Node;
use super::notes::Notes;
use super::time;

/// What Ruby's `filter_sensitive_data` is mostly told to put in the place of a secret.
const PLACEHOLDER: &str = "<[A-Z][A-Z0-9_]{2,}>";

pub(super) fn read(root: Node, notes: &mut Notes) -> Result<Vec<Exchange>> {
    let mut file = Fields::of(root, "")?;
    let recorder = file.text("recorded_with")?.unwrap_or_default();
    let interactions = file.need("http_interactions")?;
    file.end(notes);
    let is_ruby = recorder.starts_with("VCR");
    let secrets = Secrets(Regex::new(PLACEHOLDER).ok().filter(|_| is_ruby));
    let interactions = entries(interactions, "http_interactions")?.into_iter();
    interactions
        .map(|interaction| exchange(interaction, &secrets, notes))
        .collect()
}

fn exchange(mut fields: Fields, secrets: &Secrets, notes: &mut Notes) -> Result<Exchange> {
    let place = fields.place().to_owned();
    let mut asked = fields.fields("request")?;
    let uri = secrets.in_text(asked.needed_text("uri")?, &asked, notes);
    let uri = parse_url(&uri).map_err(|error| error.context(asked.at("uri")))?;
    let method = method(&mut asked)?;
    let (headers, body) = message(&mut asked, secrets, notes)?;
    asked.end(notes);

    let mut answered = fields.fields("response")?;
    let (status, reason) = status(&mut answered, notes)?;
    let version = answered.text("http_version")?;
    let version = head::version(version, answered.place(), notes);
    let (answer_headers, answer_body) = message(&mut answered, secrets, notes)?;
    let mut answer = answer(status, version, answer_headers, answer_body);
    answer.reason = reason;
    skip_metadata(&mut answered, notes)?;
    answered.end(notes);

    let request = request(method, uri, headers, body);
    let mut exchange = Exchange::new(place, request, answer);
    exchange.recorded_at = time::point(&mut fields, "recorded_at", notes);
    fields.end(notes);
    Ok(exchange)
}

/// Those in Rust write a method that they do not know as `{"other": "…"}`.
fn method(fields: &mut Fields) -> Result<Method> {
    match fields.take("method") {
        Some(Node::Map(map)) => {
            let mut map = Fields::of(Node::Map(map), fields.at("method"))?;
            head::method(&mut map, "other")
        }
        Some(other) => {
            let field = ("method".to_owned(), other);
            let mut alone = Fields::of(Node::Map(vec![field]), fields.place())?;
            head::method(&mut alone, "method")
        }
        None => head::method(fields, "method"),
    }
}

pub(super) fn status(
    fields: &mut Fields,
    notes: &mut Notes,
) -> Result<(http::StatusCode, Option<String>)> {
    let mut status = fields.fields("status")?;
    let code = status.number("code")?;
    let code = head::status(code, &status.at("code"))?;
    let reason = status.text("message")?;
    status.end(notes);
    Ok((code, reason))
}

fn message(
    fields: &mut Fields,
    secrets: &Secrets,
    notes: &mut Notes,
) -> Result<(HeaderMap, Vec<u8>)> {
    let mut headers = head::headers(fields, "headers", notes)?;
    for value in headers.values_mut() {
        secrets.in_header(value, fields, notes);
    }
    let body = body(fields, notes)?;
    let is_markup = ["xml", "html"]
        .iter()
        .any(|name| head::media_type(&headers).contains(name));
    let body = if is_markup {
        body
    } else {
        secrets.in_body(body, fields, notes)
    };
    Ok((headers, body))
}

/// Says of a body that VCR has unpacked that it has; the header is gone then.
fn skip_metadata(fields: &mut Fields, notes: &mut Notes) -> Result<()> {
    let Some(metadata) = fields.take("adapter_metadata") else {
        return Ok(());
    };
    let mut metadata = Fields::of(metadata, fields.at("adapter_metadata"))?;
    metadata.skip(&["vcr_decompressed"]);
    metadata.end(notes);
    Ok(())
}

fn body(fields: &mut Fields, notes: &mut Notes) -> Result<Vec<u8>> {
    let place = fields.at("body");
    let map = match fields.take("body") {
        None => return Ok(Vec::new()),
        Some(Node::Text(text) | Node::Number(text)) => return Ok(text.into_bytes()),
        Some(Node::Bytes(bytes)) => return Ok(bytes),
        Some(map @ Node::Map(_)) => map,
        Some(other) => return Err(mistaken(&place, "a text or a map", &other)),
    };
    let mut body = Fields::of(map, place)?;
    let encoding = body.text("encoding")?.unwrap_or_default();
    let (string, coded) = (body.take("string"), body.text("base64_string")?);
    let bytes = match (string, coded) {
        (_, Some(coded)) => decode(&coded, &body.at("base64_string"))?,
        (Some(Node::Text(coded)), None) if encoding == "base64" => {
            decode(&coded, &body.at("string"))?
        }
        (Some(Node::Bytes(bytes)), None) => bytes,
        (Some(Node::Text(text) | Node::Number(text)), None) => {
            encoded(text, &encoding, body.place(), notes)
        }
        (None, None) => Vec::new(),
        (Some(other), None) => return Err(mistaken(&body.at("string"), "a text", &other)),
    };
    body.end(notes);
    Ok(bytes)
}

fn decode(text: &str, place: &str) -> Result<Vec<u8>> {
    base64::decode(text).map_err(|error| error.context(place.to_owned()))
}

/// The file is UTF-8; the body was in the encoding that Ruby names.
fn encoded(text: String, encoding: &str, place: &str, notes: &mut Notes) -> Vec<u8> {
    let is_latin = encoding.eq_ignore_ascii_case("ISO-8859-1");
    let latin: Option<Vec<u8>> = text
        .chars()
        .map(|sign| u8::try_from(u32::from(sign)).ok())
        .collect();
    match (encoding.to_ascii_uppercase().as_str(), latin) {
        (_, Some(bytes)) if is_latin => bytes,
        ("" | "UTF-8" | "US-ASCII" | "ASCII-8BIT" | "BINARY", _) => text.into_bytes(),
        _ if text.is_ascii() => text.into_bytes(),
        _ => {
            let what = "the body is UTF-8 now, and was in another encoding";
            notes.add(place, what);
            text.into_bytes()
        }
    }
}

/// What stands in the place of secrets, where a recorder has its own way for it.
struct Secrets(Option<Regex>);

impl Secrets {
    fn in_text(&self, text: String, fields: &Fields, notes: &mut Notes) -> String {
        let Some(regex) = &self.0 else {
            return text;
        };
        if text.contains("<%") {
            notes.add(fields.place(), "what looks like ERB is taken as text");
        }
        if !regex.is_match(&text) {
            return text;
        }
        let what = "what looks like a placeholder of `filter_sensitive_data` is `[REDACTED]` now";
        notes.add(fields.place(), what);
        regex.replace_all(&text, "[REDACTED]").into_owned()
    }

    fn in_header(&self, value: &mut HeaderValue, fields: &Fields, notes: &mut Notes) {
        if let Ok(text) = value.to_str().map(ToOwned::to_owned)
            && let Ok(masked) = self.in_text(text, fields, notes).parse()
        {
            *value = masked;
        }
    }

    fn in_body(&self, body: Vec<u8>, fields: &Fields, notes: &mut Notes) -> Vec<u8> {
        match String::from_utf8(body) {
            Ok(text) => self.in_text(text, fields, notes).into_bytes(),
            Err(binary) => binary.into_bytes(),
        }
    }
}

#[cfg(test)]
mod tests;
