use std::fmt;
use std::time::Duration;

use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize};

/// How long each piece of an answer was waited for: its head, then each of its chunks. Milliseconds,
/// in the file `"120ms 0ms 20ms"`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Timing(Vec<Duration>);

impl Timing {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn push(&mut self, waited: Duration) {
        self.0.push(waited);
    }

    /// Returns all of them, the head's first.
    pub(crate) fn all(&self) -> &[Duration] {
        &self.0
    }

    /// Returns how long the piece of this number was waited for; the head is number 0.
    pub(crate) fn of(&self, piece: usize) -> Option<Duration> {
        self.0.get(piece).copied()
    }

    /// Makes one piece of all behind the head.
    pub(crate) fn join_chunks(&mut self) {
        if self.0.len() > 1 {
            let chunks = self.0.split_off(1);
            self.0.push(chunks.iter().sum());
        }
    }
}

impl fmt::Display for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, waited) in self.0.iter().enumerate() {
            let space = if number == 0 { "" } else { " " };
            write!(f, "{space}{}ms", waited.as_millis())?;
        }
        Ok(())
    }
}

impl Serialize for Timing {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let waited = |text: &str| {
            let milliseconds = text.strip_suffix("ms").and_then(|text| text.parse().ok());
            milliseconds
                .map(Duration::from_millis)
                .ok_or_else(|| de::Error::custom(format_args!("`{text}` is no time like `120ms`")))
        };
        let times: Result<_, _> = text.split_whitespace().map(waited).collect();
        times.map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_milliseconds_with_their_unit() {
        let read = |text: &str| serde_json::from_str::<Timing>(text);
        let timing = read(r#""120ms 0ms 20ms""#).unwrap();
        assert_eq!(timing.of(0), Some(Duration::from_millis(120)));
        assert_eq!(timing.of(2), Some(Duration::from_millis(20)));
        assert_eq!(timing.of(3), None);
        assert_eq!(timing.to_string(), "120ms 0ms 20ms");
        let error = read(r#""120""#).unwrap_err().to_string();
        assert!(
            error.starts_with("`120` is no time like `120ms`"),
            "{error}"
        );
    }

    #[test]
    fn chunks_that_were_joined_were_waited_for_together() {
        let mut timing = Timing([120, 10, 20].map(Duration::from_millis).to_vec());
        timing.join_chunks();
        assert_eq!(timing.to_string(), "120ms 30ms");
        timing.join_chunks();
        assert_eq!(timing.to_string(), "120ms 30ms");
    }
}
