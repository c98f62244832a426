use std::io;
use std::sync::Arc;

use bytes::Bytes;
use cassette_tests::{Body, Server, channel, chunks, echo, with_trailers};
use http::header::{TE, TRAILER};
use http::{HeaderValue, Response, Version};
use reqwest::Client;
use tokio::sync::Notify;

use crate::{sum, trailers};

fn http2() -> Client {
    Client::builder().http2_prior_knowledge().build().unwrap()
}

#[tokio::test]
async fn a_server_speaks_the_version_its_client_begins_with() {
    let server = Server::start(echo);
    let clients = [
        (Client::new(), Version::HTTP_11),
        (http2(), Version::HTTP_2),
    ];
    for (client, version) in clients {
        let request = client.post(server.url("/path?a=1")).body("hello");
        let response = request.send().await.unwrap();
        assert_eq!(response.version(), version);
        assert_eq!(
            response.text().await.unwrap(),
            r#"{"body":"hello","method":"POST","path":"/path?a=1"}"#
        );
    }
    let requests = server.requests();
    assert_eq!(requests[0].path, requests[1].path);
}

fn start_with_trailers(body: fn() -> Body) -> Server {
    Server::start_body(move |_| {
        let mut response = Response::new(with_trailers(body(), sum()));
        let headers = response.headers_mut();
        headers.insert(TRAILER, HeaderValue::from_static("x-sum"));
        async { response }
    })
}

#[tokio::test]
async fn trailers_of_http_1_arrive_where_they_are_asked_for() {
    let server = start_with_trailers(|| chunks(["a", "bc"]));
    let client = Client::new();
    let asked = client.get(server.url("/")).header(TE, "trailers");
    let asked = asked.send().await.unwrap();
    assert_eq!(trailers(asked).await, ("abc".into(), Some(sum())));
    let not_asked = client.get(server.url("/")).send().await.unwrap();
    assert_eq!(trailers(not_asked).await, ("abc".into(), None));
}

#[tokio::test]
async fn trailers_of_http_2_arrive() {
    for body in [|| chunks(["a", "bc"]), || chunks::<&str>([])] {
        let server = start_with_trailers(body);
        let response = http2().get(server.url("/")).send().await.unwrap();
        let (_, trailers) = trailers(response).await;
        assert_eq!(trailers, Some(sum()));
    }
}

#[tokio::test]
async fn a_body_of_http_2_breaks_off() {
    let seen = Arc::new(Notify::new());
    let waiting = Arc::clone(&seen);
    let server = Server::start_body(move |_| {
        let ((sender, body), waiting) = (channel(), Arc::clone(&waiting));
        sender.send(Ok(Bytes::from_static(b"begun"))).unwrap();
        tokio::spawn(async move {
            waiting.notified().await;
            sender.send(Err(io::Error::other("gone"))).unwrap();
        });
        async { Response::new(body) }
    });
    let mut response = http2().get(server.url("/")).send().await.unwrap();
    assert_eq!(response.chunk().await.unwrap().unwrap(), "begun");
    seen.notify_one();
    assert!(response.chunk().await.unwrap_err().is_decode());
}
