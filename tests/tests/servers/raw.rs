use std::error::Error as StdError;
use std::io;
use std::sync::Mutex;

use bytes::Bytes;
use cassette_tests::{
    Connection, RawRequest, RawServer, channel, chunk, last_chunk, last_chunk_with,
};
use futures_util::{FutureExt, TryStreamExt};
use reqwest::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::{CHUNKED, sum, trailers};

/// Returns the first error of this kind among the causes of an error.
fn cause<E: StdError + 'static>(error: &reqwest::Error) -> Option<&E> {
    let mut next = error.source();
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

fn broken(error: &reqwest::Error) -> Option<io::ErrorKind> {
    cause(error).map(io::Error::kind)
}

fn incomplete(error: &reqwest::Error) -> bool {
    cause(error).is_some_and(hyper::Error::is_incomplete_message)
}

async fn answer_all(mut connection: Connection) {
    while connection.request().await.is_some() {
        connection
            .write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
            .await;
    }
}

#[tokio::test]
async fn a_raw_server_reads_requests_whole_one_after_the_other() {
    let server = RawServer::start(answer_all);
    let client = Client::new();
    let (parts, body) = channel();
    for part in ["Hel", "lo,\r\n\r\n", "world"] {
        parts.send(Ok(Bytes::from_static(part.as_bytes()))).unwrap();
    }
    drop(parts);
    let request = client
        .post(server.url("/chunked?a=1"))
        .header("X-Mark", "é");
    let request = request.body(reqwest::Body::wrap(body)).send().await;
    assert_eq!(request.unwrap().text().await.unwrap(), "ok");
    let request = client.put(server.url("/sized")).body("sized");
    assert_eq!(request.send().await.unwrap().text().await.unwrap(), "ok");
    client.get(server.url("/none")).send().await.unwrap();

    let requests = server.requests();
    let lines: Vec<_> = requests.iter().map(RawRequest::line).collect();
    let expected = [
        "POST /chunked?a=1 HTTP/1.1",
        "PUT /sized HTTP/1.1",
        "GET /none HTTP/1.1",
    ];
    assert_eq!(lines, expected);
    assert_eq!(requests[0].text(), "Hello,\r\n\r\nworld");
    assert_eq!(requests[0].header("transfer-encoding"), Some("chunked"));
    assert!(requests[0].head.contains("\r\nx-mark: é\r\n"));
    assert!(requests[0].head.ends_with("\r\n\r\n"));
    assert_eq!(
        (requests[1].text().as_str(), requests[2].text().as_str()),
        ("sized", "")
    );
    assert_eq!((server.hits(), server.connections()), (3, 1));
}

#[tokio::test]
async fn a_raw_server_takes_a_request_in_any_pieces() {
    let server = RawServer::start(answer_all);
    let mut stream = TcpStream::connect(("127.0.0.1", server.port()))
        .await
        .unwrap();
    let head = b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n";
    let body = b"A;ext=1\r\n0123456789\r\n1\r\n!\r\n0\r\nx-sum: 3\r\n\r\n";
    for byte in [head.as_slice(), body, b"GET / HTTP/1.1\r\n\r\n"].concat() {
        stream.write_all(&[byte]).await.unwrap();
    }
    server.arrived(2).await;
    assert_eq!(server.requests()[0].text(), "0123456789!");
    assert_eq!(server.requests()[1].line(), "GET / HTTP/1.1");
}

