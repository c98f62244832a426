//! Statuses, reason phrases, versions, methods, headers and lengths.

use bytes::Bytes;
use cassette_reqwest::client_with;
use cassette_tests::{Server, echo};
use http::{HeaderMap, HeaderName, HeaderValue, Response};
use reqwest_middleware::ClientWithMiddleware;
use serde_json::{Value, json};

use crate::case::{Case, both_runs};
use crate::see::see;
use crate::servers::{path, raw};

pub(crate) fn http2() -> ClientWithMiddleware {
    client_with(reqwest::Client::builder().http2_prior_knowledge()).unwrap()
}

#[tokio::test]
async fn header_values_repeat_in_their_order_and_need_not_be_text() {
    let server = raw(|_| {
        b"HTTP/1.1 200 OK\r\nX-Twice: 1\r\nSet-Cookie: a=; Path=/\r\nx-twice: a, b\r\n\
          x-binary: \xff\xfe\r\nx-binary: caf\xc3\xa9\r\nx-empty:\r\nSet-Cookie: b=; Secure\r\n\
          x-Twice: 1\r\nx-spaces: \t a  b \t\r\ncontent-length: 2\r\n\r\nok"
    });
    let (sandbox, seen) = both_runs(server, async |asker| see(asker.get("/")).await).await;
    let values = |name: &str| -> Vec<&[u8]> {
        let values = seen.headers.get_all(name).iter();
        values.map(HeaderValue::as_bytes).collect()
    };
    assert_eq!(values("x-twice"), [&b"1"[..], b"a, b", b"1"]);
    assert_eq!(values("x-binary"), [&b"\xff\xfe"[..], "café".as_bytes()]);
    assert_eq!(values("set-cookie"), [&b"a=; Path=/"[..], b"b=; Secure"]);
    assert_eq!(values("x-spaces"), [b"a  b"]);
    assert_eq!(values("x-empty"), [b""]);
    let headers = &sandbox.cassette("c.json")["interactions"][0]["response"]["headers"];
    assert_eq!(headers["x-twice"], json!(["1", "a, b", "1"]));
    assert_eq!(headers["x-binary"], json!([{ "base64": "//4=" }, "café"]));
}

#[tokio::test]
async fn headers_of_a_request_repeat_and_need_not_be_text() {
    let (sandbox, _) = both_runs(Server::start(echo), async |asker| {
        let binary = HeaderValue::from_bytes(b"\xff\xfe").unwrap();
        let request = asker.get("/").header("x-mark", "2").header("x-mark", "1");
        see(request.header("x-binary", binary)).await
    })
    .await;
    let headers = &sandbox.cassette("c.json")["interactions"][0]["request"]["headers"];
    assert_eq!(headers["x-mark"], json!(["2", "1"]));
    assert_eq!(headers["x-binary"], json!({ "base64": "//4=" }));
}

#[tokio::test]
async fn three_hundred_headers_come_again() {
    let server = Server::start(|_| {
        let mut response = Response::new(Bytes::from("ok"));
        let header = |n: usize| {
            let name = HeaderName::from_bytes(format!("x-{n}").as_bytes()).unwrap();
            (name, HeaderValue::from(n))
        };
        response
            .headers_mut()
            .extend((0..300).map(header).collect::<HeaderMap>());
        response
    });
    let case = Case::new(server).client(http2());
    let (_, seen) = case
        .both_runs(async |asker| see(asker.get("/")).await)
        .await;
    assert!((0..300).all(|n| seen.header(&format!("x-{n}")) == Some(&n.to_string())));
}

