use std::io;
use std::net::{Ipv4Addr, TcpListener as StdListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::connection;
use crate::shared::Shared;

/// How often the runtime is given a turn before it ends: what clients have said by then, such as that they
/// do not trust the proxy, is still heard.
const LAST_TURNS: usize = 16;

/// How long the threads in which names are resolved are waited for: those that are idle end at once, and
/// nobody can end one that waits for an answer.
const RESOLVERS: Duration = Duration::from_millis(100);

/// How long nothing is accepted when the system has no file descriptor left.
const BREATH: Duration = Duration::from_millis(20);

/// A port of the loopback with a thread and a runtime of its own: a test that blocks its own thread could
/// not answer itself.
pub(crate) struct Listener {
    port: u16,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Listener {
    /// Listens on a free port.
    pub(crate) fn start(shared: Arc<Shared>) -> io::Result<Self> {
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("cassette-proxy".to_owned())
            .spawn(move || run(runtime, listener, shared, stopped))?;
        Ok(Self {
            port,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

/// Closes the port and every connection, and waits until that is done.
impl Drop for Listener {
    fn drop(&mut self) {
        drop(self.stop.take());
        let thread = self.thread.take();
        // The last handle may be dropped by a task of its own.
        let other = thread.filter(|thread| thread.thread().id() != thread::current().id());
        if let Some(thread) = other {
            // If it panicked, that has been printed; a second panic here could abort a failing test.
            let _ = thread.join();
        }
    }
}

fn run(
    runtime: Runtime,
    listener: StdListener,
    shared: Arc<Shared>,
    stopped: oneshot::Receiver<()>,
) {
    runtime.block_on(async {
        tokio::select! {
            _ = stopped => {}
            () = accept(listener, shared) => {}
        }
        for _ in 0..LAST_TURNS {
            tokio::task::yield_now().await;
        }
    });
    // The tasks of the connections end here.
    runtime.shutdown_timeout(RESOLVERS);
}

async fn accept(listener: StdListener, shared: Arc<Shared>) {
    let Ok(listener) = TcpListener::from_std(listener) else {
        return;
    };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(connection::serve(stream, Arc::clone(&shared)))),
            // The client was gone before it was accepted, or there is no file descriptor for it. Then the
            // port stays ready, and without a pause nothing else would come to its turn.
            Err(_) => sleep(BREATH).await,
        }
    }
}
