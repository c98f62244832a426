use async_trait::async_trait;
use cassette_core::{Answer, Decision, PendingInteraction, current, try_current};
use http::Extensions;
use once_cell::sync::OnceCell;

use super::convert::{self, explain_missing_tls};
use super::failure::recorded_error;
use super::playing::{self, Asked};
use super::recording;
use super::reqwest::{self, Request, Response, Url};
use super::reqwest_middleware::{Error, Middleware, Next, Result};

/// Puts the cassette of the running test between a client and the network.
///
/// Attach it last (innermost): what stands above it, such as retries, is then exercised by a
/// replay as by a recording.
///
/// What it cannot see is what happens inside [`reqwest::Client`]: single redirects, the cookie
/// store, compression, and timeouts set on the client rather than on the request.
///
/// # Examples
///
/// ```
#[doc = example_use!("CassetteMiddleware")]
/// use reqwest_middleware::ClientBuilder;
///
/// let client = ClientBuilder::new(reqwest::Client::new()).with(CassetteMiddleware::new()).build();
/// ```
#[derive(Debug, Default)]
pub struct CassetteMiddleware {
    without_session: WithoutSession,
    network: Network,
}

/// What becomes of a request that belongs to no cassette.
#[derive(Debug, Default)]
enum WithoutSession {
    #[default]
    Refuse,
    Forward,
}

/// Where recorded requests are sent.
#[derive(Debug, Default)]
enum Network {
    /// Down the chain of middlewares.
    #[default]
    Next,
    /// To a client of our own, made when it is first needed.
    Own(OnceCell<reqwest::Client>),
}

impl CassetteMiddleware {
    /// Returns one that refuses requests where no cassette is in use.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns one that lets requests through where no cassette is in use, for a client that
    /// production code shares with its tests.
    ///
    /// A test that lacks its `#[cassette]` then talks to the real server.
    #[must_use]
    pub fn forwarding() -> Self {
        let without_session = WithoutSession::Forward;
        Self {
            without_session,
            ..Self::default()
        }
    }

    pub(crate) fn with_own_client() -> Self {
        let network = Network::Own(OnceCell::new());
        Self {
            network,
            ..Self::default()
        }
    }

    async fn send(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let url = request.url().clone();
        let sent = match &self.network {
            Network::Next => next.run(request, extensions).await,
            Network::Own(client) => {
                let client = client.get_or_try_init(|| reqwest::Client::builder().build())?;
                client.execute(request).await.map_err(Error::from)
            }
        };
        sent.map_err(|error| explain_missing_tls(error, &url))
    }

    async fn record(
        &self,
        pending: PendingInteraction,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let asked = convert::without_fragment(request.url());
        let error = match self.send(request, extensions, next).await {
            Ok(response) => {
                let received = recording::received(pending, response, &asked).await;
                return received.map_err(Error::middleware);
            }
            Err(error) => error,
        };
        failed(pending, &error, &asked)?;
        Err(error)
    }

    /// Sees what the server answers now; the test gets what is recorded.
    async fn verify(
        &self,
        pending: PendingInteraction,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<()> {
        let asked = convert::without_fragment(request.url());
        match self.send(request, extensions, next).await {
            Ok(response) => recording::compared(pending, response, &asked).await,
            Err(error) => failed(pending, &error, &asked)?,
        }
        Ok(())
    }
}

#[async_trait]
impl Middleware for CassetteMiddleware {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let session = match self.without_session {
            WithoutSession::Refuse => current().map(Some),
            WithoutSession::Forward => try_current(),
        };
        let Some(session) = session.map_err(Error::middleware)? else {
            return self.send(request, extensions, next).await;
        };
        if session.is_forwarding() {
            return self.send(request, extensions, next).await;
        }
        let live = convert::live_request(&mut request).await?;
        let decision = session.intercept(&live).map_err(Error::middleware)?;
        convert::give_back(live, &mut request);
        match decision {
            Decision::Play(playback) => playing::play(playback, Asked::of(&request)).await,
            // What takes its time anyway is boxed, so that each answer need not make room for it.
            other => Box::pin(self.without_answer(other, request, extensions, next)).await,
        }
    }
}

impl CassetteMiddleware {
    async fn without_answer(
        &self,
        decision: Decision,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        match decision {
            Decision::Play(playback) => playing::play(playback, Asked::of(&request)).await,
            Decision::Fail(failure) => Err(playing::fail(failure, &Asked::of(&request)).await),
            Decision::Wait(waiting) => Err(playing::never(waiting, &Asked::of(&request)).await),
            Decision::Record(pending) => self.record(pending, request, extensions, next).await,
            Decision::Verify(answer, pending) => {
                let asked = Asked::of(&request);
                self.verify(pending, request, extensions, next).await?;
                match answer {
                    Answer::Play(playback) => playing::play(playback, asked).await,
                    Answer::Fail(failure) => Err(playing::fail(failure, &asked).await),
                }
            }
            Decision::Forward => self.send(request, extensions, next).await,
        }
    }
}

/// Records that a request failed, and where redirects had led it.
fn failed(mut pending: PendingInteraction, error: &Error, asked: &Url) -> Result<()> {
    let url = error.url().map(convert::without_fragment);
    if let Some(url) = url.filter(|url| url != asked) {
        pending.answered_by(url.as_str());
    }
    match convert::missing_tls(error) {
        Some(missing) => pending.refuse(missing),
        None => pending
            .fail(recorded_error(error))
            .map_err(Error::middleware)?,
    }
    Ok(())
}
