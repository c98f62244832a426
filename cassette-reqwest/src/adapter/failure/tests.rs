mod replays;

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;

use super::reqwest::ClientBuilder;
use super::reqwest::dns::{Name, Resolve, Resolving};
use super::reqwest::redirect::Policy;
use super::*;

/// The names of all predicates that hold.
fn predicates(error: &reqwest::Error) -> Vec<&'static str> {
    let all = [
        ("builder", error.is_builder()),
        ("redirect", error.is_redirect()),
        ("status", error.is_status()),
        ("timeout", error.is_timeout()),
        ("request", error.is_request()),
        ("connect", error.is_connect()),
        ("dns", is_dns(error)),
        ("body", error.is_body()),
        ("decode", error.is_decode()),
        ("upgrade", error.is_upgrade()),
    ];
    let holding = all.into_iter().filter(|(_, holds)| *holds);
    holding.map(|(name, _)| name).collect()
}

/// What retries ask of the causes: hyper's verdict, and the system's.
fn causes_of(error: &reqwest::Error) -> (bool, bool) {
    let hyper = causes(error).find_map(|cause| cause.downcast_ref::<hyper::Error>());
    let incomplete = hyper.is_some_and(hyper::Error::is_incomplete_message);
    let mut below = hyper.into_iter().flat_map(|hyper| causes(hyper));
    (incomplete, below.any(is_reset))
}

/// Expects a failure to be of this kind, and to come back as it was.
#[track_caller]
fn check(live: reqwest::Error, kind: ErrorKind) -> impl Future<Output = reqwest::Error> {
    let caller = std::panic::Location::caller();
    async move {
        let asked = live.url().expect("reqwest says what was asked for").clone();
        let (predicates_then, causes_then) = (predicates(&live), causes_of(&live));
        let recorded = recorded_error(&live.into());
        assert_eq!(recorded.kind(), kind, "{caller}: {recorded:?}");
        assert!(!recorded.message().contains("127.0.0.1"), "{recorded:?}");
        let again = replayed(&recorded, &asked).await;
        assert_eq!(predicates(&again), predicates_then, "{caller}: {again:?}");
        assert_eq!(causes_of(&again), causes_then, "{caller}: {again:?}");
        assert_eq!(again.url(), Some(&asked), "{caller}");
        again
    }
}

async fn failure(builder: ClientBuilder, url: &str) -> reqwest::Error {
    let client = builder.build().unwrap();
    client.get(url).send().await.unwrap_err()
}

fn plain() -> ClientBuilder {
    unconnected::builder()
}

/// Serves one connection.
async fn server<F>(serve: impl FnOnce(TcpStream) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = url_of(&listener);
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        serve(stream).await;
    });
    url
}

fn url_of(listener: &TcpListener) -> String {
    format!("http://{}/?api_key=s3cret", listener.local_addr().unwrap())
}

async fn read_some(stream: &mut TcpStream) {
    assert_ne!(stream.read(&mut [0; 4096]).await.unwrap(), 0);
}

#[tokio::test]
async fn a_refused_connection_comes_back() {
    // Taken, so that no other test gets it, by a socket that does not listen.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let closed = format!("http://{}/", socket.local_addr().unwrap());
    let live = failure(plain(), &closed).await;
    let text = causes(&live).last().unwrap().to_string();
    let again = check(live, ErrorKind::Connect).await;
    assert_eq!(causes(&again).last().unwrap().to_string(), text);
}

/// It fails at the server's answer, or at once where this build of reqwest has no TLS.
#[tokio::test]
async fn a_failed_handshake_comes_back() {
    let url = server(|mut stream| async move {
        read_some(&mut stream).await;
        stream.write_all(b"HTTP/1.1 400 no\r\n\r\n").await.unwrap();
    });
    let url = url.await.replace("http:", "https:");
    check(failure(plain(), &url).await, ErrorKind::Connect).await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn time_run_out_while_connecting_comes_back() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    // Nobody accepts. Once the queue is full, the system drops what comes.
    let mut queue = Vec::new();
    let limit = Duration::from_millis(100);
    while let Ok(stream) = std::net::TcpStream::connect_timeout(&address, limit) {
        queue.push(stream);
        assert!(queue.len() < 64, "the queue takes any number");
    }
    let builder = plain().connect_timeout(limit);
    let live = failure(builder, &url_of(&listener)).await;
    check(live, ErrorKind::ConnectTimeout).await;
}

struct Resolver(fn() -> Resolving);

impl Resolve for Resolver {
    fn resolve(&self, _: Name) -> Resolving {
        self.0()
    }
}

#[tokio::test]
async fn time_run_out_while_resolving_comes_back() {
    let never = Resolver(|| Box::pin(std::future::pending()));
    let builder = plain()
        .dns_resolver(Arc::new(never))
        .connect_timeout(Duration::from_millis(20));
    let live = failure(builder, "http://a.invalid/").await;
    check(live, ErrorKind::ConnectTimeout).await;
}

#[tokio::test]
async fn a_name_that_is_not_resolved_comes_back() {
    let failing = Resolver(|| Box::pin(std::future::ready(Err("no such name".into()))));
    let builder = plain().dns_resolver(Arc::new(failing));
    let live = failure(builder, "http://a.invalid/").await;
    let again = check(live, ErrorKind::Dns).await;
    let text = causes(&again).last().unwrap().to_string();
    assert_eq!(text, "no such name");
}

#[tokio::test]
async fn a_name_that_does_not_exist_comes_back() {
    let live = failure(plain(), "http://name.invalid/").await;
    check(live, ErrorKind::Dns).await;
}

