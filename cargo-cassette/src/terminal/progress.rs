use std::io::{self, Write};
use std::time::Duration;

use cassette_core::Event;
use console::{Term, colors_enabled, colors_enabled_stderr};
use indicatif::{ProgressBar, ProgressStyle};

use crate::events::state;
use crate::words;

/// How a run of tests is getting on: a bar with the test under way; without a terminal a line for each
/// session that has ended.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    is_coloured: bool,
}

/// Where a line was written to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stream {
    Out,
    Err,
}

impl Progress {
    pub(super) fn new(expected: usize, err: &Term) -> Self {
        let is_shown = err.is_term();
        let bar = is_shown.then(|| {
            let bar = ProgressBar::new(expected as u64);
            let style = ProgressStyle::with_template("{spinner} [{bar:24}] {pos}/{len} {wide_msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self {
            bar,
            is_coloured: colors_enabled() && colors_enabled_stderr(),
        }
    }

    /// Returns true when what the tests write may be coloured.
    pub(crate) fn is_coloured(&self) -> bool {
        self.is_coloured
    }

    /// Shows the tests under way, the newest in full.
    pub(crate) fn show(&self, tests: &[String], ended: usize) {
        let Some(bar) = &self.bar else { return };
        let ended = ended as u64;
        let known = bar.length().unwrap_or_default();
        bar.set_length(known.max(ended + tests.len() as u64));
        bar.set_position(ended);
        bar.set_message(match tests {
            [] => String::new(),
            [one] => one.clone(),
            [others @ .., newest] => format!("{newest} and {} more", others.len()),
        });
    }

    /// Tells that a session has ended.
    pub(crate) fn ended(&self, event: &Event) {
        if self.bar.is_none() {
            let took = words::duration(Duration::from_millis(event.duration_ms));
            let line = format!("{}: {} ({took})\n", event.test, state(event));
            self.pass_on(Stream::Err, line.as_bytes());
        }
    }

    /// Passes a line on that the tests, or cargo, wrote.
    pub(crate) fn pass_on(&self, stream: Stream, line: &[u8]) {
        // Whoever reads no more is no reason to stop.
        let write = || match stream {
            Stream::Out => io::stdout().write_all(line).unwrap_or_default(),
            Stream::Err => io::stderr().write_all(line).unwrap_or_default(),
        };
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.iter().for_each(ProgressBar::finish_and_clear);
    }
}
