use std::sync::{Arc, Mutex};

use bytes::Bytes;
use cassette_tests::{Connection, RawRequest, RawServer, Server, chunks};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{Request, Response};

/// Starts a server that answers with these bytes, head and all, and closes the connection where they
/// say so.
pub(crate) fn raw<B: AsRef<[u8]>>(
    answer: impl Fn(&RawRequest) -> B + Send + Sync + 'static,
) -> RawServer {
    let answer = Arc::new(answer);
    RawServer::start(move |mut connection: Connection| {
        let answer = Arc::clone(&answer);
        async move {
            while let Some(request) = connection.request().await {
                let bytes = answer(&request).as_ref().to_vec();
                connection.write(&bytes).await;
                if closes(&bytes) {
                    return;
                }
            }
        }
    })
}

fn closes(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    text.starts_with("HTTP/1.0") || text.contains("connection: close\r\n")
}

/// Returns the path that a raw request asks for.
pub(crate) fn path(request: &RawRequest) -> &str {
    request.line().split(' ').nth(1).unwrap_or_default()
}

/// Starts a server that sends back what it is sent, and says of it what was said of it.
pub(crate) fn mirror() -> Server {
    Server::start(reflected)
}

/// Starts a server that sends back what it is sent, in two chunks and without its length.
pub(crate) fn mirror_in_chunks() -> Server {
    Server::start_body(|request| {
        let response = reflected(request).map(|body| {
            let middle = body.len() / 2;
            chunks([body.slice(..middle), body.slice(middle..)])
        });
        async { response }
    })
}

fn reflected(request: Request<Bytes>) -> Response<Bytes> {
    let (head, body) = request.into_parts();
    let mut response = Response::new(body);
    for name in [CONTENT_TYPE, CONTENT_ENCODING] {
        if let Some(value) = head.headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

/// A server that says for each path what it was last told to say there.
pub(crate) struct Telling {
    pub(crate) server: Server,
    said: Arc<Mutex<Vec<(String, Bytes)>>>,
}

impl Telling {
    pub(crate) fn start() -> Self {
        let said = Arc::<Mutex<Vec<(String, Bytes)>>>::default();
        let telling = Arc::clone(&said);
        let server = Server::start(move |request| {
            let said = telling.lock().expect("no test panics while it tells");
            let path = request.uri().path();
            let body = said.iter().rev().find(|(told, _)| told == path);
            Response::new(body.expect("it was told what to say there").1.clone())
        });
        Self { server, said }
    }

    pub(crate) fn says(&self, path: &str, body: impl Into<Bytes>) {
        let mut said = self.said.lock().expect("no test panics while it tells");
        said.push((path.to_owned(), body.into()));
    }
}
