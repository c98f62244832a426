//! `scope_sync`: cassettes without the attribute.

use std::convert::Infallible;

use cassette_core::Mode;
use cassette_reqwest::{current, scope_sync};
use cassette_tests::{Sandbox, Server, echo};

use crate::get;

#[test]
fn a_closure_is_recorded_then_replayed_and_its_value_comes_back() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let url = server.url("/");
    let asks = |mode| scope_sync("tools/asks", sandbox.config(mode), || get(&url).unwrap());
    let recorded = asks(Mode::Auto).unwrap();
    assert!(recorded.contains("GET"), "{recorded}");
    server.stop();
    assert_eq!(asks(Mode::Replay).unwrap(), recorded);
    assert_eq!(sandbox.files(), ["tools/asks.json"]);
    assert!(current().unwrap_err().is_no_session());
}

#[test]
fn what_is_wrong_is_an_error() {
    let (sandbox, server) = (Sandbox::new(), Server::start(echo));
    let missing = scope_sync("c", sandbox.config(Mode::Replay), || -> Infallible {
        panic!("it is not called")
    });
    assert!(missing.is_err_and(|error| error.is_missing_cassette()));
    let asks = |mode, path| scope_sync("c", sandbox.config(mode), || get(&server.url(path)));
    drop(asks(Mode::Record, "/a").unwrap());
    let missed = asks(Mode::Replay, "/b").unwrap_err();
    assert!(missed.is_unmatched(), "{missed}");
    assert_eq!(server.hits(), 1);
}
