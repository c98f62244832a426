use std::str;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::forms::lines::Lines;
use crate::json::{self, Layout};

/// How deeply a JSON body may be nested: what the file around it leaves of its own limit.
const MAX_JSON_DEPTH: usize = json::MAX_DEPTH - 5;

/// How many characters of base64 stand on one line of the file.
const BASE64_LINE: usize = 76;

/// The body of a recorded request or response: exact bytes, and the form in which they are stored.
///
/// The form is the most readable one that gives the same bytes back: JSON, else text, else base64.
///
/// ```
/// use cassette_core::Body;
///
/// let body = Body::from(&br#"{"price": 1.10}"#[..]);
/// assert!(body.is_json());
/// assert_eq!(body.bytes(), &br#"{"price": 1.10}"#[..]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    bytes: Bytes,
    form: Form,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Form {
    #[default]
    Empty,
    Json {
        layout: Layout,
        newline: bool,
    },
    Text,
    Base64,
}

impl Body {
    /// Returns the bytes as they were on the wire.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Returns true when there is no body, or one of no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Returns true when the body is stored as JSON.
    #[must_use]
    pub fn is_json(&self) -> bool {
        matches!(self.form, Form::Json { .. })
    }

    /// Returns the body as text, where it is UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self.form {
            Form::Base64 => None,
            Form::Empty | Form::Json { .. } | Form::Text => str::from_utf8(&self.bytes).ok(),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        let form = Form::of(&bytes);
        Self { bytes, form }
    }
}

impl From<&[u8]> for Body {
    fn from(bytes: &[u8]) -> Self {
        Self::from(Bytes::copy_from_slice(bytes))
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self::from(Bytes::from(text))
    }
}

impl Form {
    fn of(bytes: &[u8]) -> Self {
        match str::from_utf8(bytes) {
            Ok("") => Self::Empty,
            Ok(text) => Self::of_json(text).unwrap_or(Self::Text),
            Err(_) => Self::Base64,
        }
    }

    /// JSON only where a layout gives back every byte; a lone scalar reads better as text.
    fn of_json(text: &str) -> Option<Self> {
        let value = text.strip_suffix('\n').unwrap_or(text);
        if !value.starts_with(['{', '['])
            || json::depth(value.as_bytes()) > MAX_JSON_DEPTH
            || !json::is_json(value)
        {
            return None;
        }
        let (layout, newline) = (guess_layout(value), value.len() < text.len());
        let known = LAYOUTS.iter().any(|known| known.1 == layout);
        (known && json::relayout(value, layout) == value).then_some(Self::Json { layout, newline })
    }
}

/// The only layout that can fit: told by what follows the first bracket, comma or colon.
fn guess_layout(text: &str) -> Layout {
    if let Some(rest) = text[1..].strip_prefix('\n') {
        return Layout::Indent(rest.len() - rest.trim_start_matches(' ').len());
    }
    if json::relayout(text, Layout::Compact).len() == text.len() {
        return Layout::Compact;
    }
    Layout::Spaced
}

const LAYOUTS: [(&str, Layout, bool); 8] = [
    ("compact", Layout::Compact, false),
    ("compact-newline", Layout::Compact, true),
    ("spaced", Layout::Spaced, false),
    ("spaced-newline", Layout::Spaced, true),
    ("indent-2", Layout::Indent(2), false),
    ("indent-2-newline", Layout::Indent(2), true),
    ("indent-4", Layout::Indent(4), false),
    ("indent-4-newline", Layout::Indent(4), true),
];

/// The body as the file has it: exactly one form, and notes beside it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    json: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    layout: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<Lines>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base64: Option<Lines>,
}

/// `"json": null` is a body of four bytes, not an absent one.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::<RawValue>::deserialize(deserializer).map(Some)
}

impl Serialize for Body {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut stored = Stored {
            json: None,
            layout: None,
            text: None,
            base64: None,
        };
        match self.form {
            Form::Json { layout, newline } => {
                let text = String::from_utf8_lossy(&self.bytes);
                let json = RawValue::from_string(json::relayout(&text, Layout::Compact));
                stored.json = Some(json.map_err(serde::ser::Error::custom)?);
                stored.layout = layout_name(layout, newline).map(str::to_owned);
            }
            Form::Empty | Form::Text => {
                let text = String::from_utf8_lossy(&self.bytes);
                stored.text = Some(Lines(text.split('\n').map(str::to_owned).collect()));
            }
            Form::Base64 => stored.base64 = Some(base64_lines(&self.bytes)),
        }
        stored.serialize(serializer)
    }
}

/// `compact` is the default and not written.
fn layout_name(layout: Layout, newline: bool) -> Option<&'static str> {
    let known = LAYOUTS
        .iter()
        .find(|known| (known.1, known.2) == (layout, newline))?;
    Some(known.0).filter(|&name| name != LAYOUTS[0].0)
}

