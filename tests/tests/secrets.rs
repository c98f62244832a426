//! What is masked today: nothing of it reaches a file, a report or a `Debug` text, and masking
//! does not keep a recording from being played with other keys.

use bytes::Bytes;
use cassette_core::{Config, Mode};
use cassette_reqwest::{client, current, scope};
use cassette_tests::{Sandbox, Server};
use http::Response;
use reqwest_middleware::RequestBuilder;

fn server() -> Server {
    Server::start(|_| {
        Response::builder()
            .header("set-cookie", "session=s3cret-1; Path=/; HttpOnly")
            .header("set-cookie", "theme=s3cret-2")
            .header("location", "http://ada:s3cret-3@e.com/next?api_key=s3cret-4&page=2")
            .body(Bytes::from(r#"{"user":"ada","api_key":"s3cret-5","access_token":"s3cret-6","total_tokens":42}"#))
            .unwrap()
    })
}

/// A request with `key` in every place that is masked.
fn request(server: &Server, key: &str) -> RequestBuilder {
    let url = server.url(&format!("/?api_key={key}&page=1"));
    client()
        .post(url.replace("http://", &format!("http://ada:{key}@")))
        .header("proxy-authorization", format!("Basic {key}"))
        .header("cookie", format!("session={key}"))
        .header("x-api-key", key)
        .json(&serde_json::json!({"name": "ada", "nested": [{"api_key": key}]}))
}

#[tokio::test]
async fn no_secret_is_in_any_file() {
    let (sandbox, server) = (Sandbox::new(), server());
    let session = scope("c", sandbox.config(Mode::Record), async {
        let answer = request(&server, "s3cret-0").send().await.unwrap();
        assert_eq!(
            answer.headers()["set-cookie"],
            "session=s3cret-1; Path=/; HttpOnly"
        );
        assert!(
            answer.text().await.unwrap().contains("s3cret-5"),
            "the recording run sees the real answer"
        );
        let journal = sandbox.read("c.partial.jsonl");
        assert!(
            journal.contains("\"ada\"") && !journal.contains("s3cret"),
            "{journal}"
        );
    });
    session.await.unwrap();
    let text = sandbox.read("c.json");
    assert!(!text.contains("s3cret"), "{text}");
    let cassette = sandbox.cassette("c.json");
    let (request, response) = (
        &cassette["interactions"][0]["request"],
        &cassette["interactions"][0]["response"],
    );
    assert_eq!(request["url"], server.url("/?api_key=[REDACTED]&page=1"));
    assert_eq!(request["headers"]["authorization"], "[REDACTED]");
    assert_eq!(
        request["body"]["json"]["nested"][0]["api_key"],
        "[REDACTED]"
    );
    let cookies = serde_json::json!(["session=[REDACTED]; Path=/; HttpOnly", "theme=[REDACTED]"]);
    assert_eq!(response["headers"]["set-cookie"], cookies);
    assert_eq!(
        response["headers"]["location"],
        "http://[REDACTED]@e.com/next?api_key=[REDACTED]&page=2"
    );
    assert_eq!(response["body"]["json"]["total_tokens"], 42);
}

#[tokio::test]
async fn a_recording_is_played_with_other_keys() {
    let (sandbox, server) = (Sandbox::new(), server());
    for (mode, key) in [(Mode::Record, "s3cret-0"), (Mode::Replay, "another-key")] {
        let session = scope("c", sandbox.config(mode), async {
            request(&server, key)
                .send()
                .await
                .unwrap()
                .text()
                .await
                .unwrap()
        });
        assert!(session.await.unwrap().contains("\"total_tokens\":42"));
    }
    assert_eq!(server.hits(), 1);
}

#[tokio::test]
async fn no_secret_is_in_a_report_or_a_debug_text() {
    let (sandbox, server) = (Sandbox::new(), server());
    let record = scope("c", sandbox.config(Mode::Record), async {
        drop(request(&server, "s3cret-0").send().await);
    });
    record.await.unwrap();
    let mut texts = String::new();
    let replay = scope("c", sandbox.config(Mode::Replay), async {
        let query = [("page", "2"), ("api_key", "s3cret-8")];
        let error = request(&server, "s3cret-7")
            .query(&query)
            .send()
            .await
            .unwrap_err();
        let (session, config) = (
            current().unwrap(),
            Config::new().environment([("KEY", "s3cret-9")]),
        );
        texts = format!("{error} {error:?} {session:?} {config:?}");
    });
    let error = replay.await.unwrap_err();
    assert!(error.is_unmatched());
    texts.push_str(&format!("{error} {error:?}"));
    assert!(
        texts.contains("recorded: 1") && !texts.contains("s3cret"),
        "{texts}"
    );
}
