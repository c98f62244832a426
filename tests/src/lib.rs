//! What the tests of this workspace stand on: servers of their own on the loopback, one of them with
//! a say in every byte, a port where nobody listens, a gate that can be shut in front of a foreign
//! server, a folder to record into, and a text of everything a client sees of a response.
//!
//! Nothing here sleeps: a test that needs a request to wait hands the server a handler that waits.

mod acceptor;
mod body;
mod child;
mod foreign;
mod gate;
mod handlers;
mod raw;
mod refusing;
mod sandbox;
mod seen;
mod server;
mod stage;
mod tls;
mod transcript;
mod wire;

pub use body::{Body, channel, chunks, with_trailers};
pub use child::{Child, Ran, parent_variable, url_of_parent};
pub use foreign::{Foreign, Recorded, Run};
pub use gate::Gate;
pub use handlers::{count, echo, json};
pub use raw::{Connection, RawServer};
pub use refusing::Refusing;
pub use sandbox::Sandbox;
pub use seen::Seen;
pub use server::Server;
pub use stage::{Stage, caught, masked, one_thread, run, run_on, staged, two_workers, url};
pub use tls::{Identity, TlsServer};
pub use transcript::{visible, visible_error, visible_outcome};
pub use wire::{RawRequest, chunk, last_chunk, last_chunk_with};
