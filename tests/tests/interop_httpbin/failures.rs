//! Requests that fail, are too slow, or are given up.

use std::cell::RefCell;
use std::error::Error as StdError;
use std::time::{Duration, Instant};

use cassette_tests::visible_error;
use reqwest::Client;
use reqwest_middleware::{Error, RequestBuilder};
use tokio::time::timeout;

use crate::case::{Case, both_runs};
use crate::{answered_bodies, built, interactions, see, see_all, staying};

/// Well below what httpbin is asked to wait, and well above what the loopback needs.
const SHORT: Duration = Duration::from_millis(300);

/// How long httpbin waits. A replay must not.
const LONG: &str = "/delay/3";

/// Sends a request that fails, and shows the error with its own text and that of its first cause.
async fn see_texts(request: RequestBuilder) -> String {
    let error = request.send().await.expect_err("the request fails");
    texts(&error)
}

fn texts(error: &Error) -> String {
    let causes = std::iter::successors(error.source(), |&error| error.source());
    let cause = causes.last().map(ToString::to_string).unwrap_or_default();
    let visible = visible_error(error);
    format!("{visible}{error}\ncause: {cause}\n")
}

#[tokio::test]
async fn a_request_with_a_time_limit() {
    let cassette = both_runs("timeout", |client, base| async move {
        let request = || client.get(format!("{base}{LONG}")).timeout(SHORT);
        let text = see_texts(request()).await;
        assert!(text.contains("error: timeout request\n"), "{text}");
        text + &see(request()).await + &see(client.get(format!("{base}/get"))).await
    })
    .await;
    assert_eq!(interactions(&cassette)[0]["error"]["kind"], "timeout");
}

#[tokio::test]
async fn a_client_with_a_time_limit() {
    let case = Case::new("timeout_client").client(|| built(Client::builder().timeout(SHORT)));
    let cassette = case
        .both_runs(|client, base| async move {
            let text = see_texts(client.post(format!("{base}{LONG}")).body("late")).await;
            assert!(text.contains("error: timeout request\n"), "{text}");
            text
        })
        .await;
    assert_eq!(interactions(&cassette)[0]["error"]["kind"], "timeout");
}

#[tokio::test]
async fn a_client_with_a_time_limit_between_reads() {
    let client = || built(Client::builder().read_timeout(SHORT));
    let case = Case::new("timeout_read").client(client);
    case.both_runs(|client, base| async move {
        let text = see_all(&client, &base, &[LONG, "/drip?numbytes=2&duration=4"]).await;
        assert_eq!(text.matches("timeout").count(), 2, "{text}");
        text
    })
    .await;
}

/// The limit covers the body as well: the head comes in time, and the first of two bytes.
#[tokio::test]
async fn a_time_limit_that_ends_within_the_body() {
    let limited = |name| Case::new(name).client(|| built(Client::builder().timeout(SHORT * 5)));
    let path = "/drip?numbytes=2&duration=6";
    for (name, stream) in [("timeout_body", false), ("timeout_stream", true)] {
        let case = limited(name);
        let case = if stream {
            case.config(|config| config.stream(true))
        } else {
            case
        };
        let cassette = case
            .both_runs(|client, base| async move {
                let text = see_all(&client, &base, &[path]).await;
                assert!(text.contains("body: 1 bytes: *\n"), "{text}");
                assert!(text.contains("body broke off: timeout"), "{text}");
                text
            })
            .await;
        let body = &answered_bodies(&cassette)[0];
        assert_eq!(body["truncated"]["kind"], "timeout", "{body}");
    }
}

/// What is recorded as having had no answer has none again.
#[tokio::test]
async fn requests_that_the_test_gives_up() {
    let cassette = both_runs("given_up", |client, base| async move {
        let request = client.get(format!("{base}{LONG}"));
        let outcome = timeout(SHORT, request.send()).await;
        assert!(outcome.is_err(), "the time limit is the test's own");

        let first = tokio::select! {
            _ = client.get(format!("{base}{LONG}")).send() => "the late one",
            response = client.get(format!("{base}/get")).send() => {
                assert_eq!(response.unwrap().status(), 200);
                "the one in time"
            }
        };
        assert_eq!(first, "the one in time");
        see(client.get(format!("{base}/uuid"))).await
    })
    .await;
    let kinds = interactions(&cassette);
    let kinds: Vec<_> = kinds.iter().map(|all| &all["error"]["kind"]).collect();
    assert_eq!(
        kinds.iter().filter(|kind| **kind == "cancelled").count(),
        2,
        "{cassette}"
    );
}

/// The first attempt is given up, the second waits.
#[tokio::test]
async fn a_request_that_is_made_again_with_more_patience() {
    both_runs("given_up_once", |client, base| async move {
        let request = || client.get(format!("{base}/delay/1"));
        let first = timeout(SHORT, request().send()).await;
        assert!(first.is_err(), "the time limit is the test's own");
        see(request()).await
    })
    .await;
}

/// A replay does not wait for what is late, and still fails as late.
#[tokio::test]
async fn a_replay_of_what_is_late_is_not() {
    let waits = RefCell::new(Vec::new());
    let seen = &waits;
    both_runs("late_quickly", |client, base| async move {
        let start = Instant::now();
        let text = see_all(&client, &base, &["/delay/2"]).await;
        seen.borrow_mut()
            .push(start.elapsed() >= Duration::from_secs(2));
        text
    })
    .await;
    assert_eq!(waits.take(), [true, false]);
}

#[tokio::test]
async fn a_connection_that_is_refused() {
    let cassette = both_runs("refused", |client, base| async move {
        let text = see_texts(client.get("http://127.0.0.1:1/")).await;
        assert!(text.contains("error: request connect\n"), "{text}");
        text + &see(client.get(format!("{base}/get"))).await
    })
    .await;
    assert_eq!(interactions(&cassette)[0]["error"]["kind"], "connect");
}

/// httpbin names statuses in capitals, which is not the standard's phrase, and some not at all.
#[tokio::test]
async fn statuses_as_errors() {
    let case = Case::new("status_errors").client(staying);
    case.both_runs(|client, base| async move {
        let mut text = String::new();
        for status in [
            200, 204, 302, 304, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 413,
            415, 416, 418, 420, 421, 422, 424, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505,
            507, 511, 520, 599,
        ] {
            let request = client.get(format!("{base}/status/{status}"));
            let response = request.send().await.unwrap();
            match response.error_for_status() {
                Ok(response) => assert!(response.status().as_u16() < 400),
                Err(error) => {
                    assert!(error.is_status() && status >= 400);
                    text += &format!("{error}\n{error:?}\n{:?}\n", error.status());
                }
            }
        }
        assert!(text.contains("client error (404 NOT FOUND)"), "{text}");
        text
    })
    .await;
}

/// One of several, by chance: a replay has the recording's luck.
#[tokio::test]
async fn statuses_by_chance() {
    both_runs("status_chances", |client, base| async move {
        let paths = ["/status/200,429,503"; 12];
        see_all(&client, &base, &paths).await
    })
    .await;
}

/// What is no JSON, or no such JSON, is the test's own error, worded as it was.
#[tokio::test]
async fn answers_that_are_not_as_expected() {
    both_runs("unexpected", |client, base| async move {
        let mut text = String::new();
        for path in ["/html", "/json", "/bytes/16?seed=1", "/status/204"] {
            let response = client.get(format!("{base}{path}")).send().await.unwrap();
            let error = response.json::<Vec<u8>>().await.unwrap_err();
            assert!(error.is_decode());
            text += &texts(&Error::from(error));
        }
        text
    })
    .await;
}