#[tokio::test]
async fn a_handler_hears_that_the_client_is_gone() {
    let (sender, gone) = oneshot::channel();
    let sender = Mutex::new(Some(sender));
    let server = RawServer::start(move |mut connection| {
        let sender = sender.lock().unwrap().take().unwrap();
        async move {
            let request = connection.request().await;
            connection.closed().await;
            let next = connection.request().await;
            sender.send((request.is_some(), next.is_some())).unwrap();
        }
    });
    let asking = tokio::spawn(reqwest::get(server.url("/")));
    server.arrived(1).await;
    asking.abort();
    assert_eq!(gone.await, Ok((true, false)));
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn what_a_handler_writes_arrives_at_once_and_byte_by_byte() {
    let server = RawServer::start(async |mut connection: Connection| {
        connection.request().await;
        for part in ["HTTP/1.1 200 OK\r\n", "X-Odd:\tcase\r\n", "\r\nrest"] {
            connection.write(part).await;
            connection.released().await;
        }
    });
    let mut stream = TcpStream::connect(("127.0.0.1", server.port()))
        .await
        .unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let mut buffer = [0; 64];
    for part in ["HTTP/1.1 200 OK\r\n", "X-Odd:\tcase\r\n", "\r\nrest", ""] {
        let length = stream.read(&mut buffer).await.unwrap();
        assert_eq!(
            buffer[..length].escape_ascii().to_string(),
            part.escape_default().to_string()
        );
        server.release();
    }
}

#[tokio::test]
async fn one_release_lets_a_handler_go_on_once() {
    let (sender, again) = oneshot::channel();
    let sender = Mutex::new(Some(sender));
    let server = RawServer::start(move |connection| {
        let sender = sender.lock().unwrap().take().unwrap();
        async move {
            connection.released().await;
            sender.send(connection.released().now_or_never()).unwrap();
        }
    });
    server.release();
    let _stream = TcpStream::connect(("127.0.0.1", server.port())).await;
    assert_eq!(again.await, Ok(None));
}

#[test]
fn chunks_are_written_with_their_length_in_hexadecimal_digits() {
    assert_eq!(chunk("ten bytes\n"), b"a\r\nten bytes\n\r\n");
    assert_eq!(chunk([0; 256])[..5], *b"100\r\n");
    assert_eq!(last_chunk(), b"0\r\n\r\n");
    let trailers = [("x-sum", "3"), ("X-End", "")];
    assert_eq!(
        last_chunk_with(&trailers),
        b"0\r\nx-sum: 3\r\nX-End: \r\n\r\n"
    );
}

#[tokio::test]
async fn chunks_of_one_body_keep_their_bounds() {
    const PARTS: [&str; 3] = ["one", "t", "wo and three"];
    let server = RawServer::start(async |mut connection: Connection| {
        connection.request().await;
        let body = [PARTS.map(chunk).concat(), last_chunk()].concat();
        connection.write([CHUNKED.as_bytes(), &body].concat()).await;
    });
    let response = reqwest::get(server.url("/")).await.unwrap();
    let parts: Vec<Bytes> = response.bytes_stream().try_collect().await.unwrap();
    assert_eq!(parts, PARTS);
}

#[tokio::test]
async fn raw_trailers_arrive() {
    let server = RawServer::start(async |mut connection: Connection| {
        connection.request().await;
        connection.write(CHUNKED).await;
        connection.write(chunk("body")).await;
        connection.write(last_chunk_with(&[("x-sum", "3")])).await;
    });
    let response = reqwest::get(server.url("/")).await.unwrap();
    assert_eq!(trailers(response).await, ("body".into(), Some(sum())));
}

#[tokio::test]
async fn a_connection_closed_or_reset_before_the_answer_is_one_to_the_client() {
    let server = RawServer::start(async |mut connection: Connection| {
        let request = connection.request().await;
        match request.unwrap().line() {
            "GET /close HTTP/1.1" => connection.close(),
            _ => connection.reset(),
        }
    });
    let closed = reqwest::get(server.url("/close")).await.unwrap_err();
    assert!(
        incomplete(&closed) && broken(&closed).is_none(),
        "{closed:?}"
    );
    let reset = reqwest::get(server.url("/reset")).await.unwrap_err();
    assert_eq!(
        broken(&reset),
        Some(io::ErrorKind::ConnectionReset),
        "{reset:?}"
    );
    assert!(!incomplete(&reset) && !reset.is_connect());
    assert_eq!(server.hits(), 2);
}

#[tokio::test]
async fn a_connection_closed_or_reset_within_the_body_breaks_it_off() {
    let server = RawServer::start(async |mut connection: Connection| {
        let request = connection.request().await;
        connection.write(CHUNKED).await;
        connection.write(chunk("begun")).await;
        connection.released().await;
        match request.unwrap().line() {
            "GET /close HTTP/1.1" => connection.close(),
            _ => connection.reset(),
        }
    });
    let mut errors = Vec::new();
    for path in ["/close", "/reset"] {
        let mut response = reqwest::get(server.url(path)).await.unwrap();
        assert_eq!(response.chunk().await.unwrap().unwrap(), "begun");
        server.release();
        errors.push(broken(&response.chunk().await.unwrap_err()));
    }
    let expected = [io::ErrorKind::UnexpectedEof, io::ErrorKind::ConnectionReset];
    assert_eq!(errors, expected.map(Some));
}

#[tokio::test]
async fn stopping_a_raw_server_does_not_wait_for_its_handlers() {
    let server = RawServer::start(async |mut connection: Connection| {
        connection.request().await;
        connection.released().await;
    });
    let (url, held) = (server.url("/"), tokio::spawn(reqwest::get(server.url("/"))));
    server.arrived(1).await;
    server.stop();
    assert!(held.await.unwrap().is_err());
    assert!(reqwest::get(url).await.unwrap_err().is_connect());
}
