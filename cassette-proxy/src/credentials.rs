use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::PROXY_AUTHORIZATION;
use http::{HeaderMap, HeaderValue};

use crate::authority::random;

/// What a client has to show that it is the session's: a port alone may have been another session's
/// before, and any program can try it.
pub(crate) struct Credentials(String);

/// Where the requests go of a client that shows the credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passage {
    Cassette,
    /// To the network, unrecorded.
    Past,
}

impl Credentials {
    pub(crate) fn new() -> io::Result<Self> {
        let token: [u8; 16] = random()?;
        Ok(Self(token.map(|byte| format!("{byte:02x}")).concat()))
    }

    /// What stands before the `@` of the proxy's URL.
    pub(crate) fn of(&self, passage: Passage) -> String {
        let user = match passage {
            Passage::Cassette => "cassette",
            Passage::Past => "unrecorded",
        };
        format!("{user}:{}", self.0)
    }

    /// Returns where a request goes that has these headers.
    pub(crate) fn shown(&self, headers: &HeaderMap) -> Shown {
        let Some(shown) = headers.get(PROXY_AUTHORIZATION) else {
            return Shown::Nothing;
        };
        let is = |passage: &Passage| self.is_shown(*passage, shown);
        let passage = [Passage::Cassette, Passage::Past].into_iter().find(is);
        passage.map_or(Shown::Wrong, Shown::Right)
    }

    fn is_shown(&self, passage: Passage, shown: &HeaderValue) -> bool {
        let expected = format!("Basic {}", STANDARD.encode(self.of(passage)));
        shown.as_bytes() == expected.as_bytes()
    }
}

/// What a request shows of the credentials.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    Right(Passage),
    Wrong,
    Nothing,
}
