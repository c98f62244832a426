use std::collections::HashMap;
use std::sync::Arc;

use http::HeaderMap;

use crate::interaction::{Interaction, Recorded, RecordedResponse};
use crate::matcher::RequestMatcher;
use crate::mode::Order;

/// Response headers that change by themselves from one answer to the next and mean nothing to a
/// test. A recording that differs only in them does not differ.
const VOLATILE_HEADERS: [&str; 10] = [
    "age",
    "cf-ray",
    "date",
    "request-id",
    "server-timing",
    "x-amz-cf-id",
    "x-amz-request-id",
    "x-amzn-requestid",
    "x-request-id",
    "x-runtime",
];

/// Returns a new recording arranged so that its file differs from the old one only where the
/// traffic did: what is equal stays as it stands, and concurrent requests keep their places.
pub(crate) fn settle(
    new: Vec<Interaction>,
    old: &[Interaction],
    matcher: &RequestMatcher,
    order: Order,
) -> Vec<Interaction> {
    let pairs = pair(&new, old, matcher);
    let mut settled: Vec<(Option<usize>, Interaction)> = (new.into_iter().zip(pairs))
        .map(|(new, pair)| {
            (
                pair,
                pair.map_or_else(|| new.clone(), |number| keep(&old[number], &new)),
            )
        })
        .collect();
    // In strict order the order itself is what is recorded.
    if order == Order::Any {
        restore_order(&mut settled);
    }
    settled
        .into_iter()
        .map(|(_, interaction)| interaction)
        .collect()
}

/// Pairs the n-th new interaction of each request with the n-th old one.
fn pair(new: &[Interaction], old: &[Interaction], matcher: &RequestMatcher) -> Vec<Option<usize>> {
    let mut waiting: HashMap<u64, Vec<usize>> = HashMap::new();
    for (number, interaction) in old.iter().enumerate().rev() {
        waiting
            .entry(matcher.key(&interaction.request))
            .or_default()
            .push(number);
    }
    let mut partner = |new: &Interaction| {
        let waiting = waiting.get_mut(&matcher.key(&new.request))?;
        let next = *waiting.last()?;
        matcher.check(&old[next].request, &new.request).ok()?;
        waiting.pop()
    };
    new.iter().map(&mut partner).collect()
}

/// Puts the interactions that have an old one into the old order, in the places they take together.
fn restore_order(settled: &mut [(Option<usize>, Interaction)]) {
    let places: Vec<usize> = (0..settled.len())
        .filter(|&place| settled[place].0.is_some())
        .collect();
    let mut paired: Vec<(Option<usize>, Interaction)> =
        places.iter().map(|&place| settled[place].clone()).collect();
    paired.sort_by_key(|(number, _)| *number);
    for (place, interaction) in places.into_iter().zip(paired) {
        settled[place] = interaction;
    }
}

fn keep(old: &Interaction, new: &Interaction) -> Interaction {
    let request = if is_same_request(old, new) {
        &old.request
    } else {
        &new.request
    };
    let recorded = match (&old.recorded, &new.recorded) {
        (Recorded::Response(old), Recorded::Response(new)) => {
            Recorded::Response(Arc::new(keep_volatile(old, new)))
        }
        _ => new.recorded.clone(),
    };
    Interaction {
        request: Arc::clone(request),
        recorded,
    }
}

/// Equal in every header and part, but for what never matters: key order, a boundary.
fn is_same_request(old: &Interaction, new: &Interaction) -> bool {
    let names = old.request.headers.keys().chain(new.request.headers.keys());
    let everything = RequestMatcher {
        headers: names.cloned().collect(),
        ..RequestMatcher::default()
    };
    everything.check(&old.request, &new.request).is_ok()
}

/// Returns the new response with the old values of volatile headers.
fn keep_volatile(old: &RecordedResponse, new: &RecordedResponse) -> RecordedResponse {
    let mut kept = new.clone();
    kept.headers = HeaderMap::with_capacity(new.headers.keys_len());
    for name in new.headers.keys() {
        let is_volatile =
            VOLATILE_HEADERS.contains(&name.as_str()) && old.headers.contains_key(name);
        let from = if is_volatile {
            &old.headers
        } else {
            &new.headers
        };
        for value in from.get_all(name) {
            kept.headers.append(name, value.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::Redactor;
    use bytes::Bytes;
    use http::Method;

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
            recorded: Recorded::Response(Arc::new(redactor.response(
                &response,
                &Method::GET,
                None,
            ))),
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
}
