use std::future::Future;
use std::net::{Ipv4Addr, TcpListener as StdListener};
use std::thread::{self, JoinHandle};

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;
use tokio::sync::oneshot;

/// A loopback listener with a thread and a runtime of its own.
///
/// It never lives on the runtime of the test that started it, so stopping it does not need that
/// runtime to be polled.
#[derive(Debug)]
pub(crate) struct Acceptor {
    port: u16,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Acceptor {
    /// Listens on `port`, or on a free one for 0, and gives every connection to `serve` in a task
    /// of its own.
    pub(crate) fn start<S, F>(port: u16, serve: S) -> Self
    where
        S: Fn(TcpStream) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, port))
            .unwrap_or_else(|error| panic!("cannot listen on 127.0.0.1:{port}: {error}"));
        let port = listener
            .local_addr()
            .expect("a bound listener has an address")
            .port();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name(format!("acceptor-{port}"))
            .spawn(move || run(listener, stopped, serve))
            .expect("the system starts a thread");
        Self {
            port,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Closes the listener and every connection, and waits until that is done.
    pub(crate) fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of that thread has been printed; a second one here could abort a test that is
            // already failing.
            let _ = thread.join();
        }
    }
}

impl Drop for Acceptor {
    fn drop(&mut self) {
        self.stop();
    }
}

fn run<S, F>(listener: StdListener, stopped: oneshot::Receiver<()>, serve: S)
where
    S: Fn(TcpStream) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the system starts a runtime");
    runtime.block_on(async {
        tokio::select! {
            _ = stopped => {}
            () = accept(listener, serve) => {}
        }
    });
    // Dropping the runtime drops the task of each connection, and with it the connection.
}

async fn accept<S, F>(listener: StdListener, serve: S)
where
    S: Fn(TcpStream) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    listener
        .set_nonblocking(true)
        .expect("a listener can be made non-blocking");
    let listener =
        TcpListener::from_std(listener).expect("the runtime takes a non-blocking listener");
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Without it the kernel holds small writes back for up to 40 ms.
                let _ = stream.set_nodelay(true);
                tokio::spawn(serve(stream));
            }
            // The peer was gone before it was accepted, or file descriptors are short for a moment.
            Err(_) => tokio::task::yield_now().await,
        }
    }
}
