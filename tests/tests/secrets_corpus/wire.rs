//! The messages of the corpus as they go over the wire.

use std::io::Write as _;

use bytes::Bytes;
use cassette_tests::{chunk, last_chunk_with};
use flate2::{Compression, write::GzEncoder};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::script::Message;
use crate::template::{CUT, Filling};

/// What a server writes, piece by piece, and what it does then.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub(crate) pieces: Vec<Vec<u8>>,
    pub(crate) then: Then,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Then {
    #[default]
    GoOn,
    Close,
    Wait,
}

pub(crate) fn headers(templates: &[(String, String)], filling: &Filling<'_>) -> HeaderMap {
    let filled = templates.iter().map(|(name, value)| {
        let value = HeaderValue::from_bytes(&filling.fill(value)).expect("it fits a header");
        (
            HeaderName::from_bytes(name.as_bytes()).expect("it is a name"),
            value,
        )
    });
    let mut headers = HeaderMap::new();
    headers.extend(filled);
    headers
}

/// Returns the body as it goes over the wire.
pub(crate) fn body(message: &Message, filling: &Filling<'_>) -> Bytes {
    let content = content(message, filling).concat();
    match message.header("content-encoding") {
        Some("gzip") => gzip(&content).into(),
        _ => content.into(),
    }
}

/// Returns the chunks of a body, not compressed.
pub(crate) fn content(message: &Message, filling: &Filling<'_>) -> Vec<Vec<u8>> {
    let (mut chunks, bytes) = (vec![Vec::new()], filling.fill(&message.body));
    let mut rest = &bytes[..];
    while let Some(first) = rest.first() {
        if let Some(after) = rest.strip_prefix(CUT.as_bytes()) {
            chunks.push(Vec::new());
            rest = after;
        } else {
            chunks.last_mut().expect("there is one").push(*first);
            rest = &rest[1..];
        }
    }
    chunks
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// Returns what is written for an answer; none where nobody listens.
pub(crate) fn reply(answer: &Message, filling: &Filling<'_>) -> Option<Reply> {
    match answer.first.as_str() {
        "refused" => None,
        "never" => Some(Reply {
            pieces: Vec::new(),
            then: Then::Wait,
        }),
        _ => Some(written(answer, filling)),
    }
}

fn written(answer: &Message, filling: &Filling<'_>) -> Reply {
    let mut head = [b"HTTP/1.1 ", &filling.fill(&answer.first)[..], b"\r\n"].concat();
    for (name, value) in &answer.headers {
        head.extend_from_slice(name.as_bytes());
        head.extend_from_slice(b": ");
        head.extend(filling.fill(value));
        head.extend_from_slice(b"\r\n");
    }
    let is_broken = answer.is_marked("broken");
    let then = if is_broken { Then::Close } else { Then::GoOn };
    let chunks = content(answer, filling);
    if chunks.len() > 1 || !answer.trailers.is_empty() {
        return Reply {
            pieces: in_chunks(&head, &chunks, answer, filling),
            then,
        };
    }
    let body = body(answer, filling);
    let length = body.len() + usize::from(is_broken);
    if !answer.first.starts_with("204") && !answer.first.starts_with("304") {
        head.extend(format!("content-length: {length}\r\n").into_bytes());
    }
    let pieces = vec![[&head[..], b"\r\n", &body].concat()];
    Reply { pieces, then }
}

fn in_chunks(
    head: &[u8],
    chunks: &[Vec<u8>],
    answer: &Message,
    filling: &Filling<'_>,
) -> Vec<Vec<u8>> {
    let mut pieces = vec![[head, b"transfer-encoding: chunked\r\n\r\n"].concat()];
    pieces.extend(chunks.iter().filter(|piece| !piece.is_empty()).map(chunk));
    let trailers: Vec<_> = answer
        .trailers
        .iter()
        .map(|(name, value)| (name.as_str(), filling.text(value)))
        .collect();
    let trailers: Vec<_> = trailers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    if !answer.is_marked("broken") {
        pieces.push(last_chunk_with(&trailers));
    }
    pieces
}
