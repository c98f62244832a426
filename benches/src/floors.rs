//! The least that can be done.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufWriter};
use std::path::Path;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Extensions, HeaderMap, HeaderValue, Method};
use reqwest::{Body, Request, Response, ResponseBuilderExt, Url};
use reqwest_middleware::{Middleware, Next, Result};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::traffic::{Exchange, HEADERS, Traffic, text};

/// Answers every request with the first answer, without a look at it.
#[derive(Debug)]
pub struct Canned(Stored);

impl Canned {
    /// # Panics
    ///
    /// Panics when there is no traffic.
    #[must_use]
    pub fn new(traffic: &Traffic) -> Self {
        Self(Stored::new(&traffic.exchanges[0]))
    }
}

#[async_trait]
impl Middleware for Canned {
    async fn handle(&self, request: Request, _: &mut Extensions, _: Next<'_>) -> Result<Response> {
        Ok(self.0.answer(request.url().clone()))
    }
}

/// Hashes method, URL and body, looks up, compares and answers.
#[derive(Debug)]
pub struct Hashing(HashMap<u64, Vec<Stored>>);

impl Hashing {
    /// Hashes what is recorded.
    #[must_use]
    pub fn new(traffic: &Traffic) -> Self {
        let mut stored: HashMap<u64, Vec<Stored>> = HashMap::new();
        for exchange in &traffic.exchanges {
            let one = Stored::new(exchange);
            let key = key(&one.method, &one.url, &one.question);
            stored.entry(key).or_default().push(one);
        }
        Self(stored)
    }
}

fn key(method: &Method, url: &Url, body: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    (method, url.as_str(), body).hash(&mut hasher);
    hasher.finish()
}

#[async_trait]
impl Middleware for Hashing {
    async fn handle(&self, request: Request, _: &mut Extensions, _: Next<'_>) -> Result<Response> {
        let body = request.body().and_then(Body::as_bytes).unwrap_or_default();
        let key = key(request.method(), request.url(), body);
        let is_one = |stored: &&Stored| {
            stored.method == *request.method()
                && stored.url == *request.url()
                && stored.question == *body
        };
        let stored = self
            .0
            .get(&key)
            .and_then(|stored| stored.iter().find(is_one));
        let stored = stored.expect("it is recorded");
        Ok(stored.answer(request.url().clone()))
    }
}

/// One exchange as a middleware needs it.
#[derive(Debug)]
struct Stored {
    method: Method,
    url: Url,
    question: Bytes,
    headers: HeaderMap,
    answer: Bytes,
}

impl Stored {
    fn new(exchange: &Exchange) -> Self {
        let mut headers = HeaderMap::new();
        for (name, value) in HEADERS {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers.insert("content-length", exchange.answer.len().into());
        Self {
            method: exchange.method().parse().expect("it is a method"),
            url: exchange.url.parse().expect("it is a URL"),
            question: exchange.question.clone(),
            headers,
            answer: exchange.answer.clone(),
        }
    }

    fn answer(&self, url: Url) -> Response {
        let response = http::Response::builder().url(url).body(self.answer.clone());
        let mut response = response.expect("a URL makes no response wrong");
        *response.headers_mut() = self.headers.clone();
        response.into()
    }
}

/// A cassette as far as it can be read without a copy.
#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(borrow)]
    interactions: Vec<RawInteraction<'a>>,
}

#[derive(Deserialize)]
struct RawInteraction<'a> {
    #[serde(borrow)]
    request: RawMessage<'a>,
    #[serde(borrow)]
    response: RawMessage<'a>,
}

#[derive(Deserialize)]
struct RawMessage<'a> {
    method: Option<&'a str>,
    url: Option<&'a str>,
    status: Option<u16>,
    #[serde(borrow, default)]
    headers: HashMap<&'a str, Cow<'a, str>>,
    #[serde(borrow)]
    body: Option<&'a RawValue>,
}

/// Parses a cassette into structs that borrow from its text, and returns how many bytes its bodies take
/// in the file.
///
/// # Panics
///
/// Panics when it is none.
#[must_use]
pub fn parse_raw(text: &[u8]) -> usize {
    let raw: Raw<'_> = serde_json::from_slice(text).expect("it is JSON");
    let length = |message: &RawMessage<'_>| {
        let is_known =
            (message.method.is_some() && message.url.is_some()) || message.status.is_some();
        assert!(is_known && message.headers.len() < 100, "it is a message");
        message.body.map_or(0, |body| body.get().len())
    };
    let interactions = raw.interactions.iter();
    interactions
        .map(|one| length(&one.request) + length(&one.response))
        .sum()
}

/// The recorded data as `serde_json` takes it.
#[derive(Debug)]
pub struct Plain(Vec<[PlainMessage; 2]>);

#[derive(Debug, Serialize)]
struct PlainMessage {
    url: Option<String>,
    status: Option<u16>,
    headers: HashMap<&'static str, String>,
    body: Option<serde_json::Value>,
}

impl Plain {
    /// Makes it of this traffic.
    #[must_use]
    pub fn new(traffic: &Traffic) -> Self {
        let body = |bytes: &Bytes| serde_json::from_str(text(bytes)).ok();
        let messages = |exchange: &Exchange| {
            let request = PlainMessage {
                url: Some(exchange.url.clone()),
                status: None,
                headers: HashMap::new(),
                body: body(&exchange.question),
            };
            let response = PlainMessage {
                url: None,
                status: Some(200),
                headers: exchange.headers().into_iter().collect(),
                body: body(&exchange.answer),
            };
            [request, response]
        };
        Self(traffic.exchanges.iter().map(messages).collect())
    }

    /// Writes it with `to_writer_pretty`.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut writer = BufWriter::new(File::create(path)?);
        serde_json::to_writer_pretty(&mut writer, &self.0)?;
        writer.into_inner()?;
        Ok(())
    }
}