fn base64_lines(bytes: &[u8]) -> Lines {
    let text = BASE64.encode(bytes);
    let line = |line: &[u8]| String::from_utf8_lossy(line).into_owned();
    Lines(text.as_bytes().chunks(BASE64_LINE).map(line).collect())
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Stored::deserialize(deserializer)? {
            Stored {
                json: Some(json),
                layout,
                text: None,
                base64: None,
            } => read_json(json.get(), layout.as_deref()).map_err(de::Error::custom),
            Stored {
                json: None,
                layout: None,
                text: Some(text),
                base64: None,
            } => Ok(Self::from_text(text.0.join("\n"))),
            Stored {
                json: None,
                layout: None,
                text: None,
                base64: Some(text),
            } => {
                let bytes = BASE64.decode(text.0.concat()).map_err(de::Error::custom)?;
                Ok(Self {
                    bytes: bytes.into(),
                    form: Form::Base64,
                })
            }
            _ => Err(de::Error::custom(
                "a body has exactly one of `json` (with or without `layout`), `text`, `base64`",
            )),
        }
    }
}

impl Body {
    /// Text stays text, also where a person wrote JSON into it.
    fn from_text(text: String) -> Self {
        let form = if text.is_empty() {
            Form::Empty
        } else {
            Form::Text
        };
        Self {
            bytes: text.into(),
            form,
        }
    }
}

fn read_json(text: &str, layout: Option<&str>) -> Result<Body, String> {
    let name = layout.unwrap_or(LAYOUTS[0].0);
    let Some(&(_, layout, newline)) = LAYOUTS.iter().find(|known| known.0 == name) else {
        let known = LAYOUTS.map(|known| known.0).join(", ");
        return Err(format!("unknown layout `{name}`; known are {known}"));
    };
    let mut text = json::relayout(text, layout);
    text.extend(newline.then_some('\n'));
    Ok(Body {
        bytes: text.into(),
        form: Form::Json { layout, newline },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stored(bytes: &[u8]) -> String {
        serde_json::to_string(&Body::from(bytes)).unwrap()
    }

    fn read(text: &str) -> Result<Body, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn each_body_takes_the_most_readable_form() {
        assert_eq!(
            stored(br#"{"a":1.10,"a":1e3}"#),
            r#"{"json":{"a":1.10,"a":1e3}}"#
        );
        assert_eq!(
            stored(b"{\"a\": [1, 2]}\n"),
            r#"{"json":{"a":[1,2]},"layout":"spaced-newline"}"#
        );
        assert_eq!(
            stored(b"{\n  \"a\": []\n}"),
            r#"{"json":{"a":[]},"layout":"indent-2"}"#
        );
        assert_eq!(
            stored(b"[\n    1\n]\n"),
            r#"{"json":[1],"layout":"indent-4-newline"}"#
        );
        assert_eq!(stored(b"{\"a\" :1}"), r#"{"text":"{\"a\" :1}"}"#);
        assert_eq!(stored(b"[\n   1\n]"), r#"{"text":["[","   1","]"]}"#);
        assert_eq!(stored(b"42"), r#"{"text":"42"}"#);
        assert_eq!(stored(b"a\r\nb\n"), r#"{"text":["a\r","b",""]}"#);
        assert_eq!(stored(&[0xff, 0x00]), r#"{"base64":"/wA="}"#);
    }

    #[test]
    fn deep_json_is_stored_as_text() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(Body::from(nested(MAX_JSON_DEPTH)).is_json());
        assert!(!Body::from(nested(MAX_JSON_DEPTH + 1)).is_json());
    }

    #[test]
    fn long_binary_is_wrapped_in_lines_of_76() {
        let text = stored(&[0xfe; 100]);
        let lines: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(lines["base64"][0].as_str().unwrap().len(), BASE64_LINE);
        assert_eq!(read(&text).unwrap().bytes(), &[0xfe; 100][..]);
    }

    #[test]
    fn hand_written_bodies_are_read_in_any_layout() {
        assert_eq!(read("{ \"json\" : null }").unwrap().bytes(), "null");
        assert_eq!(
            read("{ \"json\": { \"a\" : 1 } }").unwrap().bytes(),
            r#"{"a":1}"#
        );
        assert_eq!(
            read(r#"{"text":"{\"a\":1}"}"#).unwrap().bytes(),
            r#"{"a":1}"#
        );
    }

    #[test]
    fn two_forms_none_and_unknown_names_are_refused() {
        for text in [
            "{}",
            r#"{"json":1,"text":"a"}"#,
            r#"{"text":"a","layout":"spaced"}"#,
        ] {
            assert!(read(text).unwrap_err().contains("exactly one of"), "{text}");
        }
        assert!(
            read(r#"{"json":1,"layout":"wide"}"#)
                .unwrap_err()
                .contains("known are compact, ")
        );
        assert!(
            read(r#"{"txt":"a"}"#)
                .unwrap_err()
                .contains("unknown field `txt`")
        );
        assert!(read(r#"{"base64":"?"}"#).is_err());
    }

    fn check_round_trip(bytes: &[u8]) {
        let body = Body::from(bytes);
        let pretty = json::relayout(&serde_json::to_string(&body).unwrap(), Layout::Indent(2));
        let back = read(&pretty).unwrap();
        assert_eq!((back.bytes(), &back), (body.bytes(), &body));
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(bytes: Vec<u8>) {
            check_round_trip(&bytes);
        }

        #[test]
        fn any_text_comes_back(text: String) {
            check_round_trip(text.as_bytes());
        }

        #[test]
        fn anything_like_json_comes_back(text in r#"[\[\{]([\[\]\{\}:, \n]|"(\\u00e9|\\"|[a-z])*"|1\.10|1e3|null){0,24}[\]\}]\n?"#) {
            check_round_trip(text.as_bytes());
        }
    }
}
