use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, Response, StatusCode};

use crate::Seen;

/// Returns a handler that answers every request with this status and JSON text.
pub fn json(
    status: u16,
    text: impl Into<Bytes>,
) -> impl Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static {
    let status = StatusCode::from_u16(status).expect("a status has three digits");
    let text = text.into();
    move |_| reply(status, text.clone())
}

/// Returns a handler that answers the first request with `0`, the next with `1`, and so on.
pub fn count() -> impl Fn(Request<Bytes>) -> Response<Bytes> + Send + Sync + 'static {
    let next = AtomicUsize::new(0);
    move |_| {
        let number = next.fetch_add(1, Ordering::SeqCst);
        reply(StatusCode::OK, number.to_string().into())
    }
}

/// Answers with a JSON text that shows the method, the path with its query, and the body of the
/// request.
#[must_use]
#[expect(
    clippy::needless_pass_by_value,
    reason = "it is a handler, and handlers own their request"
)]
pub fn echo(request: Request<Bytes>) -> Response<Bytes> {
    let shown = serde_json::json!({
        "method": request.method().as_str(),
        "path": Seen::from(&request).path,
        "body": String::from_utf8_lossy(request.body()),
    });
    reply(StatusCode::OK, shown.to_string().into())
}

fn reply(status: StatusCode, text: Bytes) -> Response<Bytes> {
    Response::builder()
        .status(status)
        .header(CONTENT_TYPE, "application/json")
        .body(text)
        .expect("a status and one valid header make a response")
}
