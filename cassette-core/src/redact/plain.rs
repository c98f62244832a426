//! Secrets in a text, whatever it is.

use super::custom::Rules;
use super::decoded::{Decoded, decoded};
use super::spot::Spot;
use super::text::{as_text, assigned, users};
use super::{json, tags};

/// How often what is escaped is escaped again.
const MAX_ESCAPED: usize = 3;

/// Returns where the secrets are: in JSON, in `name=value`, in URLs, in tags; also where these are escaped in
/// one another, as JSON in strings of JSON, or URLs in parameters.
pub(super) fn find(content: &[u8], rules: &Rules) -> Vec<Spot> {
    let judge = |carrier, name: &str, value: &[u8]| rules.of_name(carrier, name, value);
    let mut spots = json::strings(content, rules);
    spots.extend(assigned(content, &judge));
    spots.extend(users(content));
    spots.extend(
        tags::find(content, rules)
            .into_iter()
            .filter(|spot| !leaves_string(content, spot)),
    );
    if let Some(text) = as_text(content) {
        spots.extend(json::pointed(text, rules.redacted_paths()));
    }
    spots.extend(escaped(content, rules));
    spots
}

/// Returns where the secrets are in what is escaped.
pub(super) fn escaped(content: &[u8], rules: &Rules) -> Vec<Spot> {
    escaped_within(content, rules, 0)
}

fn escaped_within(content: &[u8], rules: &Rules, depth: usize) -> Vec<Spot> {
    let Some(inner) = (depth < MAX_ESCAPED).then(|| decoded(content)).flatten() else {
        return Vec::new();
    };
    let judge = |carrier, name: &str, value: &[u8]| rules.of_name(carrier, name, value);
    let text = &inner.text[..];
    let mut spots = json::strings(text, rules);
    spots.extend(assigned(text, &judge));
    spots.extend(users(text));
    spots.extend(tags::find(text, rules));
    spots.extend(escaped_within(text, rules, depth + 1));
    spots
        .into_iter()
        .filter_map(|spot| outside(content, &inner, spot))
        .collect()
}

/// Returns a spot as it stands in the text that has the escapes. One that begins behind what is no escape was
/// judged there, and one that reaches beyond the string that it is in is none.
fn outside(content: &[u8], inner: &Decoded, spot: Spot) -> Option<Spot> {
    let range = inner.place(&spot.range);
    let is_judged = match &content[..range.start] {
        [.., before, b'"'] => *before != b'\\',
        before => before.ends_with(b"="),
    };
    let spot = Spot { range, ..spot };
    (!is_judged && !leaves_string(content, &spot)).then_some(spot)
}

/// Is there a quotation mark in it that nothing escapes, where that ends a string of JSON?
fn leaves_string(content: &[u8], spot: &Spot) -> bool {
    let is_json = matches!(
        content.trim_ascii_start(),
        [b'{' | b'[' | b'"', ..] | [b'd', b'a', b't', b'a', b':', ..]
    );
    let inside = &content[spot.range.clone()];
    is_json && memchr::memchr_iter(b'"', inside).any(|at| at == 0 || inside[at - 1] != b'\\')
}
