use std::io::Read;

use cassette_core::{Config, Mode, scope};
use cassette_reqwest::client_with;
use flate2::read::GzDecoder;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response};
use reqwest_middleware::ClientWithMiddleware;
use serde_json::Value;

use crate::{imported, server};

/// The requests that each recorder has made.
const REQUESTS: &str = include_str!("../../interop/import/requests.txt");

/// What a header is called that says how a body is packed, or how long it is then.
const PACKING: [&str; 2] = ["content-encoding", "content-length"];

/// What one recorder has recorded, and what of it the recorder has lost.
pub(crate) struct Case {
    name: &'static str,
    counted_as: &'static str,
    unrecorded: &'static [&'static str],
    lost_header: Option<&'static str>,
    keeps_bytes: bool,
    mode: Mode,
}

impl Case {
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            counted_as: name,
            unrecorded: &[],
            lost_header: None,
            keeps_bytes: true,
            mode: Mode::Replay,
        }
    }

    /// Names the recorder that the server has counted.
    pub(crate) fn counted_as(self, counted_as: &'static str) -> Self {
        Self { counted_as, ..self }
    }

    /// Names the paths that it has not recorded.
    pub(crate) fn without_requests(self, unrecorded: &'static [&'static str]) -> Self {
        Self { unrecorded, ..self }
    }

    /// Names the header that it has not recorded.
    pub(crate) fn without_header(self, name: &'static str) -> Self {
        let lost_header = Some(name);
        Self {
            lost_header,
            ..self
        }
    }

    /// Says that it keeps the values of JSON, not its bytes.
    pub(crate) fn values_only(self) -> Self {
        let keeps_bytes = false;
        Self {
            keeps_bytes,
            ..self
        }
    }

    /// Replays all of it, and compares each answer with that of the server.
    pub(crate) async fn check(self) {
        let config = Config::new().dir(imported()).environment::<&str, &str>([]);
        self.check_in(config).await;
    }

    pub(crate) async fn check_in(self, config: Config) {
        let replayed = scope(self.name, config.mode(self.mode), self.replay());
        let replayed = replayed.await.unwrap_or_else(|error| panic!("{error:?}"));
        let mut expected = Vec::new();
        let live = live();
        for (request, number) in self.requests().into_iter().zip(self.numbers()) {
            let answer = request.live(&live).await;
            expected.push(self.seen(answer, number).await);
        }
        assert!(replayed.len() > 10);
        for (replayed, expected) in replayed.iter().zip(&expected) {
            assert_eq!(replayed, expected, "{}", self.name);
        }
    }

    async fn replay(&self) -> Vec<String> {
        let client = staying();
        let mut seen = Vec::new();
        for request in self.requests() {
            let answer = request.replayed(&client).await;
            seen.push(self.seen(answer, None).await);
        }
        seen
    }

    fn requests(&self) -> Vec<Asked> {
        let requests = REQUESTS
            .lines()
            .map(|line| Asked::new(line, self.counted_as));
        let is_there = |request: &Asked| {
            !self
                .unrecorded
                .iter()
                .any(|path| request.url.ends_with(path))
        };
        requests.filter(is_there).collect()
    }

    /// The server counts on; a recorder has seen the first numbers.
    fn numbers(&self) -> Vec<Option<usize>> {
        let mut count = 0;
        let requests = self.requests();
        let number = requests.iter().map(|request| {
            request.url.contains("/count/").then(|| {
                count += 1;
                count
            })
        });
        number.collect()
    }

    /// Returns what of an answer must be equal. Packed or not, a body is the same; joined or not, the
    /// values of a header are; a cookie's value is masked in a cassette.
    async fn seen(&self, answer: Response, number: Option<usize>) -> String {
        let status = answer.status();
        let is_packed = answer
            .headers()
            .get("content-encoding")
            .is_some_and(|coding| coding == "gzip");
        let is_json = answer
            .headers()
            .get("content-type")
            .is_some_and(|kind| kind == "application/json");
        let url = answer.url().to_string();
        let is_packable = url.ends_with("/packed");
        let mut headers = headers(&answer);
        headers.retain(|(name, _)| Some(name.as_str()) != self.lost_header && name != "date");
        headers.retain(|(name, _)| !(is_packable && PACKING.contains(&name.as_str())));
        let mut body = answer.bytes().await.expect("it has a body").to_vec();
        if is_packed {
            body = unpacked(&body);
        }
        if let Some(number) = number {
            body = number.to_string().into_bytes();
        }
        if is_json && !self.keeps_bytes {
            headers.retain(|(name, _)| name != "content-length");
            let value = serde_json::from_slice(&body).unwrap_or(Value::Null);
            body = value.to_string().into_bytes();
        }
        format!("{url} {status}\n{headers:#?}\n{}", body.escape_ascii())
    }
}

/// A request of the list.
struct Asked {
    method: Method,
    url: String,
    body: Option<&'static str>,
}

impl Asked {
    fn new(line: &'static str, name: &str) -> Self {
        let mut words = line.splitn(3, ' ');
        let method = words.next().expect("a line begins with a method");
        let path = words.next().expect("behind the method is a path");
        Self {
            method: method.parse().expect("it is a method"),
            url: server() + &path.replace('@', name),
            body: words.next(),
        }
    }

    async fn live(self, client: &Client) -> Response {
        let mut request = client.request(self.method, self.url);
        if let Some(body) = self.body {
            request = request
                .header("content-type", "application/json")
                .body(body);
        }
        request.send().await.expect("the server answers")
    }

    async fn replayed(self, client: &ClientWithMiddleware) -> Response {
        let mut request = client.request(self.method, self.url);
        if let Some(body) = self.body {
            request = request
                .header("content-type", "application/json")
                .body(body);
        }
        let answer = request.send().await;
        answer.unwrap_or_else(|error| panic!("{error:?}"))
    }
}

/// A client that follows no redirects, as most recorders see them one by one.
pub(crate) fn staying() -> ClientWithMiddleware {
    let builder = Client::builder().redirect(Policy::none());
    client_with(builder).expect("the client can be built")
}

pub(crate) fn live() -> Client {
    let builder = Client::builder().redirect(Policy::none());
    builder.build().expect("the client can be built")
}

fn headers(answer: &Response) -> Vec<(String, String)> {
    let headers = answer.headers();
    let mut seen = Vec::new();
    for name in headers.keys() {
        let values = headers.get_all(name).iter();
        let values: Vec<_> = values
            .map(|value| value.as_bytes().escape_ascii().to_string())
            .collect();
        if name == "set-cookie" {
            seen.extend(values.iter().map(|value| (name.to_string(), masked(value))));
        } else {
            seen.push((name.to_string(), values.join(", ")));
        }
    }
    seen.sort();
    seen
}

fn masked(cookie: &str) -> String {
    let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
    let name = pair.split('=').next().unwrap_or_default();
    format!("{name}=[REDACTED];{attributes}")
}

fn unpacked(body: &[u8]) -> Vec<u8> {
    let mut unpacked = Vec::new();
    let read = GzDecoder::new(body).read_to_end(&mut unpacked);
    read.expect("it is packed by gzip");
    unpacked
}
