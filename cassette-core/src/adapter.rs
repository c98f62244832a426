//! What adapters of asynchronous clients share: the way of one request, and bodies that are recorded or
//! played as those of [`http_body`].
//!
//! An adapter whose client is a function from request to response needs [`exchange`] alone:
//!
//! ```
//! use bytes::Bytes;
//! use cassette_core::adapter::{BoxError, ExchangeError, exchange};
//! use cassette_core::{Config, current, scope};
//! use http::{Request, Response};
//! use http_body_util::{BodyExt, Full};
//!
//! async fn send(request: Request<Bytes>) -> Result<Response<Full<Bytes>>, BoxError> {
//!     Ok(Response::new(Full::new(request.into_body())))
//! }
//!
//! async fn call(request: Request<Bytes>) -> Result<Bytes, BoxError> {
//!     let send = async |request| Ok(send(request).await?.map(|body| body.map_err(BoxError::from)));
//!     let response = exchange(&current()?, request, send).await;
//!     let response = response.map_err(ExchangeError::into_error)?;
//!     Ok(response.into_body().collect().await?.to_bytes())
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! # let folder = tempfile::tempdir()?;
//! # let config = || Config::new().dir(folder.path()).environment([("CASSETTE_MODE", "auto")]);
//! let ask = || call(Request::new(Bytes::from("ping")));
//! let recorded = scope("ping", config(), ask()).await??;
//! assert_eq!(recorded, "ping");
//! # assert_eq!(scope("ping", config(), ask()).await??, "ping");
//! # Ok::<(), BoxError>(())
//! # })?;
//! # Ok::<(), BoxError>(())
//! ```
//!
//! One that has errors of its own to give back takes the parts: [`received`] and [`compared`] for what
//! comes from the network, [`played`] for what comes from the cassette.

mod exchange;
mod failing;
mod head;
mod playing;
mod recording;

use std::error::Error as StdError;

pub use exchange::{ExchangeBody, ExchangeError, exchange};
pub use failing::{body_failure, failure};
pub use head::{asked, remove_hop_by_hop};
pub use playing::{PlayingBody, played};
pub use recording::{RecordingBody, compared, received};

/// An error of any kind.
pub type BoxError = Box<dyn StdError + Send + Sync>;
