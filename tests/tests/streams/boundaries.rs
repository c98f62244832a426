//! The boundaries of chunks come back, for whoever reads.

use bytes::Bytes;
use cassette_reqwest::client_with;
use cassette_tests::{Server, chunk, chunks, last_chunk_with};
use http::Response;
use http_body_util::BodyExt;

use crate::scene::head;
use crate::{Scene, by_bytes, by_chunk, by_events, by_stream};

/// Cut inside characters of two, three and four bytes, a line end, a field's name, and between and
/// inside events; the third part is two events and the beginning of another.
const PARTS: [&[u8]; 8] = [
    b"da",
    b"ta: gr\xc3",
    b"\xbc\xc3\x9fe\r\n\r\ndata: b\n\nid: 3\ndata: \xe2\x82",
    b"\xac\r",
    b"\ndata: \xf0",
    b"\x9f\x93",
    b"\xbc\nevent: last\n",
    b"\n",
];

#[tokio::test]
async fn chunks_cut_anywhere_come_back_as_they_were() {
    let scene = Scene::streaming("text/event-stream", &PARTS);
    assert_eq!(
        scene
            .twice(async || by_chunk(scene.get().await).await)
            .await
            .0,
        PARTS
    );
    let read = async || by_stream(scene.get().await).await;
    assert_eq!(scene.replay(read()).await.0, PARTS);
    let read = async || by_bytes(scene.get().await).await;
    assert_eq!(scene.replay(read()).await.0, [PARTS.concat()]);
}

#[tokio::test]
async fn events_cut_anywhere_come_back_as_they_were() {
    let scene = Scene::streaming("text/event-stream; charset=utf-8", &PARTS);
    let events = scene
        .twice(async || by_events(scene.get().await).await)
        .await;
    let events: Vec<_> = events
        .iter()
        .map(|(event, data)| (event.as_str(), data.as_str()))
        .collect();
    assert_eq!(
        events,
        [("message", "grüße"), ("message", "b"), ("last", "€\n📼")]
    );
}

/// Every byte on its own, and all in one: the events are the same.
#[tokio::test]
async fn events_are_the_same_whatever_the_chunks() {
    let text = PARTS.concat();
    let bytes: Vec<&[u8]> = text.chunks(1).collect();
    let mut seen = Vec::new();
    for parts in [bytes, vec![&text[..]]] {
        let scene = Scene::streaming("text/event-stream", &parts);
        seen.push(
            scene
                .twice(async || by_events(scene.get().await).await)
                .await,
        );
        let stored = scene.body()["chunks"].as_array().unwrap().len();
        assert_eq!(stored, parts.len());
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn chunks_of_http_2_come_back_as_they_were() {
    let server = Server::start_body(async |_| {
        let response = Response::builder().header("content-type", "text/event-stream");
        response.body(chunks(PARTS)).unwrap()
    });
    let scene = Scene::answering("");
    let http2 = reqwest::Client::builder().http2_prior_knowledge();
    let client = client_with(http2).unwrap();
    let read = async || {
        let response = client.get(server.url("/")).send().await.unwrap();
        by_stream(response).await
    };
    assert_eq!(scene.twice(read).await.0, PARTS);
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn chunks_too_large_for_the_cassette_come_back_as_they_were() {
    let scene = Scene::streaming("text/event-stream", &PARTS).with(|config| config.body_limit(8));
    let read = async || by_chunk(scene.get().await).await.0;
    assert_eq!(scene.twice(read).await, PARTS);
    let stored = scene.body();
    assert_eq!(
        stored["split"],
        PARTS
            .map(<[u8]>::len)
            .map(|length| length.to_string())
            .join(" ")
    );
    let file = scene.sandbox.path().join(stored["file"].as_str().unwrap());
    assert_eq!(std::fs::read(file).unwrap(), PARTS.concat());
}

#[tokio::test]
async fn trailers_come_back_behind_the_chunks() {
    let answer = [
        head("application/grpc-web+json").into_bytes(),
        chunk("one"),
        chunk("two"),
        last_chunk_with(&[("grpc-status", "0"), ("x-sum", "6")]),
    ];
    let scene = Scene::answering(answer.concat());
    let read = async || {
        let mut body = Response::from(scene.get().await).into_body();
        let mut frames = Vec::new();
        while let Some(frame) = body.frame().await {
            frames.push(match frame.unwrap().into_data() {
                Ok(data) => data,
                Err(trailers) => Bytes::from(format!("{:?}", trailers.into_trailers().unwrap())),
            });
        }
        frames
    };
    let trailers = r#"{"grpc-status": "0", "x-sum": "6"}"#;
    assert_eq!(scene.twice(read).await, ["one", "two", trailers]);
    let stored = &scene.interaction(0)["response"]["trailers"];
    assert_eq!(stored["x-sum"], "6");
}
