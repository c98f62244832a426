//! Bodies of requests that are streams themselves.

use std::io;

use bytes::Bytes;
use cassette_reqwest::client;
use cassette_tests::{RawRequest, channel};
use futures_util::stream;
use reqwest::Body;
use reqwest_middleware::Error;
use serde_json::json;

use crate::Scene;

fn scene() -> Scene {
    Scene::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
}

/// A body fed from another task, chunk by chunk.
fn fed(parts: &'static [&'static str]) -> Body {
    let (sender, body) = channel();
    tokio::spawn(async move {
        for part in parts {
            sender
                .send(Ok(Bytes::from_static(part.as_bytes())))
                .unwrap();
            tokio::task::yield_now().await;
        }
    });
    Body::wrap(body)
}

fn streamed(parts: &'static [&'static str]) -> Body {
    Body::wrap_stream(stream::iter(parts.iter().map(|part| io::Result::Ok(*part))))
}

async fn post(scene: &Scene, body: Body) -> Result<String, Error> {
    let request = client().post(scene.server.url("/")).body(body);
    Ok(request.send().await?.text().await?)
}

#[tokio::test]
async fn a_body_from_a_channel_is_sent_whole_recorded_and_matched() {
    let scene = scene();
    let ask = async || post(&scene, fed(&["{\"a\":", "[1,", "2]}"])).await.unwrap();
    assert_eq!(scene.twice(ask).await, "ok");
    assert_eq!(scene.server.requests()[0].text(), "{\"a\":[1,2]}");
    // In whatever chunks: they are the sender's own affair.
    let whole = scene.replay(async { post(&scene, fed(&["{\"a\":[1,2]}"])).await });
    assert_eq!(whole.await.unwrap(), "ok");
    assert_eq!(
        scene.interaction(0)["request"]["body"],
        json!({ "json": { "a": [1, 2] } })
    );
}

#[tokio::test]
async fn a_body_from_a_stream_is_sent_whole_recorded_and_matched() {
    let scene = scene();
    let ask = async || {
        post(&scene, streamed(&["data ", "", "of gr", "üße\n"]))
            .await
            .unwrap()
    };
    assert_eq!(scene.twice(ask).await, "ok");
    assert_eq!(scene.server.requests()[0].text(), "data of grüße\n");
    assert_eq!(
        scene.interaction(0)["request"]["body"],
        json!({ "text": ["data of grüße", ""] })
    );
}

#[tokio::test]
async fn another_streamed_body_is_shown_beside_the_recorded_one() {
    let scene = scene();
    scene
        .record(async { post(&scene, streamed(&["{\"n\":", "1}"])).await.unwrap() })
        .await;
    let mut said = String::new();
    let ask = async {
        let error = post(&scene, fed(&["{\"n\"", ":2}"])).await.unwrap_err();
        said = error.to_string();
    };
    let failed = scene.try_replay(ask).await.unwrap_err();
    assert!(failed.is_unmatched());
    insta::assert_snapshot!(scene.masked(&said), @r#"
    no recorded interaction matches this request

        POST http://server/
        cassette: [sandbox]/c.json (1 interaction, 0 already played)
        mode: replay   matching on: method, url, body

    closest is interaction 1; it differs in 1 place

        body /n    recorded: 1    actual: 2

    help: to record again, run it with `CASSETTE_MODE=record`
    help: to ignore the body, write `#[cassette(match_body = false)]` or leave a field out, `ignore_json = ["/n"]`
    "#);
}

#[tokio::test]
async fn secrets_of_a_streamed_body_are_masked_and_match_others() {
    let scene = scene();
    let live = streamed(&["{\"api_key\":\"s3cr", "et-1\"}"]);
    scene
        .record(async { post(&scene, live).await.unwrap() })
        .await;
    assert!(scene.server.requests()[0].text().contains("s3cret-1"));
    assert!(!scene.file().contains("s3cr"), "{}", scene.file());
    let other = streamed(&["{\"api_key\":", "\"other\"}"]);
    scene
        .replay(async { post(&scene, other).await.unwrap() })
        .await;
}

/// A source that fails is the test's own: nothing was sent, so nothing is recorded.
#[tokio::test]
async fn a_body_whose_source_fails_fails_the_request_alike() {
    let scene = scene();
    let ask = async || {
        post(&scene, fed(&["before"])).await.unwrap();
        let parts = [Ok("begun"), Err(io::Error::other("no more"))];
        let error = post(&scene, Body::wrap_stream(stream::iter(parts))).await;
        cassette_tests::visible_error(&error.unwrap_err())
    };
    scene.twice(ask).await;
    let sent: Vec<String> = scene
        .server
        .requests()
        .iter()
        .map(RawRequest::text)
        .collect();
    assert_eq!(sent, ["before"]);
}

/// Both ways at once, as in a call that streams.
#[tokio::test]
async fn a_streamed_question_has_a_streamed_answer() {
    let scene = Scene::streaming("application/x-ndjson", &["{}\n", "[]\n"]);
    let ask = async || {
        let request = client().post(scene.server.url("/")).body(fed(&["a", "b"]));
        crate::by_stream(request.send().await.unwrap()).await
    };
    assert_eq!(scene.twice(ask).await.0, ["{}\n", "[]\n"]);
}
