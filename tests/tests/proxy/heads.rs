//! What stands in heads, and how a connection goes on behind them.

use cassette_tests::{Connection, RawServer, Sandbox};

use crate::raw_client::{RawClient, credentials};
use crate::{FILE, both_runs, proxy, record, replay};

/// Answers every request of every connection with these bytes.
fn answering(bytes: &'static str) -> RawServer {
    RawServer::start(move |mut connection: Connection| async move {
        while connection.request().await.is_some() {
            connection.write(bytes).await;
        }
    })
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// A request with the proxy's credentials.
fn request(line: &str, headers: &str) -> String {
    format!("{line}\r\n{}{headers}\r\n", credentials(&proxy()))
}

/// Sends a request for `/` of the server; sees all until the proxy closes.
async fn exchange(url: &str, method: &str, headers: &str) -> String {
    let mut client = RawClient::connect(&proxy()).await;
    let headers = format!("{headers}Connection: close\r\n");
    let line = format!("{method} {url} HTTP/1.1");
    client.send(request(&line, &headers)).await;
    without_date(&client.rest().await)
}

/// The proxy says when it answers, where the server does not.
fn without_date(text: &str) -> String {
    let lines = text.split_inclusive("\r\n");
    lines.filter(|line| !line.starts_with("date: ")).collect()
}

#[tokio::test]
async fn what_is_between_the_client_and_its_proxy_does_not_go_on() {
    let server = answering(OK);
    let (url, host) = (server.url("/a?b=1"), format!("127.0.0.1:{}", server.port()));
    let headers = format!(
        "Host: {host}\r\nX-Own: 1\r\nProxy-Connection: keep-alive\r\nKeep-Alive: 5\r\n\
         TE: gzip\r\nX-Hop: 1\r\nConnection: X-Hop\r\n"
    );
    let ask = async || exchange(&url, "GET", &headers).await;
    let sandbox = Sandbox::new();
    let seen = record(&sandbox, ask()).await.unwrap();
    assert_eq!(
        seen,
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"
    );
    let head = server.requests()[0].head.replace(&host, "[host]");
    assert_eq!(
        head,
        "GET /a?b=1 HTTP/1.1\r\nx-own: 1\r\nhost: [host]\r\n\r\n"
    );
    server.stop();
    assert_eq!(replay(&sandbox, ask()).await.unwrap(), seen);
}

#[tokio::test]
async fn a_host_that_is_not_that_of_the_url_goes_on() {
    let server = answering(OK);
    let url = server.url("/");
    let sandbox = Sandbox::new();
    let ask = async || exchange(&url, "GET", "Host: other.test\r\n").await;
    let seen = record(&sandbox, ask()).await.unwrap();
    assert_eq!(server.requests()[0].header("host"), Some("other.test"));
    server.stop();
    assert_eq!(replay(&sandbox, ask()).await.unwrap(), seen);
    let stored = &sandbox.cassette(FILE)["interactions"][0]["request"]["url"];
    assert_eq!(stored, &url);
}

#[tokio::test]
async fn who_waits_for_leave_to_send_the_body_is_given_it() {
    let server = answering(OK);
    let url = server.url("/");
    let ask = async || {
        let mut client = RawClient::connect(&proxy()).await;
        let headers = "Host: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n";
        client
            .send(request(&format!("PUT {url} HTTP/1.1"), headers))
            .await;
        let leave = client.head().await;
        client.send("body").await;
        leave + &without_date(&client.through("ok").await)
    };
    let sandbox = Sandbox::new();
    let seen = record(&sandbox, ask()).await.unwrap();
    assert_eq!(seen, format!("HTTP/1.1 100 Continue\r\n\r\n{OK}"));
    assert_eq!(server.requests()[0].header("expect"), None);
    server.stop();
    assert_eq!(replay(&sandbox, ask()).await.unwrap(), seen);
    let stored = &sandbox.cassette(FILE)["interactions"][0]["request"]["body"];
    assert_eq!(stored["text"], "body");
}

/// Expects these bytes for a request in both runs, with `connection: close` among them.
async fn check_answer(method: &str, sent: &'static str, expected: &str) {
    let server = answering(sent);
    let url = server.url("/");
    let ask = async || exchange(&url, method, "Host: a\r\n").await;
    let (_, seen) = both_runs(server, ask).await;
    assert_eq!(seen, expected, "{method}");
}

#[tokio::test]
async fn an_answer_to_head_has_a_length_and_no_body() {
    let sent = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n";
    let expected = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\nconnection: close\r\n\r\n";
    check_answer("HEAD", sent, expected).await;
}

#[tokio::test]
async fn answers_without_a_body_have_none() {
    for status in ["204 No Content", "304 Not Modified"] {
        let sent = format!("HTTP/1.1 {status}\r\netag: \"1\"\r\n\r\n").leak();
        let expected = format!("HTTP/1.1 {status}\r\netag: \"1\"\r\nconnection: close\r\n\r\n");
        check_answer("GET", sent, &expected).await;
    }
}

#[tokio::test]
async fn what_comes_before_the_answer_is_left_out() {
    let sent = "HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n\
        HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
    let expected = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
    check_answer("GET", sent, expected).await;
}

#[tokio::test]
async fn a_reason_of_the_servers_own_comes_through() {
    let sent = "HTTP/1.1 200 Fine\r\ncontent-length: 2\r\n\r\nok";
    let expected = "HTTP/1.1 200 Fine\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
    check_answer("GET", sent, expected).await;
}

#[tokio::test]
async fn a_body_in_chunks_reaches_the_server() {
    let server = answering(OK);
    let url = server.url("/");
    let ask = async || {
        let mut client = RawClient::connect(&proxy()).await;
        let headers = "Host: a\r\nTransfer-Encoding: chunked\r\n";
        client
            .send(request(&format!("POST {url} HTTP/1.1"), headers))
            .await;
        for part in ["2\r\nbo\r\n", "2\r\ndy\r\n", "0\r\n\r\n"] {
            client.send(part).await;
        }
        without_date(&client.through("ok").await)
    };
    let (sandbox, seen) = both_runs(server, ask).await;
    assert_eq!(seen, OK);
    let stored = &sandbox.cassette(FILE)["interactions"][0]["request"]["body"];
    assert_eq!(stored["text"], "body");
}

#[tokio::test]
async fn requests_that_do_not_wait_for_answers_are_answered_in_their_order() {
    let server = RawServer::start(async |mut connection| {
        while let Some(request) = connection.request().await {
            let path = request.line().split(' ').nth(1).unwrap().to_owned();
            let length = path.len();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
            connection.write(head + &path).await;
        }
    });
    let origin = server.url("");
    let ask = async || {
        let mut client = RawClient::connect(&proxy()).await;
        let headers = "Host: a\r\n";
        let line = |path| format!("GET {origin}{path} HTTP/1.1");
        let both = request(&line("/first"), headers) + &request(&line("/second"), headers);
        client.send(both).await;
        let first = client.through("/first").await;
        without_date(&(first + &client.through("/second").await))
    };
    let (_, seen) = both_runs(server, ask).await;
    assert_eq!(
        seen,
        "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n/first\
         HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n/second"
    );
}

#[tokio::test]
async fn a_client_of_http_1_0_is_answered_until_the_connection_closes() {
    let server =
        answering("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
    let url = server.url("/");
    let ask = async || {
        let mut client = RawClient::connect(&proxy()).await;
        client
            .send(request(&format!("GET {url} HTTP/1.0"), "Host: a\r\n"))
            .await;
        without_date(&client.rest().await)
    };
    let (_, seen) = both_runs(server, ask).await;
    assert_eq!(seen, "HTTP/1.0 200 OK\r\n\r\nok");
}
