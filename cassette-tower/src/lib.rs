//! Record a test's HTTP traffic once, replay it from then on: a layer for every client that is a
//! [`Service`](tower_service::Service) of requests: hyper's, tonic's, octocrab's, kube's.
//!
//! ```no_run
//! # mod test {
//! use cassette_tower::bytes::Bytes;
//! use cassette_tower::{CassetteLayer, cassette};
//! use http::Request;
//! use http_body_util::Full;
//! use hyper_util::client::legacy::Client;
//! use hyper_util::rt::TokioExecutor;
//! use tower_layer::Layer;
//! use tower_service::Service;
//!
//! #[cassette]
//! #[tokio::test]
//! async fn lists_the_items() {
//!     let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
//!     let mut client = CassetteLayer::new().layer(client);
//!     let request = Request::get("http://api.example.com/items").body(Full::default());
//!     let items = client.call(request.unwrap()).await.unwrap();
//!     assert_eq!(items.status(), 200);
//! }
//! # }
//! ```
//!
//! [`cassette`] describes the attribute, and [`unrecorded`](macro@unrecorded) the one for what is not to be
//! recorded; [`CassetteLayer`] says where it stands among other layers, and [`scope`] works without the
//! attribute. Everything a test needs of `cassette-core` is re-exported here.
//!
//! # Clients
//!
//! | client | the layer |
//! |---|---|
//! | hyper-util, and any other service | `CassetteLayer::new().layer(client)`, or [`.layer(CassetteLayer::new())`](CassetteLayer::new) of a `tower::ServiceBuilder` |
//! | octocrab | `OctocrabBuilder::new_empty().with_service(client).with_layer(&CassetteLayer::new())`, and its own layers behind it |
//! | kube | `ServiceBuilder::new().layer(config.base_uri_layer()).layer(CassetteLayer::new()).service(client)`, for `kube::Client::new` |
//! | tonic | [`CassetteLayer::with_body(tonic::body::Body::new).layer(channel)`](CassetteLayer::with_body), and the generated client `with_origin(channel, origin)` |
//!
//! octocrab's and kube's other builders make a client of their own, or put layers above the one that adds the
//! address. A channel of tonic is made with `connect_lazy`, as `connect` asks for the server in a replay, too.
//!
//! # What it sees, and what it cannot see
//!
//! It sees each request that comes to it, and the answer of the service below:
//!
//! - Redirects: where a layer above follows them every hop is an interaction, where one below does they are
//!   one together.
//! - Cookies, credentials, retries, decompression: what a layer above adds is recorded and replayed, what one
//!   below does is not seen.
//! - Streams arrive chunk by chunk, and with their trailers, in the recording and in the replay. A response of
//!   small, known length is read whole first while it is recorded.
//! - Request bodies are read whole before they are sent, but in mode `live`; their trailers are not sent. So a gRPC call
//!   that streams its requests, and reads answers before the last of them, does not end.
//! - HTTP/1 and HTTP/2 are the same here. What is between two neighbours only (`connection`, `keep-alive`,
//!   `transfer-encoding`) is not recorded, and not returned either, so that both runs see the same.
//! - gRPC: messages are bytes, since only their types say what is in them: stored in base64 where they are no
//!   text, and matched byte by byte. A secret in one is not known by the name of its field; metadata are headers.
//! - Extensions of a response, such as the address of its server, are gone in a replay.
//! - An upgraded connection is not recorded, and fails the test.
//!
//! # Failures
//!
//! The errors of the service below come through as they are, in a [`BoxError`]. A request that failed is
//! recorded, and fails again with a [`std::io::Error`] of the same kind, which is found where that of the
//! system was: in the error or among its causes.
//!
//! tonic makes a status of its own errors, and knows no others: a connection that was refused is `Unavailable`
//! while it is recorded, and `Unknown` in a replay, with the same cause.
//!
//! # Features
//!
//! - `compression` (default): compressed bodies are stored readable.

#![warn(clippy::unwrap_used)] // nothing from outside is taken for granted

mod body;
mod layer;
mod service;

pub use body::ResponseBody;
#[doc = include_str!("attribute.md")]
pub use cassette_core::__private::cassette_for_tower as cassette;
// The function alone: under its public path there is the core's own attribute, too.
pub use cassette_core::__private::unrecorded;
#[doc = include_str!("unrecorded.md")]
pub use cassette_core::__private::unrecorded_for_tower as unrecorded;
pub use cassette_core::adapter::BoxError;
pub use cassette_core::{
    Body, Cassette, CassetteId, CassettePool, Config, Error, ErrorKind, InCurrentCassette,
    Interaction, Latency, Mode, OnChange, OnDrift, OnExpiry, Order, RecordedError, RecordedRequest,
    Redaction, Repeat, RequestInfo, Result, Session, StatusPattern, Track, Unused, current,
    in_current_cassette, scope, scope_sync, secret, unrecorded_sync,
};
pub use cassette_core::{bytes, http};
pub use layer::CassetteLayer;
pub use service::{CassetteService, ResponseFuture};

#[doc(hidden)]
pub use cassette_core::__private;
