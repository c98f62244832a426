use std::sync::OnceLock;

use bytes::Bytes;

use crate::forms::lines::Lines;
use crate::forms::raw::Raw;
use crate::json::{self, Layout};

/// The bytes of a body. Those of a cassette stand there in a form of their own, which is undone when somebody
/// asks for them.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    bytes: OnceLock<Bytes>,
    written: Option<Box<Written>>,
}

/// How bytes stand in a cassette. Nothing can be wrong with it any more.
#[derive(Clone, Debug)]
pub(super) enum Written {
    Json {
        raw: Raw,
        layout: Layout,
        newline: bool,
    },
    /// A string, or a list of the lines.
    Text(Raw),
}

impl Content {
    #[cfg(test)]
    pub(super) fn is_decoded(&self) -> bool {
        self.bytes.get().is_some()
    }

    pub(super) fn get(&self) -> &Bytes {
        let decoded = || self.written.as_deref().map(Written::decoded);
        self.bytes.get_or_init(|| decoded().unwrap_or_default())
    }
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Self {
        Self {
            bytes: bytes.into(),
            written: None,
        }
    }
}

impl From<Written> for Content {
    fn from(written: Written) -> Self {
        Self {
            bytes: OnceLock::new(),
            written: Some(Box::new(written)),
        }
    }
}

impl Written {
    fn decoded(&self) -> Bytes {
        match self {
            Self::Json {
                raw,
                layout,
                newline,
            } => {
                let mut text = json::relayout(raw.text(), *layout);
                text.extend(newline.then_some('\n'));
                // It is kept: no longer than it is.
                text.into_boxed_str().into_boxed_bytes().into()
            }
            Self::Text(raw) => {
                let lines: Option<Lines> = serde_json::from_str(raw.text()).ok();
                lines.unwrap_or_default().0.join("\n").into()
            }
        }
    }
}

/// Returns true for a string, or a list of strings, in which no escape can be wrong.
pub(super) fn is_plain_text(raw: &Raw) -> bool {
    let text = raw.bytes();
    // Half of a pair of `\u` stands for nothing.
    if memchr::memmem::find(text, b"\\u").is_some() {
        return false;
    }
    let Some(b'[') = text.first() else {
        return text.first() == Some(&b'"');
    };
    let mut at = json::skip_space(text, 1);
    while text.get(at) == Some(&b'"') {
        at = json::skip_space(text, json::string_end(text, at));
        if text.get(at) == Some(&b',') {
            at = json::skip_space(text, at + 1);
        }
    }
    text.get(at) == Some(&b']')
}
