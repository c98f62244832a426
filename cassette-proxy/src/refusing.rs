use std::io;
use std::sync::Arc;

use cassette_core::current;
use http::HeaderMap;
use once_cell::sync::OnceCell;
use url::Url;

use crate::credentials::{Shown, routed};
use crate::listener::Listener;
use crate::shared::Shared;
use crate::upstream::Upstream;

/// Nobody listens there, whatever happens.
const NOWHERE: &str = "http://127.0.0.1:0";

/// Returns the URL of a proxy that refuses every request, and says why: for clients that have no session.
///
/// It is there from the first such request to the end of the process. The reason is in the URL, since
/// nothing else tells one client from another.
pub(crate) fn url(reason: &str) -> String {
    static REFUSING: OnceCell<Listener> = OnceCell::new();
    let refusing = REFUSING.get_or_try_init(|| -> io::Result<Listener> {
        let upstream = Arc::new(Upstream::default());
        Listener::start(Arc::new(Shared::new(None, upstream)?))
    });
    let url = refusing.ok().and_then(|listener| {
        let (user, port) = (routed().ok()?, listener.port());
        let mut url = Url::parse(&format!("http://{user}@127.0.0.1:{port}")).ok()?;
        url.set_password(Some(reason)).ok()?;
        Some(url.into())
    });
    url.unwrap_or_else(|| NOWHERE.to_owned())
}

/// Returns the reason that was in the URL, or what the core says to any client without a session.
pub(crate) fn reason(headers: &HeaderMap) -> String {
    let shown = Shown::read(headers).filter(Shown::is_routed);
    let said = shown.map(|shown| shown.password);
    let said = said.filter(|reason| !reason.is_empty());
    said.unwrap_or_else(|| match current() {
        Err(error) => error.to_string(),
        Ok(_) => String::new(),
    })
}
