use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use http::{HeaderMap, HeaderValue};

use crate::failure::RecordedError;
use crate::interaction::{Interaction, Recorded, RecordedResponse};
use crate::matcher::RequestMatcher;
use crate::mode::Order;
use crate::placeholder;

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
    let mut settled: Vec<Settled> = Vec::with_capacity(new.len());
    for (issued, (new, pair)) in new.into_iter().zip(pairs).enumerate() {
        let interaction = pair.map_or_else(|| new.clone(), |number| keep(&old[number], &new));
        settled.push(Settled {
            pair,
            issued,
            interaction,
        });
    }
    // In strict order the order itself is what is recorded.
    if order == Order::Any {
        restore_order(&mut settled);
        restore_sequences(&mut settled, matcher);
    }
    settled
        .into_iter()
        .map(|settled| settled.interaction)
        .collect()
}

/// Returns an old recording with new interactions, each behind the old one whose number it comes
/// with, or before all; answers to one and the same request stay in the order in which they came.
pub(crate) fn insert(
    new: &[(Option<usize>, Interaction)],
    old: &[Interaction],
    matcher: &RequestMatcher,
) -> Vec<Interaction> {
    let settled = |(issued, interaction): (usize, &Interaction)| Settled {
        pair: None,
        issued,
        interaction: interaction.clone(),
    };
    let new_after = |place: Option<usize>| {
        let here = new
            .iter()
            .enumerate()
            .filter(move |(_, (after, _))| *after == place);
        here.map(|(number, (_, interaction))| settled((old.len() + number, interaction)))
    };
    let mut merged: Vec<Settled> = new_after(None).collect();
    for (number, interaction) in old.iter().enumerate() {
        merged.push(settled((number, interaction)));
        merged.extend(new_after(Some(number)));
    }
    restore_sequences(&mut merged, matcher);
    merged
        .into_iter()
        .map(|settled| settled.interaction)
        .collect()
}

/// An interaction on its way to its place.
#[derive(Clone)]
struct Settled {
    /// The number of the old interaction that it replaces.
    pair: Option<usize>,
    /// When its request was issued.
    issued: usize,
    interaction: Interaction,
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
    let mut pairs: Vec<_> = new.iter().map(&mut partner).collect();
    pair_alike(&mut pairs, new, old, matcher);
    pairs
}

/// Pairs, of what is left, what is equal up to placeholders: another environment knows other secrets,
/// and so do new rules.
fn pair_alike(
    pairs: &mut [Option<usize>],
    new: &[Interaction],
    old: &[Interaction],
    matcher: &RequestMatcher,
) {
    let paired: HashSet<usize> = pairs.iter().copied().flatten().collect();
    let open = (0..old.len()).filter(|number| !paired.contains(number));
    let is_masked = |interaction: &Interaction| matcher.may_be_masked(&interaction.request);
    let mut open: Vec<_> = open
        .map(|number| (number, is_masked(&old[number])))
        .collect();
    let unpaired = new.iter().zip(pairs).filter(|(_, pair)| pair.is_none());
    for (new, pair) in unpaired {
        let new_is_masked = is_masked(new);
        let place = open.iter().position(|&(number, is_masked)| {
            (is_masked || new_is_masked)
                && matcher.check(&old[number].request, &new.request).is_ok()
        });
        *pair = place.map(|place| open.remove(place).0);
    }
}

/// Puts the interactions that have an old one into the old order, in the places they take together.
fn restore_order(settled: &mut [Settled]) {
    let is_paired = |place: &usize| settled[*place].pair.is_some();
    let places: Vec<usize> = (0..settled.len()).filter(is_paired).collect();
    refill(settled, &places, |settled| settled.pair);
}

/// Puts the answers to one request into the order in which it was issued, in their places.
fn restore_sequences(settled: &mut [Settled], matcher: &RequestMatcher) {
    let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
    for (place, settled) in settled.iter().enumerate() {
        let key = matcher.key(&settled.interaction.request);
        places.entry(key).or_default().push(place);
    }
    for places in places.values() {
        refill(settled, places, |settled| Some(settled.issued));
    }
}

/// Sorts what stands in `places`, and only that.
fn refill(settled: &mut [Settled], places: &[usize], rank: fn(&Settled) -> Option<usize>) {
    let mut there: Vec<Settled> = places.iter().map(|&place| settled[place].clone()).collect();
    there.sort_by_key(rank);
    for (&place, interaction) in places.iter().zip(there) {
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
        // How long it took is another every time.
        (Recorded::Error(old), Recorded::Error(new)) if is_same_failure(old, new) => {
            Recorded::Error(Arc::clone(old))
        }
        _ => new.recorded.clone(),
    };
    Interaction {
        request: Arc::clone(request),
        recorded,
    }
}

/// Equal in every header and part, but for what never matters: key order, a boundary. What differs in
/// a placeholder is not: the old request may hold a secret that the new one no longer does.
fn is_same_request(old: &Interaction, new: &Interaction) -> bool {
    let names = old.request.headers.keys().chain(new.request.headers.keys());
    let everything = RequestMatcher {
        headers: names.cloned().collect(),
        ..RequestMatcher::default()
    };
    everything.key(&old.request) == everything.key(&new.request)
        && everything.check(&old.request, &new.request).is_ok()
}

/// A recording that keeps the time, where the old one did not, is a change that was asked for.
fn is_same_failure(old: &RecordedError, new: &RecordedError) -> bool {
    (old.kind, &old.message, &old.url) == (new.kind, &new.message, &new.url)
        && old.timing.is_empty() == new.timing.is_empty()
}

/// Returns the new response with the old values of volatile headers; with the old chunks and times,
/// too, where the body is the same, since these depend on the network.
fn keep_volatile(old: &RecordedResponse, new: &RecordedResponse) -> RecordedResponse {
    let mut kept = new.clone();
    if old.body.is_same_content(&new.body) && old.timing.is_empty() == new.timing.is_empty() {
        kept.body.clone_from(&old.body);
        kept.timing.clone_from(&old.timing);
    }
    kept.headers = HeaderMap::with_capacity(new.headers.keys_len());
    for name in new.headers.keys() {
        let is_masked = |value: &HeaderValue| placeholder::is_in(value.as_bytes());
        let is_volatile = VOLATILE_HEADERS.contains(&name.as_str())
            && old.headers.contains_key(name)
            // Masked now, it was a secret before.
            && !new.headers.get_all(name).iter().any(is_masked);
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
mod tests;
