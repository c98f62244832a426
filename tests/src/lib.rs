//! What the tests of this workspace stand on: servers of their own on the loopback, a gate that can
//! be shut in front of a foreign one, a folder to record into, and a text of everything a client
//! sees of a response.
//!
//! Nothing here sleeps: a test that needs a request to wait hands the server a handler that waits.

mod acceptor;
mod body;
mod child;
mod gate;
mod handlers;
mod sandbox;
mod seen;
mod server;
mod stage;
mod transcript;

pub use body::{Body, channel};
pub use child::{Child, Ran, parent_variable, url_of_parent};
pub use gate::Gate;
pub use handlers::{count, echo, json};
pub use sandbox::Sandbox;
pub use seen::Seen;
pub use server::Server;
pub use stage::{Stage, masked, one_thread, run, run_on, staged, two_workers, url};
pub use transcript::{visible, visible_error, visible_outcome};
