use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use cassette_core::{Interaction, RecordedRequest};
use similar::DiffOp;

use super::lines;

/// Places of interactions in the old and in the new cassette that are the same one to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) old: Option<usize>,
    pub(super) new: Option<usize>,
    pub(super) is_moved: bool,
}

/// How many requests that are only alike are compared with each other; above it their order decides.
const CLOSELY: usize = 40_000;

/// How many lines of a body tell which request it is.
const LINES: usize = 200;

/// How much of two requests must be the same, in percent, for one to have become the other.
const ALIKE: usize = 50;

/// Pairs interactions: first those that are equal, in their order; then equal ones elsewhere; then those of
/// equal requests; then the requests that are most alike. Returns them in the order of the new cassette,
/// removed ones where they stood.
pub(super) fn pairs(old: &[Interaction], new: &[Interaction]) -> Vec<Pair> {
    let mut pairing = Pairing {
        of_new: vec![None; new.len()],
        is_taken: vec![false; old.len()],
    };
    let whole = |one: &Interaction| serde_json::to_string(one).unwrap_or_default();
    let wholes = [
        old.iter().map(whole).collect(),
        new.iter().map(whole).collect::<Vec<_>>(),
    ];
    pairing.in_order(&wholes[0], &wholes[1]);
    pairing.by_key(&wholes[0], &wholes[1]);
    pairing.by_key(&keys(old, asked), &keys(new, asked));
    pairing.alike(old, new);
    pairing.sorted()
}

fn keys<'a, K>(of: &'a [Interaction], key: impl Fn(&'a RecordedRequest) -> K) -> Vec<K> {
    of.iter().map(|one| key(one.request())).collect()
}

/// What makes a request the same request.
fn asked(request: &RecordedRequest) -> (&str, &str, &[u8]) {
    (
        request.method().as_str(),
        request.url(),
        request.body().bytes(),
    )
}

/// Method and URL without what often differs between requests of one kind: the query, and segments that
/// hold a number or a placeholder.
fn kind(request: &RecordedRequest) -> String {
    let path = request.url().split(['?', '#']).next().unwrap_or_default();
    let varies = |segment: &str| segment.contains(|c: char| c.is_ascii_digit() || c == '[');
    let segments = path.split('/').enumerate();
    // The third one is the host.
    let segments = segments.map(|(at, segment)| match at > 2 && varies(segment) {
        true => "*",
        false => segment,
    });
    format!(
        "{} {}",
        request.method(),
        segments.collect::<Vec<_>>().join("/")
    )
}

struct Pairing {
    /// What each of the new cassette is paired with.
    of_new: Vec<Option<usize>>,
    is_taken: Vec<bool>,
}

impl Pairing {
    fn pair(&mut self, old: usize, new: usize) {
        self.of_new[new] = Some(old);
        self.is_taken[old] = true;
    }

    fn free(&self) -> (Vec<usize>, Vec<usize>) {
        let old = (0..self.is_taken.len()).filter(|&old| !self.is_taken[old]);
        let new = (0..self.of_new.len()).filter(|&new| self.of_new[new].is_none());
        (old.collect(), new.collect())
    }

    /// What is in one of them only cannot be paired, and would only take time.
    fn in_order(&mut self, old: &[String], new: &[String]) {
        let (olds, news) = (shared(old, new), shared(new, old));
        let old: Vec<_> = olds.iter().map(|at| &old[*at]).collect();
        let new: Vec<_> = news.iter().map(|at| &new[*at]).collect();
        for op in lines::operations(&old, &new) {
            if let DiffOp::Equal { .. } = op {
                let pairs = op.old_range().zip(op.new_range());
                pairs.for_each(|(old, new)| self.pair(olds[old], news[new]));
            }
        }
    }

    /// Of several with one key the first are paired first.
    fn by_key<K: Hash + Eq>(&mut self, old: &[K], new: &[K]) {
        let (free_old, free_new) = self.free();
        let mut waiting: HashMap<&K, VecDeque<usize>> = HashMap::new();
        for at in free_old {
            waiting.entry(&old[at]).or_default().push_back(at);
        }
        for at in free_new {
            let found = waiting.get_mut(&new[at]).and_then(VecDeque::pop_front);
            if let Some(old) = found {
                self.pair(old, at);
            }
        }
    }

