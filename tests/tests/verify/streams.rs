use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use cassette_core::Mode;
use cassette_reqwest::{client, scope};
use cassette_tests::{RawServer, Sandbox, channel};
use http::Response;

use super::{Scene, of_type};

const EVENTS: &str = "text/event-stream";

#[tokio::test]
async fn streams_are_compared_event_by_event_whatever_their_chunks() {
    let recorded = [
        "data: {\"delta\":\"Hel\"}\n\n",
        "data: {\"delta\":\"lo\"}\n\n",
        "data: [DONE]\n\n",
    ];
    let scene = Scene::new(move |_| of_type(200, EVENTS, recorded));
    let one_chunk = "data: {\"delta\": \"Hel\"}\n\ndata: {\"delta\":\"lo\"}\n\ndata: [DONE]\n\n";
    scene
        .drift(
            &["/"],
            |config| config,
            move |_| of_type(200, EVENTS, [one_chunk]),
        )
        .await
        .unwrap();

    let scene = Scene::new(move |_| of_type(200, EVENTS, recorded));
    let other = [
        "data: {\"delta\":\"Hel\"}\n\n",
        "data: {\"delta\":\"p\"}\n\n",
    ];
    let error = scene
        .drift(
            &["/"],
            |config| config,
            move |_| of_type(200, EVENTS, other),
        )
        .await
        .unwrap_err();
    insta::assert_snapshot!(scene.masked(&error), @r#"
    1 of 1 answer is no longer what was recorded

        cassette: [sandbox]/c.json (recorded … ago)
        mode: verify

        interaction 1: GET http://server/
            events                 recorded: 3       actual: 2
            event 2 data /delta    recorded: "lo"    actual: "p"

    help: to record again, run it with `CASSETTE_MODE=record`
    help: to let a place change, write `#[cassette(verify_ignore = ["/delta"])]`
    help: to be told and not to fail, write `#[cassette(on_drift = "warn")]`
    "#);
}

/// Reads the first chunk, and leaves the rest.
async fn first_chunk(scene: &Scene, mode: Mode) -> cassette_core::Result<Bytes> {
    let url = scene.server.url("/");
    let read = async move {
        let mut response = client().get(url).send().await.unwrap();
        response.chunk().await.unwrap().unwrap()
    };
    scope("c", scene.sandbox.config(mode), read).await
}

fn endless(first: &'static str) -> Response<cassette_tests::Body> {
    let (sender, body) = channel();
    sender.send(Ok(first.into())).unwrap();
    // The other end is kept for ever.
    std::mem::forget(sender);
    let response = Response::builder().header("content-type", EVENTS);
    response.body(body).unwrap()
}

#[tokio::test]
async fn of_an_endless_stream_as_much_is_compared_as_was_recorded() {
    let scene = Scene::new(|_| endless("data: 1\n\n"));
    let recorded = first_chunk(&scene, Mode::Record).await.unwrap();
    let verified = tokio::time::timeout(Duration::from_secs(30), first_chunk(&scene, Mode::Verify));
    assert_eq!(verified.await.unwrap().unwrap(), recorded);
    scene.change(|_| endless("data: 2\n\n"));
    let error = first_chunk(&scene, Mode::Verify).await.unwrap_err();
    assert!(error.is_drifted(), "{error}");
}

#[tokio::test]
async fn a_server_that_sends_without_end_is_not_read_without_end() {
    let scene = Scene::new(|_| of_type(200, EVENTS, ["data: 1\n\n"]));
    let flood = |_: &http::Request<_>| {
        let (sender, body) = channel();
        tokio::spawn(async move {
            let chunk = Bytes::from_static(&[b'x'; 4096]);
            while sender.send(Ok(chunk.clone())).is_ok() {
                tokio::task::yield_now().await;
            }
        });
        let response = Response::builder().header("content-type", EVENTS);
        response.body(body).unwrap()
    };
    let error = scene
        .drift(&["/"], |config| config, flood)
        .await
        .unwrap_err();
    assert!(error.is_drifted(), "{error}");
}

#[tokio::test]
async fn a_body_that_breaks_off_now_has_drifted() {
    let (sandbox, is_cut) = (Sandbox::new(), Arc::new(AtomicBool::new(false)));
    let now = Arc::clone(&is_cut);
    let server = RawServer::start(move |mut connection| {
        let is_cut = now.load(Ordering::SeqCst);
        async move {
            connection.request().await;
            connection
                .write(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n")
                .await;
            let body: &[u8] = if is_cut { b"all" } else { b"all of it" };
            connection.write(body).await;
            connection.close();
        }
    });
    let ask = |mode| {
        let url = server.url("/");
        let read = async move {
            client()
                .get(url)
                .send()
                .await
                .unwrap()
                .text()
                .await
                .unwrap()
        };
        scope("c", sandbox.config(mode), read)
    };
    let recorded = ask(Mode::Record).await.unwrap();
    assert_eq!(recorded, "all of it");
    is_cut.store(true, Ordering::SeqCst);
    let error = ask(Mode::Verify).await.unwrap_err();
    assert!(error.is_drifted(), "{error}");
    assert!(error.to_string().contains("body end"), "{error}");
}
