use cassette_core::http::{HeaderMap, header::CONTENT_TYPE};
use cassette_core::{ErrorKind, Interaction, Recorded, RecordedRequest, RecordedResponse};

use super::changes::Change;
use super::{body, fields, headers};

/// Compares two interactions that are the same one to a reader.
pub(super) fn changes(old: &Interaction, new: &Interaction) -> Vec<Change> {
    if old == new {
        return Vec::new();
    }
    let mut out = of_request(old.request(), new.request());
    match (old.recorded(), new.recorded()) {
        (Recorded::Response(old), Recorded::Response(new)) => out.extend(of_response(old, new)),
        (Recorded::Error(old), Recorded::Error(new)) => {
            out.extend(fields::changes("failure", &**old, &**new, &[]));
        }
        _ => out.extend(Change::new("answer", answer(old), answer(new))),
    }
    out
}

/// Returns method and URL.
pub(super) fn request(request: &RecordedRequest) -> String {
    format!("{} {}", request.method(), request.url())
}

/// Returns what came of a request: a status, or the kind of failure and its text.
pub(crate) fn answer(of: &Interaction) -> String {
    match of.recorded() {
        Recorded::Response(response) => response.status().as_str().to_owned(),
        Recorded::Error(error) if error.kind() == ErrorKind::Cancelled => "given up".to_owned(),
        Recorded::Error(error) => {
            let kind = fields::field(&**error, "kind").unwrap_or_default();
            format!("{kind}: {}", error.message())
        }
    }
}

/// Returns how long an answer was waited for in all, in milliseconds, where that was recorded.
pub(crate) fn waited(of: &Interaction) -> Option<u64> {
    let timing = match of.recorded() {
        Recorded::Response(response) => fields::field(&**response, "timing"),
        Recorded::Error(error) => fields::field(&**error, "timing"),
    }?;
    let times = timing.split_whitespace();
    let times = times.filter_map(|time| time.strip_suffix("ms")?.parse::<u64>().ok());
    Some(times.sum())
}

fn of_request(old: &RecordedRequest, new: &RecordedRequest) -> Vec<Change> {
    let method = Change::new(
        "request method",
        old.method().to_string(),
        new.method().to_string(),
    );
    let url = Change::maybe("request URL", Some(old.url()), Some(new.url()));
    let mut out: Vec<_> = method.into_iter().chain(url).collect();
    out.extend(headers::changes(
        "request header",
        old.headers(),
        new.headers(),
    ));
    let types = [content_type(old.headers()), content_type(new.headers())];
    out.extend(body::changes("request body", old.body(), new.body(), types));
    out
}

fn of_response(old: &RecordedResponse, new: &RecordedResponse) -> Vec<Change> {
    let status = |response: &RecordedResponse| response.status().as_str().to_owned();
    let mut out: Vec<_> = Change::new("response status", status(old), status(new))
        .into_iter()
        .collect();
    let version = |response: &RecordedResponse| format!("{:?}", response.version());
    out.extend(Change::new("response version", version(old), version(new)));
    let compared = ["status", "version", "headers", "body", "trailers"];
    out.extend(fields::changes("response", old, new, &compared));
    out.extend(headers::changes(
        "response header",
        old.headers(),
        new.headers(),
    ));
    let types = [content_type(old.headers()), content_type(new.headers())];
    out.extend(body::changes(
        "response body",
        old.body(),
        new.body(),
        types,
    ));
    out.extend(headers::changes("trailer", old.trailers(), new.trailers()));
    out
}

fn content_type(headers: &HeaderMap) -> &str {
    let value = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}
