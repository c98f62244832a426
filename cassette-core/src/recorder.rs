use std::sync::{Arc, Mutex, PoisonError};

use crate::body::End;
use crate::interaction::{Interaction, Recorded, RecordedRequest};
use crate::received::Received;

/// About how large URLs and headers are.
const HEADS: u64 = 1024;

/// Collects new interactions, in the order in which their requests were issued.
///
/// But for one that was given up when another was answered: it stands before that one. A replay that
/// has come to the answer then knows that the other is not made any more.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    slots: Vec<Slot>,
    /// How many bytes the finished ones have, about.
    size: u64,
    /// The last request that was answered, and how many had been issued by then.
    answered: Option<(usize, usize)>,
}

/// The place of one request, kept from the moment it is issued.
#[derive(Debug)]
struct Slot {
    request: Arc<RecordedRequest>,
    /// The interaction of the old cassette that was played before it, when updating.
    after: Option<usize>,
    recorded: Option<Recorded>,
    /// How many secrets were known when it was masked.
    known: usize,
    /// The response that is still coming.
    coming: Option<Arc<Mutex<Received>>>,
    /// The request, issued before it, whose answer made it needless.
    overtaken_by: Option<usize>,
}

impl Recorder {
    pub(crate) fn reserve(
        &mut self,
        request: RecordedRequest,
        known: usize,
        after: Option<usize>,
    ) -> usize {
        let request = Arc::new(request);
        self.slots.push(Slot {
            request,
            after,
            recorded: None,
            known,
            coming: None,
            overtaken_by: None,
        });
        self.slots.len() - 1
    }

    /// Notes that a response has begun to come.
    pub(crate) fn respond(&mut self, slot: usize, received: &Arc<Mutex<Received>>) {
        self.slots[slot].coming = Some(Arc::clone(received));
        self.answered = Some((slot, self.slots.len()));
    }

    /// Takes the responses that are still coming, each with its place. Whoever holds one may ask for more
    /// at any time, and in a replay get to that sooner.
    pub(crate) fn open(&mut self) -> Vec<(usize, Arc<Mutex<Received>>)> {
        let slots = self.slots.iter_mut().enumerate();
        let coming = slots.filter_map(|(number, slot)| Some((number, slot.coming.take()?)));
        let coming: Vec<_> = coming.collect();
        for (_, received) in &coming {
            received.lock().unwrap_or_else(PoisonError::into_inner).end = End::Waiting;
        }
        coming
    }

    /// Fills a place and returns what now stands in it.
    pub(crate) fn complete(
        &mut self,
        number: usize,
        recorded: Recorded,
        known: usize,
    ) -> Interaction {
        let slot = &mut self.slots[number];
        slot.known = slot.known.min(known);
        self.size += HEADS + slot.request.body.bytes().len() as u64 + length(&recorded);
        slot.recorded = Some(recorded.clone());
        slot.coming = None;
        let request = Arc::clone(&slot.request);
        let interaction = Interaction { request, recorded };
        if interaction.is_cancelled() {
            let since = self.answered.filter(|(_, issued)| *issued > number);
            slot.overtaken_by = since
                .map(|(winner, _)| winner)
                .filter(|&winner| winner < number);
        }
        interaction
    }

    /// Returns the finished interactions, each with its place, that were masked when fewer secrets were
    /// known.
    pub(crate) fn behind(&self, known: usize) -> Vec<(usize, Interaction)> {
        let slots = self.slots.iter().enumerate();
        let behind = slots.filter(|(_, slot)| slot.known < known);
        behind
            .filter_map(|(number, slot)| Some((number, slot.interaction()?)))
            .collect()
    }

    /// Puts an interaction that was masked once more into its place.
    pub(crate) fn replace(&mut self, number: usize, interaction: Interaction, known: usize) {
        let slot = &mut self.slots[number];
        slot.request = interaction.request;
        slot.recorded = Some(interaction.recorded);
        slot.known = known;
    }

    /// Returns the finished interaction in a place.
    pub(crate) fn at(&self, number: usize) -> Option<Interaction> {
        self.slots[number].interaction()
    }

    /// Returns how many bytes the finished interactions had when they came, about.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Returns for each place the number of its interaction in the recording.
    pub(crate) fn numbers(&self) -> Vec<Option<usize>> {
        let mut numbers = vec![None; self.slots.len()];
        for (number, (slot, _)) in self
            .ordered()
            .into_iter()
            .filter(|(_, slot)| slot.recorded.is_some())
            .enumerate()
        {
            numbers[slot] = Some(number);
        }
        numbers
    }

    /// Returns the finished interactions, each with its place in the order of requests.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (usize, Interaction)> {
        let slots = self.slots.iter().enumerate();
        slots.filter_map(|(number, slot)| Some((number, slot.interaction()?)))
    }

    /// Returns the requests that have no outcome yet.
    pub(crate) fn in_flight(&self) -> impl Iterator<Item = &RecordedRequest> {
        self.slots
            .iter()
            .filter(|slot| slot.recorded.is_none() && slot.coming.is_none())
            .map(|slot| &*slot.request)
    }

    pub(crate) fn count(&self) -> usize {
        self.slots
            .iter()
            .filter(|slot| slot.recorded.is_some())
            .count()
    }

    /// Returns the finished interactions, in order.
    pub(crate) fn interactions(&self) -> Vec<Interaction> {
        self.finished()
            .map(|(_, interaction)| interaction)
            .collect()
    }

    /// Returns the finished interactions, in order, each with the old one that was played before it.
    pub(crate) fn placed(&self) -> Vec<(Option<usize>, Interaction)> {
        self.finished().collect()
    }

    fn finished(&self) -> impl Iterator<Item = (Option<usize>, Interaction)> {
        let slots = self.ordered().into_iter();
        slots.filter_map(|(_, slot)| Some((slot.after, slot.interaction()?)))
    }

    /// Returns the slots as they stand in the recording.
    fn ordered(&self) -> Vec<(usize, &Slot)> {
        let mut slots: Vec<(usize, &Slot)> = self.slots.iter().enumerate().collect();
        // Stable: what was overtaken by the same stays in order, before the winner.
        slots.sort_by_key(|(number, slot)| {
            let place = slot.overtaken_by.unwrap_or(*number);
            (place, slot.overtaken_by.is_none())
        });
        slots
    }
}

fn length(recorded: &Recorded) -> u64 {
    match recorded {
        Recorded::Response(response) => response.body.bytes().len() as u64,
        Recorded::Error(_) => 0,
    }
}

impl Slot {
    fn interaction(&self) -> Option<Interaction> {
        let (request, recorded) = (Arc::clone(&self.request), self.recorded.clone()?);
        Some(Interaction { request, recorded })
    }
}

#[cfg(test)]
mod tests;
