mod edit;
mod nearest;

use std::collections::HashMap;
use std::iter;
use std::sync::Arc;

use crate::interaction::{Interaction, RecordedRequest};
use crate::matcher::{Exact, RequestMatcher};
use crate::mode::{Order, Repeat};

/// Hands out the recorded outcomes: which interaction answers a request, and which were never asked for.
#[derive(Clone, Debug)]
pub(crate) struct Player {
    /// A number is that of one interaction for good: those that are taken out keep theirs.
    interactions: Vec<Interaction>,
    groups: Vec<Group>,
    /// The group of each interaction.
    group_of: Vec<usize>,
    /// The last group by the key of its requests; it names the one before, where keys collide.
    index: HashMap<u64, usize>,
    /// The interactions by their requests as these are written; the first of those that are alike.
    exact: HashMap<u64, usize>,
    /// The groups whose request may hold placeholders.
    masked: Vec<usize>,
    /// Which have been played since the counts were reset, which ever, and which nobody need play.
    played: Vec<bool>,
    ever_played: Vec<bool>,
    excused: Vec<bool>,
    /// Which are taken out.
    removed: Vec<bool>,
    /// Those before it are no longer the cassette's: a test has put others in their place.
    begin: usize,
    /// All before it are played.
    first_open: usize,
    /// The last in the file of those that have been played.
    newest: Option<usize>,
    order: Order,
    repeat: Repeat,
}

