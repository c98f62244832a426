//! What a client does by itself, in a replay as well.

use std::io::{Read, Write};

use bytes::Bytes;
use cassette_tests::{Sandbox, Server, TlsServer, echo};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use http::{Request, Response};

use crate::{FILE, both_runs, both_runs_of_tls, client, record, replay};

fn redirect(location: &str) -> Response<Bytes> {
    let response = Response::builder().status(302);
    let response = response.header("location", location);
    response.body(Bytes::new()).unwrap()
}

async fn get(url: &str) -> (u16, String, String) {
    let answer = client().get(url).send().await.unwrap();
    let (status, last) = (answer.status().as_u16(), answer.url().path().to_owned());
    (status, last, answer.text().await.unwrap())
}

#[tokio::test]
async fn every_redirect_is_an_interaction_those_to_other_hosts_too() {
    let other = Server::start(echo);
    let to_other = other.url("/c?page=1");
    let server = Server::start(move |request: Request<Bytes>| match request.uri().path() {
        "/a" => redirect("/b"),
        _ => redirect(&to_other),
    });
    let url = server.url("/a");
    let (sandbox, (status, last, text)) =
        both_runs((server, other), async || get(&url).await).await;
    assert_eq!((status, last.as_str()), (200, "/c"));
    assert!(text.contains("/c?page=1"), "{text}");
    assert_eq!(sandbox.requested(FILE), ["/a", "/b", "/c?page=1"]);
}

#[tokio::test]
async fn a_redirect_from_https_to_http_is_followed() {
    let other = Server::start(echo);
    let to_other = other.url("/plain");
    let server = TlsServer::start(move |_| redirect(&to_other));
    let url = server.url("/secure");
    let (sandbox, (status, ..)) = both_runs_of_tls(server, async || get(&url).await).await;
    assert_eq!((status, other.hits()), (200, 1));
    assert_eq!(sandbox.requested(FILE), ["/secure", "/plain"]);
}

fn zipped(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn compressed_bodies_come_as_on_the_wire_and_are_stored_readable() {
    let wire = zipped("[1, 2]");
    let body = Bytes::from(wire.clone());
    let server = Server::start(move |_| {
        let response = Response::builder().header("content-type", "application/json");
        let response = response.header("content-encoding", "gzip");
        response.body(body.clone()).unwrap()
    });
    let url = server.url("/");
    let ask = async || {
        let answer = client().get(&url).send().await.unwrap();
        assert_eq!(answer.headers()["content-encoding"], "gzip");
        answer.bytes().await.unwrap()
    };
    let sandbox = Sandbox::new();
    assert_eq!(record(&sandbox, ask()).await.unwrap(), wire);
    server.stop();
    let stored = &sandbox.cassette(FILE)["interactions"][0]["response"]["body"];
    assert_eq!(stored["json"], serde_json::json!([1, 2]));
    let replayed = replay(&sandbox, ask()).await.unwrap();
    let mut text = String::new();
    let read = GzDecoder::new(&*replayed).read_to_string(&mut text);
    assert_eq!((read.unwrap(), text.as_str()), (6, "[1, 2]"));
}
