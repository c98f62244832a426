//! Headers that say how a body is packed and how long it is: they must fit the body that is there.

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, Method, Response, StatusCode};

use super::exchange::{Answer, Exchange, Outcome};
use super::head::media_type;
use super::notes::Notes;

/// Makes the heads of an exchange fit its bodies.
pub(super) fn settle(exchange: &mut Exchange, notes: &mut Notes) {
    let place = exchange.place.clone();
    let length = exchange.request.body().len();
    settle_length(exchange.request.headers_mut(), length);
    let method = exchange.request.method().clone();
    if let Outcome::Answer(answer) = &mut exchange.outcome {
        settle_coding(answer, &place, notes);
        let response = &mut answer.response;
        if !is_bodiless(&method, response.status()) {
            let length = response.body().len();
            if settle_length(response.headers_mut(), length) {
                notes.add(
                    &place,
                    "`content-length` is that of the body as it stands in the file",
                );
            }
            note_promise(response, &place, notes);
        }
    }
}

/// A coding that a body no longer has goes, and with it the length that it had.
fn settle_coding(answer: &mut Answer, place: &str, notes: &mut Notes) {
    let (headers, body) = (answer.response.headers(), answer.response.body());
    let Some(coding) = headers.get(CONTENT_ENCODING) else {
        return;
    };
    let coding = coding
        .to_str()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if body.is_empty() || (!answer.is_decoded && is_coded(&coding, body)) {
        return;
    }
    notes.add(place, "the body stands in the file decoded, so `content-encoding` and `content-length` are left out");
    let headers = answer.response.headers_mut();
    headers.remove(CONTENT_ENCODING);
    headers.remove(CONTENT_LENGTH);
}

/// No packed body is text: each coding begins with bytes that UTF-8 does not know, or holds them.
fn is_coded(coding: &str, body: &Bytes) -> bool {
    match coding {
        "gzip" | "x-gzip" => body.starts_with(b"\x1f\x8b"),
        "zstd" => body.starts_with(b"\x28\xb5\x2f\xfd"),
        "identity" => true,
        _ => std::str::from_utf8(body).is_err(),
    }
}

/// Returns true where it was another.
fn settle_length(headers: &mut HeaderMap, length: usize) -> bool {
    let Some(told) = headers.get(CONTENT_LENGTH) else {
        return false;
    };
    if headers.contains_key(TRANSFER_ENCODING) {
        headers.remove(CONTENT_LENGTH);
        return false;
    }
    let differs = told.to_str().ok().and_then(|told| told.parse().ok()) != Some(length);
    if differs {
        headers.insert(CONTENT_LENGTH, length.into());
    }
    differs
}

fn is_bodiless(method: &Method, status: StatusCode) -> bool {
    let none = [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED];
    *method == Method::HEAD || none.contains(&status)
}

/// A recorder that has lost a body has mostly kept its head.
fn note_promise(response: &Response<Bytes>, place: &str, notes: &mut Notes) {
    let media_type = media_type(response.headers());
    let promises = response.status().is_success() && media_type.contains("json");
    if response.body().is_empty() && promises {
        notes.add(
            place,
            "the body is empty, although its `content-type` promises JSON",
        );
    }
}

#[cfg(test)]
mod tests;
