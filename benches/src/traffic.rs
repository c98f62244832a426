//! The traffic that all candidates record and replay.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use cassette_core::Cassette;
use cassetter_core::body::process_body;
use cassetter_core::protocol::http::{HttpInteraction, HttpRequest, HttpResponse};
use serde_json::json;
use serde_json::value::RawValue;

/// The least size of an answer.
const ANSWER: usize = 1024;

/// The least size of a request's body.
const QUESTION: usize = 2048;

/// The headers of every answer, besides its length.
pub(crate) const HEADERS: [(&str, &str); 5] = [
    ("content-type", "application/json"),
    ("cache-control", "no-store"),
    ("date", "Mon, 30 Nov 2026 10:30:00 GMT"),
    ("server", "shop"),
    ("vary", "accept-encoding"),
];

/// What the requests are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `GET`, each with its own path.
    Get,
    /// `GET` with a bearer token.
    GetWithToken,
    /// `POST` of 2 KiB of JSON to one path.
    Post,
    /// The same, recorded with another order of keys than is asked for.
    PostReordered,
}

/// One request and its answer.
#[derive(Debug)]
pub struct Exchange {
    /// Where it goes.
    pub url: String,
    /// What it holds; nothing for `GET`.
    pub question: Bytes,
    /// What comes back.
    pub answer: Bytes,
    /// It shows who it is.
    pub has_token: bool,
    recorded_question: Bytes,
}

/// So many different exchanges of one shape.
#[derive(Debug)]
pub struct Traffic {
    /// In recorded order.
    pub exchanges: Vec<Exchange>,
}

impl Traffic {
    /// Makes traffic with the server at `base`, a URL without a path.
    #[must_use]
    pub fn new(base: &str, shape: Shape, count: usize) -> Self {
        let exchange = |number| Exchange::new(base, shape, number);
        Self {
            exchanges: (0..count).map(exchange).collect(),
        }
    }

    /// Returns all numbers in an order left to chance, always the same one.
    #[must_use]
    pub fn shuffled(&self) -> Vec<usize> {
        let mut order: Vec<_> = (0..self.exchanges.len()).collect();
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        for last in (1..order.len()).rev() {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let other = (state >> 33) % (last as u64 + 1);
            order.swap(last, usize::try_from(other).unwrap_or_default());
        }
        order
    }

    /// Writes this traffic as each candidate has it recorded.
    ///
    /// # Panics
    ///
    /// Panics when a file cannot be written, or one of the candidates refuses the traffic.
    #[must_use]
    pub fn write(&self, folder: &Path, name: &str) -> Files {
        let files = self.write_ours(folder, name);
        std::fs::write(&files.vcr, self.vcr()).expect("the folder is writable");
        self.write_cassetter(&files.cassetter);
        files
    }

    /// Writes this traffic as we have it recorded.
    ///
    /// # Panics
    ///
    /// Panics when the file cannot be written.
    #[must_use]
    pub fn write_ours(&self, folder: &Path, name: &str) -> Files {
        let file = |extension: &str| folder.join(format!("{name}.{extension}"));
        let files = Files {
            folder: folder.to_owned(),
            name: name.to_owned(),
            ours: file("json"),
            vcr: file("vcr.json"),
            cassetter: file("yaml"),
        };
        std::fs::write(&files.ours, self.cassette(name)).expect("the folder is writable");
        files
    }

    /// Returns the text of the cassette of this name.
    ///
    /// # Panics
    ///
    /// Panics when it is none.
    #[must_use]
    pub fn cassette(&self, name: &str) -> String {
        let interactions = self.exchanges.iter().map(Exchange::interaction);
        let interactions: Vec<_> = interactions.collect();
        let text = format!(
            r#"{{"format":1,"test":"{name}","recorded_at":"2026-11-30T10:30:00Z","interactions":[{}]}}"#,
            interactions.join(",")
        );
        let cassette = Cassette::from_json(text.as_bytes()).expect("it is a cassette");
        cassette.to_json().expect("it can be written")
    }

    fn vcr(&self) -> Vec<u8> {
        let of = |exchange: &Exchange| {
            json!({
                "request": {
                    "uri": exchange.url,
                    "method": exchange.method().to_lowercase(),
                    "headers": exchange.request_headers(),
                    "body": { "string": text(&exchange.recorded_question) },
                },
                "response": {
                    "status": { "code": 200, "message": "OK" },
                    "http_version": "1.1",
                    "headers": exchange.headers().into_iter()
                        .map(|(name, value)| (name.to_owned(), json!([value])))
                        .collect::<serde_json::Map<_, _>>(),
                    "body": { "string": text(&exchange.answer) },
                },
                "recorded_at": "Mon, 30 Nov 2026 10:30:00 +0000",
            })
        };
        let interactions: Vec<_> = self.exchanges.iter().map(of).collect();
        let cassette = json!({ "http_interactions": interactions, "recorded_with": "rVCR 0.4.0" });
        serde_json::to_vec_pretty(&cassette).expect("values can be written")
    }

