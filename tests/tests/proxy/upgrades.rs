//! Connections that become something else.

use cassette_tests::{RawServer, Sandbox};

use crate::raw_client::{RawClient, credentials};
use crate::{proxy, record};

fn switching() -> RawServer {
    RawServer::start(async |mut connection| {
        connection.request().await;
        connection
            .write(
                "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n\
                 upgrade: websocket\r\n\r\n",
            )
            .await;
        connection.closed().await;
    })
}

const WEBSOCKET: &str = "Connection: Upgrade\r\nUpgrade: websocket\r\n\
    Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

#[tokio::test]
async fn a_websocket_is_refused_and_fails_the_test() {
    let (sandbox, server) = (Sandbox::new(), switching());
    let mut seen = String::new();
    let recorded = record(&sandbox, async {
        // As clients of WebSockets do, inside of a tunnel.
        let port = server.port();
        let mut client = RawClient::tunnel(&proxy(), &format!("127.0.0.1:{port}")).await;
        client
            .send(format!(
                "GET /chat HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{WEBSOCKET}\r\n"
            ))
            .await;
        seen = client.head().await + &client.through("proxy\n").await;
    });
    let error = recorded.await.unwrap_err().to_string();
    assert!(seen.starts_with("HTTP/1.1 501"), "{seen}");
    assert!(
        seen.contains("does not go through the proxy of a test"),
        "{seen}"
    );
    insta::assert_snapshot!(error, @r#"
    an upgraded connection, like a WebSocket's, is not recorded

    help: take `#[cassette]` off this test, or give it `mode = "live"`
    "#);
    assert!(server.requests()[0].header("upgrade").is_some());
}

#[tokio::test]
async fn an_offer_to_speak_http_2_instead_is_left_out() {
    let (sandbox, server) = (
        Sandbox::new(),
        RawServer::start(async |mut connection| {
            connection.request().await;
            connection
                .write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
                .await;
        }),
    );
    let recorded = record(&sandbox, async {
        let mut client = RawClient::connect(&proxy()).await;
        let line = credentials(&proxy());
        client
            .send(format!(
                "GET {} HTTP/1.1\r\n{line}Host: a\r\nConnection: Upgrade, HTTP2-Settings\r\n\
                 Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n",
                server.url("/")
            ))
            .await;
        client.through("ok").await
    });
    let seen = recorded.await.unwrap();
    assert!(seen.starts_with("HTTP/1.1 200"), "{seen}");
    let head = &server.requests()[0].head;
    assert!(!head.contains("h2c") && !head.contains("ettings"), "{head}");
}
