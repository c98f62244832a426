//! What users say of secrets, `redact`, `keep` and `Redaction`, and what is done about them: masked in
//! its place, learned late, refused by the gate.
//!
//! The corpora of `secrets_corpus` look for secrets in all places; here it is one rule at a time.

mod custom;
mod errors;
mod findings;
mod flight;
mod gate;
mod keeping;
mod killed;
mod late;
mod layers;
mod lines;
mod matrix;
mod misses;
mod named;
mod places;
mod pointers;
mod refused;
mod streams;
mod teaching;
mod trial;

use std::fmt::Write;

/// The cassette of these tests, and what becomes of it when it is not saved.
const FILE: &str = "c.json";
const REJECTED: &str = "c.rejected.json";
const JOURNAL: &str = "c.partial.jsonl";

/// Too short to be learned: it is masked in its place only.
const PIN: &str = "pin-4711";

/// Long enough to be learned, and of no shape.
const LONG: &str = "correct-horse-8-battery-staple";

/// A token of GitHub, in pieces here so that nobody who looks for tokens takes it for one.
fn token() -> String {
    ["gh", "p_", "9aB2cD4eF6gH8iJ0kL1m", "N3oP5qR7sT9u"].concat()
}

/// A token of another provider.
fn other_token() -> String {
    ["gl", "pat-", "aB2cD4eF6gH8iJ0kL1mN"].concat()
}

/// Returns some text of this length in which nothing looks like a secret.
fn filler(length: usize) -> String {
    let mut text = String::new();
    while text.len() < length {
        let _ = write!(text, "line {} of many, ", text.len());
    }
    text.truncate(length);
    text
}
