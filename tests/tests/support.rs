//! Tests of what the other tests stand on.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;

use bytes::Bytes;
use cassette_tests::{Gate, Sandbox, Server, channel, echo, json, visible, visible_outcome};
use http::Response;
use tokio::sync::Notify;

async fn get(url: &str) -> reqwest::Response {
    reqwest::get(url)
        .await
        .expect("the loopback server answers")
}

fn refuses(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port))
        .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

#[tokio::test]
async fn a_server_answers_and_remembers_what_it_was_asked() {
    let server = Server::start(echo);
    let client = reqwest::Client::new();
    client
        .get(server.url("/first?a=1"))
        .header("x-mark", "yes")
        .send()
        .await
        .unwrap();
    let answer = client
        .post(server.url("/second"))
        .body("hello")
        .send()
        .await
        .unwrap();

    assert_eq!(
        answer.text().await.unwrap(),
        r#"{"body":"hello","method":"POST","path":"/second"}"#
    );
    assert_eq!(server.hits(), 2);
    let requests = server.requests();
    assert_eq!(requests[0].path, "/first?a=1");
    assert_eq!(requests[0].header("x-mark"), Some("yes"));
    assert_eq!(requests[1].method, http::Method::POST);
    assert_eq!(requests[1].text(), "hello");
}

#[tokio::test]
async fn a_stopped_server_refuses_and_can_come_back_on_its_port() {
    let server = Server::start(json(200, "1"));
    let (url, port) = (server.url("/"), server.port());
    assert_eq!(get(&url).await.text().await.unwrap(), "1");
    server.stop();
    assert!(refuses(port));
    assert!(reqwest::get(&url).await.unwrap_err().is_connect());

    let _server = Server::start_at(port, json(503, "2"));
    let answer = get(&url).await;
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.text().await.unwrap(), "2");
}

#[test]
fn a_dropped_server_refuses() {
    let server = Server::start(echo);
    let port = server.port();
    assert!(!refuses(port));
    drop(server);
    assert!(refuses(port));
}

#[tokio::test]
async fn a_handler_that_waits_holds_up_only_its_own_request() {
    let release = Arc::new(Notify::new());
    let waiting = Arc::clone(&release);
    let server = Server::start_async(move |request| {
        let waiting = Arc::clone(&waiting);
        async move {
            if request.uri().path() == "/held" {
                waiting.notified().await;
            }
            echo(request)
        }
    });
    let held = tokio::spawn(reqwest::get(server.url("/held")));
    assert_eq!(get(&server.url("/free")).await.status(), 200);
    release.notify_one();
    assert_eq!(held.await.unwrap().unwrap().status(), 200);
}

#[tokio::test]
async fn stopping_does_not_wait_for_a_request_held_back() {
    let arrived = Arc::new(Notify::new());
    let arrival = Arc::clone(&arrived);
    let server = Server::start_async(move |_| {
        arrival.notify_one();
        std::future::pending()
    });
    let held = tokio::spawn(reqwest::get(server.url("/")));
    arrived.notified().await;
    server.stop();
    assert!(held.await.unwrap().is_err());
}

#[tokio::test]
async fn a_body_is_given_chunk_by_chunk() {
    let (sender, body) = channel();
    let body = std::sync::Mutex::new(Some(body));
    let server = Server::start_body(move |_| {
        let body = body.lock().unwrap().take().unwrap();
        async { Response::new(body) }
    });
    sender.send(Ok(Bytes::from_static(b"one"))).unwrap();
    let mut response = get(&server.url("/")).await;
    assert_eq!(response.chunk().await.unwrap().unwrap(), "one");
    sender.send(Ok(Bytes::from_static(b"two"))).unwrap();
    assert_eq!(response.chunk().await.unwrap().unwrap(), "two");
    sender.send(Err(io::Error::other("gone"))).unwrap();
    assert!(
        visible(response)
            .await
            .ends_with("body: 0 bytes: \nbody broke off: decode\n")
    );
}

#[tokio::test]
async fn a_gate_forwards_counts_and_closes() {
    let server = Server::start(echo);
    let gate = Gate::open(&format!("127.0.0.1:{}", server.port()));
    let port = gate.port();
    let url = format!("http://127.0.0.1:{port}/through");
    assert_eq!(get(&url).await.status(), 200);
    assert_eq!(get(&url).await.status(), 200);
    assert_eq!(gate.connections(), 2);
    gate.close();
    assert!(refuses(port));
    assert_eq!(server.requests()[1].path, "/through");
}

#[tokio::test]
async fn a_gate_in_front_of_nothing_closes_the_connection() {
    let server = Server::start(echo);
    let upstream = format!("127.0.0.1:{}", server.port());
    server.stop();
    let gate = Gate::open(&upstream);
    assert!(
        reqwest::get(format!("http://127.0.0.1:{}/", gate.port()))
            .await
            .is_err()
    );
}

#[test]
fn a_sandbox_lists_all_its_files_sorted() {
    let sandbox = Sandbox::new();
    assert!(sandbox.files().is_empty());
    sandbox.write("b.json", "{}");
    sandbox.write("a/deep/er.json", "[]");
    assert_eq!(sandbox.files(), ["a/deep/er.json", "b.json"]);
    assert_eq!(sandbox.read("a/deep/er.json"), "[]");
    assert!(sandbox.exists("a/deep"));
    assert!(!sandbox.exists("c.json"));
    let path = sandbox.path().to_owned();
    drop(sandbox);
    assert!(!path.exists());
}

#[tokio::test]
async fn a_transcript_shows_all_of_a_response() {
    let server = Server::start(|_| {
        Response::builder()
            .status(404)
            .header("date", "today")
            .header("x-twice", "1")
            .header("x-twice", [0xe4].as_slice())
            .body(Bytes::from_static(b"line\n\xff"))
            .unwrap()
    });
    let url = server.url("/page?q=1");
    let lines = [
        format!("url: {url}"),
        "status: 404 Not Found".to_owned(),
        "version: HTTP/1.1".to_owned(),
        "header: date: today".to_owned(),
        "header: x-twice: 1".to_owned(),
        "header: x-twice: \\xe4".to_owned(),
        "header: content-length: 6".to_owned(),
        "content_length(): Some(6)".to_owned(),
        "body: 6 bytes: line\\n\\xff".to_owned(),
        String::new(),
    ];
    assert_eq!(visible(get(&url).await).await, lines.join("\n"));
}

#[tokio::test]
async fn a_transcript_hashes_a_long_body() {
    let server = Server::start(|_| Response::new(Bytes::from(vec![b'a'; 3000])));
    let text = visible(get(&server.url("/")).await).await;
    assert!(
        text.ends_with("body: 3000 bytes, fnv1a c26ac6c87c76ddbd\n"),
        "{text}"
    );
}

#[tokio::test]
async fn a_transcript_shows_the_kind_of_an_error() {
    let server = Server::start(echo);
    let url = server.url("/");
    server.stop();
    let outcome = reqwest::get(&url).await.map_err(Into::into);
    assert_eq!(
        visible_outcome(outcome).await,
        format!("error: request connect\nurl: {url}\nstatus: None\n")
    );
}
