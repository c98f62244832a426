//! Responses that arrive bit by bit.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use cassette_tests::{
    Connection, RawServer, Sandbox, Server, chunk, chunks, last_chunk, last_chunk_with,
    with_trailers,
};
use cassette_tower::CassetteLayer;
use futures_util::{StreamExt, stream};
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, Full, StreamBody};
use tower::{Layer, ServiceExt, service_fn};

use crate::see::{ask, kind};
use crate::{FILE, client, get, http2, record, twice};

const HEAD: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

#[tokio::test]
async fn a_chunk_arrives_before_the_next_is_sent() {
    let server = RawServer::start(async |mut connection: Connection| {
        connection.request().await;
        connection.write(HEAD).await;
        for piece in ["[1,", "2,", "3]"] {
            connection.released().await;
            connection.write(chunk(piece)).await;
        }
        connection.released().await;
        connection.write(last_chunk()).await;
        connection.closed().await;
    });
    let read = async || {
        let response = client().oneshot(get(server.url("/"))).await.unwrap();
        let (mut body, mut chunks) = (response.into_body(), Vec::new());
        // Had it been waited for the end, or for the head, this would never be reached.
        server.release();
        while let Some(frame) = body.frame().await {
            chunks.push(frame.unwrap().into_data().unwrap());
            server.release();
        }
        chunks
    };
    assert_eq!(twice(&Sandbox::new(), read).await, ["[1,", "2,", "3]"]);
}

/// A body that counts what is taken from it.
#[tokio::test]
async fn no_more_is_read_of_a_stream_than_the_test_reads() {
    let taken = Arc::new(AtomicUsize::new(0));
    let service = {
        let taken = Arc::clone(&taken);
        service_fn(move |_: Request<Full<Bytes>>| {
            let taken = Arc::clone(&taken);
            let count = move |_| {
                taken.fetch_add(1, Ordering::SeqCst);
                Ok::<_, Infallible>(Frame::data(Bytes::from(".")))
            };
            let body = StreamBody::new(stream::repeat(()).map(count));
            async { Ok::<_, Infallible>(Response::new(body)) }
        })
    };
    let client = CassetteLayer::new().layer(service);
    let sandbox = Sandbox::new();
    let read = record(&sandbox, async {
        let response = client.oneshot(get("http://localhost/")).await.unwrap();
        let mut body = response.into_body();
        for number in 1..=3 {
            body.frame().await.unwrap().unwrap();
            assert_eq!(taken.load(Ordering::SeqCst), number);
        }
    });
    read.await.unwrap();
}

fn sum() -> HeaderMap {
    HeaderMap::from_iter([("x-sum".parse().unwrap(), HeaderValue::from_static("3"))])
}

#[tokio::test]
async fn trailers_of_http_2_come_again() {
    let server = Server::start_body(async |_| {
        let body = with_trailers(chunks(["a", "bc"]), sum());
        Response::new(body)
    });
    let sandbox = Sandbox::new();
    let client = CassetteLayer::new().layer(http2());
    let request = async || ask(&client, get(server.url("/"))).await.unwrap();
    let seen = twice(&sandbox, request).await;
    assert_eq!((seen.text(), seen.trailers), ("abc".into(), Some(sum())));
    let stored = &sandbox.cassette(FILE)["interactions"][0]["response"]["trailers"];
    assert_eq!(stored["x-sum"], "3");
}

#[tokio::test]
async fn trailers_of_http_1_come_again() {
    let server = RawServer::start(async |mut connection: Connection| {
        connection.request().await;
        connection.write(HEAD).await;
        connection.write(chunk("abc")).await;
        connection.write(last_chunk_with(&[("x-sum", "3")])).await;
        connection.closed().await;
    });
    let request = async || {
        let mut request = get(server.url("/"));
        let te = HeaderValue::from_static("trailers");
        request.headers_mut().insert("te", te);
        ask(&client(), request).await.unwrap()
    };
    let seen = twice(&Sandbox::new(), request).await;
    assert_eq!(seen.trailers, Some(sum()));
}

/// Whole, as its length is known, and as a stream.
#[tokio::test]
async fn a_body_that_breaks_off_breaks_off_again() {
    for head in ["HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123", HEAD] {
        let server = RawServer::start(move |mut connection: Connection| async move {
            connection.request().await;
            connection.write(head).await;
            if head == HEAD {
                connection.write(chunk("0123")).await;
            }
        });
        let sandbox = Sandbox::new();
        let request = async || ask(&client(), get(server.url("/"))).await.unwrap();
        let seen = twice(&sandbox, request).await;
        assert_eq!(seen.text(), "0123");
        assert_eq!(seen.broken, Some(io::ErrorKind::UnexpectedEof), "{head}");
        let body = &sandbox.cassette(FILE)["interactions"][0]["response"]["body"];
        assert_eq!(body["truncated"]["kind"], "closed", "{head}");
    }
}

#[tokio::test]
async fn an_error_of_the_body_is_the_services_own_while_it_is_recorded() {
    let service = service_fn(async |_: Request<Full<Bytes>>| {
        let broken = Err::<Frame<Bytes>, _>(io::Error::other("out of ink"));
        let body = StreamBody::new(stream::iter([broken]));
        Ok::<_, Infallible>(Response::new(body))
    });
    let client = CassetteLayer::new().layer(service);
    let read = async || {
        let response = client.clone().oneshot(get("http://localhost/")).await;
        let frame = response.unwrap().into_body().frame().await.unwrap();
        let error = frame.unwrap_err();
        (error.to_string(), kind(&*error))
    };
    let seen = twice(&Sandbox::new(), read).await;
    assert_eq!(seen, ("out of ink".to_owned(), io::ErrorKind::Other));
}
