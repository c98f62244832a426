use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Says where the secrets of a text are that no list can name.
///
/// Closures that take a `&str` and return ranges of it are redactions, too.
///
/// ```
/// use cassette_core::Config;
///
/// // Everything behind `ticket-`, to the end of the word.
/// let tickets = |text: &str| {
///     let found = text.match_indices("ticket-");
///     let end = |start: usize| start + text[start..].find(' ').unwrap_or(text.len() - start);
///     found.map(|(at, name)| at + name.len()..end(at)).collect()
/// };
/// let config = Config::new().redaction(tickets);
/// ```
pub trait Redaction: Send + Sync {
    /// Returns where in `text` secrets are: in a URL, the value of a header, a body that is text, the
    /// message of a failure. Ranges outside the text or inside a character are widened or left out.
    ///
    /// It is asked again for what it has masked, and when a recording is played. So it must find
    /// nothing in the placeholder, and depend on nothing but the text.
    fn secrets(&self, text: &str) -> Vec<Range<usize>>;
}

impl<F: Fn(&str) -> Vec<Range<usize>> + Send + Sync> Redaction for F {
    fn secrets(&self, text: &str) -> Vec<Range<usize>> {
        self(text)
    }
}

/// All redactions of the user.
#[derive(Clone, Default)]
pub(crate) struct Redactions(Vec<Arc<dyn Redaction>>);

impl Redactions {
    pub(crate) fn add(&mut self, redaction: impl Redaction + 'static) {
        self.0.push(Arc::new(redaction));
    }

    pub(crate) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Returns where they find secrets.
    pub(crate) fn secrets(&self, text: &str) -> Vec<Range<usize>> {
        let found = self.0.iter().flat_map(|redaction| redaction.secrets(text));
        found.collect()
    }
}

impl fmt::Debug for Redactions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactions({})", self.0.len())
    }
}
