//! What else a run can do than record and replay.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use cassette_tests::{Sandbox, Server, Stage, count, echo, run, staged, url};
use cassette_tower::{CassetteLayer, Mode, cassette, scope, unrecorded};
use http::Response;
use tower::Layer;

use crate::see::ask;
use crate::{client, get, hyper, record};

#[tokio::test]
async fn verify_answers_from_the_cassette_and_tells_what_the_server_says_now() {
    let later = Arc::new(AtomicBool::new(false));
    let server = Server::start({
        let later = Arc::clone(&later);
        move |_| match later.load(Ordering::SeqCst) {
            false => Response::new(Bytes::from("then")),
            true => Response::new(Bytes::from("now")),
        }
    });
    let sandbox = Sandbox::new();
    let request = async || ask(&client(), get(server.url("/"))).await.unwrap().text();
    record(&sandbox, request()).await.unwrap();
    let verify = async |seen: &mut String| {
        let verified = async { *seen = request().await };
        scope("c", sandbox.config(Mode::Verify), verified).await
    };
    let mut seen = String::new();
    verify(&mut seen).await.unwrap();
    assert_eq!((&*seen, server.hits()), ("then", 2));
    later.store(true, Ordering::SeqCst);
    let error = verify(&mut seen).await.unwrap_err();
    assert!(error.is_drifted(), "{error}");
    assert_eq!((&*seen, server.hits()), ("then", 3));
}

#[tokio::test]
async fn live_sends_every_request_and_leaves_no_file() {
    let (sandbox, server) = (Sandbox::new(), Server::start(count()));
    for number in ["0", "1"] {
        let asked = scope("c", sandbox.config(Mode::Live), async {
            ask(&client(), get(server.url("/"))).await.unwrap()
        });
        assert_eq!(asked.await.unwrap().text(), number);
    }
    assert_eq!(sandbox.files().len(), 0);
}

#[tokio::test]
async fn a_forwarding_client_sends_where_there_is_no_cassette_and_replays_where_there_is_one() {
    let (sandbox, server) = (Sandbox::new(), Server::start(count()));
    let client = CassetteLayer::new().forwarding().layer(hyper());
    let request = async || ask(&client, get(server.url("/"))).await.unwrap().text();
    assert_eq!(request().await, "0");
    for mode in [Mode::Record, Mode::Replay] {
        let asked = scope("c", sandbox.config(mode), request()).await;
        assert_eq!(asked.unwrap(), "1");
    }
    assert_eq!(request().await, "2");
}

#[unrecorded]
async fn health() -> String {
    ask(&client(), get(url("/health"))).await.unwrap().text()
}

#[cassette(config = staged)]
async fn asks() {
    ask(&client(), get(url("/recorded"))).await.unwrap();
    assert!(health().await.contains("/health"));
}

#[test]
fn the_attributes_record_replay_and_leave_out() {
    let stage = Stage::new(Server::start(echo));
    for _ in 0..2 {
        run(asks()).unwrap();
    }
    assert_eq!(stage.server.paths(), ["/recorded", "/health", "/health"]);
    let file = stage.sandbox.files().remove(0);
    assert_eq!(stage.sandbox.requested(&file), ["/recorded"]);
}
