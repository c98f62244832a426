use std::cmp::Reverse;
use std::collections::HashMap;

use crate::address::Address;
use crate::diff::alike;
use crate::interaction::{Interaction, RecordedRequest};
use crate::matcher::{Mismatch, RequestMatcher};
use crate::mode::{Order, Repeat};

/// Hands out the recorded outcomes: which interaction answers a request, and which were never asked for.
#[derive(Debug)]
pub(crate) struct Player {
    interactions: Vec<Interaction>,
    groups: Vec<Group>,
    /// The groups by the key of their requests. Several only where keys collide.
    index: HashMap<u64, Vec<usize>>,
    played: Vec<bool>,
    /// All before it are played.
    first_open: usize,
    /// The last in the file of those that have been played.
    newest: Option<usize>,
    order: Order,
    repeat: Repeat,
}

/// The interactions that answer one and the same request, in order.
#[derive(Debug)]
struct Group {
    members: Vec<usize>,
    given: usize,
    /// Its request may hold placeholders.
    is_masked: bool,
}

/// What a cassette has for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// This interaction.
    Play(usize),
    /// Answers, so many, all of them given.
    Exhausted(usize),
    /// An answer, but another interaction is due before it.
    OutOfOrder { due: usize },
    /// Nothing.
    Unknown,
}

impl Player {
    pub(crate) fn new(
        interactions: Vec<Interaction>,
        matcher: &RequestMatcher,
        order: Order,
        repeat: Repeat,
    ) -> Self {
        let mut player = Self {
            groups: Vec::new(),
            index: HashMap::new(),
            played: vec![false; interactions.len()],
            first_open: 0,
            newest: None,
            interactions,
            order,
            repeat,
        };
        for number in 0..player.interactions.len() {
            player.add(number, matcher);
        }
        player
    }

    fn add(&mut self, number: usize, matcher: &RequestMatcher) {
        let interaction = &self.interactions[number];
        let key = matcher.key(&interaction.request);
        if let Some(group) = self.group(key, &interaction.request, matcher) {
            self.groups[group].members.push(number);
            return;
        }
        self.groups.push(Group {
            members: vec![number],
            given: 0,
            is_masked: matcher.may_be_masked(&interaction.request),
        });
        self.index
            .entry(key)
            .or_default()
            .push(self.groups.len() - 1);
    }

    fn group(
        &self,
        key: u64,
        request: &RecordedRequest,
        matcher: &RequestMatcher,
    ) -> Option<usize> {
        let same = |group: &&usize| matcher.check(self.request_of(**group), request).is_ok();
        self.index.get(&key)?.iter().find(same).copied()
    }

    /// Returns the group of the requests that are equal to this one up to placeholders. Of several it
    /// is the one whose next answer comes first in the file, so that they play as one group would.
    fn group_alike(&self, request: &RecordedRequest, matcher: &RequestMatcher) -> Option<usize> {
        let is_masked = matcher.may_be_masked(request);
        let alike = |&group: &usize| {
            let recorded = self.request_of(group);
            (is_masked || self.groups[group].is_masked)
                && recorded.method == request.method
                && matcher.check(recorded, request).is_ok()
        };
        let next = |&group: &usize| {
            let Group { members, given, .. } = &self.groups[group];
            members.get(*given).copied().unwrap_or(usize::MAX)
        };
        (0..self.groups.len()).filter(alike).min_by_key(next)
    }

    fn request_of(&self, group: usize) -> &RecordedRequest {
        &self.interactions[self.groups[group].members[0]].request
    }

    /// Finds the interaction that answers `request`, whose key is `key`, and marks it as played. One
    /// that is equal in all places comes before one that is so up to placeholders.
    pub(crate) fn take(
        &mut self,
        key: u64,
        request: &RecordedRequest,
        matcher: &RequestMatcher,
    ) -> Found {
        let exact = self.group(key, request, matcher);
        let Some(group) = exact.or_else(|| self.group_alike(request, matcher)) else {
            return Found::Unknown;
        };
        self.pass_over_cancelled(group);
        let number = match self.next_of(group) {
            Ok(number) => number,
            Err(answers) => return Found::Exhausted(answers),
        };
        if self.order == Order::Strict && !self.played[number] && !self.is_cancelled(number) {
            match self.due() {
                Some(due) if due != number => return Found::OutOfOrder { due },
                _ => {}
            }
        }
        self.newest = self.newest.max(Some(number));
        self.groups[group].given += 1;
        self.played[number] = true;
        Found::Play(number)
    }

