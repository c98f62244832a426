//! `normalize`: what a function in code takes out of requests before they are compared.

use bytes::Bytes;
use cassette_core::{Config, Mode, Order, RecordedRequest, Repeat};
use cassette_reqwest::{client, scope};
use cassette_tests::{Server, count};
use http::HeaderValue;

use crate::bench::{Bench, FILE};

/// `/sessions/17/items` is `/sessions/*/items`.
fn without_session(request: &mut RecordedRequest) {
    let parts: Vec<&str> = request.url().split('/').collect();
    let at = parts.iter().position(|part| *part == "sessions");
    let changed: Vec<&str> = parts
        .iter()
        .enumerate()
        .map(|(place, part)| match at {
            Some(at) if place == at + 1 => "*",
            _ => part,
        })
        .collect();
    let url = changed.join("/");
    request.set_url(url);
}

/// Digits of the body are zeros.
fn without_digits(request: &mut RecordedRequest) {
    let text = String::from_utf8_lossy(request.body().bytes()).into_owned();
    let masked = text.replace(|sign: char| sign.is_ascii_digit(), "0");
    request.set_body(masked);
}

fn without_trace(request: &mut RecordedRequest) {
    request
        .headers_mut()
        .insert("x-trace", HeaderValue::from_static("any"));
}

fn all(config: Config) -> Config {
    let config = config.match_headers(["x-trace"]).normalize(without_session);
    config.normalize(without_digits).normalize(without_trace)
}

/// Sends a session's request; the answer is the number of the request that the server saw.
async fn ask(bench: &Bench, config: Config, ids: &[u32]) -> Vec<String> {
    let asks = async {
        let mut answers = Vec::new();
        for id in ids {
            let request = client().post(bench.server.url(&format!("/sessions/{id}/items?n=1")));
            let request = request.header("x-trace", id.to_string());
            let answer = request.body(format!("id {id}")).send().await.unwrap();
            answers.push(answer.text().await.unwrap());
        }
        answers
    };
    scope("c", config, asks).await.unwrap()
}

#[tokio::test]
async fn what_is_taken_out_of_url_header_and_body_does_not_count_and_is_stored() {
    let bench = Bench::of(Server::start(count()));
    ask(&bench, all(bench.config(Mode::Record)), &[17]).await;
    let file = bench.sandbox.read(FILE);
    assert_eq!(bench.stored(), ["/sessions/17/items?n=1"]);
    let stored = &bench.sandbox.cassette(FILE)["interactions"][0]["request"];
    assert_eq!(stored["headers"]["x-trace"], "17");
    assert_eq!(stored["body"]["text"], "id 17");
    for mode in [Mode::Replay, Mode::Auto, Mode::Update] {
        assert_eq!(ask(&bench, all(bench.config(mode)), &[42]).await, ["0"]);
    }
    assert_eq!(bench.server.hits(), 1);
    assert_eq!(bench.sandbox.read(FILE), file);
}

#[tokio::test]
async fn each_of_them_is_needed() {
    let bench = Bench::of(Server::start(count()));
    ask(&bench, all(bench.config(Mode::Record)), &[17]).await;
    let less: [fn(Config) -> Config; 3] = [
        |config| config.normalize(without_digits).normalize(without_trace),
        |config| config.normalize(without_session).normalize(without_trace),
        |config| config.normalize(without_session).normalize(without_digits),
    ];
    for (number, say) in less.into_iter().enumerate() {
        let config = say(bench.config(Mode::Replay)).match_headers(["x-trace"]);
        let request = client().post(bench.server.url("/sessions/42/items?n=1"));
        let request = request.header("x-trace", "42").body("id 42");
        let ended = scope("c", config, request.send()).await;
        assert!(ended.unwrap_err().is_unmatched(), "{number}");
    }
}

#[tokio::test]
async fn requests_that_become_equal_are_one_sequence() {
    let bench = Bench::of(Server::start(count()));
    let recorded = ask(&bench, all(bench.config(Mode::Record)), &[1, 2, 3]).await;
    assert_eq!(recorded, ["0", "1", "2"]);
    for order in [Order::Any, Order::Strict] {
        let replay = all(bench.config(Mode::Replay)).order(order);
        assert_eq!(ask(&bench, replay, &[9, 1, 5]).await, ["0", "1", "2"]);
    }
    let last = all(bench.config(Mode::Replay)).repeat(Repeat::Last);
    assert_eq!(ask(&bench, last, &[3, 2, 1, 0]).await, ["0", "1", "2", "2"]);
}

