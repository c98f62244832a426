//! Whatever is asked and answered, both runs see the same.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use cassette_core::Mode;
use cassette_reqwest::{client, scope};
use cassette_tests::{Sandbox, Server, chunks, one_thread};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

use crate::see::{Seen, see};

#[derive(Clone, Debug)]
struct Asked {
    method: Method,
    path: String,
    content_type: &'static str,
    body: Bytes,
}

#[derive(Clone, Debug)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    in_chunks: bool,
}

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "HEAD", "DELETE", "QUERY", "OWN-1"];

const CONTENT_TYPES: [&str; 8] = [
    "application/json",
    "application/octet-stream",
    "application/x-www-form-urlencoded",
    "image/png",
    "multipart/form-data; boundary=b",
    "text/event-stream",
    "text/plain; charset=utf-8",
    "",
];

/// Bodies of every form, and such that are nearly one.
fn body() -> impl Strategy<Value = Bytes> {
    let json = proptest::string::string_regex(r#"[\[{}\],:"\\0-9a-f. \n-]{0,40}"#).unwrap();
    let pairs = proptest::collection::vec(("[a-z\"]{0,3}", "[-0-9.eE]{0,4}|\"[^\"\\\\]*\""), 0..4);
    let object = (pairs, any::<bool>()).prop_map(|(pairs, spaced)| {
        let (comma, colon) = if spaced { (", ", ": ") } else { (",", ":") };
        let pair = |(name, value): (String, String)| format!("\"{name}\"{colon}{value}");
        let pairs: Vec<_> = pairs.into_iter().map(pair).collect();
        format!("{{{}}}", pairs.join(comma))
    });
    let form = proptest::string::string_regex("([a-d%+]{0,3}=[a-d%+{\"]{0,3}&?){0,4}").unwrap();
    let parts =
        proptest::collection::vec("([A-Z]: [a-z]{0,3}\r\n){0,2}(\r\n)?[a-z{}\r\n-]{0,9}", 0..3);
    let parts = parts.prop_map(|parts| {
        let part = |part: String| format!("--b\r\n{part}\r\n");
        parts.into_iter().map(part).collect::<String>() + "--b--\r\n"
    });
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..200).prop_map(Bytes::from),
        ".{0,40}".prop_map(Bytes::from),
        json.prop_map(Bytes::from),
        object.prop_map(Bytes::from),
        form.prop_map(Bytes::from),
        parts.prop_map(Bytes::from),
    ]
}

/// What a URL can be made of; the rest the client refuses to send.
fn path() -> impl Strategy<Value = String> {
    let path = "/[ -~é]{0,12}(\\?[ -~é]{0,12})?";
    path.prop_filter("a client can send it", |path| {
        let url = reqwest::Url::parse(&format!("http://e.com{path}"));
        url.is_ok_and(|url| url.as_str().parse::<Uri>().is_ok())
    })
}

fn asked() -> impl Strategy<Value = Asked> {
    let method = proptest::sample::select(&METHODS[..]);
    let content_type = proptest::sample::select(&CONTENT_TYPES[..]);
    let parts = (method, path(), content_type, body());
    parts.prop_map(|(method, path, content_type, body)| Asked {
        method: Method::from_bytes(method.as_bytes()).unwrap(),
        path,
        content_type,
        body,
    })
}

fn headers() -> impl Strategy<Value = HeaderMap> {
    let value = proptest::collection::vec(any::<u8>(), 0..12);
    let value = value.prop_filter_map("it is a value", |value| {
        HeaderValue::from_bytes(&value).ok()
    });
    proptest::collection::vec(("x-[a-d]", value), 0..8).prop_map(|pairs| {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value);
        }
        headers
    })
}

fn answer() -> impl Strategy<Value = Answer> {
    let status = prop_oneof![Just(200_u16), 200..600_u16, Just(204), Just(304)];
    let content_type = proptest::sample::select(&CONTENT_TYPES[..]);
    let parts = (status, headers(), content_type, body(), any::<bool>());
    parts.prop_map(|(status, mut headers, content_type, body, in_chunks)| {
        headers.insert("content-type", HeaderValue::from_static(content_type));
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers,
            body,
            in_chunks,
        }
    })
}

/// The header that says which answer a request is to have; which is no matter of matching.
const NUMBER: &str = "x-number";

type Next = Arc<Mutex<Vec<Answer>>>;

/// Starts a server that gives each request the answer of the number that it has in a header.
fn server(answers: &Next) -> Server {
    let answers = Arc::clone(answers);
    Server::start_body(move |request: Request<Bytes>| {
        let number = request.headers()[NUMBER].to_str().unwrap();
        let number: usize = number.parse().unwrap();
        let answer = answers.lock().unwrap()[number].clone();
        let middle = answer.body.len() / 2;
        let body = if answer.in_chunks {
            chunks([answer.body.slice(..middle), answer.body.slice(middle..)])
        } else {
            whole(&answer.body)
        };
        let mut response = Response::new(body);
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        async { response }
    })
}

async fn run(sandbox: &Sandbox, mode: Mode, origin: &str, asked: &[Asked]) -> Vec<Seen> {
    let session = scope("c", sandbox.config(mode), async {
        let mut all = Vec::new();
        for (number, asked) in asked.iter().enumerate() {
            let url = format!("{origin}{}", asked.path);
            let request = client().request(asked.method.clone(), url);
            let request = request.header("content-type", asked.content_type);
            let request = request.header(NUMBER, number);
            all.push(see(request.body(asked.body.clone())).await);
        }
        all
    });
    session.await.unwrap()
}

#[test]
fn whatever_is_asked_and_answered_both_runs_see_the_same() {
    let (answers, runtime) = (Next::default(), one_thread());
    let server = server(&answers);
    let pairs = proptest::collection::vec((asked(), answer()), 1..5);
    let config = Config {
        cases: 48,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..Config::default()
    };
    proptest!(config, |(pairs in pairs)| {
        let (asked, told): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        *answers.lock().unwrap() = told;
        let sandbox = Sandbox::new();
        let recorded = runtime.block_on(run(&sandbox, Mode::Record, &server.url(""), &asked));
        let hits = server.hits();
        let replayed = runtime.block_on(run(&sandbox, Mode::Replay, &server.url(""), &asked));
        prop_assert_eq!(server.hits(), hits, "a replay asks nobody");
        prop_assert_eq!(recorded, replayed, "left: recording, right: replay");
    });
}

fn whole(bytes: &Bytes) -> cassette_tests::Body {
    use http_body_util::{BodyExt, Full};
    Full::new(bytes.clone())
        .map_err(|never| match never {})
        .boxed()
}