    fn write_cassetter(&self, path: &Path) {
        let mut cassette = cassetter_core::cassette::Cassette::new();
        for exchange in &self.exchanges {
            cassette.add_interaction(exchange.of_cassetter());
        }
        let path = path.to_str().expect("folders have names in UTF-8");
        cassette
            .save(path, None, None)
            .expect("the folder is writable");
    }
}

/// Where the recordings of one traffic are.
#[derive(Clone, Debug)]
pub struct Files {
    pub(crate) folder: PathBuf,
    pub(crate) name: String,
    /// Our own.
    pub ours: PathBuf,
    /// That of reqwest-vcr.
    pub vcr: PathBuf,
    /// That of cassetter.
    pub cassetter: PathBuf,
}

impl Exchange {
    fn new(base: &str, shape: Shape, number: usize) -> Self {
        let answer = document(number, ANSWER, false).into();
        let is_post = matches!(shape, Shape::Post | Shape::PostReordered);
        let question = |is_reordered| match is_post {
            true => document(number, QUESTION, is_reordered).into(),
            false => Bytes::new(),
        };
        let url = match is_post {
            true => format!("{base}/v1/orders"),
            false => format!("{base}/v1/orders/{number}?expand=items&page=2"),
        };
        Self {
            url,
            question: question(false),
            answer,
            has_token: shape == Shape::GetWithToken,
            recorded_question: question(shape == Shape::PostReordered),
        }
    }

    /// Returns the method.
    #[must_use]
    pub fn method(&self) -> &'static str {
        match self.question.is_empty() {
            true => "GET",
            false => "POST",
        }
    }

    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        let headers = HEADERS
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        let length = ("content-length", self.answer.len().to_string());
        headers.chain([length]).collect()
    }

    fn request_headers(&self) -> serde_json::Value {
        match (self.question.is_empty(), self.has_token) {
            (true, false) => json!({}),
            (true, true) => json!({ "authorization": [TOKEN], "accept": ["application/json"] }),
            (false, _) => json!({ "content-type": ["application/json"] }),
        }
    }

    fn interaction(&self) -> String {
        let request = match (self.question.is_empty(), self.has_token) {
            (true, false) => String::new(),
            (true, true) => {
                r#","headers":{"authorization":"[REDACTED]","accept":"application/json"}"#
                    .to_owned()
            }
            (false, _) => format!(
                r#","headers":{{"content-type":"application/json"}},"body":{{"json":{}}}"#,
                text(&self.recorded_question)
            ),
        };
        let headers: Vec<_> = self
            .headers()
            .iter()
            .map(|(name, value)| format!("\"{name}\":\"{value}\""))
            .collect();
        format!(
            r#"{{"request":{{"method":"{}","url":"{}"{request}}},"response":{{"status":200,"headers":{{{}}},"body":{{"json":{}}}}}}}"#,
            self.method(),
            self.url,
            headers.join(","),
            text(&self.answer)
        )
    }

    fn of_cassetter(&self) -> HttpInteraction {
        let body = |bytes: &Bytes| {
            process_body(bytes.to_vec(), Some("application/json"), None, 1 << 20)
                .expect("it is JSON")
        };
        let headers = self.headers().into_iter();
        let headers = headers.map(|(name, value)| (name.to_owned(), vec![value]));
        let request = HttpRequest::new(
            self.method().to_owned(),
            self.url.clone(),
            None,
            (!self.question.is_empty()).then(|| body(&self.recorded_question)),
        );
        let response = HttpResponse::new(200, Some(headers.collect()), Some(body(&self.answer)));
        HttpInteraction::new(request, response, "2026-11-30T10:30:00Z".to_owned())
    }
}

pub(crate) const TOKEN: &str = "Bearer 5vK2mQ8xT1nZ4rW7yB0dF3hJ6lP9sC2e";

pub(crate) fn text(bytes: &Bytes) -> &str {
    std::str::from_utf8(bytes).expect("documents are text")
}

/// Returns compact JSON of at least `size` bytes, as an API gives it.
fn document(number: usize, size: usize, is_reordered: bool) -> String {
    let mut items = String::new();
    for item in 0.. {
        let sku = number * 31 + item * 7;
        let (title, price) = (
            format!("No. {sku}: a lamp, brass, \\\"Ada\\\""),
            format!("{sku}.25"),
        );
        let _ = match is_reordered {
            true => write!(
                items,
                r#"{{"title":"{title}","tags":["light","home"],"sku":{sku},"stock":null,"price":{price}}},"#
            ),
            false => write!(
                items,
                r#"{{"sku":{sku},"title":"{title}","price":{price},"stock":null,"tags":["light","home"]}},"#
            ),
        };
        if items.len() >= size {
            break;
        }
    }
    let items = items.trim_end_matches(',');
    let text = match is_reordered {
        true => format!(
            r#"{{"total":{{"currency":"EUR","value":1000}},"items":[{items}],"open":true,"id":{number}}}"#
        ),
        false => format!(
            r#"{{"id":{number},"open":true,"items":[{items}],"total":{{"value":1000,"currency":"EUR"}}}}"#
        ),
    };
    let _: &RawValue = serde_json::from_str(&text).expect("it is JSON");
    text
}
