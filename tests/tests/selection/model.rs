//! What a cassette should do, said once more in another way: lists, and no keys.

use cassette_core::{Config, Mode, Order, Repeat};

/// A request, and nothing of it that does not count somewhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ask {
    pub(crate) path: &'static str,
    pub(crate) page: u8,
    pub(crate) time: u8,
    pub(crate) kind: &'static str,
    pub(crate) id: u8,
    pub(crate) text: &'static str,
}

/// One combination of options.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    pub(crate) match_body: bool,
    pub(crate) match_query: bool,
    pub(crate) match_headers: bool,
    pub(crate) case_sensitive: bool,
    pub(crate) ignore_headers: bool,
    pub(crate) ignore_query: bool,
    pub(crate) ignore_json: bool,
    pub(crate) order: Order,
    pub(crate) repeat: Repeat,
    pub(crate) mode: Mode,
}

/// How many combinations there are.
pub(crate) const COMBINATIONS: usize = 128 * ORDERS.len() * REPEATS.len() * MODES.len();

const ORDERS: [Order; 2] = [Order::Any, Order::Strict];
const REPEATS: [Repeat; 3] = [Repeat::Never, Repeat::Last, Repeat::Cycle];
const MODES: [Mode; 4] = [Mode::Replay, Mode::Auto, Mode::Update, Mode::Record];

impl Options {
    pub(crate) fn nth(number: usize) -> Self {
        let mut rest = number;
        let mut digit = |base: usize| {
            let digit = rest % base;
            rest /= base;
            digit
        };
        Self {
            mode: MODES[digit(MODES.len())],
            order: ORDERS[digit(ORDERS.len())],
            repeat: REPEATS[digit(REPEATS.len())],
            match_body: digit(2) == 1,
            match_query: digit(2) == 1,
            match_headers: digit(2) == 1,
            case_sensitive: digit(2) == 1,
            ignore_headers: digit(2) == 1,
            ignore_query: digit(2) == 1,
            ignore_json: digit(2) == 1,
        }
    }

    pub(crate) fn say(&self, config: Config) -> Config {
        let list = |is_said: bool, entry: &'static str| is_said.then_some(entry);
        config
            .mode(self.mode)
            .order(self.order)
            .repeat(self.repeat)
            .match_body(self.match_body)
            .match_query(self.match_query)
            .match_headers(list(self.match_headers, "x-kind"))
            .case_sensitive(self.case_sensitive)
            .ignore_headers(list(self.ignore_headers, "X-Kind"))
            .ignore_query(list(self.ignore_query, "time"))
            .ignore_json(list(self.ignore_json, "/items/*/id"))
    }

    fn are_alike(&self, one: &Ask, other: &Ask) -> bool {
        let query = one.page == other.page && (self.ignore_query || one.time == other.time);
        let kind = match self.case_sensitive {
            true => one.kind == other.kind,
            false => one.kind.eq_ignore_ascii_case(other.kind),
        };
        let body = one.text == other.text && (self.ignore_json || one.id == other.id);
        one.path == other.path
            && (!self.match_query || query)
            && (!self.match_headers || self.ignore_headers || kind)
            && (!self.match_body || body)
    }
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fate {
    /// The recorded answer of this number.
    Played(usize),
    Recorded,
    Missed,
}

/// What becomes of these requests, with a cassette of those, and whether the test passes.
pub(crate) fn fates(options: &Options, recorded: &[Ask], asks: &[Ask]) -> (Vec<Fate>, bool) {
    if options.mode == Mode::Record {
        return (vec![Fate::Recorded; asks.len()], true);
    }
    let is_update = options.mode == Mode::Update;
    let mut calls: Vec<Ask> = Vec::new();
    let mut played = vec![false; recorded.len()];
    let mut fates = Vec::new();
    for ask in asks {
        let like = |other: &&Ask| options.are_alike(ask, other);
        let before = calls.iter().filter(like).count();
        let answers: Vec<usize> = (0..recorded.len())
            .filter(|number| options.are_alike(ask, &recorded[*number]))
            .collect();
        let found = match answers.get(before) {
            Some(number) => Some(*number),
            None if is_update || answers.is_empty() => None,
            None => match options.repeat {
                Repeat::Last => answers.last().copied(),
                Repeat::Cycle => Some(answers[before % answers.len()]),
                _ => None,
            },
        };
        let due = played.iter().position(|is_played| !is_played);
        let is_due = |number: usize| played[number] || due == Some(number);
        let fate = match found {
            Some(number) if options.order == Order::Any || is_due(number) => Fate::Played(number),
            None if is_update => Fate::Recorded,
            _ => Fate::Missed,
        };
        if let Fate::Played(number) = fate {
            played[number] = true;
            calls.push(*ask);
        }
        fates.push(fate);
    }
    let is_whole = is_update || played.iter().all(|is_played| *is_played);
    let passes = is_whole && !fates.contains(&Fate::Missed);
    (fates, passes)
}
