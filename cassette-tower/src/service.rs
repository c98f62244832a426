use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};

use cassette_core::adapter::{self, BoxError, ExchangeError};
use cassette_core::{Session, current, try_current};
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body::Body;
use http_body_util::BodyExt;
use tower_service::Service;

use crate::body::{Live, ResponseBody};
use crate::layer::{Settings, WithoutSession};

const NO_ADDRESS: &str = "a request came to `CassetteLayer` without scheme and host\n\n\
    help: put `CassetteLayer` below the layer that adds them, such as `BaseUriLayer`\n\
    help: give a client of tonic its address: `with_origin(channel, origin)` in place of `new(channel)`";

/// What [`CassetteLayer`](crate::CassetteLayer) makes of a service.
pub struct CassetteService<S, B> {
    inner: S,
    settings: Settings<B>,
}

/// The way of one request.
pub type ResponseFuture<C> = Pin<Box<dyn Future<Output = Answered<C>> + Send>>;

type Answered<C> = Result<Response<ResponseBody<C>>, BoxError>;

impl<S, B> CassetteService<S, B> {
    pub(crate) fn new(inner: S, settings: Settings<B>) -> Self {
        Self { inner, settings }
    }
}

impl<S, B, C> Service<Request<B>> for CassetteService<S, B>
where
    S: Service<Request<B>, Response = Response<C>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Body<Data: Send, Error: Into<BoxError>> + Send + 'static,
    C: Body<Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response<ResponseBody<C>>;
    type Error = BoxError;
    type Future = ResponseFuture<C>;

    /// Returns that it is ready. Whether the service below is, is asked when a request is to be sent: it may
    /// connect for that.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        Box::pin(answer(self.clone(), request))
    }
}

impl<S: Clone, B> Clone for CassetteService<S, B> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            settings: self.settings.clone(),
        }
    }
}

impl<S: fmt::Debug, B> fmt::Debug for CassetteService<S, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CassetteService")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

/// The session is looked for when the future is polled, which the task of the test does. `call` may be up to
/// the worker of a buffer, and several tests may share that.
async fn answer<S, B, C>(service: CassetteService<S, B>, request: Request<B>) -> Answered<C>
where
    S: Service<Request<B>, Response = Response<C>, Error: Into<BoxError>>,
    B: Body<Error: Into<BoxError>>,
    C: Body<Error: Into<BoxError>>,
{
    let CassetteService { inner, settings } = service;
    let session = match settings.without_session {
        WithoutSession::Refuse => Some(current()?),
        WithoutSession::Forward => try_current()?,
    };
    match session {
        Some(session) if !session.is_forwarding() => {
            exchange(&session, inner, &settings, request).await
        }
        _ => {
            let response = send(inner, request).await?;
            Ok(response.map(|body| ResponseBody::live(body)))
        }
    }
}

async fn exchange<S, B, C>(
    session: &Session,
    inner: S,
    settings: &Settings<B>,
    request: Request<B>,
) -> Answered<C>
where
    S: Service<Request<B>, Response = Response<C>, Error: Into<BoxError>>,
    B: Body<Error: Into<BoxError>>,
    C: Body<Error: Into<BoxError>>,
{
    let (parts, body) = request.into_parts();
    check_address(session, &parts)?;
    let bytes = body.collect().await.map_err(Into::into)?.to_bytes();
    let asked = adapter::asked(&parts, bytes);
    // What is sent is what came, with its extensions and all headers.
    let send = |asked: Request<_>| {
        send(
            inner,
            Request::from_parts(parts, (settings.body)(asked.into_body())),
        )
    };
    let answered = adapter::exchange(session, asked, send).await;
    let response = answered.map_err(ExchangeError::into_error)?;
    Ok(response.map(ResponseBody::new))
}

fn check_address(session: &Session, parts: &Parts) -> Result<(), BoxError> {
    if parts.uri.scheme().is_some() && parts.uri.authority().is_some() {
        return Ok(());
    }
    session.explain(NO_ADDRESS);
    Err(NO_ADDRESS.into())
}

async fn send<S, B, C>(mut inner: S, request: Request<B>) -> Result<Response<Live<C>>, BoxError>
where
    S: Service<Request<B>, Response = Response<C>, Error: Into<BoxError>>,
{
    let ready = poll_fn(|cx| inner.poll_ready(cx)).await;
    ready.map_err(Into::into)?;
    let sent = inner.call(request).await;
    let mut response = sent.map_err(Into::into)?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        adapter::remove_hop_by_hop(response.headers_mut());
    }
    Ok(response.map(Live::new))
}