/// The interactions that answer one and the same request, in order.
#[derive(Clone, Debug)]
struct Group {
    /// None where all are taken out.
    members: Vec<usize>,
    request: Arc<RecordedRequest>,
    same_key: Option<usize>,
    given: usize,
    /// How many of the members are answers, and how often there was one.
    answers: usize,
    answered: usize,
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
            interactions: Vec::with_capacity(interactions.len()),
            groups: Vec::new(),
            group_of: Vec::new(),
            index: HashMap::with_capacity(interactions.len()),
            exact: HashMap::with_capacity(interactions.len()),
            masked: Vec::new(),
            played: Vec::new(),
            ever_played: Vec::new(),
            excused: Vec::new(),
            removed: Vec::new(),
            begin: 0,
            first_open: 0,
            newest: None,
            order,
            repeat,
        };
        for interaction in interactions {
            player.add(interaction, matcher);
        }
        player
    }

    fn add(&mut self, interaction: Interaction, matcher: &RequestMatcher) {
        let (number, key) = (self.interactions.len(), matcher.key(&interaction.request));
        let group = self.group(key, &interaction.request, matcher);
        let group = group.unwrap_or_else(|| self.add_group(key, &interaction.request, matcher));
        self.groups[group].members.push(number);
        self.groups[group].answers += usize::from(!interaction.is_cancelled());
        self.group_of.push(group);
        if let Some(exact) = matcher.exact_of(&interaction.request) {
            self.exact.entry(exact.key()).or_insert(number);
        }
        self.interactions.push(interaction);
        for marks in [
            &mut self.played,
            &mut self.ever_played,
            &mut self.excused,
            &mut self.removed,
        ] {
            marks.push(false);
        }
    }

    fn add_group(
        &mut self,
        key: u64,
        request: &Arc<RecordedRequest>,
        matcher: &RequestMatcher,
    ) -> usize {
        let group = self.groups.len();
        let same_key = self.index.insert(key, group);
        self.groups.push(Group {
            members: Vec::new(),
            request: Arc::clone(request),
            same_key,
            given: 0,
            answers: 0,
            answered: 0,
        });
        if matcher.may_be_masked(request) {
            self.masked.push(group);
        }
        group
    }

    fn group(
        &self,
        key: u64,
        request: &RecordedRequest,
        matcher: &RequestMatcher,
    ) -> Option<usize> {
        let same = |group: &usize| {
            let group = &self.groups[*group];
            !group.members.is_empty() && matcher.check(&group.request, request).is_ok()
        };
        let last = self.index.get(&key).copied();
        iter::successors(last, |group| self.groups[*group].same_key).find(same)
    }

    /// Returns the groups of the requests that are equal to this one up to placeholders.
    fn groups_alike(
        &self,
        request: &RecordedRequest,
        matcher: &RequestMatcher,
    ) -> impl Iterator<Item = usize> {
        let alike = move |&group: &usize| {
            let group = &self.groups[group];
            !group.members.is_empty()
                && group.request.method == request.method
                && matcher.check(&group.request, request).is_ok()
        };
        let (every, masked) = match matcher.may_be_masked(request) {
            true => (0..self.groups.len(), &[][..]),
            false => (0..0, &self.masked[..]),
        };
        every.chain(masked.iter().copied()).filter(alike)
    }

    /// Of several that are alike it is the one whose next answer comes first in the file, so that they play
    /// as one group would.
    fn find(&self, key: u64, request: &RecordedRequest, matcher: &RequestMatcher) -> Option<usize> {
        let next = |&group: &usize| {
            let Group { members, given, .. } = &self.groups[group];
            members.get(*given).copied().unwrap_or(usize::MAX)
        };
        let exact = self.group(key, request, matcher);
        exact.or_else(|| self.groups_alike(request, matcher).min_by_key(next))
    }

    /// The same as [`take`](Self::take) for a request that is written as it is recorded, whose key is `key`;
    /// nothing where it is not, or where it is all taken out.
    pub(crate) fn take_exact(
        &mut self,
        key: u64,
        request: &Exact<'_>,
        matcher: &RequestMatcher,
    ) -> Option<Found> {
        let number = *self.exact.get(&key)?;
        let recorded = matcher.as_written(&self.interactions[number].request)?;
        let group = self.group_of[number];
        let is_it = recorded == *request && !self.groups[group].members.is_empty();
        is_it.then(|| self.take_from(group))
    }

    /// Finds the interaction that answers `request`, whose key is `key`, and marks it as played. One
    /// that is equal in all places comes before one that is so up to placeholders.
    pub(crate) fn take(
        &mut self,
        key: u64,
        request: &RecordedRequest,
        matcher: &RequestMatcher,
    ) -> Found {
        match self.find(key, request, matcher) {
            Some(group) => self.take_from(group),
            None => Found::Unknown,
        }
    }

    fn take_from(&mut self, group: usize) -> Found {
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
        self.groups[group].answered += usize::from(!self.is_cancelled(number));
        self.played[number] = true;
        self.ever_played[number] = true;
        Found::Play(number)
    }

    /// Returns what comes next in a group, or how many answers it had.
    fn next_of(&self, group: usize) -> Result<usize, usize> {
        let Group {
            members,
            given,
            answers,
            ..
        } = &self.groups[group];
        if let Some(&next) = members.get(*given) {
            return Ok(next);
        }
        // Only answers come again.
        let mut again = members.iter().filter(|number| !self.is_cancelled(**number));
        let again = match self.repeat {
            Repeat::Never => None,
            Repeat::Last => again.next_back(),
            Repeat::Cycle => again.nth((given - members.len()) % answers.max(&1)),
        };
        again.copied().ok_or(*answers)
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
        let is_open = |number: &usize| !self.played[*number] && self.is_expected(*number);
        let open = (self.first_open..self.interactions.len()).find(is_open);
        self.first_open = open.unwrap_or(self.interactions.len());
        open
    }

    /// A request that was given up when it was recorded has its place among the answers to its like,
    /// but nobody must ask for it, and it is given once.
    fn is_cancelled(&self, number: usize) -> bool {
        self.interactions[number].is_cancelled()
    }

    /// Must somebody ask for it?
    fn is_expected(&self, number: usize) -> bool {
        !self.removed[number] && !self.excused[number] && !self.is_cancelled(number)
    }

    pub(crate) fn interactions(&self) -> &[Interaction] {
        &self.interactions
    }

    /// Returns those that the cassette has now, what is taken out among them: people count as the file
    /// does.
    pub(crate) fn shown(&self) -> &[Interaction] {
        &self.interactions[self.begin..]
    }

    /// Returns the number that people give to an interaction, less one.
    pub(crate) fn number(&self, number: usize) -> usize {
        number.checked_sub(self.begin).unwrap_or(number)
    }

    /// Returns the interactions that were asked for, each with its number for people.
    pub(crate) fn given(&self) -> impl Iterator<Item = (usize, &Interaction)> {
        let numbered = self.interactions.iter().enumerate();
        let given = numbered.filter(|(number, _)| self.ever_played[*number]);
        given.map(|(number, interaction)| (self.number(number), interaction))
    }

    pub(crate) fn played(&self) -> usize {
        let shown = &self.ever_played[self.begin..];
        shown.iter().filter(|&&played| played).count()
    }

    /// Returns the interactions that nobody asked for, by number; cancelled ones do not count.
    pub(crate) fn unplayed(&self) -> Vec<usize> {
        let open = |number: &usize| !self.ever_played[*number] && self.is_expected(*number);
        (0..self.interactions.len()).filter(open).collect()
    }
}

#[cfg(test)]
mod tests;
