//! Clients with the middleware.

use cassette_reqwest::cassette;
use cassette_reqwest::reqwest_0_12::{CassetteMiddleware, client, client_with};
use cassette_tests::{Sandbox, Server, Stage, echo, run, staged, url};
use futures_util::StreamExt;

use crate::reqwest::{Client, multipart};
use crate::reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Result};
use crate::{FILE, record, replay};

/// Records what this asks, then replays it without the server.
async fn check(ask: impl AsyncFn(&str) -> String, requested: &str) {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let origin = server.url("");
    let live = record(&sandbox, ask(&origin)).await.unwrap();
    assert_eq!(server.hits(), 1);
    server.stop();
    assert_eq!(sandbox.requested(FILE), [requested]);
    assert_eq!(replay(&sandbox, ask(&origin)).await.unwrap(), live);
}

async fn get(client: ClientWithMiddleware, url: String) -> String {
    let answer = client.get(url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap()
}

#[tokio::test]
async fn the_client_is_recorded_and_replayed() {
    check(async |at| get(client(), format!("{at}/a")).await, "/a").await;
}

#[tokio::test]
async fn one_of_a_builder_of_its_own_is_as_well() {
    let ask = async |at: &str| {
        let client = client_with(Client::builder().user_agent("personas/1.0")).unwrap();
        get(client, format!("{at}/b")).await
    };
    check(ask, "/b").await;
}

#[tokio::test]
async fn the_middleware_goes_into_a_client_of_ones_own() {
    let ask = async |at: &str| {
        let client = ClientBuilder::new(Client::new()).with(CassetteMiddleware::new());
        get(client.build(), format!("{at}/c")).await
    };
    check(ask, "/c").await;
}

#[tokio::test]
async fn bodies_of_every_kind_are_sent_and_matched() {
    let ask = async |at: &str| {
        let form = multipart::Form::new().text("kind", "gamer");
        let request = client().post(format!("{at}/d")).multipart(form);
        request.send().await.unwrap().status().to_string()
    };
    check(ask, "/d").await;
    let ask = async |at: &str| {
        let json = serde_json::json!({"kind": "gamer"});
        let request = client().put(format!("{at}/e")).json(&json);
        request.send().await.unwrap().text().await.unwrap()
    };
    check(ask, "/e").await;
}

#[tokio::test]
async fn a_stream_arrives_in_its_chunks() {
    let (sandbox, server) = (Sandbox::new(), Server::start_body(async |_| in_two()));
    let url = server.url("/");
    let ask = async || {
        let answer = client().get(&url).send().await.unwrap();
        let chunks = answer.bytes_stream().map(|chunk| chunk.unwrap());
        chunks.collect::<Vec<_>>().await
    };
    assert_eq!(record(&sandbox, ask()).await.unwrap(), ["one", "two"]);
    server.stop();
    assert_eq!(replay(&sandbox, ask()).await.unwrap(), ["one", "two"]);
}

fn in_two() -> http::Response<cassette_tests::Body> {
    let response = http::Response::builder().header("content-type", "text/event-stream");
    response
        .body(cassette_tests::chunks(["one", "two"]))
        .unwrap()
}

#[tokio::test]
async fn outside_a_cassette_a_request_is_refused_unless_it_is_to_be_forwarded() {
    let server = Server::start(echo);
    let refused = client().get(server.url("/")).send().await.unwrap_err();
    let text = refused.to_string();
    assert!(text.starts_with("no cassette is in use here"), "{text}");
    assert_eq!(server.hits(), 0);
    let forwarding = ClientBuilder::new(Client::new()).with(CassetteMiddleware::forwarding());
    get(forwarding.build(), server.url("/")).await;
    assert_eq!(server.hits(), 1);
}

#[test]
fn the_attribute_is_the_same() {
    #[cassette(config = staged)]
    async fn asks() -> Result<()> {
        client().get(url("/")).send().await?;
        Ok(())
    }

    let stage = Stage::new(Server::start(echo));
    run(asks()).unwrap().unwrap();
    run(asks()).unwrap().unwrap();
    assert_eq!(stage.server.hits(), 1);
    assert_eq!(stage.sandbox.files(), ["reqwest_0_12/clients/asks.json"]);
}

#[cfg(not(feature = "interop"))]
#[tokio::test]
async fn https_without_tls_says_which_feature_to_add() {
    let sandbox = Sandbox::new();
    let recorded = record(&sandbox, client().get("https://127.0.0.1:1/").send()).await;
    let said = recorded.unwrap_err().to_string();
    insta::assert_snapshot!(said, @"
    an https request was to be recorded, and this build of reqwest 0.12 has no TLS

    help: enable a TLS feature of reqwest 0.12, such as `native-tls` or `rustls-tls`
    ");
    assert_eq!(sandbox.files(), Vec::<String>::new());
}