#[tokio::test]
async fn a_phrase_of_ones_own_comes_again_and_stands_in_the_error() {
    let server = raw(|request| {
        let line: &[u8] = match path(request) {
            "/own" => b"404 Nothing Here",
            "/binary" => b"503 Caf\xe9",
            "/utf-8" => "418 Café".as_bytes(),
            "/none" => b"500 ",
            "/fine" => b"200 Quite Fine",
            "/unknown" => b"599 Own",
            _ => b"404 Not Found",
        };
        [b"HTTP/1.1 ", line, b"\r\ncontent-length: 2\r\n\r\nok"].concat()
    });
    let paths = [
        "/own",
        "/binary",
        "/utf-8",
        "/none",
        "/fine",
        "/unknown",
        "/standard",
    ];
    let (sandbox, seen) = both_runs(server, async |asker| {
        let mut heads = Vec::new();
        for path in paths {
            heads.push(see(asker.get(path)).await.head.replace(&asker.origin, ""));
        }
        heads.join("\n")
    })
    .await;
    insta::assert_snapshot!(seen, @"
    /own 404 Not Found HTTP/1.1 phrase Nothing Here error HTTP status client error (404 Nothing Here) for url (/own)
    /binary 503 Service Unavailable HTTP/1.1 phrase  error HTTP status server error (503 ) for url (/binary)
    /utf-8 418 I'm a teapot HTTP/1.1 phrase  error HTTP status client error (418 ) for url (/utf-8)
    /none 500 Internal Server Error HTTP/1.1 phrase  error HTTP status server error (500 ) for url (/none)
    /fine 200 OK HTTP/1.1 phrase Quite Fine
    /unknown 599 <unknown status code> HTTP/1.1 phrase Own error HTTP status server error (599 Own) for url (/unknown)
    /standard 404 Not Found HTTP/1.1 error HTTP status client error (404 Not Found) for url (/standard)
    ");
    let cassette = sandbox.cassette("c.json");
    let reason = |n: usize| cassette["interactions"][n]["response"]["reason"].clone();
    assert_eq!(reason(0), "Nothing Here");
    // Of a phrase that is not ASCII the client itself shows nothing.
    for number in 1..4 {
        assert_eq!(reason(number), "");
    }
    assert_eq!((reason(4), reason(5)), (json!("Quite Fine"), json!("Own")));
    assert_eq!(reason(6), Value::Null, "the standard's own is not written");
}

#[tokio::test]
async fn every_status_comes_again_with_its_length() {
    let statuses = [
        200, 201, 202, 203, 204, 205, 206, 226, 299, 300, 304, 400, 401, 404, 410, 418, 429, 500,
        503, 599, 700, 999,
    ];
    let server = raw(|request| match path(request).trim_start_matches('/') {
        status @ ("204" | "304") => format!("HTTP/1.1 {status} X\r\n\r\n"),
        status => format!("HTTP/1.1 {status} X\r\ncontent-length: 2\r\n\r\nok"),
    });
    let (sandbox, seen) = both_runs(server, async |asker| {
        let mut all = Vec::new();
        for status in statuses {
            all.push(see(asker.get(&format!("/{status}"))).await);
        }
        all
    })
    .await;
    for (status, seen) in statuses.iter().zip(seen) {
        assert!(seen.head.contains(&format!(" {status} ")), "{}", seen.head);
        let length = if matches!(status, 204 | 304) { 0 } else { 2 };
        assert_eq!(seen.length, Some(length));
    }
    assert_eq!(sandbox.requested("c.json").len(), statuses.len());
}

#[tokio::test]
async fn a_length_is_known_where_it_was_known() {
    let server = raw(
        |request| match (request.line().split(' ').next(), path(request)) {
            (_, "/304-none") => "HTTP/1.1 304 Not Modified\r\n\r\n",
            (Some("HEAD"), "/none") => "HTTP/1.1 200 OK\r\n\r\n",
            (Some("HEAD"), "/chunked") => "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            (Some("HEAD"), _) => "HTTP/1.1 200 OK\r\ncontent-length: 1234\r\n\r\n",
            (_, "/304") => "HTTP/1.1 304 Not Modified\r\ncontent-length: 1234\r\n\r\n",
            (_, "/zero") => "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            (_, "/none") => "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nto the end",
            (_, "/nothing") => "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n",
            (_, "/1.0") => "HTTP/1.0 200 OK\r\n\r\nto the end",
            (_, "/1.0-sized") => "HTTP/1.0 200 OK\r\ncontent-length: 3\r\n\r\nold",
            (_, "/empty-chunked") => {
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"
            }
            _ => "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nchunk\r\n0\r\n\r\n",
        },
    );
    let (_, lengths) = both_runs(server, async |asker| {
        let mut lengths = String::new();
        for path in ["/head", "/none", "/chunked"] {
            let seen = see(asker.request("HEAD", path)).await;
            lengths += &format!("HEAD {path} {:?} {:?}\n", seen.length, seen.headers);
        }
        let paths = [
            "/304",
            "/304-none",
            "/zero",
            "/none",
            "/nothing",
            "/1.0",
            "/1.0-sized",
            "/empty-chunked",
            "/chunked",
        ];
        for path in paths {
            let seen = see(asker.get(path)).await;
            let head = seen.head.replace(&asker.origin, "");
            lengths += &format!(
                "{head} {:?} {:?} {:?}\n",
                seen.length, seen.headers, seen.body
            );
        }
        lengths
    })
    .await;
    insta::assert_snapshot!(lengths, @r#"
    HEAD /head Some(0) {"content-length": "1234"}
    HEAD /none Some(0) {}
    HEAD /chunked Some(0) {"transfer-encoding": "chunked"}
    /304 304 Not Modified HTTP/1.1 Some(0) {"content-length": "1234"} b""
    /304-none 304 Not Modified HTTP/1.1 Some(0) {} b""
    /zero 200 OK HTTP/1.1 Some(0) {"content-length": "0"} b""
    /none 200 OK HTTP/1.1 None {"connection": "close"} b"to the end"
    /nothing 200 OK HTTP/1.1 None {"connection": "close"} b""
    /1.0 200 OK HTTP/1.0 None {} b"to the end"
    /1.0-sized 200 OK HTTP/1.0 Some(3) {"content-length": "3"} b"old"
    /empty-chunked 200 OK HTTP/1.1 None {"transfer-encoding": "chunked"} b""
    /chunked 200 OK HTTP/1.1 None {"transfer-encoding": "chunked"} b"chunk"
    "#);
}

#[tokio::test]
async fn a_length_is_known_over_http_2_where_it_was_known() {
    let server = Server::start_body(|request| {
        let mut response = Response::new(cassette_tests::chunks(["a", "bc"]));
        if request.uri().path() == "/sized" {
            let headers = response.headers_mut();
            headers.insert("content-length", HeaderValue::from_static("3"));
        }
        async { response }
    });
    let case = Case::new(server).client(http2());
    let (_, lengths) = case
        .both_runs(async |asker| {
            let mut lengths = Vec::new();
            for path in ["/sized", "/chunks"] {
                let seen = see(asker.get(path)).await;
                assert!(seen.head.ends_with("HTTP/2.0"), "{}", seen.head);
                lengths.push((seen.length, seen.body));
            }
            lengths
        })
        .await;
    assert_eq!(lengths[0], (Some(3), Bytes::from("abc")));
    assert_eq!(lengths[1], (None, Bytes::from("abc")));
}

#[tokio::test]
async fn http_2_with_a_known_body_knows_its_length() {
    let case = Case::new(Server::start(|request| {
        let mut response = echo(request);
        if response.body().len() % 2 == 1 {
            *response.body_mut() = Bytes::new();
        }
        response
    }));
    let (sandbox, _) = case
        .client(http2())
        .both_runs(async |asker| {
            let odd = see(asker.get("/a")).await;
            [odd, see(asker.get("/ab")).await]
        })
        .await;
    let response = &sandbox.cassette("c.json")["interactions"][0]["response"];
    assert_eq!(response["version"], "HTTP/2");
}

#[tokio::test]
async fn methods_are_anything() {
    let methods = [
        "QUERY",
        "PROPFIND",
        "MKCOL",
        "OWN-METHOD",
        "lower",
        "DELETE",
        "OPTIONS",
    ];
    let (sandbox, seen) = both_runs(Server::start(echo), async |asker| {
        let mut all = Vec::new();
        for method in methods {
            all.push(see(asker.request(method, "/").body("asked")).await);
        }
        all
    })
    .await;
    let cassette = sandbox.cassette("c.json");
    for (number, (method, seen)) in methods.iter().zip(seen).enumerate() {
        assert!(seen.text().contains(&format!("\"{method}\"")), "{method}");
        let request = &cassette["interactions"][number]["request"];
        assert_eq!(request["method"], *method);
    }
}
