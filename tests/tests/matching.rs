//! Which recorded answer a request gets, through the configuration that users write.

use cassette_core::{Config, Mode, Order, Repeat, Unused};
use cassette_reqwest::{client, scope};
use cassette_tests::{Sandbox, Server, count, echo};
use reqwest_middleware::RequestBuilder;

type Ask = fn(RequestBuilder) -> RequestBuilder;

/// Records a request, then replays another under `configure`; returns whether that was answered.
async fn answers(
    configure: fn(Config) -> Config,
    recorded: (&str, Ask),
    asked: (&str, Ask),
) -> bool {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let run = |mode, (path, ask): (&str, Ask)| {
        let config = configure(sandbox.config(mode));
        let request = ask(client().post(server.url(path)));
        scope("c", config, async { request.send().await.map(|_| ()) })
    };
    run(Mode::Record, recorded).await.unwrap().unwrap();
    let outcome = run(Mode::Replay, asked).await;
    assert_eq!(server.hits(), 1);
    match outcome {
        Ok(answer) => answer.is_ok(),
        Err(error) => {
            assert!(error.is_unmatched(), "{error}");
            false
        }
    }
}

const PLAIN: Ask = |request| request;

#[tokio::test]
async fn the_body_decides_unless_it_is_left_out() {
    let (one, other): (Ask, Ask) = (
        |request| request.body("one"),
        |request| request.body("other"),
    );
    assert!(answers(|config| config, ("/", one), ("/", one)).await);
    assert!(!answers(|config| config, ("/", one), ("/", other)).await);
    assert!(answers(|config| config.match_body(false), ("/", one), ("/", other)).await);
}

#[tokio::test]
async fn parts_of_a_json_body_can_be_left_out() {
    let (one, other): (Ask, Ask) = (
        |request| request.json(&serde_json::json!({"id": 1, "messages": [{"at": 1, "text": "x"}]})),
        |request| request.json(&serde_json::json!({"id": 2, "messages": [{"at": 2, "text": "x"}]})),
    );
    assert!(
        !answers(
            |config| config.ignore_json(["/id"]),
            ("/", one),
            ("/", other)
        )
        .await
    );
    assert!(
        answers(
            |config| config.ignore_json(["/id", "/messages/*/at"]),
            ("/", one),
            ("/", other)
        )
        .await
    );
}

#[tokio::test]
async fn the_query_decides_by_its_parameters_unless_they_are_left_out() {
    assert!(answers(|config| config, ("/?a=1&b=2", PLAIN), ("/?b=2&a=1", PLAIN)).await);
    assert!(!answers(|config| config, ("/?a=1&t=1", PLAIN), ("/?a=1&t=2", PLAIN)).await);
    assert!(
        answers(
            |config| config.ignore_query(["t"]),
            ("/?a=1&t=1", PLAIN),
            ("/?t=2&a=1", PLAIN)
        )
        .await
    );
    assert!(
        answers(
            |config| config.match_query(false),
            ("/?a=1", PLAIN),
            ("/?a=2", PLAIN)
        )
        .await
    );
}

#[tokio::test]
async fn headers_decide_only_when_asked_to() {
    let (one, other): (Ask, Ask) = (
        |request| request.header("X-Kind", "1"),
        |request| request.header("x-kind", "2"),
    );
    assert!(answers(|config| config, ("/", one), ("/", other)).await);
    assert!(
        !answers(
            |config| config.match_headers(["X-KIND"]),
            ("/", one),
            ("/", other)
        )
        .await
    );
    assert!(
        answers(
            |config| config.match_headers(["x-kind"]).ignore_headers(["X-Kind"]),
            ("/", one),
            ("/", other)
        )
        .await
    );
    assert!(
        answers(
            |config| config.match_headers(["x-kind"]).exclude_headers(["x-kind"]),
            ("/", one),
            ("/", other)
        )
        .await
    );
}

#[tokio::test]
async fn multipart_and_forms_match_by_what_is_in_them() {
    let multipart: Ask =
        |request| request.multipart(reqwest::multipart::Form::new().text("name", "ada"));
    assert!(answers(|config| config, ("/", multipart), ("/", multipart)).await);
    let (one, other): (Ask, Ask) = (
        |request| request.form(&[("a", "1"), ("b", "2")]),
        |request| request.form(&[("b", "2"), ("a", "1")]),
    );
    assert!(answers(|config| config, ("/", one), ("/", other)).await);
}

/// Records `recorded`, a path each, then replays `asked`. Returns the answers: the number that the
/// server gave, or `x`; and what the session came to.
async fn sequence(
    configure: fn(Config) -> Config,
    recorded: &str,
    asked: &str,
) -> (String, Result<(), cassette_core::Error>) {
    let (sandbox, server) = (Sandbox::new(), Server::start(count()));
    let run = async |mode, paths: &str| {
        let config = configure(sandbox.config(mode));
        let mut answers = String::new();
        let session = scope("c", config, async {
            for path in paths.chars() {
                match client().get(server.url(&format!("/{path}"))).send().await {
                    Ok(answer) => answers.push_str(&answer.text().await.unwrap()),
                    Err(_) => answers.push('x'),
                }
            }
        });
        let end = session.await;
        (answers, end)
    };
    run(Mode::Record, recorded).await.1.unwrap();
    run(Mode::Replay, asked).await
}

#[tokio::test]
async fn answers_to_one_request_come_in_order_and_then_as_repeat_says() {
    let (answers, end) = sequence(|config| config, "aab", "baa").await;
    assert_eq!(answers, "201");
    end.unwrap();
    let (answers, end) = sequence(|config| config, "aa", "aaa").await;
    assert_eq!(answers, "01x");
    assert!(
        end.unwrap_err()
            .to_string()
            .contains("it was recorded 2 times, and asked for once more")
    );
    let (answers, end) = sequence(|config| config.repeat(Repeat::Last), "aab", "aaaab").await;
    assert_eq!(answers, "01112");
    end.unwrap();
    let (answers, end) = sequence(|config| config.repeat(Repeat::Cycle), "aa", "aaaaa").await;
    assert_eq!(answers, "01010");
    end.unwrap();
}

#[tokio::test]
async fn strict_order_is_kept_to() {
    let (answers, end) = sequence(|config| config.order(Order::Strict), "ab", "ab").await;
    assert_eq!(answers, "01");
    end.unwrap();
    let (answers, end) = sequence(|config| config.order(Order::Strict), "ab", "ba").await;
    assert_eq!(answers, "x0");
    assert!(
        end.unwrap_err()
            .to_string()
            .starts_with("this request comes out of the recorded order")
    );
}

#[tokio::test]
async fn what_is_left_unplayed_fails_the_test_unless_it_may() {
    let (_, end) = sequence(|config| config, "abc", "a").await;
    let error = end.unwrap_err();
    assert!(
        error.is_unused()
            && error
                .to_string()
                .starts_with("2 of 3 recorded interactions were not asked for"),
        "{error}"
    );
    for unused in [Unused::Warn, Unused::Allow] {
        let configure = if unused == Unused::Warn {
            |config: Config| config.unused(Unused::Warn)
        } else {
            |config: Config| config.unused(Unused::Allow)
        };
        sequence(configure, "abc", "a").await.1.unwrap();
    }
}
