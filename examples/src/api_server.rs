use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, TcpListener as StdListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use http_body_util::{BodyExt, Collected, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;
use tokio::sync::oneshot;

use crate::routes::Routes;

/// A real HTTP API on the loopback, on a thread and runtime of its own, that counts its requests.
///
/// It can be stopped and started again on the same port.
#[derive(Debug)]
#[must_use = "dropped, the server is stopped"]
pub struct ApiServer {
    port: u16,
    routes: Arc<Routes>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ApiServer {
    /// The key that the API wants, as `authorization: Bearer demo-key`.
    pub const KEY: &str = "demo-key";

    /// Where `cargo run --example api-server` listens: the tests are recorded from there.
    pub const DEMO_PORT: u16 = 7878;

    /// The address of that port.
    pub const DEMO_URL: &str = "http://127.0.0.1:7878";

    /// Starts the server on a port; on a free one for 0.
    ///
    /// # Errors
    ///
    /// When the port is taken, or the system gives no thread.
    pub fn start(port: u16) -> io::Result<Self> {
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let routes = Arc::new(Routes::default());
        let (stop, stopped) = oneshot::channel();
        let serving = serve(listener, Arc::clone(&routes), stopped);
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let thread = thread::Builder::new()
            .name("api-server".to_owned())
            .spawn(move || runtime.block_on(serving))?;
        Ok(Self {
            port,
            routes,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Returns the port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the address that the paths of the API follow.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns how many requests it has seen.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.routes.requests()
    }

    /// Closes the listener and all connections; from then on nothing answers. Dropping does the
    /// same.
    pub fn stop(self) {}
}

impl Drop for ApiServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of that thread has been printed already.
            let _ = thread.join();
        }
    }
}

/// Serves until it is told to stop. The connections are tasks of the runtime and end with it.
async fn serve(listener: StdListener, routes: Arc<Routes>, stopped: oneshot::Receiver<()>) {
    let listener =
        TcpListener::from_std(listener).expect("the runtime takes a non-blocking listener");
    let accept = async {
        loop {
            if let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(connection(stream, Arc::clone(&routes)));
            }
        }
    };
    tokio::select! {
        _ = stopped => {}
        () = accept => {}
    }
}

async fn connection(stream: TcpStream, routes: Arc<Routes>) {
    let service = service_fn(|request| answer(request, &routes));
    // An error here is a client that went away.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    request: Request<Incoming>,
    routes: &Routes,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    // A body that breaks off is answered like one that is no JSON.
    let body = body
        .collect()
        .await
        .map_or_else(|_| Bytes::new(), Collected::to_bytes);
    Ok(routes.answer(&Request::from_parts(head, body)).await)
}
