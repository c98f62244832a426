use std::fmt;

use http::StatusCode;
use serde::de::{self, Deserialize, Deserializer, Visitor};

/// A status or a class of them, for [`Config::reject_status`](crate::Config::reject_status): 429, or
/// `"5xx"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusPattern(String);

impl StatusPattern {
    /// Says what is wrong with it.
    pub(crate) fn check(&self) -> Result<(), String> {
        match self.0.as_bytes() {
            [b'1'..=b'5', b'x', b'x'] | [b'1'..=b'9', b'0'..=b'9', b'0'..=b'9'] => Ok(()),
            _ => Err(format!(
                "`{self}` is no status like 429, and no class of them like \"5xx\""
            )),
        }
    }

    pub(crate) fn matches(&self, status: StatusCode) -> bool {
        let status = status.as_str();
        let class = self.0.strip_suffix("xx");
        class.map_or(self.0 == status, |class| status.starts_with(class))
    }
}

impl From<u16> for StatusPattern {
    fn from(status: u16) -> Self {
        Self(status.to_string())
    }
}

impl From<&str> for StatusPattern {
    fn from(pattern: &str) -> Self {
        Self(pattern.to_owned())
    }
}

impl fmt::Display for StatusPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for StatusPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pattern;

        impl Visitor<'_> for Pattern {
            type Value = StatusPattern;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a status like 429, or a class of them like \"5xx\"")
            }

            fn visit_i64<E: de::Error>(self, status: i64) -> Result<StatusPattern, E> {
                Ok(StatusPattern(status.to_string()))
            }

            fn visit_u64<E: de::Error>(self, status: u64) -> Result<StatusPattern, E> {
                Ok(StatusPattern(status.to_string()))
            }

            fn visit_str<E: de::Error>(self, pattern: &str) -> Result<StatusPattern, E> {
                Ok(StatusPattern(pattern.to_owned()))
            }
        }
        let pattern = deserializer.deserialize_any(Pattern)?;
        pattern.check().map_err(de::Error::custom)?;
        Ok(pattern)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_status_or_a_class() {
        let matches = |pattern: &str, status: u16| {
            let pattern = StatusPattern::from(pattern);
            pattern.check().unwrap();
            pattern.matches(StatusCode::from_u16(status).unwrap())
        };
        assert!(matches("429", 429));
        assert!(!matches("429", 428));
        assert!(matches("5xx", 500) && matches("5xx", 599));
        assert!(!matches("5xx", 499));
        for wrong in ["", "4x", "6xx", "xxx", "99", "1000", "5XX", "-42", "4 9"] {
            assert!(StatusPattern::from(wrong).check().is_err(), "{wrong}");
        }
    }
}