#[tokio::test]
async fn time_run_out_for_the_request_comes_back() {
    // The system takes connections for it, and nobody answers.
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let (url, limit) = (url_of(&silent), Duration::from_millis(20));
    let request = plain().build().unwrap().get(&url).timeout(limit);
    check(request.send().await.unwrap_err(), ErrorKind::Timeout).await;
    let live = failure(plain().timeout(limit), &url).await;
    check(live, ErrorKind::Timeout).await;
    let live = failure(plain().read_timeout(limit), &url).await;
    check(live, ErrorKind::Timeout).await;
}

#[tokio::test]
async fn a_connection_closed_before_the_answer_comes_back() {
    let url = server(|mut stream| async move { read_some(&mut stream).await }).await;
    let live = failure(plain(), &url).await;
    assert_eq!(causes_of(&live), (true, false));
    check(live, ErrorKind::Closed).await;
}

#[tokio::test]
async fn a_connection_closed_amid_the_head_comes_back() {
    let url = server(|mut stream| async move {
        read_some(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 O").await.unwrap();
    });
    let live = failure(plain(), &url.await).await;
    check(live, ErrorKind::Closed).await;
}

#[tokio::test]
async fn a_reset_connection_comes_back() {
    let url = server(|mut stream| async move {
        read_some(&mut stream).await;
        stream.set_zero_linger().unwrap();
    });
    let live = failure(plain(), &url.await).await;
    assert_eq!(causes_of(&live), (false, true));
    check(live, ErrorKind::Reset).await;
}

#[tokio::test]
async fn redirects_without_an_end_come_back() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = url_of(&listener);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            read_some(&mut stream).await;
            let head = "HTTP/1.1 302 Found\r\nconnection: close\r\ncontent-length: 0\r\n";
            let to_itself = format!("{head}location: /?api_key=s3cret\r\n\r\n");
            stream.write_all(to_itself.as_bytes()).await.unwrap();
        }
    });
    let live = failure(plain().redirect(Policy::limited(2)), &url).await;
    let again = check(live, ErrorKind::Redirect).await;
    let text = causes(&again).last().unwrap().to_string();
    assert_eq!(text, "too many redirects");
    // A policy of the user's own may say where to.
    let policy = Policy::custom(|attempt| {
        let text = format!("not to {} again", attempt.url());
        attempt.error(text)
    });
    let live = failure(plain().redirect(policy), &url).await;
    let again = check(live, ErrorKind::Redirect).await;
    let text = causes(&again).last().unwrap().to_string();
    assert_eq!(text, "not to (a URL) again");
}

#[tokio::test]
async fn a_request_that_the_client_refuses_comes_back() {
    let live = failure(plain().https_only(true), "http://a.invalid/").await;
    check(live, ErrorKind::Builder).await;
}

#[tokio::test]
async fn an_answer_that_is_not_http_comes_back() {
    let url = server(|mut stream| async move {
        read_some(&mut stream).await;
        stream.write_all(b"220 mail\r\n\r\n").await.unwrap();
    });
    let live = failure(plain(), &url.await).await;
    let text = causes(&live).last().unwrap().to_string();
    let again = check(live, ErrorKind::Request).await;
    assert_eq!(causes(&again).last().unwrap().to_string(), text);
}

#[test]
fn a_failed_middleware_is_told_without_its_text() {
    let error = reqwest_middleware::Error::middleware(io::Error::other("s3cret"));
    let recorded = recorded_error(&error);
    assert_eq!(recorded.kind(), ErrorKind::Request);
    assert_eq!(recorded.message(), "a middleware below the cassette failed");
}

/// Expects a body that begins with "abc" to fail in this way.
async fn check_body(builder: ClientBuilder, head: &'static str, end: End, kind: ErrorKind) {
    let (read, was_read) = oneshot::channel();
    let url = server(move |mut stream| async move {
        read_some(&mut stream).await;
        let head = format!("HTTP/1.1 200 OK\r\n{head}abc");
        stream.write_all(head.as_bytes()).await.unwrap();
        was_read.await.unwrap();
        match end {
            End::Close => {}
            End::Reset => stream.set_zero_linger().unwrap(),
            End::Say(bytes) => stream.write_all(bytes).await.unwrap(),
            End::Wait => drop(stream.read(&mut [0]).await),
        }
    });
    let client = builder.build().unwrap();
    let mut response = client.get(url.await).send().await.unwrap();
    assert_eq!(response.chunk().await.unwrap().unwrap(), "abc");
    read.send(()).unwrap();
    let error = response.chunk().await.unwrap_err();
    let recorded = recorded_body_error(&error);
    assert_eq!(recorded.kind(), kind, "{error:?}");
    assert!(!recorded.message().contains("127.0.0.1"), "{recorded:?}");
}

enum End {
    Close,
    Reset,
    Say(&'static [u8]),
    Wait,
}

#[tokio::test]
async fn the_failures_of_a_body_are_told_apart() {
    const SIZED: &str = "content-length: 10\r\n\r\n";
    const CHUNKED: &str = "transfer-encoding: chunked\r\n\r\n3\r\n";
    check_body(plain(), SIZED, End::Close, ErrorKind::Closed).await;
    check_body(plain(), CHUNKED, End::Close, ErrorKind::Closed).await;
    check_body(plain(), SIZED, End::Reset, ErrorKind::Reset).await;
    check_body(plain(), CHUNKED, End::Reset, ErrorKind::Reset).await;
    let broken = End::Say(b"\r\nno length\r\n");
    check_body(plain(), CHUNKED, broken, ErrorKind::Body).await;
    let limit = Duration::from_millis(200);
    check_body(plain().timeout(limit), SIZED, End::Wait, ErrorKind::Timeout).await;
    let builder = plain().read_timeout(limit);
    check_body(builder, CHUNKED, End::Wait, ErrorKind::Timeout).await;
}
