use std::error::Error as StdError;
use std::{fmt, io};

/// The result of what can fail here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Anything that can go wrong between a request and its cassette.
///
/// # Introspection is limited
///
/// The type is opaque: the text is written for the person who reads a failing test, names the
/// file and the place, and ends with the command to run next. Code asks the `is_*` methods.
/// No text holds an unredacted value.
pub struct Error(Box<Inner>);

struct Inner {
    kind: Kind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What kind of thing went wrong; one predicate each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Ambiguous,
    Busy,
    Config,
    Drifted,
    Expired,
    Foreign,
    Format,
    MissingCassette,
    NoSession,
    Rejected,
    Secret,
    Stale,
    Storage,
    Unmatched,
    Unused,
}

impl Error {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            source: None,
        }))
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Returns the name of its kind, as the predicates have it.
    pub(crate) fn kind_name(&self) -> &'static str {
        match self.0.kind {
            Kind::Ambiguous => "ambiguous",
            Kind::Busy => "busy",
            Kind::Config => "config",
            Kind::Drifted => "drifted",
            Kind::Expired => "expired",
            Kind::Foreign => "foreign",
            Kind::Format => "format",
            Kind::MissingCassette => "missing-cassette",
            Kind::NoSession => "no-session",
            Kind::Rejected => "rejected",
            Kind::Secret => "secret",
            Kind::Stale => "stale",
            Kind::Storage => "storage",
            Kind::Unmatched => "unmatched",
            Kind::Unused => "unused",
        }
    }

    /// Adds what a reader should know besides.
    pub(crate) fn with_notes(mut self, notes: &[String]) -> Self {
        for note in notes {
            self.0.message.push_str(&format!("\n\nnote: {note}"));
        }
        self
    }

    /// Returns true when the cassette is not there and the mode forbids recording it.
    #[must_use]
    pub fn is_missing_cassette(&self) -> bool {
        self.0.kind == Kind::MissingCassette
    }

    /// Returns true when the test function has changed since the recording.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.0.kind == Kind::Stale
    }

    /// Returns true when the recording is older than `max_age` allows.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        self.0.kind == Kind::Expired
    }

    /// Returns true when no recorded interaction answers the request.
    #[must_use]
    pub fn is_unmatched(&self) -> bool {
        self.0.kind == Kind::Unmatched
    }

    /// Returns true when recorded interactions were left unplayed.
    #[must_use]
    pub fn is_unused(&self) -> bool {
        self.0.kind == Kind::Unused
    }

    /// Returns true when the server no longer answers as recorded, in
    /// [`Mode::Verify`](crate::Mode::Verify).
    #[must_use]
    pub fn is_drifted(&self) -> bool {
        self.0.kind == Kind::Drifted
    }

    /// Returns true when a setting is wrong: an attribute, a `cassette.toml`, a variable.
    #[must_use]
    pub fn is_config(&self) -> bool {
        self.0.kind == Kind::Config
    }

    /// Returns true when a cassette file cannot be read as one.
    #[must_use]
    pub fn is_format(&self) -> bool {
        self.0.kind == Kind::Format
    }

    /// Returns true when the recording holds what looks like a secret, and is not saved for it.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.0.kind == Kind::Secret
    }

    /// Returns true when the cassette belongs to another test.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        self.0.kind == Kind::Foreign
    }

    /// Returns true when another session is using the cassette.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.0.kind == Kind::Busy
    }

    /// Returns true when reading or writing failed below us: permissions, a full disk.
    #[must_use]
    pub fn is_storage(&self) -> bool {
        self.0.kind == Kind::Storage
    }

    /// Returns true when there is no cassette where the request was made.
    #[must_use]
    pub fn is_no_session(&self) -> bool {
        self.0.kind == Kind::NoSession
    }

    /// Returns true when several cassettes are in use and the request does not say which is meant.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        self.0.kind == Kind::Ambiguous
    }

    /// Returns true when the recording was not saved although the test passed.
    #[must_use]
    pub fn is_rejected(&self) -> bool {
        self.0.kind == Kind::Rejected
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

/// The text and its causes, line by line: this is what `.unwrap()` prints in a failing test.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        let mut source = self.source();
        while let Some(cause) = source {
            write!(f, "\ncaused by: {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        Self::other(error)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

const _: () = {
    const fn assert_send_sync<T: Send + Sync + 'static>() {}
    assert_send_sync::<Error>();
};
