//! Requests that have no answer.

use std::io;

use cassette_core::Error;
use cassette_tests::{Connection, RawServer, Refusing, Sandbox, Server, echo, masked};
use cassette_tower::{BoxError, ResponseBody};
use http::Response;
use hyper::body::Incoming;
use hyper_util::client::legacy;
use tower::ServiceExt;

use crate::see::{ask, kind};
use crate::{FILE, client, get, record, replay, twice};

async fn failed(url: &str) -> BoxError {
    ask(&client(), get(url)).await.unwrap_err()
}

#[tokio::test]
async fn a_refused_connection_is_recorded_and_refused_again() {
    let (sandbox, refusing) = (Sandbox::new(), Refusing::new());
    let url = refusing.url("/?api_key=s3cret");
    let own = record(&sandbox, failed(&url)).await.unwrap();
    assert!(own.downcast_ref::<legacy::Error>().unwrap().is_connect());
    assert_eq!(kind(&*own), io::ErrorKind::ConnectionRefused);
    let error = &sandbox.cassette(FILE)["interactions"][0]["error"];
    assert_eq!(error["kind"], "connect");
    assert!(!sandbox.read(FILE).contains("s3cret"));
    let replayed = replay(&sandbox, failed(&url)).await.unwrap();
    assert_eq!(kind(&*replayed), io::ErrorKind::ConnectionRefused);
}

#[tokio::test]
async fn a_reset_and_a_closed_connection_fail_again_as_they_did() {
    type End = fn(Connection);
    let ends: [(End, io::ErrorKind); 2] = [
        (Connection::reset, io::ErrorKind::ConnectionReset),
        (Connection::close, io::ErrorKind::UnexpectedEof),
    ];
    for (end, expected) in ends {
        let server = RawServer::start(move |mut connection: Connection| async move {
            connection.request().await;
            end(connection);
        });
        let fails = async || kind(&*failed(&server.url("/")).await);
        assert_eq!(twice(&Sandbox::new(), fails).await, expected);
    }
}

#[tokio::test]
async fn a_request_that_was_not_recorded_fails_and_so_does_the_test() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    record(&sandbox, ask(&client(), get(server.url("/a"))))
        .await
        .unwrap()
        .unwrap();
    let mut said = None;
    let missed = replay(&sandbox, async {
        said = failed(&server.url("/b")).await.downcast::<Error>().ok();
    });
    let error = missed.await.unwrap_err();
    let said = said.unwrap();
    assert!(error.is_unmatched() && said.is_unmatched(), "{said}");
    let said = said.to_string();
    assert!(error.to_string().starts_with(&said), "{said}\n{error}");
    assert!(said.contains("closest is interaction 1"), "{said}");
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn without_a_cassette_a_request_is_refused_and_never_sent() {
    let server = Server::start(echo);
    let refused = failed(&server.url("/")).await;
    assert!(refused.downcast_ref::<Error>().unwrap().is_no_session());
    insta::assert_snapshot!(refused, @r"
    no cassette is in use here

    help: put `#[cassette]` above the test, or wrap the call in `scope(…)`
    help: into a thread or runtime of your own, carry it: `in_current_cassette(closure)`, `future.in_current_cassette()`
    ");
    assert_eq!(server.hits(), 0);
}

#[tokio::test]
async fn a_request_without_an_address_says_where_the_layer_belongs() {
    let sandbox = Sandbox::new();
    let refused = record(&sandbox, failed("/items")).await.unwrap();
    insta::assert_snapshot!(refused, @r"
    a request came to `CassetteLayer` without scheme and host

    help: put `CassetteLayer` below the layer that adds them, such as `BaseUriLayer`
    help: give a client of tonic its address: `with_origin(channel, origin)` in place of `new(channel)`
    ");
}

#[tokio::test]
async fn an_upgraded_connection_works_is_not_recorded_and_fails_the_test() {
    let sandbox = Sandbox::new();
    let server = RawServer::start(async |mut connection: Connection| {
        connection.request().await;
        let head =
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n";
        connection.write(head).await;
        connection.closed().await;
    });
    let upgrade = record(&sandbox, async {
        let mut request = get(server.url("/"));
        for (name, value) in [("connection", "upgrade"), ("upgrade", "echo")] {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        let response: Response<ResponseBody<Incoming>> = client().oneshot(request).await.unwrap();
        assert_eq!(response.headers()["connection"], "upgrade");
        hyper::upgrade::on(response).await.unwrap();
    });
    let error = upgrade.await.unwrap_err();
    let said = masked(&error.to_string(), &sandbox, &server.url(""));
    assert!(said.starts_with("an upgraded connection"), "{said}");
    assert_eq!(sandbox.files().len(), 0);
}
