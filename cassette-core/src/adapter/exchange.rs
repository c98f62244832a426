use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use tokio::time::sleep;

use super::{BoxError, PlayingBody, RecordingBody, body_failure, compared, failure};
use super::{played, received};
use crate::error::Error;
use crate::failure::RecordedError;
use crate::session::{Answer, Decision, Failure, PendingInteraction, Playback, Session, Waiting};

type Exchanged<C> = Result<Response<ExchangeBody<C>>, ExchangeError>;

/// Answers a request from the session's cassette, or sends it, as the session says.
///
/// What is recorded is told from the client's errors by what stands among their causes
/// ([`failure`], [`body_failure`]).
///
/// # Errors
///
/// When the client fails, when it failed in the recording, when the session has no answer.
pub async fn exchange<C, S, F>(session: &Session, request: Request<Bytes>, send: S) -> Exchanged<C>
where
    S: FnOnce(Request<Bytes>) -> F,
    F: Future<Output = Result<Response<C>, BoxError>>,
    C: Body<Data = Bytes, Error = BoxError> + Unpin,
{
    let decision = session
        .intercept(&request)
        .map_err(ExchangeError::Refused)?;
    match decision {
        Decision::Play(playback) => Ok(play(playback).await),
        Decision::Fail(failure) => Err(fail(failure).await),
        Decision::Wait(waiting) => Err(never(waiting).await),
        Decision::Record(pending) => record(pending, send(request)).await,
        Decision::Verify(answer, pending) => {
            verify(pending, send(request)).await?;
            match answer {
                Answer::Play(playback) => Ok(play(playback).await),
                Answer::Fail(failure) => Err(fail(failure).await),
            }
        }
        Decision::Forward => {
            let response = send(request).await.map_err(ExchangeError::Client)?;
            Ok(response.map(|body| ExchangeBody(Kind::Live(body))))
        }
    }
}

async fn play<C: Body>(playback: Playback) -> Response<ExchangeBody<C>> {
    sleep_unless_zero(playback.delay()).await;
    played(playback, None).map(|body| ExchangeBody(Kind::Playing(body)))
}

async fn fail(failure: Failure) -> ExchangeError {
    sleep_unless_zero(failure.delay()).await;
    ExchangeError::Recorded(failure.error().clone())
}

async fn never(waiting: Waiting) -> ExchangeError {
    sleep_unless_zero(waiting.patience()).await;
    ExchangeError::Refused(waiting.expired())
}

/// Without a delay it needs no clock, and no turn of the runtime.
async fn sleep_unless_zero(delay: std::time::Duration) {
    if !delay.is_zero() {
        sleep(delay).await;
    }
}

async fn record<C>(
    pending: PendingInteraction,
    sent: impl Future<Output = Result<Response<C>, BoxError>>,
) -> Exchanged<C>
where
    C: Body<Data = Bytes, Error = BoxError> + Unpin,
{
    match sent.await {
        Ok(response) => {
            let response = received(pending, response, broken_off).await;
            let response = response.map_err(ExchangeError::Refused)?;
            Ok(response.map(|body| ExchangeBody(Kind::Recording(body))))
        }
        Err(error) => {
            let recorded = pending.fail(failure(&*error));
            recorded.map_err(ExchangeError::Refused)?;
            Err(ExchangeError::Client(error))
        }
    }
}

/// Sees what the server answers now; the test gets what is recorded.
async fn verify<C>(
    pending: PendingInteraction,
    sent: impl Future<Output = Result<Response<C>, BoxError>>,
) -> Result<(), ExchangeError>
where
    C: Body<Data = Bytes, Error = BoxError> + Unpin,
{
    match sent.await {
        Ok(response) => compared(pending, response, broken_off).await,
        Err(error) => {
            let compared = pending.fail(failure(&*error));
            compared.map_err(ExchangeError::Refused)?;
        }
    }
    Ok(())
}

fn broken_off(error: &BoxError) -> RecordedError {
    body_failure(&**error)
}

/// Why a request has no answer.
#[derive(Debug)]
pub enum ExchangeError {
    /// The client failed just now.
    Client(BoxError),
    /// It failed when it was recorded.
    Recorded(RecordedError),
    /// The session has no answer, or cannot record one.
    Refused(Error),
}

impl ExchangeError {
    /// Returns what a caller of the client finds: the client's own error, an [`io::Error`] of the kind that
    /// was found when it was recorded, or the session's.
    #[must_use]
    pub fn into_error(self) -> BoxError {
        match self {
            Self::Client(error) => error,
            Self::Recorded(error) => io::Error::from(&error).into(),
            Self::Refused(error) => error.into(),
        }
    }
}

/// The body of an answer: recorded, played, or the client's own.
pub struct ExchangeBody<C: Body>(Kind<C>);

enum Kind<C: Body> {
    Live(C),
    Recording(RecordingBody<C>),
    Playing(PlayingBody),
}

impl<C: Body> ExchangeBody<C> {
    /// Returns a body that goes past the cassette.
    #[must_use]
    pub fn live(body: C) -> Self {
        Self(Kind::Live(body))
    }

    /// Returns the body for a reader that is ahead of the test, as a proxy is, which fills buffers on the way.
    ///
    /// Behind what was recorded the test is given ten minutes to leave off, not a second.
    #[must_use]
    pub fn read_ahead(self) -> Self {
        match self.0 {
            Kind::Playing(body) => Self(Kind::Playing(body.read_ahead())),
            other => Self(other),
        }
    }
}

impl<C> Body for ExchangeBody<C>
where
    C: Body<Data = Bytes, Error = BoxError> + Unpin,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Kind::Live(body) => Pin::new(body).poll_frame(cx),
            Kind::Recording(body) => Pin::new(body).poll_frame(cx),
            Kind::Playing(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Live(body) => body.size_hint(),
            Kind::Recording(body) => body.size_hint(),
            Kind::Playing(body) => body.size_hint(),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Live(body) => body.is_end_stream(),
            Kind::Recording(body) => body.is_end_stream(),
            Kind::Playing(body) => body.is_end_stream(),
        }
    }
}

impl<C: Body> fmt::Debug for ExchangeBody<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExchangeBody").finish_non_exhaustive()
    }
}
