//! Points in time and lengths of time, as others write them.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::fields::Fields;
use super::notes::Notes;

/// Takes a point in time: of RFC 3339, of RFC 2822 or an HTTP date. What is none is noted.
pub(super) fn point(fields: &mut Fields, name: &str, notes: &mut Notes) -> Option<SystemTime> {
    let text = fields.text(name).ok().flatten()?;
    let point = text.parse::<Timestamp>().ok().or_else(|| {
        let zoned = rfc2822::parse(&text).ok()?;
        Some(zoned.timestamp())
    });
    if point.is_none() {
        notes.add(
            fields.place(),
            format!("`{name}` is no point in time, and is left out"),
        );
    }
    point.and_then(|point| SystemTime::try_from(point).ok())
}

/// Reads what Go writes: `1m2.5s`, `12.5ms`, `3µs`; a number alone is nanoseconds.
pub(super) fn of_go(text: &str) -> Option<Duration> {
    if let Ok(nanoseconds) = text.parse() {
        return Some(Duration::from_nanos(nanoseconds));
    }
    let (mut rest, mut sum) = (text, 0.0);
    while !rest.is_empty() {
        let end = rest.find(|sign: char| !(sign.is_ascii_digit() || sign == '.'))?;
        let (number, behind) = rest.split_at(end);
        let end = behind
            .find(|sign: char| sign.is_ascii_digit())
            .unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(end);
        let seconds = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" | "μs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        sum += number.parse::<f64>().ok()? * seconds;
        rest = behind;
    }
    Duration::try_from_secs_f64(sum).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::node::Node;

    #[test]
    fn lengths_of_time_are_read_as_go_writes_them() {
        for (text, expect) in [
            ("0s", Some(0)),
            ("12.5ms", Some(12_500)),
            ("1m2.5s", Some(62_500_000)),
            ("3µs", Some(3)),
            ("1h0m0s", Some(3_600_000_000)),
            ("2000", Some(2)),
            ("1.5", None),
            ("soon", None),
            ("-3s", None),
            ("1e400s", None),
        ] {
            assert_eq!(of_go(text), expect.map(Duration::from_micros), "{text}");
        }
    }

    #[test]
    fn points_in_time_are_read_as_headers_mails_and_json_have_them() {
        let seconds = |text: &str| {
            let field = ("t".to_owned(), Node::Text(text.to_owned()));
            let mut fields = Fields::of(Node::Map(vec![field]), "a").unwrap();
            let mut notes = Notes::default();
            let point = point(&mut fields, "t", &mut notes);
            assert_eq!(point.is_none(), notes.lines().len() == 1);
            point.map(|point| {
                point
                    .duration_since(SystemTime::UNIX_EPOCH)
                    .unwrap()
                    .as_secs()
            })
        };
        let expect = Some(1_795_255_200);
        assert_eq!(seconds("Sat, 21 Nov 2026 10:00:00 GMT"), expect);
        assert_eq!(seconds("Sat, 21 Nov 2026 12:00:00 +0200"), expect);
        assert_eq!(seconds("2026-11-21T10:00:00Z"), expect);
        assert_eq!(seconds("2026-11-21T12:00:00.000+02:00"), expect);
        assert_eq!(seconds("yesterday"), None);
    }
}
