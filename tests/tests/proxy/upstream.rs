//! Servers that cannot be reached, or break off: recorded as failures, and replayed the same.

use std::io;
use std::sync::Mutex;

use cassette_tests::{Connection, Identity, RawServer, Refusing, Sandbox, TlsServer, channel};
use http::{Response, Version};
use reqwest::{Client, Error};
use serde_json::Value;

use crate::raw_client::{RawClient, credentials, within};
use crate::{FILE, both_runs_of_tls, client, plain_client_builder, proxy, record, replay};

/// What a caller can ask an error.
fn told(error: &Error) -> String {
    let text = format!("{error:?}");
    let cause = ["ConnectionReset", "IncompleteMessage", "INTERNAL_ERROR"];
    let cause = cause.into_iter().find(|cause| text.contains(cause));
    format!(
        "request: {}, connect: {}, timeout: {}, body: {}, cause: {}",
        error.is_request(),
        error.is_connect(),
        error.is_timeout(),
        error.is_body() || error.is_decode(),
        cause.unwrap_or(&text),
    )
}

async fn fail(client: Client, url: &str) -> String {
    let answered = client.get(url).send().await;
    let read = match answered {
        Ok(answer) => answer.text().await,
        Err(error) => Err(error),
    };
    told(&read.unwrap_err())
}

/// Expects a failure that the client finds the same in both runs. Returns what it found, and what is stored.
async fn check(builder: fn() -> Client, url: &str) -> (String, Value) {
    let sandbox = Sandbox::new();
    let live = record(&sandbox, fail(builder(), url)).await.unwrap();
    let again = replay(&sandbox, fail(builder(), url)).await.unwrap();
    assert_eq!(again, live, "left: replay, right: recording");
    (live, sandbox.cassette(FILE)["interactions"][0].clone())
}

fn http1() -> Client {
    plain_client_builder().http1_only().build().unwrap()
}

/// What breaks off before the answer, whatever the reason.
const INCOMPLETE: &str =
    "request: true, connect: false, timeout: false, body: false, cause: IncompleteMessage";

#[tokio::test]
async fn a_refused_connection_breaks_the_clients_off() {
    let refusing = Refusing::new();
    let (found, stored) = check(client, &refusing.url("/")).await;
    assert_eq!(
        (found.as_str(), &stored["error"]["kind"]),
        (INCOMPLETE, &"connect".into())
    );
}

#[tokio::test]
async fn a_refused_connection_behind_a_tunnel_breaks_the_clients_off() {
    let refusing = Refusing::new();
    let url = refusing.url("/").replace("http:", "https:");
    let (found, stored) = check(http1, &url).await;
    assert_eq!(
        (found.as_str(), &stored["error"]["kind"]),
        (INCOMPLETE, &"connect".into())
    );
    assert_eq!(stored["request"]["url"], url);
}

#[tokio::test]
async fn on_http_2_only_the_request_fails() {
    let refusing = Refusing::new();
    let url = refusing.url("/").replace("http:", "https:");
    let (found, _) = check(client, &url).await;
    assert_eq!(
        found,
        "request: true, connect: false, timeout: false, body: false, cause: INTERNAL_ERROR"
    );
}

#[tokio::test]
async fn a_name_that_is_not_resolved_breaks_the_clients_off() {
    for url in ["http://name.invalid/", "https://name.invalid/"] {
        let (found, stored) = check(http1, url).await;
        assert_eq!(
            (found.as_str(), &stored["error"]["kind"]),
            (INCOMPLETE, &"dns".into())
        );
    }
}

