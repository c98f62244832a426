//! A recording made again: what has not changed stays as it stands in the file.

mod asked;
mod content;
mod keep;
mod value;
mod volatile;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::interaction::Interaction;
use crate::matcher::RequestMatcher;
use crate::mode::Order;
use keep::Keeper;
pub(crate) use volatile::Volatile;

/// Returns a new recording arranged so that its file differs from the old one only where the
/// traffic did: what is equal stays as it stands, and concurrent requests keep their places.
pub(crate) fn settle(
    new: Vec<Interaction>,
    old: &[Interaction],
    matcher: &RequestMatcher,
    order: Order,
    volatile: &Volatile,
) -> Vec<Interaction> {
    let pairs = pair(&new, old, matcher);
    let requests: Vec<_> = new.iter().map(|new| Arc::clone(&new.request)).collect();
    let keeper = Keeper::new(volatile, &requests);
    let mut settled: Vec<Settled> = Vec::with_capacity(new.len());
    for (issued, (new, pair)) in new.into_iter().zip(pairs).enumerate() {
        let kept = pair.map(|number| keeper.keep(&old[number], &new));
        settled.push(Settled {
            pair,
            issued,
            interaction: kept.unwrap_or(new),
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

/// Returns an old recording, less what is taken out of it, with new interactions, each behind the old one whose number it comes
/// with, or before all; answers to one and the same request stay in the order in which they came.
pub(crate) fn insert(
    new: &[(Option<usize>, Interaction)],
    old: &[Interaction],
    removed: &[bool],
    matcher: &RequestMatcher,
) -> Vec<Interaction> {
    let settled = |(issued, interaction): (usize, &Interaction)| Settled {
        pair: None,
        issued,
        interaction: interaction.clone(),
    };
    let mut after: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
    for (number, (place, _)) in new.iter().enumerate() {
        after.entry(*place).or_default().push(number);
    }
    let new_after = |place: Option<usize>| {
        let here = after.get(&place).into_iter().flatten();
        here.map(|&number| settled((old.len() + number, &new[number].1)))
    };
    let mut merged: Vec<Settled> = new_after(None).collect();
    for (number, interaction) in old.iter().enumerate() {
        if !removed[number] {
            merged.push(settled((number, interaction)));
        }
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

#[cfg(test)]
mod tests;