    fn alike(&mut self, old: &[Interaction], new: &[Interaction]) {
        let (free_old, free_new) = self.free();
        let mut groups: HashMap<String, (Vec<usize>, Vec<usize>)> = HashMap::new();
        for at in free_old {
            groups
                .entry(kind(old[at].request()))
                .or_default()
                .0
                .push(at);
        }
        for at in free_new {
            groups
                .entry(kind(new[at].request()))
                .or_default()
                .1
                .push(at);
        }
        for (olds, news) in groups.into_values() {
            if olds.len() * news.len() > CLOSELY {
                olds.into_iter()
                    .zip(news)
                    .for_each(|(old, new)| self.pair(old, new));
            } else {
                self.most_alike(&tokens(old, &olds), &tokens(new, &news));
            }
        }
    }

    fn most_alike(&mut self, olds: &[(usize, Vec<u64>)], news: &[(usize, Vec<u64>)]) {
        let mut scored = Vec::new();
        for (old, of_old) in olds {
            for (new, of_new) in news {
                let alike = alike(of_old, of_new);
                if alike >= ALIKE {
                    scored.push((100 - alike.min(100), old.abs_diff(*new), *old, *new));
                }
            }
        }
        scored.sort_unstable();
        for (_, _, old, new) in scored {
            if !self.is_taken[old] && self.of_new[new].is_none() {
                self.pair(old, new);
            }
        }
    }

    fn sorted(self) -> Vec<Pair> {
        let stays = longest_ascending(&self.of_new);
        let mut places = Vec::new();
        let mut behind = vec![None; self.is_taken.len()];
        for (new, old) in self.of_new.iter().enumerate() {
            let is_moved = old.is_some() && !stays[new];
            if let (Some(old), false) = (*old, is_moved) {
                behind[old] = Some(new);
            }
            let (old, pair_new) = (*old, Some(new));
            places.push((
                (Some(new), 0),
                Pair {
                    old,
                    new: pair_new,
                    is_moved,
                },
            ));
        }
        let mut last = None;
        for (old, is_taken) in self.is_taken.iter().enumerate() {
            last = behind[old].or(last);
            if !is_taken {
                let pair = Pair {
                    old: Some(old),
                    new: None,
                    is_moved: false,
                };
                places.push(((last, old + 1), pair));
            }
        }
        places.sort_by_key(|(place, _)| *place);
        places.into_iter().map(|(_, pair)| pair).collect()
    }
}

/// Returns the places of what is in the other list, too.
fn shared(of: &[String], other: &[String]) -> Vec<usize> {
    let other: HashSet<_> = other.iter().collect();
    (0..of.len())
        .filter(|at| other.contains(&of[*at]))
        .collect()
}

/// What tells a request from others like it: parts of the URL, headers, lines of the body. Sorted.
fn tokens(of: &[Interaction], which: &[usize]) -> Vec<(usize, Vec<u64>)> {
    let of_one = |at: &usize| {
        let request = of[*at].request();
        let url = request.url().split(['/', '?', '&']).map(hash);
        let headers = request.headers().iter().map(hash);
        let body = request.body();
        let text = body.pretty_json().or(body.text().map(str::to_owned));
        let text = text.unwrap_or_default();
        let lines = text.lines().take(LINES).map(hash);
        let mut tokens: Vec<_> = url.chain(headers).chain(lines).collect();
        tokens.sort_unstable();
        (*at, tokens)
    };
    which.iter().map(of_one).collect()
}

fn hash(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// Returns how much of two sorted lists is in both, in percent.
fn alike(one: &[u64], other: &[u64]) -> usize {
    let (mut at, mut at_other, mut both) = (0, 0, 0);
    while let (Some(a), Some(b)) = (one.get(at), other.get(at_other)) {
        both += usize::from(a == b);
        at += usize::from(a <= b);
        at_other += usize::from(b <= a);
    }
    200 * both / (one.len() + other.len()).max(1)
}

/// Returns for each whether it belongs to the most that stand in ascending order.
fn longest_ascending(values: &[Option<usize>]) -> Vec<bool> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before = vec![None; values.len()];
    for (at, value) in values.iter().enumerate() {
        let Some(value) = value else { continue };
        let place = ends.partition_point(|&end| values[end] < Some(*value));
        before[at] = place.checked_sub(1).map(|place| ends[place]);
        match ends.get_mut(place) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut belongs = vec![false; values.len()];
    let mut at = ends.last().copied();
    while let Some(here) = at {
        belongs[here] = true;
        at = before[here];
    }
    belongs
}
