use std::collections::HashSet;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use cassette_core::Session;
use http::header::LOCATION;
use http::{Request, Response, Uri};
use url::Url;

use crate::authority::Authority;
use crate::credentials::{Credentials, Shown};
use crate::upstream::Upstream;

/// What the connections of one proxy share.
pub(crate) struct Shared {
    /// Without one every request is refused.
    pub(crate) session: Option<Session>,
    pub(crate) credentials: Credentials,
    pub(crate) upstream: Arc<Upstream>,
    pub(crate) authority: &'static Authority,
    /// Where clients were redirected to.
    redirects: Mutex<HashSet<Url>>,
}

impl Shared {
    pub(crate) fn new(session: Option<Session>, upstream: Arc<Upstream>) -> io::Result<Self> {
        Ok(Self {
            session,
            credentials: Credentials::new()?,
            upstream,
            authority: Authority::of_process()?,
            redirects: Mutex::default(),
        })
    }

    /// Returns whether a request is the session's.
    ///
    /// A client that follows a redirect to another host leaves its credentials behind, those for the proxy
    /// as well (reqwest does). Who asks for what this session was just told to ask for is the session's.
    pub(crate) fn lets_in<B>(&self, request: &Request<B>) -> bool {
        match Shown::read(request.headers()) {
            Some(shown) => self.credentials.are_shown(&shown),
            None => self.is_redirected(request.uri()),
        }
    }

    fn is_redirected(&self, uri: &Uri) -> bool {
        let url = Url::parse(&uri.to_string());
        let redirects = self
            .redirects
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        url.is_ok_and(|url| redirects.contains(&url))
    }

    pub(crate) fn note_redirect<B>(&self, asked: &Uri, response: &Response<B>) {
        let Some(target) = target(asked, response) else {
            return;
        };
        let mut redirects = self
            .redirects
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        redirects.insert(target);
    }
}

fn target<B>(asked: &Uri, response: &Response<B>) -> Option<Url> {
    let location = response.headers().get(LOCATION)?;
    let location = std::str::from_utf8(location.as_bytes()).ok()?;
    let mut target = Url::parse(&asked.to_string()).ok()?.join(location).ok()?;
    target.set_fragment(None);
    Some(target)
}
