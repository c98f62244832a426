use super::*;
use crate::redact::spot::Spot;
use crate::redact::tests::masked;

const SECRET: &str = "correct horse/battery+staple";

fn learned(values: &[&str]) -> Learned {
    let mut learned = Learned::default();
    for value in values {
        learned.learn_sure(value.as_bytes());
    }
    learned
}

/// What is left of a text when these values are known.
fn check(values: &[&str], text: &str, stored: &str) {
    let found = learned(values).find(text.as_bytes()).into_iter();
    let spots = found.map(|range| Spot::redacted(range, "")).collect();
    assert_eq!(masked(text, spots), stored, "{text}");
}

#[test]
fn values_of_some_length_are_learned_once() {
    let mut learned = Learned::default();
    assert!(learned.learn_sure(b"twelve bytes") && !learned.learn_sure(b"twelve bytes"));
    assert!(!learned.learn_sure(b"eleven byte"));
    assert!(!learned.learn_sure(b""));
    assert!(learned.learn_named(b"four") && !learned.learn_named(b"abc"));
    assert!(!learned.learn_sure(b"Bearer [REDACTED]") && !learned.learn_sure(b"a [BLOCKED] value"));
    assert_eq!(learned.count(), 2);
    assert_eq!(format!("{learned:?}"), "Learned(2 values)");
}

#[test]
fn a_value_is_found_in_each_of_its_spellings() {
    for spelling in [
        "correct horse/battery+staple",
        "correct%20horse%2Fbattery%2Bstaple",
        "correct%20horse%2fbattery%2bstaple",
        "correct+horse%2Fbattery%2Bstaple",
        "correct%20horse/battery%2Bstaple",
        "correct%2520horse%252Fbattery%252Bstaple",
        "correct horse\\/battery+staple",
        "correct\\u0020horse/battery\\u002bstaple",
        "correct&#32;horse&#x2F;battery+staple",
        "correct%20horse\\/battery&#43;staple",
    ] {
        check(&[SECRET], &format!("a {spelling} b"), "a [REDACTED] b");
    }
    for other in [
        "Correct horse/battery+staple",
        "correct horse/battery staple",
        "correct-horse",
    ] {
        check(&[SECRET], other, other);
    }
}

#[test]
fn in_base64_the_whole_run_goes() {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    for before in ["", "u:", "us:", "ada:"] {
        for after in ["", ":x", ":xy"] {
            let text = format!("{before}{SECRET}{after}");
            for encoded in [STANDARD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
                let run = format!("Basic {encoded}, and \"{encoded}\"");
                check(&[SECRET], &run, "Basic [REDACTED], and \"[REDACTED]\"");
            }
        }
    }
    let twice = STANDARD.encode(format!("{SECRET} {SECRET}"));
    check(&[SECRET], &twice, "[REDACTED]");
    let other = STANDARD.encode("another horse's battery");
    check(&[SECRET], &other, &other);
}

#[test]
fn values_that_overlap_are_masked_together() {
    let (left, right) = ("one-two-three", "three-four-five");
    check(
        &[left, right],
        "a one-two-three-four-five b",
        "a [REDACTED] b",
    );
    check(
        &[left, right],
        "one-two-three three-four-five",
        "[REDACTED] [REDACTED]",
    );
    check(
        &[left, "one-two-three-and-more"],
        "one-two-three-and-mor",
        "[REDACTED]-and-mor",
    );
    check(
        &[left, "one-two-three-and-more"],
        "one-two-three-and-more",
        "[REDACTED]",
    );
    check(&["aaaaaaaaaaaa"], &"a".repeat(30), "[REDACTED]");
}

#[test]
fn what_was_learned_first_is_found_still_when_much_was_learned_since() {
    let values: Vec<String> = (0..100)
        .map(|number| format!("the value number {number:03}"))
        .collect();
    let mut learned = Learned::default();
    for (count, value) in values.iter().enumerate() {
        learned.learn_sure(value.as_bytes());
        for value in &values[..=count] {
            let found = learned.find(value.as_bytes());
            assert!(found.contains(&(0..value.len())), "{value}: {found:?}");
        }
    }
    let sizes: Vec<_> = learned
        .searchers
        .iter()
        .map(|one| one.spellings.len())
        .collect();
    assert!(
        sizes.windows(2).all(|pair| pair[0] >= 2 * pair[1]),
        "{sizes:?}"
    );
}

/// Each value is built into a searcher once for each doubling of what is known, not once for each that follows.
#[test]
fn learning_costs_little_more_for_many_values() {
    let mut learned = Learned::default();
    let (mut built, mut all) = (0, 0);
    for number in 0..500 {
        learned.learn_sure(format!("{number:05} is the value").as_bytes());
        let sizes = learned.searchers.iter().map(|one| one.spellings.len());
        built += sizes.clone().next_back().unwrap();
        all = sizes.sum();
    }
    assert!(learned.searchers.len() <= 10, "{}", learned.searchers.len());
    assert!(built < 10 * all, "{built} {all}");
}
