use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

use crate::error::{Error, Kind, Result};

/// Above this a factor is a slip of the pen. The attribute draws the same line.
const MAX_FACTOR: f64 = 1000.0;

/// How long a replay waits where the recording had to wait for the server.
///
/// ```
/// use std::time::Duration;
///
/// use cassette_core::Latency;
///
/// assert_eq!("recorded".parse::<Latency>()?, Latency::Recorded);
/// assert_eq!("x0.5".parse::<Latency>()?, Latency::Factor(0.5));
/// assert_eq!("200ms".parse::<Latency>()?, Latency::Fixed(Duration::from_millis(200)));
/// # Ok::<(), cassette_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Latency {
    /// As long as the recording did: `recorded`.
    Recorded,
    /// As long as the recording did, times this: `x0.5`. From 0 to 1000.
    Factor(f64),
    /// This long: `200ms`.
    Fixed(Duration),
}

impl Latency {
    /// Returns this, unless it is a factor that only code could ask for.
    pub(crate) fn checked(self) -> Result<Self> {
        match self {
            Self::Factor(factor) if !is_sensible(factor) => Err(no_latency(self, &no_factor())),
            _ => Ok(self),
        }
    }

    /// Returns true when it needs the recorded times, so that a recording must store them.
    pub(crate) fn is_recorded(self) -> bool {
        match self {
            Self::Recorded | Self::Factor(_) => true,
            Self::Fixed(_) => false,
        }
    }

    /// Returns how long to wait where the recording waited this long, if it says.
    pub(crate) fn delay(self, recorded: Option<Duration>) -> Duration {
        let recorded = recorded.unwrap_or_default();
        match self {
            Self::Recorded => recorded,
            // A checked factor can only fail by being too much.
            Self::Factor(factor) => Duration::try_from_secs_f64(recorded.as_secs_f64() * factor)
                .unwrap_or(Duration::MAX),
            Self::Fixed(time) => time,
        }
    }
}

/// Writes what [`from_str`](FromStr::from_str) reads.
impl fmt::Display for Latency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recorded => f.write_str("recorded"),
            Self::Factor(factor) => write!(f, "x{factor}"),
            Self::Fixed(time) => humantime::format_duration(*time).fmt(f),
        }
    }
}

impl FromStr for Latency {
    type Err = Error;

    /// Reads the value of `latency`.
    fn from_str(text: &str) -> Result<Self> {
        if text == "recorded" {
            return Ok(Self::Recorded);
        }
        let read = match text.strip_prefix('x') {
            Some(number) => factor(number).map(Self::Factor).ok_or_else(no_factor),
            None => humantime::parse_duration(text)
                .map(Self::Fixed)
                .map_err(|error| error.to_string()),
        };
        read.map_err(|why| no_latency(text, &why))
    }
}

impl<'de> Deserialize<'de> for Latency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Digits and a point: no sign, no exponent, no `inf`.
fn factor(number: &str) -> Option<f64> {
    let is_plain = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let factor = number.parse().ok().filter(|factor| is_sensible(*factor));
    factor.filter(|_| is_plain)
}

fn is_sensible(factor: f64) -> bool {
    (0.0..=MAX_FACTOR).contains(&factor)
}

fn no_factor() -> String {
    format!("a factor is a number from 0 to {MAX_FACTOR}")
}

fn no_latency(text: impl fmt::Display, why: &str) -> Error {
    let message = format!("`{text}` is no latency like \"recorded\", \"x0.5\" or \"200ms\": {why}");
    Error::new(Kind::Config, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn the_three_forms_are_read_and_written() {
        let check = |text: &str, latency: Latency| {
            assert_eq!(text.parse::<Latency>().unwrap(), latency, "{text}");
            assert_eq!(latency.to_string(), text);
        };
        check("recorded", Latency::Recorded);
        check("x0", Latency::Factor(0.0));
        check("x0.5", Latency::Factor(0.5));
        check("x2", Latency::Factor(2.0));
        check("x1000", Latency::Factor(1000.0));
        check("0s", Latency::Fixed(Duration::ZERO));
        check("200ms", Latency::Fixed(ms(200)));
        check("1s 500ms", Latency::Fixed(ms(1500)));
    }

    #[test]
    fn anything_else_is_told_the_three_forms() {
        let error = |text: &str| text.parse::<Latency>().unwrap_err();
        assert!(error("fast").is_config());
        insta::assert_snapshot!(error("fast"), @r#"`fast` is no latency like "recorded", "x0.5" or "200ms": expected number at 0"#);
        insta::assert_snapshot!(error("200"), @r#"`200` is no latency like "recorded", "x0.5" or "200ms": time unit needed, for example 200sec or 200ms"#);
        insta::assert_snapshot!(error("x-1"), @r#"`x-1` is no latency like "recorded", "x0.5" or "200ms": a factor is a number from 0 to 1000"#);
        for text in [
            "",
            "Recorded",
            "-5ms",
            "0.5",
            "x",
            "x.",
            "x1.2.3",
            "x+1",
            "x-0",
            "x1e2",
            "x 2",
            "xNaN",
            "xinf",
            "xinfinity",
            "x1000.1",
            "X2",
        ] {
            let said = error(text).to_string();
            assert!(
                said.starts_with(&format!("`{text}` is no latency")),
                "{said}"
            );
        }
        let beyond_f64 = format!("x{}", "9".repeat(400));
        assert!(error(&beyond_f64).to_string().contains("from 0 to 1000"));
    }

    #[test]
    fn a_factor_from_code_is_checked_too() {
        for factor in [-0.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e9] {
            let error = Latency::Factor(factor).checked().unwrap_err().to_string();
            assert!(error.contains("from 0 to 1000"), "{error}");
        }
        for latency in [
            Latency::Recorded,
            Latency::Factor(3.0),
            Latency::Fixed(Duration::MAX),
        ] {
            assert_eq!(latency.checked().unwrap(), latency);
        }
    }

    #[test]
    fn the_recorded_time_is_needed_unless_the_time_is_given() {
        assert!(Latency::Recorded.is_recorded());
        assert!(Latency::Factor(0.5).is_recorded());
        assert!(!Latency::Fixed(ms(1)).is_recorded());
    }

    #[test]
    fn the_delay_follows_the_recording_as_asked() {
        let check = |latency: Latency, recorded: Option<Duration>, delay: Duration| {
            assert_eq!(latency.delay(recorded), delay, "{latency} of {recorded:?}");
        };
        check(Latency::Recorded, Some(ms(40)), ms(40));
        check(Latency::Recorded, None, Duration::ZERO);
        check(
            Latency::Factor(0.5),
            Some(ms(41)),
            Duration::from_micros(20_500),
        );
        check(Latency::Factor(3.0), Some(ms(40)), ms(120));
        check(Latency::Factor(0.0), Some(Duration::MAX), Duration::ZERO);
        check(Latency::Factor(2.0), Some(Duration::MAX), Duration::MAX);
        check(Latency::Factor(2.0), None, Duration::ZERO);
        check(Latency::Fixed(ms(200)), Some(ms(40)), ms(200));
        check(Latency::Fixed(ms(200)), None, ms(200));
    }
}
