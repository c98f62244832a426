//! Runs tests, and hears from their sessions how it goes.

mod network;

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use cassette_core::Event;
use clap::Args;

use crate::events::{About, LastRun, Place, Tail};
use crate::terminal::{Progress, Stream, Terminal};
use crate::workspace::{Workspace, cargo};

/// Which tests are run, and how.
#[derive(Args, Debug)]
pub(crate) struct Tests {
    /// Only tests with this in their name, as `cargo test` takes it
    filter: Option<String>,
    /// Run them with cargo-nextest
    #[arg(long)]
    nextest: bool,
    /// What `cargo test` gets besides; behind a second `--` what the tests get
    #[arg(last = true, value_name = "CARGO TEST ARGS")]
    arguments: Vec<OsString>,
}

/// What the tests are to do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    /// The `CASSETTE_MODE`.
    pub(crate) mode: &'static str,
    /// The network is taken away.
    pub(crate) is_offline: bool,
}

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) run: LastRun,
    pub(crate) passed: bool,
    /// Somebody has ended it.
    pub(crate) is_interrupted: bool,
    pub(crate) is_filtered: bool,
}

impl Ran {
    /// Says what it was when no session has ended. Why tests do not build, cargo has said.
    pub(crate) fn nothing_ran(&self) -> &'static str {
        match (self.is_interrupted, self.passed) {
            (true, _) => "no test with a cassette came to its end",
            (false, true) => "no test with a cassette ran",
            (false, false) => "no test with a cassette came to its end; above stands why",
        }
    }
}

/// How often the file of events is looked at.
const PAUSE: Duration = Duration::from_millis(50);

/// How long a run that has ended may go on writing: what the tests have started may hold their output open.
const PATIENCE: Duration = Duration::from_secs(2);

impl Tests {
    /// Runs them. Ctrl-C ends them, not this process, which has a summary to give.
    ///
    /// # Errors
    ///
    /// When they cannot be run.
    pub(crate) fn run(
        &self,
        order: Order,
        expected: usize,
        workspace: &Workspace,
        terminal: &Terminal,
    ) -> Result<Ran> {
        if self.nextest {
            find_nextest()?;
        }
        let place = Place::of(workspace);
        place.clear()?;
        let is_interrupted = catch_interrupts()?;
        let mut command = self.command(workspace, false);
        if order.is_offline {
            network::check()?;
            self.build(workspace)?;
            command = network::without(&command);
        }
        command
            .env("CASSETTE_MODE", order.mode)
            .env("CASSETTE_EVENTS", &place.events)
            .env_remove("CASSETTE_ALLOW_FALLBACK")
            .env_remove("CI");
        let progress = terminal.progress(expected);
        let status = follow(command, &progress, Tail::new(&place.events))?;
        drop(progress);
        let is_interrupted = is_interrupted.load(Ordering::Relaxed);
        let is_filtered = self.filter.is_some() || !self.arguments.is_empty();
        let names = workspace
            .packages
            .iter()
            .map(|package| package.name.clone());
        place.finish(&About {
            is_complete: !is_filtered && !is_interrupted,
            passed: status.success(),
            packages: names.collect(),
        })?;
        Ok(Ran {
            run: LastRun::load(workspace)?,
            passed: status.success(),
            is_interrupted,
            is_filtered,
        })
    }

    fn command(&self, workspace: &Workspace, only_builds: bool) -> Command {
        let mut command = cargo();
        match self.nextest {
            true => command.args(["nextest", "run"]),
            false => command.arg("test"),
        };
        command.arg("--manifest-path");
        command.arg(workspace.root.join("Cargo.toml"));
        if workspace.is_part {
            let names = workspace.packages.iter();
            command.args(names.flat_map(|package| ["--package", package.name.as_str()]));
        } else {
            command.arg("--workspace");
        }
        if only_builds {
            command.arg("--no-run");
        } else {
            // Else what comes after the first test target that fails would not be heard of.
            command.arg("--no-fail-fast");
        }
        let mut parts = self.arguments.splitn(2, |argument| argument == "--");
        command.args(parts.next().unwrap_or_default());
        command.args(&self.filter);
        if let Some(of_tests) = parts.next() {
            command.arg("--").args(of_tests);
        }
        command
    }

    /// Builds the tests while there is a network.
    fn build(&self, workspace: &Workspace) -> Result<()> {
        let status = self.command(workspace, true).status();
        if !status.context("cannot run cargo")?.success() {
            bail!("the tests do not build");
        }
        Ok(())
    }
}

/// Runs a command to its end, shows what it writes, and how its sessions are getting on.
fn follow(mut command: Command, progress: &Progress, mut tail: Tail) -> Result<ExitStatus> {
    if progress.is_coloured() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = child.spawn().context("cannot run cargo")?;
    let lines = output(&mut child);
    let mut under_way = UnderWay::default();
    let mut ended = None;
    loop {
        match lines.recv_timeout(PAUSE) {
            Ok((stream, line)) => progress.pass_on(stream, &line),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                if ended.is_none() && child.try_wait().context("cannot wait for cargo")?.is_some() {
                    ended = Some(Instant::now());
                }
            }
        }
        if ended.is_some_and(|ended: Instant| ended.elapsed() > PATIENCE) {
            break;
        }
        // A line that is no event is an error at the end, when the tests have ended.
        under_way.hear(tail.read().unwrap_or_default(), progress);
    }
    let status = child.wait().context("cannot wait for cargo")?;
    under_way.hear(tail.read()?, progress);
    Ok(status)
}

/// The sessions that have begun and have not ended.
#[derive(Debug, Default)]
struct UnderWay {
    tests: Vec<String>,
    ended: usize,
}

impl UnderWay {
    fn hear(&mut self, events: Vec<Event>, progress: &Progress) {
        for event in events {
            if event.outcome.is_none() {
                self.tests.push(event.test);
                continue;
            }
            self.ended += 1;
            if let Some(at) = self.tests.iter().position(|test| *test == event.test) {
                self.tests.remove(at);
            }
            progress.ended(&event);
        }
        progress.show(&self.tests, self.ended);
    }
}

/// Returns what a process writes, line by line.
fn output(child: &mut Child) -> Receiver<(Stream, Vec<u8>)> {
    let (sender, receiver) = channel();
    if let Some(stdout) = child.stdout.take() {
        send(stdout, Stream::Out, sender.clone());
    }
    if let Some(stderr) = child.stderr.take() {
        send(stderr, Stream::Err, sender);
    }
    receiver
}

fn send(from: impl Read + Send + 'static, stream: Stream, to: Sender<(Stream, Vec<u8>)>) {
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        while let Ok(1..) = from.read_until(b'\n', &mut line) {
            if to.send((stream, std::mem::take(&mut line))).is_err() {
                return;
            }
        }
    });
}

/// Sees to it that Ctrl-C, which the tests get as well, does not end this process.
fn catch_interrupts() -> Result<Arc<AtomicBool>> {
    let is_interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&is_interrupted);
    ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed))
        .context("cannot listen for Ctrl-C")?;
    Ok(is_interrupted)
}

fn find_nextest() -> Result<()> {
    let asked = cargo().args(["nextest", "--version"]).output();
    match asked {
        Ok(output) if output.status.success() => Ok(()),
        _ => Err(anyhow!(
            "cargo-nextest is not installed\n\nhelp: install it, `cargo install cargo-nextest --locked`, or leave out --nextest"
        )),
    }
}

/// Returns the words of a command.
fn words(command: &Command) -> impl Iterator<Item = &OsStr> {
    [command.get_program()]
        .into_iter()
        .chain(command.get_args())
}
