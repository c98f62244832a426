//! No `Debug` text holds what was not masked yet: neither a session's, nor what an adapter has in hand
//! while an answer comes.

use std::fmt::{Debug, Display};

use bytes::Bytes;
use cassette_core::{Decision, Mode, current};
use cassette_reqwest::{client, scope};
use cassette_tests::{Sandbox, Server, channel};
use http::{HeaderMap, HeaderValue, Request, Response};
use reqwest_middleware::RequestBuilder;

const SECRET: &str = "s3cret";

/// The text of a value in both layouts. No secret is in it, neither as a text nor as a list of bytes.
#[track_caller]
fn check(value: &impl Debug) -> String {
    let text = format!("{value:?} {value:#?}");
    let digits = SECRET.bytes().map(|byte| byte.to_string());
    let digits = digits.collect::<Vec<_>>().join(",");
    let dense: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    assert!(!text.contains(SECRET) && !dense.contains(&digits), "{text}");
    text
}

#[track_caller]
fn check_error(error: &(impl Debug + Display)) {
    check(error);
    assert!(!error.to_string().contains(SECRET), "{error}");
}

#[test]
fn the_check_sees_a_secret_in_any_form() {
    let sees = |value: &(dyn Debug + std::panic::RefUnwindSafe)| {
        std::panic::catch_unwind(|| check(&value)).is_err()
    };
    assert!(sees(&SECRET));
    assert!(sees(&SECRET.as_bytes()));
    assert!(sees(&HeaderValue::from_static(SECRET)));
    assert!(!sees(&"secret"));
}

/// A request with the secret in its URL, a header and its body.
fn request(server: &Server) -> RequestBuilder {
    client()
        .post(server.url(&format!("/?api_key={SECRET}-1")))
        .bearer_auth(format!("{SECRET}-2"))
        .json(&serde_json::json!({ "password": format!("{SECRET}-3") }))
}

#[tokio::test]
async fn a_session_shows_nothing_of_an_answer_that_is_half_read() {
    let sandbox = Sandbox::new();
    let (sender, body) = channel();
    let body = std::sync::Mutex::new(Some(body));
    let server = Server::start_body(move |_| {
        let body = body.lock().unwrap().take().expect("it is asked once");
        let response = Response::builder()
            .header("content-type", "text/event-stream")
            .header("x-live", SECRET)
            .header("set-cookie", format!("session={SECRET}-4"));
        async move { response.body(body).unwrap() }
    });
    // The first chunk holds the secret openly, the second the half of one that would be masked.
    let chunks = [
        format!("data: {SECRET}\n\n"),
        format!("data: {{\"api_key\":\"{SECRET}"),
    ];
    let session = scope(
        "c",
        sandbox.config(Mode::Record).exclude_headers(["x-live"]),
        async {
            let mut response = request(&server).send().await.unwrap();
            for chunk in &chunks {
                sender.send(Ok(chunk.clone().into())).unwrap();
                assert_eq!(response.chunk().await.unwrap().unwrap(), *chunk);
            }
            let text = check(&current().unwrap());
            let received = format!(
                "Received {{ status: 200, chunks: 2, bytes: {}, .. }}",
                chunks.concat().len()
            );
            assert!(text.contains(&received), "{text}");
        },
    );
    session.await.unwrap();
}

#[tokio::test]
async fn what_an_adapter_has_in_hand_shows_nothing() {
    let sandbox = Sandbox::new();
    let mut request = Request::new(Bytes::from(format!(r#"{{"password":"{SECRET}-1"}}"#)));
    *request.uri_mut() = format!("http://ada:{SECRET}@e.com/?api_key={SECRET}-2")
        .parse()
        .unwrap();
    let value = HeaderValue::from_static(SECRET);
    request.headers_mut().insert("authorization", value.clone());
    request
        .headers_mut()
        .insert("content-type", HeaderValue::from_static("application/json"));
    let mut head = Response::new(());
    head.headers_mut().insert("x-live", value.clone());

    let session = scope("c", sandbox.config(Mode::Record), async {
        let session = current().unwrap();
        let decision = session.intercept(&request).unwrap();
        check(&decision);
        let Decision::Record(mut pending) = decision else {
            panic!("it is recorded: {decision:?}");
        };
        pending.answered_by(&format!("http://ada:{SECRET}@e.com/"));
        pending.reason(SECRET.as_bytes());
        check(&pending);
        let mut pending = pending.respond(&head);
        pending.chunk(&Bytes::from_static(SECRET.as_bytes()));
        pending.trailers(&HeaderMap::from_iter([(
            "x-live".parse().unwrap(),
            value.clone(),
        )]));
        pending.waiting();
        check(&pending);
        check(&session);
    });
    session.await.unwrap();
}

#[tokio::test]
async fn errors_of_requests_with_secrets_show_none() {
    let (sandbox, server) = (Sandbox::new(), Server::start(cassette_tests::echo));
    let record = scope("c", sandbox.config(Mode::Record), async {
        drop(client().get(server.url("/")).send().await);
    });
    record.await.unwrap();
    let replay = scope("c", sandbox.config(Mode::Replay), async {
        check_error(&request(&server).send().await.unwrap_err());
        check(&current().unwrap());
    });
    check_error(&replay.await.unwrap_err());
}
