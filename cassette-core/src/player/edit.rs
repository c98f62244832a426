//! What a test can see and change of what is played.

use super::Player;
use crate::interaction::{Interaction, RecordedRequest};
use crate::matcher::RequestMatcher;

/// What there is for one request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) answers: usize,
    /// How often one was given, again or for the first time.
    pub(crate) calls: usize,
}

impl Player {
    pub(crate) fn counts(
        &self,
        key: u64,
        request: &RecordedRequest,
        matcher: &RequestMatcher,
    ) -> Option<Counts> {
        let of_group = |group: usize| Counts {
            answers: self.groups[group].answers,
            calls: self.groups[group].answered,
        };
        if let Some(exact) = self.group(key, request, matcher) {
            return Some(of_group(exact));
        }
        let alike = self.groups_alike(request, matcher).map(of_group);
        alike.reduce(|sum, one| Counts {
            answers: sum.answers + one.answers,
            calls: sum.calls + one.calls,
        })
    }

    /// Takes out all that may answer a request, and returns their numbers.
    pub(crate) fn remove_all(
        &mut self,
        key: u64,
        request: &RecordedRequest,
        matcher: &RequestMatcher,
    ) -> Vec<usize> {
        let mut numbers = Vec::new();
        // One that is empty is not found again.
        while let Some(group) = self.find(key, request, matcher) {
            numbers.append(&mut self.groups[group].members);
            self.groups[group].answers = 0;
        }
        for number in &numbers {
            self.removed[*number] = true;
        }
        numbers
    }

    /// Takes one out.
    pub(crate) fn remove(&mut self, number: usize) {
        self.removed[number] = true;
        let is_answer = !self.is_cancelled(number);
        let group = &mut self.groups[self.group_of[number]];
        if let Some(place) = group.members.iter().position(|member| *member == number) {
            group.members.remove(place);
            group.given -= usize::from(place < group.given);
            group.answers -= usize::from(is_answer);
        }
    }

    /// Takes all out.
    pub(crate) fn clear(&mut self) {
        self.removed.fill(true);
        for group in &mut self.groups {
            group.members.clear();
            group.answers = 0;
        }
    }

    /// Puts others in the place of all. The old ones keep their numbers: a request that is under way may
    /// still ask for one.
    pub(crate) fn replace(&mut self, interactions: Vec<Interaction>, matcher: &RequestMatcher) {
        self.clear();
        self.begin = self.interactions.len();
        self.index.clear();
        self.exact.clear();
        self.masked.clear();
        for interaction in interactions {
            self.add(interaction, matcher);
        }
    }

    /// Lets the answers to a request be unplayed: the network is asked for them.
    pub(crate) fn excuse(&mut self, key: u64, request: &RecordedRequest, matcher: &RequestMatcher) {
        if let Some(group) = self.find(key, request, matcher) {
            for number in &self.groups[group].members {
                self.excused[*number] = true;
            }
        }
    }

    /// Lets those be unplayed whose requests the network is asked for.
    pub(crate) fn excuse_all(&mut self, is_past: impl Fn(&RecordedRequest) -> bool) {
        for (number, interaction) in self.interactions.iter().enumerate() {
            self.excused[number] |= is_past(&interaction.request);
        }
    }

    /// Returns which are taken out, by number.
    pub(crate) fn removed(&self) -> &[bool] {
        &self.removed
    }

    /// Begins all sequences anew.
    pub(crate) fn reset(&mut self) {
        self.played.fill(false);
        self.first_open = 0;
        self.newest = None;
        for group in &mut self.groups {
            (group.given, group.answered) = (0, 0);
        }
    }

    /// Returns what is not taken out, each with its number.
    pub(crate) fn kept(&self) -> impl Iterator<Item = (usize, &Interaction)> {
        let numbered = self.interactions.iter().enumerate();
        numbered.filter(|(number, _)| !self.removed[*number])
    }
}
