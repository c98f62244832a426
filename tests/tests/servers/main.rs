//! Tests of the servers that have a say in every byte, in trailers and in the version of HTTP.

mod events;
mod raw;
mod versions;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response};
use http_body_util::BodyExt;

const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

async fn trailers(response: reqwest::Response) -> (Bytes, Option<HeaderMap>) {
    let body = Response::from(response).into_body();
    let body = body.collect().await.unwrap();
    let trailers = body.trailers().cloned();
    (body.to_bytes(), trailers)
}

fn sum() -> HeaderMap {
    HeaderMap::from_iter([("x-sum".parse().unwrap(), HeaderValue::from_static("3"))])
}