/// The first one sees what was recorded, the next one what the first one made of it.
#[tokio::test]
async fn they_come_one_after_another() {
    let bench = Bench::recorded(&["POST /a x"]).await;
    let config = bench.config(Mode::Replay);
    let config = config.normalize(|request| request.set_body("one"));
    let config = config.normalize(|request| {
        assert_eq!(&request.body().bytes()[..], b"one");
        request.set_body(Bytes::from_static(b"two"));
    });
    assert_eq!(bench.run(config, &["POST /a y"]).await, "ok [] [/a]");
}

#[tokio::test]
async fn secrets_are_masked_before() {
    let bench = Bench::new();
    let run = async |mode, key| {
        let config = bench.config(mode).match_headers(["x-api-key"]);
        let config = config.normalize(|request| {
            let key = &request.headers()["x-api-key"];
            assert_eq!(key, "[REDACTED]");
            let url = request.url().replace("REDACTED", "anything");
            request.set_url(url);
        });
        let request = bench
            .request(&format!("/?api_key={key}"))
            .header("x-api-key", key);
        bench.told(config, request.send()).await
    };
    let stored = "[/?api_key=[REDACTED]]";
    assert_eq!(
        run(Mode::Record, "hunter2-hunter2").await,
        format!("ok [/?api_key=hunter2-hunter2] {stored}")
    );
    assert_eq!(
        run(Mode::Replay, "another-key-1").await,
        format!("ok [] {stored}")
    );
}

#[tokio::test]
async fn a_miss_shows_what_is_left_to_differ() {
    let bench = Bench::of(Server::start(count()));
    ask(&bench, all(bench.config(Mode::Record)), &[17]).await;
    let replay = all(bench.config(Mode::Replay));
    let error = bench
        .failure(replay, &["POST /sessions/42/things/7?n=2 id"])
        .await;
    insta::assert_snapshot!(bench.masked(&error.to_string()), @"
    no recorded interaction matches this request

        POST http://server/sessions/42/things/7?n=2
        cassette: [sandbox]/c.json (1 interaction, 0 already played)
        mode: replay   matching on: method, url, body, header x-trace

    closest is interaction 1; it differs in 3 places

        path           recorded: /sessions/*/items    actual: /sessions/*/things/7
        query n        recorded: 1                    actual: 2
        body line 1    recorded: id 00                actual: id

    help: to record again, run it with `CASSETTE_MODE=record`
    help: to add it to the recording, run it with `CASSETTE_MODE=update`
    ");
}

#[tokio::test]
async fn a_host_that_is_taken_out_is_not_in_the_way_of_what_comes_closest() {
    let bench = Bench::of(Server::start(count()));
    let any_host = |request: &mut RecordedRequest| {
        let path = request
            .url()
            .splitn(4, '/')
            .nth(3)
            .unwrap_or_default()
            .to_owned();
        request.set_url(format!("http://any/{path}"));
    };
    let config = |mode| bench.config(mode).normalize(any_host);
    bench.run(config(Mode::Record), &["/users/1"]).await;
    let replay = |url: &'static str| scope("c", config(Mode::Replay), client().get(url).send());
    replay("http://other.invalid/users/1")
        .await
        .unwrap()
        .unwrap();
    let error = replay("http://other.invalid/users/2").await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("closest is interaction 1"), "{text}");
    assert!(
        text.contains("path    recorded: /users/1    actual: /users/2"),
        "{text}"
    );
}

/// A function may make of a URL what is none.
#[tokio::test]
async fn what_is_no_url_any_more_is_compared_as_it_stands() {
    let bench = Bench::recorded(&["/a"]).await;
    let none: fn(&mut RecordedRequest) = |request| {
        let url = if request.url().ends_with('b') {
            "b"
        } else {
            ""
        };
        request.set_url(url);
    };
    let config = || bench.config(Mode::Replay).normalize(none);
    assert_eq!(bench.run(config(), &["/c"]).await, "ok [] [/a]");
    let text = bench.failure(config(), &["/b"]).await.to_string();
    assert!(text.contains("closest is interaction 1"), "{text}");
}
