use std::fmt::Write as _;

use reqwest::Response;
use reqwest_middleware::Error;

/// Longer bodies are shown by their length and a hash.
const SHOWN: usize = 2048;

/// Returns everything a client can see of a response, body included, as a text that does not change
/// between equal ones.
///
/// Left out on purpose are `remote_addr()`, as a replayed answer comes from nowhere, and the
/// boundaries of chunks, which the network sets anew on each run.
pub async fn visible(mut response: Response) -> String {
    let mut text = String::new();
    write_head(&mut text, &response);
    write_body(&mut text, &mut response).await;
    text
}

/// Returns what a client can ask an error: its predicates, status and URL, but not its words.
#[must_use]
pub fn visible_error(error: &Error) -> String {
    match error {
        Error::Middleware(error) => format!("error of a middleware: {error}\n"),
        Error::Reqwest(error) => format!(
            "error: {}\nurl: {}\nstatus: {:?}\n",
            kinds(error),
            error.url().map_or("none", |url| url.as_str()),
            error.status(),
        ),
    }
}

/// Returns [`visible`] of a response or [`visible_error`] of an error.
pub async fn visible_outcome(outcome: Result<Response, Error>) -> String {
    match outcome {
        Ok(response) => visible(response).await,
        Err(error) => visible_error(&error),
    }
}

fn write_head(text: &mut String, response: &Response) {
    put(text, format_args!("url: {}", response.url()));
    put(text, format_args!("status: {}", response.status()));
    put(text, format_args!("version: {:?}", response.version()));
    for (name, value) in response.headers() {
        put(
            text,
            format_args!("header: {name}: {}", value.as_bytes().escape_ascii()),
        );
    }
    put(
        text,
        format_args!("content_length(): {:?}", response.content_length()),
    );
}

async fn write_body(text: &mut String, response: &mut Response) {
    let mut body = Vec::new();
    let failure = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break None,
            Err(error) => break Some(error),
        }
    };
    put(text, format_args!("body: {}", shown(&body)));
    if let Some(error) = failure {
        put(text, format_args!("body broke off: {}", kinds(&error)));
    }
}

fn shown(body: &[u8]) -> String {
    if body.len() <= SHOWN {
        format!("{} bytes: {}", body.len(), body.escape_ascii())
    } else {
        format!("{} bytes, fnv1a {:016x}", body.len(), fnv1a(body))
    }
}

fn kinds(error: &reqwest::Error) -> String {
    let kinds = [
        ("builder", error.is_builder()),
        ("redirect", error.is_redirect()),
        ("status", error.is_status()),
        ("timeout", error.is_timeout()),
        ("request", error.is_request()),
        ("connect", error.is_connect()),
        ("dns", error.is_dns()),
        ("body", error.is_body()),
        ("decode", error.is_decode()),
        ("upgrade", error.is_upgrade()),
    ];
    let holding: Vec<&str> = kinds
        .into_iter()
        .filter_map(|(name, holds)| holds.then_some(name))
        .collect();
    holding.join(" ")
}

/// The 64-bit FNV-1a hash: enough to tell bodies apart, and the same on every machine.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn put(text: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(text, "{line}").expect("a string takes every line");
}
