use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, RwLock};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::traffic::{HEADERS, Traffic};

/// A server on the loopback, on a thread of its own, that answers by the number in the path, or in the
/// request's body.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    answers: Arc<RwLock<Vec<Bytes>>>,
}

impl Server {
    /// Starts one, which runs until the process ends.
    ///
    /// # Panics
    ///
    /// Panics when the loopback has no free port.
    #[must_use]
    pub fn start() -> Self {
        let listener =
            std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        listener
            .set_nonblocking(true)
            .expect("sockets can be told not to block");
        let address = listener.local_addr().expect("a listener has an address");
        let answers = Arc::default();
        let server = Self { address, answers };
        let answers = Arc::clone(&server.answers);
        std::thread::spawn(move || crate::one_thread().block_on(serve(listener, answers)));
        server
    }

    /// Returns the beginning of its URLs.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers like this from now on.
    ///
    /// # Panics
    ///
    /// Panics when the server has.
    pub fn answer(&self, traffic: &Traffic) {
        let answers = traffic
            .exchanges
            .iter()
            .map(|exchange| exchange.answer.clone());
        *self.answers.write().expect("the server runs") = answers.collect();
    }
}

async fn serve(listener: std::net::TcpListener, answers: Arc<RwLock<Vec<Bytes>>>) {
    let listener = TcpListener::from_std(listener).expect("the runtime takes sockets");
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        // As servers have it; else the kernel waits for more to send.
        let _ = stream.set_nodelay(true);
        let answers = Arc::clone(&answers);
        let service = service_fn(move |request| answer(request, Arc::clone(&answers)));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn answer(
    request: http::Request<Incoming>,
    answers: Arc<RwLock<Vec<Bytes>>>,
) -> Result<http::Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    let in_path = head
        .uri
        .path()
        .rsplit('/')
        .next()
        .and_then(|number| number.parse().ok());
    let number: usize = in_path.unwrap_or_else(|| number_in(&body));
    let answer = answers
        .read()
        .ok()
        .and_then(|answers| answers.get(number).cloned());
    let mut response = http::Response::new(Full::new(answer.unwrap_or_default()));
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(name, http::HeaderValue::from_static(value));
    }
    Ok(response)
}

/// `{"id":17,…`
fn number_in(body: &[u8]) -> usize {
    let digits = body.iter().skip(6).take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, digit| 10 * number + usize::from(digit - b'0'))
}
