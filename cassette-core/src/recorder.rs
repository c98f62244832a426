mod index;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::body::End;
use crate::interaction::{Interaction, Recorded, RecordedRequest};
use crate::received::Received;
use index::Index;

/// About how large URLs and headers are.
const HEADS: u64 = 1024;

/// Collects new interactions, in the order in which their requests were issued.
///
/// But for one that was given up when another was answered: it stands before that one. A replay that
/// has come to the answer then knows that the other is not made any more.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    slots: BTreeMap<usize, Slot>,
    /// The place of the next request; those of others may be gone.
    next: usize,
    /// How many are finished, and how many bytes these have, about.
    finished: usize,
    size: u64,
    index: Index,
    /// None of the finished ones was masked when fewer secrets were known.
    least_known: usize,
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
    /// The user's steps have seen it as it will be saved.
    is_prepared: bool,
}

impl Recorder {
    pub(crate) fn reserve(
        &mut self,
        request: RecordedRequest,
        known: usize,
        after: Option<usize>,
    ) -> usize {
        self.push(Slot::new(Arc::new(request), known, after))
    }

    /// Adds an interaction that somebody else has.
    pub(crate) fn adopt(&mut self, interaction: Interaction, known: usize) -> usize {
        let Interaction { request, recorded } = interaction;
        let number = self.push(Slot::new(request, 0, None));
        self.finish(number, recorded, known);
        number
    }

    fn push(&mut self, slot: Slot) -> usize {
        let number = self.next;
        self.next += 1;
        self.slots.insert(number, slot);
        number
    }

    /// Takes a finished interaction out.
    pub(crate) fn remove(&mut self, number: usize) {
        self.index.remove(number);
        let slot = self.slots.remove(&number);
        if let Some(slot) = slot.filter(|slot| slot.recorded.is_some()) {
            self.finished -= 1;
            self.size = self.size.saturating_sub(slot.size());
        }
    }

    /// Notes that a response has begun to come.
    pub(crate) fn respond(&mut self, slot: usize, received: &Arc<Mutex<Received>>) {
        if let Some(slot) = self.slots.get_mut(&slot) {
            slot.coming = Some(Arc::clone(received));
        }
        self.answered = Some((slot, self.next));
    }

    /// Takes the responses that are still coming, each with its place. Whoever holds one may ask for more
    /// at any time, and in a replay get to that sooner.
    pub(crate) fn open(&mut self) -> Vec<(usize, Arc<Mutex<Received>>)> {
        let slots = self.slots.iter_mut();
        let coming = slots.filter_map(|(number, slot)| Some((*number, slot.coming.take()?)));
        let coming: Vec<_> = coming.collect();
        for (_, received) in &coming {
            received.lock().unwrap_or_else(PoisonError::into_inner).end = End::Waiting;
        }
        coming
    }

    /// Returns the request in a place.
    pub(crate) fn request_at(&self, number: usize) -> Option<Arc<RecordedRequest>> {
        self.slots
            .get(&number)
            .map(|slot| Arc::clone(&slot.request))
    }

    /// Puts another request into a place.
    pub(crate) fn set_request(&mut self, number: usize, request: Arc<RecordedRequest>) {
        if let Some(slot) = self.slots.get_mut(&number) {
            slot.request = request;
        }
    }

    /// Fills a place and returns what now stands in it; nothing where it is gone.
    pub(crate) fn complete(
        &mut self,
        number: usize,
        recorded: Recorded,
        known: usize,
    ) -> Option<Interaction> {
        let known = self.slots.get(&number)?.known.min(known);
        self.finish(number, recorded.clone(), known);
        let slot = self.slots.get_mut(&number)?;
        slot.coming = None;
        let request = Arc::clone(&slot.request);
        let interaction = Interaction { request, recorded };
        if interaction.is_cancelled() {
            let since = self.answered.filter(|(_, issued)| *issued > number);
            slot.overtaken_by = since
                .map(|(winner, _)| winner)
                .filter(|&winner| winner < number);
        }
        Some(interaction)
    }

