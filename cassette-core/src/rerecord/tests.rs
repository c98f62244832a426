use super::*;
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
        request: Arc::new(redactor.request(&request)),
        recorded: Recorded::Response(Arc::new(redactor.response(&Received::whole(response)))),
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
        let merged = insert(&new, &cassette(old), &RequestMatcher::default());
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
    let settled = settle(new, &old, &matcher, Order::Any);
    assert_eq!(settled, vec![interaction("a?t=2", "1", "x")]);
}
