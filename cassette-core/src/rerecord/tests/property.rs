//! For any old and new bodies.

use proptest::prelude::*;
use proptest::sample::select;

use super::volatile::{answer, body, settled, volatile};
use super::*;
use crate::body::Body;
use crate::json::is_json;
use crate::node::{self, Paths};

fn json() -> impl Strategy<Value = String> {
    let leaf = select(vec![
        "1",
        "2.50",
        "null",
        "true",
        "\"\"",
        "\"\\u00e9[\"",
        "\"[REDACTED]\"",
        " \"x\" ",
    ]);
    let leaf = leaf.prop_map(str::to_owned);
    leaf.prop_recursive(4, 32, 4, |inner| {
        let key = select(vec!["a", "b", "c", "\\u0061"]);
        let member = (key, inner.clone()).prop_map(|(key, value)| format!("\"{key}\" :{value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(|items| format!("[{} ]", items.join(","))),
            prop::collection::vec(member, 0..4).prop_map(|all| format!("{{ {}}}", all.join(", "))),
        ]
    })
}

proptest! {
    /// What is not named is as it came; and recording the same once more changes nothing.
    #[test]
    fn only_named_places_keep_old_values(old in json(), new in json(), other in json()) {
        let paths = ["/a", "/*/b", "/b/*/c"];
        let kept = body(&paths, &old, &new);
        prop_assert!(is_json(&kept));
        let paths = Paths::new(&paths.map(str::to_owned));
        let rest = |text: &str| node::canonical(&node::parse(text).unwrap(), &paths);
        prop_assert_eq!(rest(&kept), rest(&new));
        let pointers = ["/a", "/*/b", "/b/*/c"];
        prop_assert_eq!(&body(&pointers, &kept, &new), &kept);
        prop_assert_eq!(body(&pointers, &other, &other), other);
    }

    #[test]
    fn any_two_bodies_are_settled(
        old in prop::collection::vec(any::<u8>(), 0..40), new in "(data: |[\\{\\}\\[\\]\",:ab1\n]){0,30}",
    ) {
        let mut before = answer("a", &[], &[]);
        if let Recorded::Response(response) = &mut before.recorded {
            Arc::make_mut(response).body = Body::from(&old[..]);
        }
        let kept = settled(&volatile(&[], &["/*"]), &[before], vec![answer("a", &[], &[&new])]);
        prop_assert_eq!(kept.len(), 1);
    }
}

/// Twice as much takes about twice as long; these would take minutes if it did not.
#[test]
fn hostile_bodies_take_no_time() {
    let many = |one: &str, number: usize| one.repeat(number);
    let started = std::time::Instant::now();
    for one in [
        format!("{{{}\"z\":0}}", many("\"a\":N,", 25_000)),
        format!("{{\"{}\":[{}N]}}", many("k", 250_000), many("N,", 25_000)),
        many("data: {\"a\":N}\n\n", 25_000),
        format!("{}N{}", many("[", 120), many("]", 120)),
        many("[", 250_000),
    ] {
        let [old, new] = ["1", "2"].map(|value| one.replace('N', value));
        body(&["/*", "/*/*", "/a"], &old, &new);
    }
    assert!(started.elapsed() < std::time::Duration::from_secs(60));
}
