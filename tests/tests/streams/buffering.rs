//! What is read to its end before the test gets it, and what is not.

use bytes::Bytes;
use cassette_reqwest::{cassette, client};
use cassette_tests::{Server, Stage, chunks, run, staged, url};
use http::Response;
use reqwest::Method;
use reqwest_middleware::Result;
use serde_json::{Value, json};

use crate::scene::head;
use crate::{Scene, by_chunk};

fn sized(content_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

/// The body that is stored of a response which the test does not read.
async fn unread(scene: &Scene) -> Value {
    scene.twice(async || scene.get().await.status()).await;
    scene.body()
}

#[tokio::test]
async fn a_small_response_is_whole_in_the_file_though_nobody_reads_it() {
    let scene = Scene::answering(sized("application/json", "{\"a\":1}"));
    assert_eq!(unread(&scene).await, json!({ "json": { "a": 1 } }));
    // So a replay can read it.
    assert_eq!(
        scene
            .replay(async { scene.get().await.text().await })
            .await
            .unwrap(),
        "{\"a\":1}"
    );
}

#[tokio::test]
async fn a_small_response_comes_in_one_chunk() {
    let scene = Scene::new(async |mut connection| {
        connection.request().await;
        connection
            .write("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\none")
            .await;
        // The client waits for the rest, so it is not yet in the test's hands.
        connection.write("two").await;
        connection.closed().await;
    });
    let chunks = scene
        .twice(async || by_chunk(scene.get().await).await)
        .await;
    assert_eq!(chunks, (vec!["onetwo".into()], None));
}

#[tokio::test]
async fn a_stream_of_known_length_is_not_waited_for() {
    let scene = Scene::answering(sized("text/event-stream", "data: 1\n\n"));
    assert_eq!(unread(&scene).await["partial"], true);
}

#[tokio::test]
async fn a_response_of_unknown_length_is_not_waited_for() {
    let scene = Scene::streaming("application/json", &["{}"]);
    assert_eq!(unread(&scene).await["partial"], true);
}

#[tokio::test]
async fn stream_makes_a_small_response_one_that_is_handed_on() {
    let scene = Scene::answering(sized("application/json", "{\"a\":1}")).with(|c| c.stream(true));
    assert_eq!(unread(&scene).await["partial"], true);
    let scene = Scene::streaming("application/json", &["{\"a\"", ":1}"]).with(|c| c.stream(true));
    scene
        .twice(async || by_chunk(scene.get().await).await)
        .await;
    assert_eq!(scene.body(), json!({ "chunks": ["{\"a\"", ":1}"] }));
}

#[tokio::test]
async fn without_stream_all_is_waited_for_and_stored_as_what_it_is() {
    let scene = Scene::streaming("text/event-stream", &["data: 1\n\n", "data: 2\n\n"])
        .with(|config| config.stream(false));
    let lines = json!({ "text": ["data: 1", "", "data: 2", "", ""] });
    assert_eq!(unread(&scene).await, lines);
    let read = async || {
        let response = scene.get().await;
        (response.content_length(), by_chunk(response).await)
    };
    let whole = "data: 1\n\ndata: 2\n\n".into();
    // Its length is known only to who has waited.
    assert_eq!(scene.twice(read).await, (None, (vec![whole], None)));
}

/// Nothing comes behind these heads, so nothing of them is unread.
#[tokio::test]
async fn a_response_without_a_body_is_whole_unread() {
    let check = async |method: Method, answer: String| {
        let scene = Scene::answering(answer);
        let read = async || {
            let request = client().request(method.clone(), scene.server.url("/"));
            let response = request.send().await.unwrap();
            (response.status(), response.content_length())
        };
        scene.twice(read).await;
        assert_eq!(scene.body(), Value::Null, "{method}");
    };
    let events = "content-type: text/event-stream\r\n\r\n";
    check(Method::GET, format!("HTTP/1.1 204 No Content\r\n{events}")).await;
    check(
        Method::GET,
        format!("HTTP/1.1 304 Not Modified\r\n{events}"),
    )
    .await;
    let sized_304 = "HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n";
    check(Method::GET, sized_304.to_owned()).await;
    check(
        Method::GET,
        "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_owned(),
    )
    .await;
    check(Method::HEAD, head("text/event-stream")).await;
    check(
        Method::HEAD,
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n".to_owned(),
    )
    .await;
}

/// Reads one chunk of the two that there are.
async fn first_of_two() -> Result<Option<Bytes>> {
    let mut response = client().get(url("/")).send().await?;
    Ok(response.chunk().await?)
}

#[cassette("on", config = staged, stream = true)]
async fn with_stream() -> Result<Option<Bytes>> {
    first_of_two().await
}

#[cassette("off", config = staged, stream = false)]
async fn without_stream() -> Result<Option<Bytes>> {
    first_of_two().await
}

#[test]
fn the_attribute_says_stream_too() {
    let server = Server::start_body(async |_| Response::new(chunks(["one", "two"])));
    let stage = Stage::new(server);
    let read =
        |ran: std::result::Result<Result<Option<Bytes>>, String>| ran.unwrap().unwrap().unwrap();
    for _ in ["recorded", "replayed"] {
        assert_eq!(read(run(with_stream())), "one");
        assert_eq!(read(run(without_stream())), "onetwo");
    }
    assert_eq!(stage.server.hits(), 2);
    let body = |name| stage.sandbox.cassette(name)["interactions"][0]["response"]["body"].clone();
    assert_eq!(
        body("on.json"),
        json!({ "chunks": ["one"], "partial": true })
    );
    assert_eq!(body("off.json"), json!({ "text": "onetwo" }));
}
