use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

/// Ends the process when a test hangs, wherever it does: a session's end blocks its thread, which no time limit
/// of a runtime notices.
pub(crate) struct Bound {
    _done: Sender<()>,
}

const LIMIT: Duration = Duration::from_secs(60);

impl Bound {
    pub(crate) fn new() -> Self {
        let (done, is_done) = channel();
        let name = thread::current().name().unwrap_or_default().to_owned();
        thread::spawn(move || {
            if is_done.recv_timeout(LIMIT) == Err(RecvTimeoutError::Timeout) {
                let line = format!("{name} hangs for {LIMIT:?}\n");
                // The harness captures what `eprintln` writes, and is gone before it shows it.
                let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
                std::process::abort();
            }
        });
        Self { _done: done }
    }
}
