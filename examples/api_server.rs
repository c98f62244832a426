//! The API that the tests of this package are recorded from: `cargo run --example api-server`.
#![expect(clippy::print_stdout, reason = "it tells where it listens")]

use std::io;
use std::thread;

use cassette_examples::ApiServer;

fn main() -> io::Result<()> {
    let server = ApiServer::start(ApiServer::DEMO_PORT)?;
    println!("listening on {}; end it with Ctrl-C", server.url());
    println!("now record: CASSETTE_MODE=record cargo test -p cassette-examples");
    loop {
        thread::park();
    }
}
