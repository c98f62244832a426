//! Versions of HTTP, on either side of the proxy.

use bytes::Bytes;
use cassette_tests::{Body, Identity, Server, TlsServer, chunks, with_trailers};
use http::{HeaderMap, HeaderValue, Request, Response, Version};
use http_body_util::BodyExt;
use reqwest::ClientBuilder;

use crate::{FILE, both_runs, both_runs_of_tls, plain_client_builder};

/// Answers with the version that it was asked in, and with trailers.
async fn version(request: Request<Bytes>) -> Response<Body> {
    let version = format!("{:?}", request.version());
    let mut trailers = HeaderMap::new();
    trailers.insert("x-sum", HeaderValue::from_static("8"));
    let response = Response::builder().header("trailer", "x-sum");
    let response = match request.uri().path() {
        "/known" => response.header("content-length", version.len()),
        _ => response,
    };
    let body = with_trailers(chunks([version]), trailers);
    response.body(body).unwrap()
}

/// The version the client has got, the one the server was asked in, and the trailers.
type Seen = (Version, String, HeaderMap);

async fn see(builder: ClientBuilder, url: &str) -> Seen {
    let asked = builder.build().unwrap().get(url).header("te", "trailers");
    let answer = Response::from(asked.send().await.unwrap());
    let version = answer.version();
    let collected = answer.into_body().collect().await.unwrap();
    let trailers = collected.trailers().cloned().unwrap_or_default();
    let text = String::from_utf8(collected.to_bytes().to_vec()).unwrap();
    (version, text, trailers)
}

#[track_caller]
fn check((version, asked_in, trailers): &Seen, expected: (Version, &str)) {
    assert_eq!((*version, asked_in.as_str()), expected);
    assert_eq!(trailers["x-sum"], "8");
}

fn secure(alpn: Option<&'static str>) -> TlsServer {
    let identity = Identity {
        alpn,
        ..Identity::default()
    };
    TlsServer::start_as(identity, version)
}

#[tokio::test]
async fn a_client_speaks_http_2_with_the_proxy_whatever_the_server_speaks() {
    let server = secure(None);
    let url = server.url("/");
    let ask = async || see(plain_client_builder(), &url).await;
    let (_, seen) = both_runs_of_tls(server, ask).await;
    check(&seen, (Version::HTTP_2, "HTTP/1.1"));
}

#[tokio::test]
async fn the_proxy_speaks_http_2_with_a_server_that_offers_it() {
    for path in ["/", "/known"] {
        let server = secure(Some("h2"));
        let url = server.url(path);
        let ask = async || see(plain_client_builder(), &url).await;
        let (sandbox, seen) = both_runs_of_tls(server, ask).await;
        check(&seen, (Version::HTTP_2, "HTTP/2.0"));
        let stored = &sandbox.cassette(FILE)["interactions"][0]["response"];
        assert_eq!(stored["trailers"]["x-sum"], "8");
    }
}

#[tokio::test]
async fn a_client_of_http_1_reaches_a_server_of_http_2() {
    let server = secure(Some("h2"));
    let url = server.url("/");
    let ask = async || see(plain_client_builder().http1_only(), &url).await;
    let (_, seen) = both_runs_of_tls(server, ask).await;
    check(&seen, (Version::HTTP_11, "HTTP/2.0"));
}

#[tokio::test]
async fn a_client_that_knows_that_a_server_speaks_http_2_speaks_it_without_tls() {
    let server = Server::start_body(version);
    let url = server.url("/");
    let builder = || plain_client_builder().http2_prior_knowledge();
    let (_, seen) = both_runs(server, async || see(builder(), &url).await).await;
    check(&seen, (Version::HTTP_2, "HTTP/2.0"));
}

#[tokio::test]
async fn trailers_of_http_1_come_through() {
    let server = Server::start_body(version);
    let url = server.url("/");
    let ask = async || see(plain_client_builder(), &url).await;
    let (_, seen) = both_runs(server, ask).await;
    check(&seen, (Version::HTTP_11, "HTTP/1.1"));
}

#[tokio::test]
async fn requests_at_once_over_http_2_are_told_apart() {
    let server = TlsServer::start_as(Identity::default(), async |request: Request<Bytes>| {
        Response::new(chunks([request.uri().path().to_owned()]))
    });
    let origin = server.url("");
    let ask = async || {
        // A connection is kept, which those at once share.
        let client = plain_client_builder().pool_max_idle_per_host(1);
        let client = client.build().unwrap();
        let get = async |path: &str| {
            let answer = client.get(format!("{origin}{path}")).send().await.unwrap();
            answer.text().await.unwrap()
        };
        get("/0").await;
        tokio::join!(get("/1"), get("/2"), get("/3"))
    };
    let (_, seen) = both_runs_of_tls(server, ask).await;
    let expected = ["/1", "/2", "/3"].map(ToOwned::to_owned);
    assert_eq!(<[String; 3]>::from(seen), expected);
}
