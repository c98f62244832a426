//! Two requests of which the first answer counts, and the other request is dropped.

use cassette_reqwest::client;
use cassette_tests::{RawServer, Sandbox};
use reqwest_middleware::RequestBuilder;

use crate::{answering, in_vain, outcomes, record, replay, text};

/// Asks both, the first one first, until one has an answer.
async fn first_of(first: RequestBuilder, second: RequestBuilder) -> String {
    tokio::select! {
        biased;
        answer = text(first) => answer,
        answer = text(second) => answer,
    }
}

/// Expects a hedge to end in a replay as it did, and quietly.
#[track_caller]
fn check<F: Future<Output = String>>(
    server: &RawServer,
    asks: impl Fn() -> F,
    answer: &str,
    recorded: [&str; 2],
) {
    let sandbox = Sandbox::new();
    assert_eq!(record(&sandbox, asks()), answer);
    assert_eq!(outcomes(&sandbox), recorded);
    let hits = server.hits();
    let (again, took) = replay(&sandbox, asks());
    assert_eq!((again.as_str(), took.as_nanos()), (answer, 0));
    assert_eq!(server.hits(), hits, "a replay asks nobody");
}

#[test]
fn of_two_different_requests_the_one_is_answered_that_was() {
    let server = answering();
    let [primary, mirror] = ["/primary", "/mirror"].map(|path| server.url(path));
    let get = |url: &str| client().get(url);
    let asks = || first_of(in_vain(get(&primary)), get(&mirror));
    check(&server, asks, "/mirror", ["cancelled", "200"]);
    // The one that is answered need not be the last.
    let asks = || first_of(get(&primary), in_vain(get(&mirror)));
    check(&server, asks, "/primary", ["cancelled", "200"]);
}

#[test]
fn of_two_equal_requests_the_one_is_answered_that_was() {
    let server = answering();
    let url = server.url("/");
    let get = || client().get(&url);
    check(
        &server,
        || first_of(in_vain(get()), get()),
        "/",
        ["cancelled", "200"],
    );
    check(
        &server,
        || first_of(get(), in_vain(get())),
        "/",
        ["cancelled", "200"],
    );
}

#[test]
fn whichever_request_is_polled_first() {
    let server = answering();
    let [primary, mirror] = ["/primary", "/mirror"].map(|path| server.url(path));
    let asks = async || {
        tokio::select! {
            answer = text(in_vain(client().get(&primary))) => answer,
            answer = text(client().get(&mirror)) => answer,
        }
    };
    let sandbox = Sandbox::new();
    assert_eq!(record(&sandbox, asks()), "/mirror");
    // `select!` draws lots, so this sees both orders.
    for _ in 0..16 {
        assert_eq!(replay(&sandbox, asks()).0, "/mirror");
    }
}

#[test]
fn a_hedge_that_is_made_after_a_while_is_made_again() {
    let server = answering();
    let [primary, mirror] = ["/primary", "/mirror"].map(|path| server.url(path));
    let asks = async || {
        let slow = text(in_vain(client().get(&primary)));
        tokio::pin!(slow);
        match crate::limited(&server, 1, &mut slow).await {
            Ok(answer) => answer,
            Err(_) => tokio::select! {
                answer = &mut slow => answer,
                answer = text(client().get(&mirror)) => answer,
            },
        }
    };
    let sandbox = Sandbox::new();
    assert_eq!(record(&sandbox, asks()), "/mirror");
    assert_eq!(outcomes(&sandbox), ["cancelled", "200"]);
    assert_eq!(
        replay(&sandbox, asks()),
        ("/mirror".to_owned(), crate::LIMIT)
    );
}

/// A replay may never come to the slower branch, and then ask for the same.
#[test]
fn the_slower_request_has_its_answer_when_it_is_made_again() {
    let server = answering();
    let [primary, mirror] = ["/primary", "/mirror"].map(|path| server.url(path));
    let asks = async || {
        let first = tokio::select! {
            answer = text(in_vain(client().get(&primary))) => answer,
            answer = text(client().get(&mirror)) => answer,
        };
        first + &text(client().get(&primary)).await
    };
    let sandbox = Sandbox::new();
    assert_eq!(record(&sandbox, asks()), "/mirror/primary");
    for _ in 0..16 {
        let (again, took) = replay(&sandbox, asks());
        assert_eq!((again.as_str(), took.as_nanos()), ("/mirror/primary", 0));
    }
}
