mod property;
mod volatile;

use http::HeaderValue;

use super::*;
use crate::interaction::Recorded;
use crate::received::Received;
use crate::redact::Redactor;
use bytes::Bytes;

fn interaction(path: &str, date: &str, body: &str) -> Interaction {
    let request = http::Request::get(format!("http://e.com/{path}"))
        .body(Bytes::new())
        .unwrap();
    let response = http::Response::builder()
        .header("date", date)
        .header("x-kept", "1");
    let response = response
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .unwrap();
    let redactor = Redactor::default();
    Interaction {
        request: Arc::new(redactor.request(&request).value),
        recorded: Recorded::Response(Arc::new(
            redactor.response(&Received::whole(response)).value,
        )),
    }
}

/// Each word is path, date and body.
fn cassette(words: &str) -> Vec<Interaction> {
    let word = |word: &str| interaction(&word[0..1], &word[1..2], &word[2..]);
    words.split_whitespace().map(word).collect()
}

fn check(order: Order, old: &str, new: &str, expect: &str) {
    let settled = settle(
        cassette(new),
        &cassette(old),
        &RequestMatcher::default(),
        order,
        &Volatile::default(),
    );
    assert_eq!(settled, cassette(expect));
}

#[test]
fn what_is_equal_but_for_volatile_headers_stays() {
    check(Order::Any, "a1x b1x", "a2x b2y", "a1x b1y");
}

#[test]
fn concurrent_requests_keep_their_places_and_sequences_their_order() {
    check(
        Order::Any,
        "a1x b1x a1y c1x",
        "c2x b2x a2x a2y",
        "a1x b1x a1y c1x",
    );
    check(Order::Any, "a1x b1x", "n1x b2x m1x a2x", "n1x a1x m1x b1x");
}

#[test]
fn a_sequence_that_has_grown_keeps_its_order() {
    check(Order::Any, "b1x a1p", "a1p a1d b1x", "b1x a1p a1d");
    check(
        Order::Any,
        "b1x a1p a1q",
        "a1p a1q a1d b1x",
        "b1x a1p a1q a1d",
    );
}

#[test]
fn what_an_update_adds_never_overtakes_an_answer_to_the_same_request() {
    let check = |old: &str, new: &[(Option<usize>, &str)], expect: &str| {
        let new: Vec<_> = new
            .iter()
            .map(|(after, word)| (*after, cassette(word).remove(0)))
            .collect();
        let merged = insert(
            &new,
            &cassette(old),
            &vec![false; cassette(old).len()],
            &RequestMatcher::default(),
        );
        assert_eq!(merged, cassette(expect));
    };
    check("b1x a1p", &[(Some(0), "a1d")], "b1x a1p a1d");
    check(
        "b1x c1x",
        &[(Some(1), "a1p"), (Some(0), "a1d"), (None, "n1x")],
        "n1x b1x a1p c1x a1d",
    );
}

#[test]
fn strict_order_is_the_new_order() {
    check(Order::Strict, "a1x b1x", "b2x a2x", "b1x a1x");
}

#[test]
fn a_request_that_matches_but_reads_differently_is_written_anew() {
    let matcher = RequestMatcher {
        query: false,
        ..RequestMatcher::default()
    };
    let (old, new) = (cassette("a1x"), vec![interaction("a?t=2", "2", "x")]);
    let settled = settle(new, &old, &matcher, Order::Any, &Volatile::default());
    assert_eq!(settled, vec![interaction("a?t=2", "1", "x")]);
}

/// `*` is a placeholder: what one environment masks, another may not.
fn masked(words: &str) -> Vec<Interaction> {
    let word = |word: &str| {
        let (path, rest) = word.split_once(':').unwrap();
        interaction(&path.replace('*', "[REDACTED]"), &rest[0..1], &rest[1..])
    };
    words.split_whitespace().map(word).collect()
}

#[test]
fn another_environment_moves_nothing() {
    let check = |old: &str, new: &str, expect: &str| {
        let matcher = RequestMatcher::default();
        let settled = settle(
            masked(new),
            &masked(old),
            &matcher,
            Order::Any,
            &Volatile::default(),
        );
        assert_eq!(settled, masked(expect));
    };
    // Masked alike, they are equal.
    check("k-*:1x b:1x", "b:2x k-*:2x", "k-*:1x b:1x");
    // The new request stands: it is what today's rules make of it.
    check("k-1:1x b:1x", "b:2x k-*:2x", "k-*:1x b:1x");
    check("k-*:1x b:1x", "b:2x k-1:2x", "k-1:1x b:1x");
    // What is equal in all places is paired first.
    check(
        "k-*:1x b:1x k-1:1y",
        "k-1:2y b:2x k-2:2x",
        "k-2:1x b:1x k-1:1y",
    );
    check("k-*:1x k-*:1y", "k-1:2x k-2:2y", "k-1:1x k-2:1y");
    check("k-1:1x b:1x", "b:2x k-2:2x", "b:1x k-2:2x");
}

#[test]
fn a_secret_that_is_masked_now_does_not_stay_in_the_file() {
    let stored = |header: &'static str| {
        let mut one = interaction("a", header, "x");
        let request = Arc::make_mut(&mut one.request);
        let value = HeaderValue::from_static(header);
        request.headers.insert("x-session", value);
        one
    };
    let (old, new) = (stored("s3cr3t"), stored("[REDACTED]"));
    let matcher = RequestMatcher::default();
    let settled = settle(
        vec![new.clone()],
        &[old],
        &matcher,
        Order::Any,
        &Volatile::default(),
    );
    assert_eq!(
        settled,
        [new],
        "neither in the request nor in its answer's date"
    );
}
