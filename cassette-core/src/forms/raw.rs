//! JSON that is kept as it is written, without a copy where the text that it stands in is lent.

use std::cell::RefCell;

use bytes::Bytes;
use serde::de::{self, Deserializer};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::json;

/// How deeply what is kept may be nested: what the file around a body leaves of its own limit.
pub(crate) const MAX_RAW_DEPTH: usize = json::MAX_DEPTH - 5;

thread_local! {
    /// The text that is being read here. Deserializing has no other way to hand it on.
    static LENT: RefCell<Option<Bytes>> = const { RefCell::new(None) };
}

/// Reads a text, of which what is read may keep slices.
pub(crate) fn lending<T>(text: &Bytes, read: impl FnOnce(&[u8]) -> T) -> T {
    let before = LENT.replace(Some(text.clone()));
    let value = read(text);
    LENT.replace(before);
    value
}

/// Returns a piece of the text that is being read: a slice of it, where it is lent and has the piece.
pub(crate) fn piece(text: &[u8]) -> Bytes {
    LENT.with_borrow(|lent| match lent {
        Some(lent) if lent.as_ptr_range().contains(&text.as_ptr()) => lent.slice_ref(text),
        _ => Bytes::copy_from_slice(text),
    })
}

fn is_lent() -> bool {
    LENT.with_borrow(Option::is_some)
}

/// A JSON value as it is written.
#[derive(Clone, Debug)]
pub(crate) struct Raw(Bytes);

impl Raw {
    pub(crate) fn text(&self) -> &str {
        // It was read from JSON, which is text.
        str::from_utf8(&self.0).unwrap_or_default()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<Bytes> for Raw {
    fn from(json: Bytes) -> Self {
        Self(json)
    }
}

impl From<String> for Raw {
    fn from(json: String) -> Self {
        Self(json.into())
    }
}

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue =
            serde_json::from_str(self.text()).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match is_lent() {
            true => piece(<&RawValue>::deserialize(deserializer)?.get().as_bytes()),
            false => String::from(Box::<str>::from(Box::<RawValue>::deserialize(
                deserializer,
            )?))
            .into(),
        };
        // What keeps the text does not look into it, and so sees no level too many.
        match json::is_deeper_than(&text, MAX_RAW_DEPTH) {
            true => Err(de::Error::custom("it is nested too deeply")),
            false => Ok(Self(text)),
        }
    }
}