    fn finish(&mut self, number: usize, recorded: Recorded, known: usize) {
        let Some(slot) = self.slots.get_mut(&number) else {
            return;
        };
        self.finished += usize::from(slot.recorded.is_none());
        (slot.recorded, slot.known) = (Some(recorded), known);
        self.size += slot.size();
        self.index.touch(number);
        self.least_known = self.least_known.min(known);
    }

    /// Returns the finished interactions, each with its place, that were masked when fewer secrets were
    /// known.
    pub(crate) fn behind(&mut self, known: usize) -> Vec<(usize, Interaction)> {
        // Mostly there are none, and then nobody need look at all.
        if self.least_known >= known {
            return Vec::new();
        }
        let finished = || {
            self.slots
                .iter()
                .filter(|(_, slot)| slot.recorded.is_some())
        };
        let behind = finished().filter(|(_, slot)| slot.known < known);
        let behind = behind.filter_map(|(number, slot)| Some((*number, slot.interaction()?)));
        let behind = behind.collect();
        let least = finished().map(|(_, slot)| slot.known).min();
        self.least_known = least.unwrap_or(known);
        behind
    }

    /// Puts an interaction that was masked once more into its place.
    pub(crate) fn replace(&mut self, number: usize, interaction: Interaction, known: usize) {
        if let Some(slot) = self.slots.get_mut(&number) {
            slot.request = interaction.request;
            slot.recorded = Some(interaction.recorded);
            slot.known = known;
            self.index.touch(number);
        }
    }

    /// Returns the finished interactions that were not asked for here before, each with its place.
    pub(crate) fn unprepared(&mut self) -> Vec<(usize, Interaction)> {
        let slots = self.slots.iter_mut().filter(|(_, slot)| !slot.is_prepared);
        let finished = slots.filter_map(|(number, slot)| {
            let interaction = slot.interaction()?;
            slot.is_prepared = true;
            Some((*number, interaction))
        });
        finished.collect()
    }

    /// Returns the finished interaction in a place.
    pub(crate) fn at(&self, number: usize) -> Option<Interaction> {
        self.slots.get(&number)?.interaction()
    }

    /// Returns how many bytes the finished interactions have, about.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Returns for each place the number of its interaction in the recording.
    pub(crate) fn numbers(&self) -> BTreeMap<usize, usize> {
        let slots = self.ordered().into_iter();
        let finished = slots.filter(|(_, slot)| slot.recorded.is_some());
        let numbered = finished.enumerate();
        numbered.map(|(number, (slot, _))| (slot, number)).collect()
    }

    /// Returns the finished interactions, each with its place in the order of requests.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (usize, Interaction)> {
        let slots = self.slots.iter();
        slots.filter_map(|(number, slot)| Some((*number, slot.interaction()?)))
    }

    /// Returns the requests that have no outcome yet.
    pub(crate) fn in_flight(&self) -> impl Iterator<Item = &RecordedRequest> {
        self.slots
            .values()
            .filter(|slot| slot.recorded.is_none() && slot.coming.is_none())
            .map(|slot| &*slot.request)
    }

    pub(crate) fn count(&self) -> usize {
        self.finished
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
        let slots = self.slots.iter().map(|(number, slot)| (*number, slot));
        let mut slots: Vec<_> = slots.collect();
        // Stable: what was overtaken by the same stays in order, before the winner.
        slots.sort_by_key(|(number, slot)| {
            let place = slot.overtaken_by.unwrap_or(*number);
            (place, slot.overtaken_by.is_none())
        });
        slots
    }
}

impl Slot {
    fn new(request: Arc<RecordedRequest>, known: usize, after: Option<usize>) -> Self {
        Self {
            request,
            after,
            recorded: None,
            known,
            coming: None,
            overtaken_by: None,
            is_prepared: false,
        }
    }

    /// Nothing where it is not finished.
    fn size(&self) -> u64 {
        let answer = match &self.recorded {
            Some(Recorded::Response(response)) => response.body.bytes().len(),
            Some(Recorded::Error(_)) => 0,
            None => return 0,
        };
        HEADS + (self.request.body.bytes().len() + answer) as u64
    }

    fn interaction(&self) -> Option<Interaction> {
        let (request, recorded) = (Arc::clone(&self.request), self.recorded.clone()?);
        Some(Interaction { request, recorded })
    }
}

#[cfg(test)]
mod tests;
