//! A proxy in the test's own process that answers from the test's cassette: for clients that take
//! neither a middleware nor a layer, blocking ones, and other programs.
//!
//! A plain client of reqwest needs nothing of this crate: `cassette_reqwest::plain_client_builder()` makes it.
//! Another program is given the variables of the proxy:
//!
//! ```
//! use std::io;
//! use std::process::{Command, Output};
//!
//! use cassette_proxy::{Proxy, current};
//!
//! fn fetched(url: &str) -> io::Result<Output> {
//!     let variables = Proxy::start(&current()?)?.env()?;
//!     Command::new("curl").arg(url).envs(variables).output()
//! }
//! ```
//!
//! It runs on the loopback, in a thread of its own, from when it is first asked for until the session ends, and
//! serves nobody but who shows the credentials that stand in its URL. Whatever else asks it is answered with
//! status 407. What the cassette has no answer to is answered with 501 and the report, and fails the test at
//! its end.
//!
//! # What it sees
//!
//! All that the client sends and gets, below everything the client does by itself, which is done in a replay as
//! well:
//!
//! - Each redirect, retry and login is an interaction of its own.
//! - Cookies are those of the client. In a replay it is given placeholders for their values, and sends them back.
//! - Bodies are compressed on their way to the client as the server compressed them, and stored readable.
//! - Responses come piece by piece, trailers behind them. The body of a request is read to its end before it is
//!   sent on, with its length; so client and server cannot take turns in one exchange.
//! - Client and proxy agree on HTTP/1 or HTTP/2, and so do proxy and server, each pair for itself. `http` by
//!   HTTP/2 goes on as such. Informational responses (`103`) end at the proxy, which itself gives leave to
//!   send a body (`100`).
//! - A client that gives up closes its connection, and is recorded as having given up. So is one that shuts
//!   its side of the connection before it has the answer, and what is on its way when the test ends.
//!
//! # What it cannot see
//!
//! - What asks no proxy: HTTP/3, and programs that know none. Go's own client asks none for `localhost` and
//!   addresses of the loopback.
//! - Inside of TLS with a client that pins its server's certificate: it does not connect. Certificates of clients
//!   do not reach the server.
//! - Connections that are upgraded, as to a web socket. The request is answered with 501 and fails the test.
//! - The address of the server: the one that a client has is the proxy's (`remote_addr()` of reqwest).
//!
//! Proxies that the machine itself needs are not asked: while recording, servers are reached directly. Where
//! that does not do, record with a middleware, whose client looks for proxies itself.
//!
//! A client with time limits sees a real connection: on a runtime whose clock is paused they run out at once.
//!
//! # Failures
//!
//! What befalls the connection to the server befalls that of the client, when it is recorded and again in a
//! replay:
//!
//! | recorded `kind` | what the client finds |
//! |---|---|
//! | `connect`, `connect-timeout`, `dns`, `closed`, `request` | its connection closed before an answer |
//! | `reset` | its connection reset |
//! | a body that breaks off | all that came of it, then its connection closed |
//! | `timeout`, `cancelled` | what it did itself: it waited until it gave up |
//!
//! The proxy has let the client connect by then, since it knows nothing of the request before; so no client
//! finds that it could *not connect* (`is_connect()` of reqwest is false). On HTTP/2 the one request is reset
//! (`INTERNAL_ERROR`), and others on the connection go on; of a long body that breaks off, what the client has not
//! read yet may be lost, up to some hundred kilobytes. Why it was is told with the failure of the test.
//!
//! [`cassette`] describes the attribute, and [`unrecorded`](macro@unrecorded) the one for what is not to be recorded;
//! [`scope`] works without the attribute. Everything a test needs of `cassette-core` is re-exported here.

#![warn(clippy::unwrap_used)] // nothing from outside is taken for granted

mod authority;
mod connection;
mod credentials;
mod delivered;
mod exchange;
mod head;
mod line;
mod listener;
mod proxy;
mod refusing;
mod settled;
mod shared;
mod tunnel;
mod unanswered;
mod upstream;

pub use authority::{certificate_der, certificate_pem};
#[doc = include_str!("attribute.md")]
pub use cassette_core::__private::cassette_for_proxy as cassette;
// The function alone: under its public path there is the core's own attribute, too.
pub use cassette_core::__private::unrecorded;
#[doc = include_str!("unrecorded.md")]
pub use cassette_core::__private::unrecorded_for_proxy as unrecorded;
pub use cassette_core::{
    Body, Cassette, CassetteId, CassettePool, Config, Error, ErrorKind, InCurrentCassette,
    Interaction, Latency, Mode, OnChange, OnDrift, OnExpiry, Order, RecordedError, RecordedRequest,
    Redaction, Repeat, RequestInfo, Result, Session, StatusPattern, Track, Unused, current,
    in_current_cassette, scope, scope_sync, secret, unrecorded_sync,
};
pub use cassette_core::{bytes, http};
pub use proxy::{Proxy, bound_route, route};

#[doc(hidden)]
pub use cassette_core::__private;