#[tokio::test]
async fn a_reset_resets_the_client() {
    let server = RawServer::start(async |mut connection| {
        connection.request().await;
        connection.reset();
    });
    let (found, stored) = check(client, &server.url("/")).await;
    assert_eq!(stored["error"]["kind"], "reset");
    assert!(found.ends_with("ConnectionReset"), "{found}");
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_connection_that_is_closed_before_the_answer_closes_the_clients() {
    let server = RawServer::start(async |mut connection| {
        connection.request().await;
    });
    let (found, stored) = check(client, &server.url("/")).await;
    assert_eq!(
        (found.as_str(), &stored["error"]["kind"]),
        (INCOMPLETE, &"closed".into())
    );
}

#[tokio::test]
async fn an_answer_that_is_not_http_breaks_the_clients_off() {
    let server = RawServer::start(async |mut connection| {
        connection.request().await;
        connection.write("220 mail\r\n\r\n").await;
    });
    let (found, stored) = check(client, &server.url("/")).await;
    assert_eq!(
        (found.as_str(), &stored["error"]["kind"]),
        (INCOMPLETE, &"request".into())
    );
}

/// Sends less than it has announced.
fn half(length: usize) -> RawServer {
    RawServer::start(move |mut connection: Connection| async move {
        connection.request().await;
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", 2 * length);
        connection.write(head + &"x".repeat(length)).await;
    })
}

#[tokio::test]
async fn a_body_that_is_shorter_than_announced_breaks_off_where_it_did() {
    let server = half(4);
    let (found, stored) = check(client, &server.url("/")).await;
    assert!(found.contains("body: true"), "{found}");
    assert_eq!(stored["response"]["body"]["text"], "xxxx");
}

/// More than the buffers of the system hold.
#[tokio::test]
async fn all_that_came_of_a_body_reaches_the_client_however_late_it_reads() {
    let length = 12 << 20;
    let (sandbox, server) = (Sandbox::new(), half(length));
    let url = server.url("/");
    let ask = async || {
        let mut answer = http1().get(&url).send().await.unwrap();
        let mut read = 0;
        loop {
            match within(answer.chunk()).await {
                Ok(Some(chunk)) => read += chunk.len(),
                end => break (read, end.is_err()),
            }
        }
    };
    assert_eq!(record(&sandbox, ask()).await.unwrap(), (length, true));
    assert_eq!(replay(&sandbox, ask()).await.unwrap(), (length, true));
}

#[tokio::test]
async fn a_body_breaks_off_on_http_2_too() {
    let (sender, body) = channel();
    sender.send(Ok("half".into())).unwrap();
    let body = Mutex::new(Some(body));
    let server = TlsServer::start_as(Identity::default(), move |_| {
        let body = body.lock().unwrap().take();
        async { Response::new(body.unwrap_or_default()) }
    });
    let url = server.url("/");
    let (_, seen) = both_runs_of_tls(server, async || {
        let mut answer = client().get(&url).send().await.unwrap();
        assert_eq!(answer.version(), Version::HTTP_2);
        let first = within(answer.chunk()).await.unwrap().unwrap();
        // In a replay nobody hears it.
        let _ = sender.send(Err(io::ErrorKind::Other.into()));
        (first, within(answer.chunk()).await.is_err())
    })
    .await;
    assert_eq!(seen, ("half".into(), true));
}

#[tokio::test]
async fn a_body_that_is_reset_breaks_off_in_the_replay_too() {
    let server = RawServer::start(async |mut connection| {
        connection.request().await;
        connection
            .write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n")
            .await;
        connection.reset();
    });
    let (found, stored) = check(client, &server.url("/")).await;
    assert!(found.contains("body: true"), "{found}");
    let truncated = &stored["response"]["body"]["truncated"];
    assert_eq!(truncated["kind"], "reset");
}

#[tokio::test]
async fn a_test_that_fails_for_it_is_told_why_without_the_secrets_of_the_url() {
    let (sandbox, refusing) = (Sandbox::new(), Refusing::new());
    let url = refusing.url("/s3cret?api_key=s3cret");
    let url = url.replace("http://", "http://user:s3cret@");
    let ask = async || {
        let mut client = RawClient::connect(&proxy()).await;
        let line = credentials(&proxy());
        client
            .send(format!("GET {url} HTTP/1.1\r\nHost: a\r\n{line}\r\n"))
            .await;
        client.rest().await
    };
    assert_eq!(record(&sandbox, ask()).await.unwrap(), "");
    let replayed = replay(&sandbox, async {
        ask().await;
        client().get(refusing.url("/other")).send().await.unwrap();
    });
    let error = replayed.await.unwrap_err().to_string();
    let (_, told) = error.split_once("no answer came from ").unwrap();
    let told = told.replace(&format!(":{}", refusing.port()), ":[port]");
    assert!(told.starts_with("127.0.0.1:[port]: "), "{told}");
    assert!(!told.contains("s3cret"), "{told}");
}
