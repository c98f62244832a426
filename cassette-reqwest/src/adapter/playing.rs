//! Recorded responses on their way to the test.

use std::time::Duration;

use cassette_core::adapter::{self, PlayingBody};
use cassette_core::{ErrorKind, Failure, Playback, RecordedError, Waiting};
use tokio::time::{Instant, sleep};

use super::convert::client_response;
use super::failure::replayed;
use super::reqwest::{Body, Request, Response, Url};
use super::reqwest_middleware::{Error, Result};

/// What a replay keeps of a request: where it went, and how long its sender would wait.
pub(crate) struct Asked {
    pub(crate) url: Url,
    pub(crate) timeout: Option<Duration>,
}

impl Asked {
    pub(crate) fn of(request: &Request) -> Self {
        Self {
            url: request.url().clone(),
            timeout: request.timeout().copied(),
        }
    }

    /// Waits, if the sender does; else it fails as the client does.
    async fn wait(&self, delay: Duration) -> Result<()> {
        match self.timeout {
            Some(timeout) if timeout < delay => {
                sleep(timeout).await;
                Err(replayed(&timed_out(), &self.url).await.into())
            }
            _ if delay.is_zero() => Ok(()),
            _ => {
                sleep(delay).await;
                Ok(())
            }
        }
    }
}

fn timed_out() -> RecordedError {
    RecordedError::new(ErrorKind::Timeout, "operation timed out")
}

/// Answers with a recorded response.
pub(crate) async fn play(playback: Playback, asked: Asked) -> Result<Response> {
    // A timeout of ages is none.
    let deadline = asked
        .timeout
        .and_then(|timeout| Instant::now().checked_add(timeout));
    asked.wait(playback.delay()).await?;
    let url = playback
        .recorded()
        .url()
        .and_then(|url| Url::parse(url).ok());
    let response = adapter::played(playback, deadline).map(client_body);
    let url = url.unwrap_or_else(|| {
        let mut url = asked.url;
        url.set_fragment(None);
        url
    });
    Ok(client_response(response, url))
}

fn client_body(body: PlayingBody) -> Body {
    match body.as_single_chunk() {
        Some(bytes) => Body::from(bytes),
        None => Body::wrap(body),
    }
}

/// Fails as recorded.
pub(crate) async fn fail(failure: Failure, asked: &Asked) -> Error {
    match asked.wait(failure.delay()).await {
        Ok(()) => {
            let url = failure.error().url().and_then(|url| Url::parse(url).ok());
            let url = url.as_ref().unwrap_or(&asked.url);
            replayed(failure.error(), url).await.into()
        }
        Err(timed_out) => timed_out,
    }
}

/// Does not answer, as long as the test can be expected to give up.
pub(crate) async fn never(waiting: Waiting, asked: &Asked) -> Error {
    match asked.wait(waiting.patience()).await {
        Ok(()) => Error::middleware(waiting.expired()),
        Err(timed_out) => timed_out,
    }
}
