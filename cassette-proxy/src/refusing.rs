use std::io;
use std::sync::Arc;

use once_cell::sync::OnceCell;

use crate::listener::Listener;
use crate::shared::Shared;

/// Nobody listens there, whatever happens.
const NOWHERE: &str = "http://127.0.0.1:0";

/// Returns the URL of a proxy that refuses every request, and says why: for clients that have no session.
///
/// It is there from the first such request to the end of the process.
pub(crate) fn url() -> String {
    static REFUSING: OnceCell<Listener> = OnceCell::new();
    let refusing = REFUSING.get_or_try_init(|| -> io::Result<Listener> {
        Listener::start(Arc::new(Shared::new(None)?))
    });
    match refusing {
        Ok(listener) => format!("http://127.0.0.1:{}", listener.port()),
        Err(_) => NOWHERE.to_owned(),
    }
}
