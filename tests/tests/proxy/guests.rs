//! Who is not the session's.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cassette_reqwest::{Mode, Proxy, current, scope};
use cassette_tests::{Sandbox, Server, echo};

use crate::raw_client::{RawClient, credentials};
use crate::{FILE, proxy, record};

/// Expects a request with this line of a head to be refused, in both forms, without a word to the server.
async fn check_refused(line: &str) -> String {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let (url, port) = (server.url("/"), server.port());
    let forms = [
        format!("GET {url} HTTP/1.1"),
        format!("CONNECT 127.0.0.1:{port} HTTP/1.1"),
    ];
    let mut text = String::new();
    for form in forms {
        let recorded = record(&sandbox, async {
            let mut client = RawClient::connect(&proxy()).await;
            let request = format!("{form}\r\nHost: a\r\nConnection: close\r\n{line}\r\n");
            client.send(request).await;
            client.rest().await
        });
        text = recorded.await.unwrap();
        assert!(text.starts_with("HTTP/1.1 407 "), "{form}: {text}");
        assert!(text.contains("proxy-authenticate: Basic"), "{text}");
    }
    assert_eq!((server.hits(), sandbox.requested(FILE)), (0, vec![]));
    text
}

#[tokio::test]
async fn who_shows_no_credentials_is_refused() {
    let text = check_refused("").await;
    insta::assert_snapshot!(text.split("\r\n\r\n").nth(1).unwrap(), @"
    this is the proxy of a test, and the client is not the test's

    help: a client that is bound to a test, as blocking ones are, is built in the test that uses it
    ");
}

#[tokio::test]
async fn who_shows_wrong_credentials_is_refused() {
    let pair = STANDARD.encode("cassette:00000000000000000000000000000000");
    check_refused(&format!("Proxy-Authorization: Basic {pair}\r\n")).await;
    check_refused("Proxy-Authorization: Bearer cassette\r\n").await;
}

#[tokio::test]
async fn the_credentials_of_another_session_are_refused() {
    let other = Sandbox::new();
    let shown = scope("other", other.config(Mode::Record), async {
        let proxy = Proxy::start(&current().unwrap()).unwrap();
        check_refused(&credentials(&proxy)).await
    });
    let text = shown.await.unwrap();
    assert!(text.contains("the client is not the test's"), "{text}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_port_is_one_of_the_loopback_only() {
    let sandbox = Sandbox::new();
    let recorded = record(&sandbox, async {
        let port = format!(":{:04X} ", crate::raw_client::port(&proxy()));
        let read = |file| std::fs::read_to_string(file).unwrap_or_default();
        let sockets = read("/proc/net/tcp") + &read("/proc/net/tcp6");
        let listening = sockets.lines().filter(|line| line.contains(" 0A "));
        let local = listening.filter_map(|line| line.split_whitespace().nth(1));
        let local = local.map(|address| format!("{address} "));
        local.filter(|address| address.contains(&port)).collect()
    });
    let addresses: Vec<String> = recorded.await.unwrap();
    assert_eq!(addresses.len(), 1, "{addresses:?}");
    assert!(addresses[0].starts_with("0100007F:"), "{addresses:?}");
}

#[tokio::test]
async fn credentials_are_nowhere_to_be_read() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let url = server.url("/");
    let recorded = record(&sandbox, async {
        let proxy = proxy();
        let mut client = RawClient::connect(&proxy).await;
        let line = credentials(&proxy);
        client
            .send(format!("GET {url} HTTP/1.1\r\nHost: a\r\n{line}\r\n"))
            .await;
        client.head().await;
        let password = reqwest::Url::parse(proxy.url()).unwrap();
        let password = password.password().unwrap().to_owned();
        assert!(!format!("{proxy:?}").contains(&password));
        (password, line.split(' ').nth(2).unwrap().trim().to_owned())
    });
    let (password, encoded) = recorded.await.unwrap();
    let server = server.requests()[0].headers.clone();
    let written = sandbox.read(FILE) + &format!("{server:?}");
    assert!(!written.contains(&password) && !written.contains(&encoded));
}
