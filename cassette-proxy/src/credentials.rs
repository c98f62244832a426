use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::PROXY_AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use once_cell::sync::OnceCell;

use crate::authority::random;

/// What a client has to show that it belongs here: a port alone may have been another session's
/// before, and any program can try it.
pub(crate) struct Credentials(String);

impl Credentials {
    pub(crate) fn new() -> io::Result<Self> {
        let token: [u8; 16] = random()?;
        Ok(Self(token.map(|byte| format!("{byte:02x}")).concat()))
    }

    /// What stands before the `@` of the URL that a client is bound to.
    pub(crate) fn bound(&self) -> String {
        format!("cassette:{}", self.0)
    }

    /// Returns whether they, or [those of routed clients](routed), are shown.
    pub(crate) fn are_shown(&self, shown: &Shown) -> bool {
        shown.password == self.0 || shown.is_routed()
    }
}

/// The user in the URLs of clients that ask for their way whenever they connect. It opens every proxy of this
/// process, as they have just been sent to the right one.
///
/// reqwest takes the credentials of an `http` request from the URL that it is told when `send` is called. Where it
/// connects it asks again, and by then another session may be in use, or the first one.
pub(crate) fn routed() -> io::Result<&'static str> {
    static ROUTED: OnceCell<Credentials> = OnceCell::new();
    Ok(&ROUTED.get_or_try_init(Credentials::new)?.0)
}

/// The user and the password that a request shows.
pub(crate) struct Shown {
    user: String,
    pub(crate) password: String,
}

impl Shown {
    pub(crate) fn read(headers: &HeaderMap) -> Option<Self> {
        headers.get(PROXY_AUTHORIZATION).map(Self::decode)
    }

    pub(crate) fn is_routed(&self) -> bool {
        routed().is_ok_and(|user| self.user == user)
    }

    /// What cannot be read opens nothing.
    fn decode(shown: &HeaderValue) -> Self {
        let text = shown.to_str().ok();
        let encoded = text.and_then(|text| text.strip_prefix("Basic "));
        let decoded = encoded.and_then(|encoded| STANDARD.decode(encoded).ok());
        let text = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
        let text = text.unwrap_or_default();
        let (user, password) = text.split_once(':').unwrap_or_default();
        Self {
            user: user.to_owned(),
            password: password.to_owned(),
        }
    }
}
