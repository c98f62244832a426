//! Failures that come before anything is sent, so they need no network.

use std::future::{pending, ready};
use std::io;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use cassette_core::RecordedError;
use http::Version;
use tower_layer::Layer;
use tower_service::Service;

use super::reqwest::dns::{Name, Resolve, Resolving};
use super::reqwest::{self, ClientBuilder, Response, Result};
use super::unconnected;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What the private requests ask for: nobody's name.
const NOWHERE: &str = "http://replayed.invalid/";

/// The client refuses to send the request.
pub(super) async fn refused() -> Result<Response> {
    get(unconnected::builder().https_only(true)).await
}

/// No connection is made.
pub(super) async fn unconnected(error: &RecordedError) -> Result<Response> {
    get(connecting(Outcome::Failure(error.clone().into()))).await
}

/// The host's name is not resolved.
pub(super) async fn unresolved(error: &RecordedError) -> Result<Response> {
    let resolver = Arc::new(Unresolved(error.clone()));
    get(unconnected::builder().dns_resolver(resolver)).await
}

/// Time runs out for the request.
pub(super) async fn unanswered() -> Result<Response> {
    get(connecting(Outcome::Never).timeout(Duration::ZERO)).await
}

/// The request fails and nothing else is to be said of it.
///
/// It is of a version that the client does not speak. Where it would, its connector fails.
pub(super) async fn unspoken(error: &RecordedError) -> reqwest::Error {
    loop {
        let builder = connecting(Outcome::Failure(error.clone().into()));
        let sent = async move {
            let request = builder.build()?.get(NOWHERE).version(Version::HTTP_09);
            request.send().await
        };
        if let Err(error) = sent.await {
            return error;
        }
    }
}

async fn get(builder: ClientBuilder) -> Result<Response> {
    builder.build()?.get(NOWHERE).send().await
}

/// A client that never connects.
fn connecting(outcome: Outcome) -> ClientBuilder {
    unconnected::builder().connector_layer(Connecting(outcome))
}

/// What comes of an attempt to connect.
#[derive(Clone)]
enum Outcome {
    Failure(Arc<RecordedError>),
    Never,
}

/// Puts an outcome in the place of reqwest's connector.
#[derive(Clone)]
struct Connecting(Outcome);

impl<S> Layer<S> for Connecting {
    type Service = Connector<S>;

    fn layer(&self, _: S) -> Connector<S> {
        Connector {
            outcome: self.0.clone(),
            replaced: PhantomData,
        }
    }
}

/// The type of a connection has no name outside reqwest, but the connector replaced has it.
#[derive(Clone)]
struct Connector<S> {
    outcome: Outcome,
    replaced: PhantomData<S>,
}

impl<S, T> Service<T> for Connector<S>
where
    S: Service<T, Error = BoxError>,
    S::Response: 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<std::result::Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: T) -> Self::Future {
        match &self.outcome {
            Outcome::Failure(error) => {
                let error = io::Error::from(&**error);
                Box::pin(async move { Err(error.into()) })
            }
            Outcome::Never => Box::pin(pending()),
        }
    }
}

struct Unresolved(RecordedError);

impl Resolve for Unresolved {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(ready(Err(io::Error::from(&self.0).into())))
    }
}
