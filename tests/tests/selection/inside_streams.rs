//! Bodies of requests that go past the cassette are not read first.

use std::time::Duration;

use cassette_core::{Mode, unrecorded};
use cassette_reqwest::{client, scope};
use cassette_tests::{Body, RawServer, Sandbox, channel};
use futures_util::future::try_join;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(30);

fn answering() -> RawServer {
    RawServer::start(async |mut connection| {
        connection.request().await;
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
        connection.write(answer).await;
    })
}

async fn upload(server: &RawServer, body: Body) -> String {
    let request = client()
        .post(server.url("/"))
        .body(reqwest::Body::wrap(body));
    let answer = request.send().await.unwrap();
    answer.text().await.unwrap()
}

#[tokio::test]
async fn a_streaming_upload_inside_is_sent_as_it_comes() {
    let (sandbox, server) = (Sandbox::new(), answering());
    let (sender, body) = channel();
    sender.send(Ok("one".into())).unwrap();
    let asks = async {
        let uploaded = async { Ok::<_, String>(unrecorded(upload(&server, body)).await) };
        // Who reads it to the end first never connects.
        let ends = async {
            while server.connections() == 0 {
                tokio::task::yield_now().await;
            }
            sender.send(Ok("two".into())).unwrap();
            drop(sender);
            Ok(())
        };
        timeout(PATIENCE, try_join(uploaded, ends)).await.unwrap()
    };
    let config = sandbox.config(Mode::Auto);
    let (answer, ()) = scope("c", config, asks).await.unwrap().unwrap();
    assert_eq!(answer, "ok");
    assert_eq!(server.requests()[0].body, "onetwo");
    assert!(sandbox.requested("c.json").is_empty());
}

/// A rule may depend on the body, so that one is read before.
#[tokio::test]
async fn a_streaming_upload_that_a_rule_lets_past_arrives_whole() {
    let (sandbox, server) = (Sandbox::new(), answering());
    let (sender, body) = channel();
    sender.send(Ok("one".into())).unwrap();
    sender.send(Ok("two".into())).unwrap();
    drop(sender);
    let config = sandbox.config(Mode::Auto).unrecorded(["*"]);
    let answer = scope("c", config, upload(&server, body)).await.unwrap();
    assert_eq!(answer, "ok");
    assert_eq!(server.requests()[0].body, "onetwo");
}
