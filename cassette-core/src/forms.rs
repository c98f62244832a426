//! How the parts of HTTP stand in the file.

pub(crate) mod headers;
pub(crate) mod lines;
pub(crate) mod raw;

use http::{Method, StatusCode, Version};
use serde::Deserialize;
use serde::de::{self, Deserializer};
use serde::ser::Serializer;

pub(crate) mod method {
    use super::{Deserialize, Deserializer, Method, Serializer, de};

    pub(crate) fn serialize<S: Serializer>(
        method: &Method,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(method.as_str())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Method, D::Error> {
        let text = String::deserialize(deserializer)?;
        Method::from_bytes(text.as_bytes())
            .map_err(|_| de::Error::custom(format_args!("`{text}` is not a method")))
    }
}

pub(crate) mod status {
    use super::{Deserialize, Deserializer, Serializer, StatusCode, de};

    pub(crate) fn serialize<S: Serializer>(
        status: &StatusCode,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(status.as_u16())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<StatusCode, D::Error> {
        let code = u16::deserialize(deserializer)?;
        StatusCode::from_u16(code)
            .map_err(|_| de::Error::custom(format_args!("{code} is not a status")))
    }
}

pub(crate) mod version {
    use super::{Deserialize, Deserializer, Serializer, Version, de};

    const NAMES: [(&str, Version); 5] = [
        ("HTTP/0.9", Version::HTTP_09),
        ("HTTP/1.0", Version::HTTP_10),
        ("HTTP/1.1", Version::HTTP_11),
        ("HTTP/2", Version::HTTP_2),
        ("HTTP/3", Version::HTTP_3),
    ];

    pub(crate) fn default() -> Version {
        Version::HTTP_11
    }

    pub(crate) fn is_default(version: &Version) -> bool {
        *version == default()
    }

    pub(crate) fn serialize<S: Serializer>(
        version: &Version,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let name = NAMES
            .iter()
            .find(|known| known.1 == *version)
            .map_or("HTTP/1.1", |known| known.0);
        serializer.serialize_str(name)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Version, D::Error> {
        let text = String::deserialize(deserializer)?;
        let known = NAMES.iter().find(|known| known.0 == text);
        known.map(|known| known.1).ok_or_else(|| {
            let names = NAMES.map(|known| known.0).join(", ");
            de::Error::custom(format_args!("unknown version `{text}`; known are {names}"))
        })
    }
}
