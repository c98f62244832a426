//! A server that behaves as GitHub does, as far as these tests ask.

use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use cassette_tests::Server;
use http::header::{HOST, LINK, LOCATION};
use http::{Method, Request, Response};
use serde_json::{Value, json};

/// Two labels a page, three pages.
const PAGES: u64 = 3;

pub(crate) fn start() -> Server {
    let made = AtomicU64::new(100);
    Server::start(move |request| {
        let path = request.uri().path().to_owned();
        match (request.method(), &*path) {
            (&Method::GET, "/repos/o/r/labels" | "/repositories/1/labels") => labels(&request),
            (&Method::POST, "/repos/o/r/labels") => {
                let id = made.fetch_add(1, Ordering::SeqCst);
                let asked: Value = serde_json::from_slice(request.body()).unwrap();
                let name = asked["name"].as_str().unwrap();
                answer(201, &label(id, name))
            }
            (&Method::GET, "/repos/o/old/labels") => {
                let mut response = answer(301, &json!({ "message": "Moved Permanently" }));
                let target = origin(&request) + "/repositories/1/labels?page=3";
                response
                    .headers_mut()
                    .insert(LOCATION, target.parse().unwrap());
                response
            }
            _ => answer(404, &json!({ "message": "Not Found", "status": "404" })),
        }
    })
}

fn labels(request: &Request<Bytes>) -> Response<Bytes> {
    let query = request.uri().query().unwrap_or_default();
    let page = query.split('&').find_map(|pair| pair.strip_prefix("page="));
    let page: u64 = page.map_or(1, |page| page.parse().unwrap());
    let ids = [2 * page - 1, 2 * page];
    let labels = ids.map(|id| label(id, &format!("label {id}")));
    let mut response = answer(200, &json!(labels));
    if page < PAGES {
        let next = format!("{}/repos/o/r/labels?page={}", origin(request), page + 1);
        let link = format!("<{next}>; rel=\"next\"");
        response.headers_mut().insert(LINK, link.parse().unwrap());
    }
    response
}

fn label(id: u64, name: &str) -> Value {
    json!({
        "id": id,
        "node_id": format!("LA_{id}"),
        "url": "https://github.invalid/label",
        "name": name,
        "color": "f29513",
        "default": false,
    })
}

fn origin(request: &Request<Bytes>) -> String {
    format!("http://{}", request.headers()[HOST].to_str().unwrap())
}

fn answer(status: u16, body: &Value) -> Response<Bytes> {
    let response = Response::builder().status(status);
    let response = response.header("content-type", "application/json; charset=utf-8");
    response.body(body.to_string().into()).unwrap()
}
