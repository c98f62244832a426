use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

use bytes::Bytes;
use cassette_tests::{Server, echo};
use http::Request;
use tokio::sync::Notify;

use crate::PATIENCE;

/// A server that holds one path back while it is told to, and says when it was asked for it.
pub(crate) struct Holding {
    pub(crate) server: Server,
    arrived: mpsc::Receiver<()>,
    held: Arc<AtomicBool>,
    release: Arc<Notify>,
}

impl Holding {
    pub(crate) fn back(path: &'static str) -> Self {
        let (arrival, arrived) = mpsc::channel();
        let (held, release) = (Arc::new(AtomicBool::new(true)), Arc::new(Notify::new()));
        let (holding, released) = (Arc::clone(&held), Arc::clone(&release));
        let server = Server::start_async(move |request: Request<Bytes>| {
            let hold = request.uri().path() == path && holding.load(Ordering::SeqCst);
            let (arrival, released) = (arrival.clone(), Arc::clone(&released));
            async move {
                if hold {
                    // The parent may have failed, and with it the receiver gone.
                    let _ = arrival.send(());
                    released.notified().await;
                }
                echo(request)
            }
        });
        Self {
            server,
            arrived,
            held,
            release,
        }
    }

    pub(crate) fn wait_for_the_request(&self) {
        self.arrived
            .recv_timeout(PATIENCE)
            .expect("the child asks for what is held back");
    }

    /// Answers what is held back, and from then on everything at once.
    pub(crate) fn let_go(&self) {
        self.held.store(false, Ordering::SeqCst);
        self.release.notify_one();
    }
}
