//! What is recorded of a request, without a look at each interaction.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::Recorder;
use crate::interaction::{Interaction, RecordedRequest};
use crate::matcher::RequestMatcher;

/// The places of finished interactions by their requests. A key takes a look at the whole request, so it
/// is computed only when somebody asks.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// By the key of their requests. Several only where keys collide.
    groups: HashMap<u64, Vec<Group>>,
    /// The keys of those that may mean others as well: they hold placeholders.
    masked: BTreeSet<u64>,
    /// The key of what is in a place, and whether that is an answer.
    placed: HashMap<usize, (u64, bool)>,
    /// Those that are new, or have changed.
    open: BTreeSet<usize>,
}

/// The places that hold one and the same request.
#[derive(Debug)]
struct Group {
    request: Arc<RecordedRequest>,
    places: BTreeSet<usize>,
    /// How many of them hold an answer.
    answers: usize,
}

impl Index {
    /// Notes that there is something else in a place.
    pub(super) fn touch(&mut self, place: usize) {
        self.remove(place);
        self.open.insert(place);
    }

    pub(super) fn remove(&mut self, place: usize) {
        self.open.remove(&place);
        let Some((key, is_answer)) = self.placed.remove(&place) else {
            return;
        };
        let Some(groups) = self.groups.get_mut(&key) else {
            return;
        };
        groups.retain_mut(|group| {
            if group.places.remove(&place) {
                group.answers -= usize::from(is_answer);
            }
            !group.places.is_empty()
        });
        if groups.is_empty() {
            self.groups.remove(&key);
            self.masked.remove(&key);
        }
    }

    /// Takes the places of which nothing is known yet.
    fn take_open(&mut self) -> BTreeSet<usize> {
        std::mem::take(&mut self.open)
    }

    fn put(&mut self, place: usize, held: &Interaction, matcher: &RequestMatcher) {
        let (key, is_answer) = (matcher.key(&held.request), !held.is_cancelled());
        self.placed.insert(place, (key, is_answer));
        let groups = self.groups.entry(key).or_default();
        let same = |group: &Group| matcher.check(&group.request, &held.request).is_ok();
        let at = groups.iter().position(same).unwrap_or_else(|| {
            groups.push(Group {
                request: Arc::clone(&held.request),
                places: BTreeSet::new(),
                answers: 0,
            });
            groups.len() - 1
        });
        groups[at].places.insert(place);
        groups[at].answers += usize::from(is_answer);
        if matcher.may_be_masked(&held.request) {
            self.masked.insert(key);
        }
    }

    /// Returns what is equal to a request of this key.
    fn exact(
        &self,
        key: u64,
        request: &RecordedRequest,
        matcher: &RequestMatcher,
    ) -> Option<&Group> {
        let mut groups = self.groups.get(&key)?.iter();
        groups.find(|group| matcher.check(&group.request, request).is_ok())
    }

    /// Returns what is equal to a request up to placeholders.
    fn alike(
        &self,
        request: &RecordedRequest,
        matcher: &RequestMatcher,
    ) -> impl Iterator<Item = &Group> {
        let is_masked = matcher.may_be_masked(request);
        let all = is_masked.then(|| self.groups.values());
        let masked = (!is_masked).then(|| self.masked.iter());
        let masked = masked.into_iter().flatten();
        let masked = masked.filter_map(|key| self.groups.get(key));
        let groups = all.into_iter().flatten().chain(masked).flatten();
        groups.filter(|group| matcher.check(&group.request, request).is_ok())
    }
}

impl Recorder {
    /// Returns how many finished interactions there are of a request with this key, and how many of
    /// them are answers.
    pub(crate) fn counts(
        &mut self,
        key: u64,
        request: &RecordedRequest,
        matcher: &RequestMatcher,
    ) -> (usize, usize) {
        self.fill_index(matcher);
        let of_group = |group: &Group| (group.places.len(), group.answers);
        let exact = self.index.exact(key, request, matcher).map(of_group);
        exact.unwrap_or_else(|| {
            let alike = self.index.alike(request, matcher).map(of_group);
            alike.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
        })
    }

    /// Returns the places of the finished interactions that a request with this key may mean.
    pub(crate) fn matching(
        &mut self,
        key: u64,
        request: &RecordedRequest,
        matcher: &RequestMatcher,
    ) -> BTreeSet<usize> {
        self.fill_index(matcher);
        let exact = self.index.exact(key, request, matcher).into_iter();
        let groups = exact.chain(self.index.alike(request, matcher));
        groups.flat_map(|group| &group.places).copied().collect()
    }

    fn fill_index(&mut self, matcher: &RequestMatcher) {
        for place in self.index.take_open() {
            if let Some(held) = self.at(place) {
                self.index.put(place, &held, matcher);
            }
        }
    }
}
