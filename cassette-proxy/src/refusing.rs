use std::io;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cassette_core::current;
use http::header::PROXY_AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use once_cell::sync::OnceCell;
use url::Url;

use crate::listener::Listener;
use crate::shared::Shared;

/// Nobody listens there, whatever happens.
const NOWHERE: &str = "http://127.0.0.1:0";

/// Returns the URL of a proxy that refuses every request, and says why: for clients that have no session.
///
/// It is there from the first such request to the end of the process. The reason is in the URL, since
/// nothing else tells one client from another.
pub(crate) fn url(reason: &str) -> String {
    static REFUSING: OnceCell<Listener> = OnceCell::new();
    let refusing = REFUSING.get_or_try_init(|| -> io::Result<Listener> {
        Listener::start(Arc::new(Shared::new(None)?))
    });
    let url = refusing.ok().and_then(|listener| {
        let mut url = Url::parse(&format!("http://refused@127.0.0.1:{}", listener.port())).ok()?;
        url.set_password(Some(reason)).ok()?;
        Some(url.into())
    });
    url.unwrap_or_else(|| NOWHERE.to_owned())
}

/// Returns the reason that was in the URL, or what the core says to any client without a session.
pub(crate) fn reason(headers: &HeaderMap) -> String {
    let shown = headers.get(PROXY_AUTHORIZATION).and_then(said);
    shown.unwrap_or_else(|| match current() {
        Err(error) => error.to_string(),
        Ok(_) => String::new(),
    })
}

fn said(shown: &HeaderValue) -> Option<String> {
    let encoded = shown.to_str().ok()?.strip_prefix("Basic ")?;
    let shown = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (_, reason) = shown.split_once(':')?;
    Some(reason.to_owned())
}