    /// Returns what comes next in a group, or how many answers it had.
    fn next_of(&self, group: usize) -> Result<usize, usize> {
        let Group { members, given, .. } = &self.groups[group];
        if let Some(&next) = members.get(*given) {
            return Ok(next);
        }
        // Only answers come again.
        let is_answer = |number: &usize| !self.is_cancelled(*number);
        let answers: Vec<usize> = members.iter().copied().filter(is_answer).collect();
        let again = match self.repeat {
            Repeat::Never => None,
            Repeat::Last => answers.last(),
            Repeat::Cycle => answers.get((given - members.len()) % answers.len().max(1)),
        };
        again.copied().ok_or(answers.len())
    }

    /// Takes it that this time a request was not made which was given up when it was recorded: one
    /// that was issued after it has been played, and its like has another answer. So the slower branch
    /// of a `select!`, which a replay may never come to, is not in the way of the same request later.
    fn pass_over_cancelled(&mut self, group: usize) {
        let newest = self.newest;
        let is_answer = |&number: &usize| !self.interactions[number].is_cancelled();
        let Group { members, given, .. } = &mut self.groups[group];
        while let [next, rest @ ..] = &members[(*given).min(members.len())..]
            && !is_answer(next)
            && newest.is_some_and(|newest| newest > *next)
            && rest.iter().any(is_answer)
        {
            *given += 1;
        }
    }

    /// Returns the first interaction that still waits to be asked for.
    fn due(&mut self) -> Option<usize> {
        while self
            .played
            .get(self.first_open)
            .is_some_and(|&played| played)
            || (self.first_open < self.interactions.len() && self.is_cancelled(self.first_open))
        {
            self.first_open += 1;
        }
        (self.first_open < self.interactions.len()).then_some(self.first_open)
    }

    /// Returns the interaction on the same server that differs in the fewest places from `request`;
    /// of several the one whose URL is most alike.
    pub(crate) fn nearest(
        &self,
        request: &RecordedRequest,
        matcher: &RequestMatcher,
    ) -> Option<(usize, Mismatch)> {
        let origin = Address::parse(&request.url).origin;
        let candidate = |(number, recorded): (usize, &Interaction)| {
            let mismatch = matcher.check(&recorded.request, request).err()?;
            let alike = common_prefix(&recorded.request.url, &request.url);
            Some((mismatch.differences.len(), Reverse(alike), number, mismatch))
        };
        let on_origin = self.interactions.iter().enumerate();
        let on_origin = on_origin.filter(|(_, recorded)| {
            let recorded = Address::parse(&recorded.request.url).origin;
            alike(recorded.as_bytes(), origin.as_bytes())
        });
        let nearest = on_origin
            .filter_map(candidate)
            .min_by_key(|(places, alike, number, _)| (*places, *alike, *number));
        nearest.map(|(_, _, number, mismatch)| (number, mismatch))
    }

    /// A request that was given up when it was recorded has its place among the answers to its like,
    /// but nobody must ask for it, and it is given once.
    fn is_cancelled(&self, number: usize) -> bool {
        self.interactions[number].is_cancelled()
    }

    pub(crate) fn interactions(&self) -> &[Interaction] {
        &self.interactions
    }

    /// Returns the interactions that were asked for, each with its number.
    pub(crate) fn given(&self) -> impl Iterator<Item = (usize, &Interaction)> {
        let numbered = self.interactions.iter().enumerate();
        numbered.filter(|(number, _)| self.played[*number])
    }

    pub(crate) fn played(&self) -> usize {
        self.played.iter().filter(|&&played| played).count()
    }

    /// Returns the interactions that nobody asked for, by number; cancelled ones do not count.
    pub(crate) fn unplayed(&self) -> Vec<usize> {
        let open = |number: &usize| !self.played[*number] && !self.is_cancelled(*number);
        (0..self.interactions.len()).filter(open).collect()
    }
}

fn common_prefix(left: &str, right: &str) -> usize {
    left.bytes()
        .zip(right.bytes())
        .take_while(|(left, right)| left == right)
        .count()
}

#[cfg(test)]
mod tests;
