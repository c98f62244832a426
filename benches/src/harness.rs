//! Rounds of all candidates in turn, and the table that comes of them.

use std::time::Duration;

/// What the command line asks for.
#[derive(Debug)]
pub struct Options {
    /// Everything once, to see that it works.
    pub is_smoke: bool,
    filter: Option<String>,
    only: Option<String>,
}

impl Options {
    /// Reads `-- [--smoke] [--only=<candidate>] [part of a scenario's name]`.
    #[must_use]
    pub fn of_process() -> Self {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let is_smoke = arguments.iter().any(|argument| argument == "--smoke");
        let only = arguments
            .iter()
            .find_map(|argument| argument.strip_prefix("--only="));
        let only = only.map(str::to_owned);
        let mut words = arguments.into_iter();
        Self {
            only,
            is_smoke,
            // Cargo adds `--bench`.
            filter: words.find(|word| !word.starts_with('-')),
        }
    }

    /// Is this scenario asked for?
    #[must_use]
    pub fn wants(&self, scenario: &str) -> bool {
        let filter = self.filter.as_deref();
        filter.is_none_or(|filter| scenario.contains(filter))
    }

    /// Is this candidate asked for, as for a profiler?
    #[must_use]
    pub fn wants_candidate(&self, name: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == name)
    }

    /// Returns the numbers of interactions.
    #[must_use]
    pub fn counts(&self) -> &'static [usize] {
        match self.is_smoke {
            true => &[1, 100],
            false => &[1, 100, 1_000, 10_000],
        }
    }

    /// Returns how often all candidates take their turn, where one turn is of so many requests.
    #[must_use]
    pub fn rounds(&self, requests: usize) -> usize {
        match self.is_smoke {
            true => 1,
            false => (40_000 / requests.max(1)).clamp(7, 101),
        }
    }
}

/// What one turn of a candidate took.
#[derive(Clone, Copy, Debug)]
pub struct Round {
    /// How long it took.
    pub elapsed: Duration,
    /// How many requests, files or bytes it was.
    pub units: usize,
}

/// One way to do the work of a scenario.
pub struct Candidate<'a> {
    name: String,
    turn: Box<dyn FnMut() -> Round + 'a>,
}

impl std::fmt::Debug for Candidate<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Candidate")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl<'a> Candidate<'a> {
    /// Returns one whose turn is this.
    pub fn new(name: impl Into<String>, turn: impl FnMut() -> Round + 'a) -> Self {
        let (name, turn) = (name.into(), Box::new(turn));
        Self { name, turn }
    }

    /// Gives it another name.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..self
        }
    }
}

/// The figures, as Markdown.
#[derive(Debug)]
pub struct Table<'a> {
    options: &'a Options,
}

impl<'a> Table<'a> {
    /// Begins it.
    #[must_use]
    pub fn begin(options: &'a Options, unit: &str) -> Self {
        show("");
        show(&format!(
            "| scenario | candidate | {unit} | ratio | of medians |"
        ));
        show("|---|---|--:|--:|--:|");
        Self { options }
    }

    /// Lets all candidates take their turns, one after the other, and compares each with the first.
    pub fn compare(&self, scenario: &str, rounds: usize, candidates: Vec<Candidate<'_>>) {
        let mut candidates = candidates;
        candidates.retain(|candidate| self.options.wants_candidate(&candidate.name));
        let mut times: Vec<Vec<f64>> = vec![Vec::new(); candidates.len()];
        for round in 0..rounds {
            // Nobody is always the one behind another.
            for turn in 0..candidates.len() {
                let at = (turn + round) % candidates.len();
                let Round { elapsed, units } = (candidates[at].turn)();
                times[at].push(elapsed.as_nanos() as f64 / units as f64);
            }
        }
        times
            .iter_mut()
            .for_each(|times| times.sort_by(f64::total_cmp));
        let (least, middle) = (times[0][0], median(&times[0]));
        for (candidate, times) in candidates.iter().zip(&times) {
            let (name, time) = (&candidate.name, shown(times[0]));
            let (ratio, of_medians) = (times[0] / least, median(times) / middle);
            show(&format!(
                "| {scenario} | {name} | {time} | {ratio:.2} | {of_medians:.2} |"
            ));
        }
    }

    /// Adds a row of a figure that is no time.
    pub fn row(&self, scenario: &str, candidate: &str, figure: &str, ratio: f64) {
        show(&format!(
            "| {scenario} | {candidate} | {figure} | {ratio:.2} | |"
        ));
    }
}

fn median(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}

fn shown(nanoseconds: f64) -> String {
    match nanoseconds {
        time if time < 10.0 => format!("{time:.2} ns"),
        time if time < 1e4 => format!("{time:.0} ns"),
        time if time < 1e7 => format!("{:.1} µs", time / 1e3),
        time => format!("{:.1} ms", time / 1e6),
    }
}

#[expect(clippy::print_stdout, reason = "the table is what a benchmark is for")]
fn show(line: &str) {
    println!("{line}");
}
