//! Clients that behave badly, or go away.

use cassette_tests::{RawServer, Sandbox, Server, echo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::raw_client::{RawClient, credentials, within};
use crate::{FILE, both_runs, client, proxy, record, replay};

/// Sends bytes that are no request, then all that comes.
async fn answer_to(bytes: impl AsRef<[u8]>) -> String {
    let sandbox = Sandbox::new();
    let recorded = record(&sandbox, async {
        let mut client = RawClient::connect(&proxy()).await;
        client.send(bytes).await;
        client.rest().await
    });
    let answer = recorded.await.unwrap();
    assert_eq!(sandbox.requested(FILE), [""; 0]);
    answer
}

#[tokio::test]
async fn bytes_that_are_not_http_are_answered_so_and_the_connection_closed() {
    let answer = answer_to("\0\u{1}garbage\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

#[tokio::test]
async fn a_head_that_is_too_large_is_answered_so_and_the_connection_closed() {
    let head = format!(
        "GET http://a.invalid/ HTTP/1.1\r\nX: {}",
        "x".repeat(450_000)
    );
    let answer = answer_to(head).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn garbage_behind_a_tunnel_is_answered_so_and_the_connection_closed() {
    let sandbox = Sandbox::new();
    let recorded = record(&sandbox, async {
        let mut client = RawClient::tunnel(&proxy(), "a.invalid:443").await;
        client.send("\0garbage\r\n\r\n").await;
        client.rest().await
    });
    let answer = recorded.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

#[tokio::test]
async fn a_client_that_goes_in_the_middle_of_a_request_has_asked_nothing() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let url = server.url("/");
    let recorded = record(&sandbox, async {
        let mut client = RawClient::connect(&proxy()).await;
        let line = credentials(&proxy());
        client
            .send(format!(
                "POST {url} HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n{line}\r\nhalf"
            ))
            .await;
        client.shut().await;
        client.rest().await
    });
    assert_eq!(recorded.await.unwrap(), "");
    assert_eq!((server.hits(), sandbox.requested(FILE)), (0, vec![]));
}

#[tokio::test]
async fn a_body_that_is_longer_than_announced_is_taken_for_a_second_request() {
    let server = Server::start(echo);
    let url = server.url("/");
    let ask = async || {
        let mut client = RawClient::connect(&proxy()).await;
        let line = credentials(&proxy());
        let head = format!("POST {url} HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n{line}\r\n");
        client.send(head + "bodymore\r\n\r\n").await;
        let first = client.through("}").await;
        let second = client.rest().await;
        (
            first.contains("\"body\""),
            second.starts_with("HTTP/1.1 400 "),
        )
    };
    let (sandbox, seen) = both_runs(server, ask).await;
    assert_eq!(seen, (true, true));
    assert_eq!(sandbox.requested(FILE), ["/"]);
}

/// It cannot be told from one that goes.
#[tokio::test]
async fn a_client_that_shuts_its_side_before_the_answer_counts_as_gone() {
    let (sandbox, server) = (
        Sandbox::new(),
        RawServer::start(async |mut connection| {
            connection.request().await;
            connection.closed().await;
        }),
    );
    let url = server.url("/");
    let recorded = record(&sandbox, async {
        let mut client = RawClient::connect(&proxy()).await;
        let line = credentials(&proxy());
        client
            .send(format!("GET {url} HTTP/1.1\r\nHost: a\r\n{line}\r\n"))
            .await;
        within(server.arrived(1)).await;
        client.shut().await;
        client.rest().await
    });
    assert_eq!(recorded.await.unwrap(), "");
    let error = &sandbox.cassette(FILE)["interactions"][0]["error"];
    assert_eq!(error["kind"], "cancelled");
}

#[tokio::test]
async fn a_server_that_shuts_its_side_behind_its_answer_has_answered() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let ask = async || {
        let answer = client().get(&url).send().await.unwrap();
        answer.text().await.unwrap()
    };
    let served = async {
        let (mut stream, _) = within(listener.accept()).await.unwrap();
        within(stream.read_u8()).await.unwrap();
        stream
            .write_all(b"HTTP/1.1 200 OK\r\n\r\nall of it")
            .await
            .unwrap();
        stream.shutdown().await.unwrap();
        stream
    };
    let sandbox = Sandbox::new();
    let recorded = record(&sandbox, async { tokio::join!(ask(), served).0 });
    assert_eq!(recorded.await.unwrap(), "all of it");
    drop(listener);
    assert_eq!(replay(&sandbox, ask()).await.unwrap(), "all of it");
}
