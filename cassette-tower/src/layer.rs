use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use tower_layer::Layer;

use crate::service::CassetteService;

/// Puts the cassette of the running test between a client and the network.
///
/// Below it stands what reaches the network; above it what a replay is to exercise as a recording does:
/// retries, redirects, time limits. What gives a request its address is above as well, since it is recorded
/// under its whole URL.
///
/// `B` is the body of the requests, and inferred from them. The service below must be [`Clone`], as hyper's
/// client and tonic's channel are: each request gets a clone, which is asked whether it is ready when the
/// request is to be sent. In a replay it is asked nothing, so it connects to nothing.
///
/// # Examples
///
/// ```
/// use cassette_tower::CassetteLayer;
/// use cassette_tower::bytes::Bytes;
/// use http_body_util::Full;
/// use hyper_util::client::legacy::Client;
/// use hyper_util::rt::TokioExecutor;
/// use tower_layer::Layer;
///
/// let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
/// let client = CassetteLayer::<Full<Bytes>>::new().layer(client);
/// ```
pub struct CassetteLayer<B>(Settings<B>);

/// What a layer gives to each of its services.
pub(crate) struct Settings<B> {
    pub(crate) without_session: WithoutSession,
    /// Makes the body that is sent of one that was read whole.
    pub(crate) body: Arc<dyn Fn(Bytes) -> B + Send + Sync>,
}

/// What becomes of a request that belongs to no cassette.
#[derive(Clone, Copy, Debug)]
pub(crate) enum WithoutSession {
    Refuse,
    Forward,
}

impl<B: From<Bytes> + 'static> CassetteLayer<B> {
    /// Returns one for bodies that can be made of bytes: `Full<Bytes>`, those of axum, kube, octocrab and
    /// reqwest. It refuses requests where no cassette is in use.
    #[must_use]
    pub fn new() -> Self {
        Self::of(B::from)
    }
}

impl<B> CassetteLayer<B> {
    /// Returns one for any body: `body` makes that which is sent of one that was read whole.
    ///
    /// For tonic it is `CassetteLayer::with_body(tonic::body::Body::new)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use cassette_tower::CassetteLayer;
    /// use http_body_util::BodyExt;
    ///
    /// let layer = CassetteLayer::with_body(|body| body.boxed());
    /// ```
    #[must_use]
    pub fn with_body(body: impl Fn(Full<Bytes>) -> B + Send + Sync + 'static) -> Self {
        Self::of(move |bytes| body(Full::new(bytes)))
    }

    /// Lets requests through where no cassette is in use, for a client that production code shares with
    /// its tests.
    ///
    /// A test that lacks its `#[cassette]` then talks to the real server.
    ///
    /// # Examples
    ///
    /// ```
    /// use cassette_tower::CassetteLayer;
    /// use cassette_tower::bytes::Bytes;
    /// use http_body_util::Full;
    ///
    /// let layer = CassetteLayer::<Full<Bytes>>::new().forwarding();
    /// ```
    #[must_use]
    pub fn forwarding(mut self) -> Self {
        self.0.without_session = WithoutSession::Forward;
        self
    }

    fn of(body: impl Fn(Bytes) -> B + Send + Sync + 'static) -> Self {
        Self(Settings {
            without_session: WithoutSession::Refuse,
            body: Arc::new(body),
        })
    }
}

impl<S, B> Layer<S> for CassetteLayer<B> {
    type Service = CassetteService<S, B>;

    fn layer(&self, inner: S) -> Self::Service {
        CassetteService::new(inner, self.0.clone())
    }
}

impl<B: From<Bytes> + 'static> Default for CassetteLayer<B> {
    fn default() -> Self {
        Self::new()
    }
}

impl<B> Clone for CassetteLayer<B> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<B> fmt::Debug for CassetteLayer<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CassetteLayer")
            .field(&self.0.without_session)
            .finish()
    }
}

impl<B> Clone for Settings<B> {
    fn clone(&self) -> Self {
        Self {
            without_session: self.without_session,
            body: Arc::clone(&self.body),
        }
    }
}
