use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

use crate::forms::raw;

/// Headers as the file has them: a name to one value, or to a list where the name repeats.
pub(crate) fn serialize<S: Serializer>(
    headers: &HeaderMap,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    for name in headers.keys() {
        let values: Vec<Value> = headers.get_all(name).iter().cloned().map(Value).collect();
        match &values[..] {
            [value] => map.serialize_entry(name.as_str(), value)?,
            values => map.serialize_entry(name.as_str(), values)?,
        }
    }
    map.end()
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<HeaderMap, D::Error> {
    struct HeadersVisitor;

    impl<'de> Visitor<'de> for HeadersVisitor {
        type Value = HeaderMap;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of header names and values")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<HeaderMap, A::Error> {
            let mut headers = HeaderMap::new();
            while let Some((Name(name), values)) = map.next_entry::<Name, Values>()? {
                match values {
                    Values::One(value) => append(&mut headers, name, value)?,
                    Values::Many(values) => {
                        for value in values {
                            append(&mut headers, name.clone(), value)?;
                        }
                    }
                }
            }
            Ok(headers)
        }
    }

    deserializer.deserialize_map(HeadersVisitor)
}

fn append<E: de::Error>(headers: &mut HeaderMap, name: HeaderName, value: Value) -> Result<(), E> {
    let appended = headers.try_append(name, value.0);
    appended.map(drop).map_err(E::custom)
}

struct Name(HeaderName);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl Visitor<'_> for NameVisitor {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a header name")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Name, E> {
                let known = HeaderName::from_bytes(name.as_bytes());
                known
                    .map(Name)
                    .map_err(|_| E::custom(format_args!("`{name}` is not a header name")))
            }
        }

        deserializer.deserialize_str(NameVisitor)
    }
}

/// A header value: a string, or base64 where it is not UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Value(pub(crate) HeaderValue);

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(self.0.as_bytes()) {
            Ok(text) => serializer.serialize_str(text),
            Err(_) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("base64", &BASE64.encode(self.0.as_bytes()))?;
                map.end()
            }
        }
    }
}

/// One or several values.
enum Values {
    One(Value),
    Many(Vec<Value>),
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValuesVisitor { list: true })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_any(ValuesVisitor { list: false })? {
            Values::One(value) => Ok(value),
            Values::Many(_) => Err(de::Error::custom(NO_LISTS)),
        }
    }
}

const NO_LISTS: &str = "a list of header values holds no lists";

struct ValuesVisitor {
    list: bool,
}

impl<'de> Visitor<'de> for ValuesVisitor {
    type Value = Values;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string, an object with `base64`, or a list of these")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Values, E> {
        value(Bytes::copy_from_slice(text.as_bytes()))
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Values, E> {
        value(raw::piece(text.as_bytes()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Values, A::Error> {
        match (
            map.next_entry::<String, String>()?,
            map.next_key::<String>()?,
        ) {
            (Some((key, text)), None) if key == "base64" => {
                value(BASE64.decode(text).map_err(de::Error::custom)?.into())
            }
            _ => Err(de::Error::custom(
                "a header value that is an object has `base64` and nothing else",
            )),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Values, A::Error> {
        if !self.list {
            return Err(de::Error::custom(NO_LISTS));
        }
        let mut values = Vec::new();
        while let Some(value) = items.next_element()? {
            values.push(value);
        }
        Ok(Values::Many(values))
    }
}

fn value<E: de::Error>(bytes: Bytes) -> Result<Values, E> {
    let value = HeaderValue::from_maybe_shared(bytes).map(Value);
    value
        .map(Values::One)
        .map_err(|_| E::custom("a header value holds no control characters"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn write(headers: &HeaderMap) -> String {
        let mut out = Vec::new();
        serialize(headers, &mut serde_json::Serializer::new(&mut out)).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn read(text: &str) -> Result<HeaderMap, String> {
        deserialize(&mut serde_json::Deserializer::from_str(text))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn values_keep_their_order_and_their_bytes() {
        let mut headers = HeaderMap::new();
        headers.append("x-b", HeaderValue::from_static("1"));
        headers.append("x-a", HeaderValue::from_bytes(b"\xff\xfe").unwrap());
        headers.append("x-b", HeaderValue::from_bytes("é".as_bytes()).unwrap());
        let text = write(&headers);
        assert_eq!(text, r#"{"x-b":["1","é"],"x-a":{"base64":"//4="}}"#);
        assert_eq!(read(&text).unwrap(), headers);
    }

    #[test]
    fn what_is_no_header_is_refused() {
        for text in [
            r#"{"a b":"1"}"#,
            r#"{"a":"\n"}"#,
            r#"{"a":1}"#,
            r#"{"a":[["1"]]}"#,
            r#"{"a":{"hex":"1"}}"#,
            r#"{"a":[["1","2"]]}"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_header_values_come_back(values: Vec<Vec<u8>>) {
            let mut headers = HeaderMap::new();
            for (index, value) in values.iter().enumerate() {
                if let Ok(value) = HeaderValue::from_bytes(value) {
                    let name = HeaderName::from_bytes(format!("x-{}", index % 3).as_bytes()).unwrap();
                    headers.append(name, value);
                }
            }
            let back = read(&write(&headers)).unwrap();
            prop_assert_eq!(back.keys().collect::<Vec<_>>(), headers.keys().collect::<Vec<_>>());
            prop_assert_eq!(back, headers);
        }
    }
}
