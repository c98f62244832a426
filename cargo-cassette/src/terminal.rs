//! The terminal. Nothing else prints.

mod progress;
mod table;

use std::error::Error;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use anyhow::{Context, Result};
use console::{Key, Style, Term};
use serde::Serialize;

use crate::words;

pub(crate) use progress::{Progress, Stream};
pub(crate) use table::{Cell, Table};

/// Where output goes and answers come from. Colours are left out where `NO_COLOR` is set, and where no
/// terminal would show them.
#[derive(Debug)]
pub(crate) struct Terminal {
    out: Term,
    err: Term,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        Self {
            out: Term::stdout(),
            err: Term::stderr(),
        }
    }

    /// Prints a line of the result.
    pub(crate) fn line(&self, text: impl Display) {
        self.bytes(format!("{text}\n").as_bytes());
    }

    /// Prints what is the result as it stands. Whoever reads no more, such as `head`, is no failure.
    pub(crate) fn bytes(&self, bytes: &[u8]) {
        let _ = (&self.out).write_all(bytes);
    }

    /// Prints a table.
    pub(crate) fn table(&self, table: &Table) {
        self.bytes(table.to_string().as_bytes());
    }

    /// Prints a value for programs.
    ///
    /// # Errors
    ///
    /// When it is nothing that JSON can say.
    pub(crate) fn json(&self, value: &impl Serialize) -> Result<()> {
        let text = serde_json::to_string_pretty(value).context("cannot write it as JSON")?;
        self.line(text);
        Ok(())
    }

    /// Tells something that is not the result.
    pub(crate) fn note(&self, text: impl Display) {
        let _ = writeln!(&self.err, "{text}");
    }

    /// Tells why a command could not do its work, with what caused it.
    pub(crate) fn error(&self, error: &anyhow::Error) {
        let head = Style::new().for_stderr().red().bold().apply_to("error");
        self.note(format!("{head}: {}", told(error.as_ref())));
    }

    /// Tells what is wrong with one of many; the others go on.
    pub(crate) fn problem(&self, error: &(dyn Error + 'static)) {
        let style = Style::new().for_stderr().yellow().bold();
        self.note(format!("{}: {}", style.apply_to("warning"), told(error)));
    }

    /// Shows how a run of tests is getting on, of which so many cassettes are expected to be used.
    pub(crate) fn progress(&self, expected: usize) -> Progress {
        Progress::new(expected, &self.err)
    }

    /// Returns true when there is somebody to ask.
    pub(crate) fn is_interactive(&self) -> bool {
        self.out.is_term() && io::stdin().is_terminal()
    }

    /// Asks a question to be answered by `y` or `n`. No other key is an answer; the end of input is a no.
    ///
    /// # Errors
    ///
    /// When the terminal cannot be read.
    pub(crate) fn confirm(&self, question: &str) -> Result<bool> {
        self.bytes(format!("{question} [y/n] ").as_bytes());
        let answer = loop {
            match self.out.read_char().context("cannot read an answer")? {
                'y' | 'Y' => break true,
                'n' | 'N' | 'q' | '\u{1b}' => break false,
                _ => {}
            }
        };
        self.line(if answer { "y" } else { "n" });
        Ok(answer)
    }

    /// Asks for one of the keys that are answers; nothing is Ctrl-C. The terminal is as it was as soon as a
    /// key was pressed.
    ///
    /// # Errors
    ///
    /// When the terminal cannot be read.
    pub(crate) fn key(
        &self,
        prompt: &str,
        is_answer: impl Fn(char) -> bool,
    ) -> Result<Option<char>> {
        self.bytes(prompt.as_bytes());
        let answer = loop {
            match self.out.read_key_raw().context("cannot read an answer")? {
                Key::Char(key) if is_answer(key) => break Some(key),
                Key::CtrlC => break None,
                _ => {}
            }
        };
        self.line(answer.map(String::from).unwrap_or_default());
        Ok(answer)
    }
}

/// Returns an error with what caused it; the advice is what is read last. It may quote a file, which is not to
/// steer the terminal.
fn told(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let advice = text.find("\n\nhelp: ").map(|at| text.split_off(at));
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!("\ncaused by: {cause}"));
        source = cause.source();
    }
    words::printable_lines(&(text + &advice.unwrap_or_default()))
}
