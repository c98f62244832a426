use std::sync::{Arc, Mutex, PoisonError};

use crate::body::End;
use crate::interaction::{Interaction, Recorded, RecordedRequest};
use crate::received::Received;

/// Collects new interactions, in the order in which their requests were issued.
///
/// But for one that was given up when another was answered: it stands before that one. A replay that
/// has come to the answer then knows that the other is not made any more.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    slots: Vec<Slot>,
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
    /// The response that is still coming.
    coming: Option<Arc<Mutex<Received>>>,
    /// The request, issued before it, whose answer made it needless.
    overtaken_by: Option<usize>,
}

impl Recorder {
    pub(crate) fn reserve(&mut self, request: RecordedRequest, after: Option<usize>) -> usize {
        let request = Arc::new(request);
        self.slots.push(Slot {
            request,
            after,
            recorded: None,
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

    /// Fills the places of the responses that are still coming with what has come, and returns these.
    /// Whoever holds one may ask for more at any time, and in a replay get to that sooner.
    pub(crate) fn settle(
        &mut self,
        record: impl Fn(&Received) -> Recorded,
    ) -> Vec<(usize, Interaction)> {
        let mut settled = Vec::new();
        for number in 0..self.slots.len() {
            if let Some(received) = self.slots[number].coming.take() {
                let mut received = received.lock().unwrap_or_else(PoisonError::into_inner);
                received.end = End::Waiting;
                settled.push((number, self.complete(number, record(&received))));
            }
        }
        settled
    }

    /// Fills a place and returns what now stands in it.
    pub(crate) fn complete(&mut self, number: usize, recorded: Recorded) -> Interaction {
        let slot = &mut self.slots[number];
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
        let mut slots: Vec<(usize, &Slot)> = self.slots.iter().enumerate().collect();
        // Stable: what was overtaken by the same stays in order, before the winner.
        slots.sort_by_key(|(number, slot)| {
            let place = slot.overtaken_by.unwrap_or(*number);
            (place, slot.overtaken_by.is_none())
        });
        slots.into_iter().filter_map(|(_, slot)| {
            let (request, recorded) = (Arc::clone(&slot.request), slot.recorded.clone()?);
            Some((slot.after, Interaction { request, recorded }))
        })
    }
}

#[cfg(test)]
mod tests;
