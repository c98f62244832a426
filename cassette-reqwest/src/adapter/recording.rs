//! Responses on their way to the test, recorded as they come.

use cassette_core::{PendingInteraction, Result, adapter};

use super::convert::client_response;
use super::failure::recorded_body_error;
use super::reqwest::{Body, Response, Url};

/// Records a response and returns it for the test: at once, or when its body has come.
pub(crate) async fn received(
    mut pending: PendingInteraction,
    response: Response,
    asked: &Url,
) -> Result<Response> {
    let url = response.url().clone();
    let response = with_url_noted(response, &mut pending, asked);
    let response = adapter::received(pending, response, recorded_body_error).await?;
    Ok(client_response(response.map(Body::wrap), url))
}

/// Reads a response as far as there is something recorded to compare it with.
pub(crate) async fn compared(mut pending: PendingInteraction, response: Response, asked: &Url) {
    let response = with_url_noted(response, &mut pending, asked);
    adapter::compared(pending, response, recorded_body_error).await;
}

/// Redirects may have led to another URL, which an `http` response does not tell.
fn with_url_noted(
    response: Response,
    pending: &mut PendingInteraction,
    asked: &Url,
) -> http::Response<Body> {
    if response.url() != asked {
        pending.answered_by(response.url().as_str());
    }
    response.into()
}
