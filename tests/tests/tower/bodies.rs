//! Bodies of all types, in both directions.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io::{self, Read};

use bytes::Bytes;
use cassette_tests::{Body, RawServer, Sandbox, Server, channel, chunks, echo};
use cassette_tower::{CassetteLayer, Mode, scope};
use flate2::Compression;
use flate2::read::{GzDecoder, GzEncoder};
use futures_util::stream;
use http::{Extensions, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tower::{Layer, ServiceExt, service_fn};

use crate::see::{ask, read};
use crate::{FILE, client, get, twice};

/// A client for bodies that cannot be made of bytes by themselves.
fn boxed() -> Client<HttpConnector, Body> {
    Client::builder(TokioExecutor::new()).build_http()
}

fn layer() -> CassetteLayer<Body> {
    CassetteLayer::with_body(|body: Full<Bytes>| body.map_err(|never| match never {}).boxed())
}

fn post(url: &str, body: Body) -> Request<Body> {
    Request::post(url).body(body).unwrap()
}

#[tokio::test]
async fn a_body_of_any_type_is_sent_whole_recorded_and_matched() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let client = layer().layer(boxed());
    let seen = twice(&sandbox, async || {
        let body = chunks(["one ", "two"]);
        ask(&client, post(&server.url("/"), body)).await.unwrap()
    });
    assert!(seen.await.text().contains("one two"));
    let stored = &sandbox.cassette(FILE)["interactions"][0]["request"]["body"];
    assert_eq!(stored["text"], "one two");
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_sent_and_its_error_comes_through() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let asked = scope("c", sandbox.config(Mode::Auto), async {
        let (sender, body) = channel();
        sender.send(Err(io::Error::other("no more paper"))).unwrap();
        let request = post(&server.url("/"), body);
        ask(&layer().layer(boxed()), request).await.unwrap_err()
    });
    assert_eq!(asked.await.unwrap().to_string(), "no more paper");
    assert_eq!(server.hits(), 0);
}

/// What is neither recorded nor replayed is not read whole either.
#[tokio::test]
async fn a_live_request_is_sent_as_it_comes() {
    let server = RawServer::start(async |mut connection| {
        let request = connection.request().await.unwrap();
        let coding = request.header("transfer-encoding").unwrap_or("none");
        let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
        connection.write(format!("{head}{coding}")).await;
    });
    let sandbox = Sandbox::new();
    let client = layer().layer(boxed());
    for (mode, coding) in [(Mode::Live, "chunked"), (Mode::Record, "none")] {
        let asked = scope("c", sandbox.config(mode), async {
            ask(&client, post(&server.url("/"), chunks(["one"])))
                .await
                .unwrap()
        });
        assert_eq!(asked.await.unwrap().text(), coding);
    }
}

/// Chunks that are no `Bytes`, in a body that cannot be moved.
#[tokio::test]
async fn a_response_body_of_any_type_is_recorded_and_replayed() {
    let sandbox = Sandbox::new();
    let service = service_fn(async |_: Request<Full<Bytes>>| {
        let chunks = stream::unfold(["one", "two"].into_iter(), async |mut left| {
            let chunk: VecDeque<u8> = left.next()?.bytes().collect();
            Some((Ok::<_, Infallible>(Frame::data(chunk)), left))
        });
        Ok::<_, Infallible>(Response::new(StreamBody::new(chunks)))
    });
    let client = CassetteLayer::new().layer(service);
    let request = async || ask(&client, get("http://localhost/")).await.unwrap();
    assert_eq!(twice(&sandbox, request).await.chunks, ["one", "two"]);
}

#[tokio::test]
async fn extensions_of_the_request_reach_the_service() {
    let sandbox = Sandbox::new();
    let service = service_fn(async |request: Request<Full<Bytes>>| {
        let number = request.extensions().get::<u32>();
        let body = number.map_or_else(|| "none".to_owned(), u32::to_string);
        Ok::<_, Infallible>(Response::new(body))
    });
    let client = CassetteLayer::new().layer(service);
    let seen = twice(&sandbox, async || {
        let mut request = get("http://localhost/");
        let mut extensions = Extensions::new();
        extensions.insert(7_u32);
        *request.extensions_mut() = extensions;
        ask(&client, request).await.unwrap()
    });
    assert_eq!(seen.await.text(), "7");
}

#[tokio::test]
async fn a_compressed_body_is_stored_readable_and_comes_compressed_again() {
    let text = "a line that comes again and again\n".repeat(20);
    let mut packed = Vec::new();
    let mut encoder = GzEncoder::new(text.as_bytes(), Compression::default());
    encoder.read_to_end(&mut packed).unwrap();
    let server = Server::start(move |_| {
        let response = Response::builder().header("content-encoding", "gzip");
        response.body(packed.clone().into()).unwrap()
    });
    let sandbox = Sandbox::new();
    let unpacked = twice(&sandbox, async || {
        let response = client().oneshot(get(server.url("/"))).await.unwrap();
        let seen = read(response).await;
        assert_eq!(seen.headers["content-encoding"], "gzip");
        let (packed, mut text) = (seen.chunks.concat(), String::new());
        GzDecoder::new(&packed[..])
            .read_to_string(&mut text)
            .unwrap();
        text
    });
    assert_eq!(unpacked.await, text);
    assert!(sandbox.read(FILE).contains("again and again"));
}
