//! Durations as people write them: `30d`, `1d 12h`, `200ms`. What is read here means the same in `cassette.toml`.

use proc_macro2::TokenStream;
use quote::quote;

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;

/// Completes "a duration such as …".
pub(crate) const UNITS: &str = "in the units ms, s, m, h, d and w";

/// The milliseconds of a duration made of numbers with units; the error says what is wrong with it.
pub(crate) fn milliseconds(text: &str) -> Result<u64, String> {
    let (mut total, mut rest) = piece(text.trim())?;
    while !rest.is_empty() {
        let (milliseconds, behind) = piece(rest)?;
        total = total.checked_add(milliseconds).ok_or("too long a time")?;
        rest = behind;
    }
    Ok(total)
}

/// The `Duration` of so many milliseconds.
pub(crate) fn to_tokens(milliseconds: u64) -> TokenStream {
    quote!(::core::time::Duration::from_millis(#milliseconds))
}

/// The first number with its unit, and what stands behind it.
fn piece(text: &str) -> Result<(u64, &str), String> {
    let (number, rest) = split(text, |c| c.is_ascii_digit());
    let (word, rest) = split(rest.trim_start(), char::is_alphabetic);
    if number.is_empty() {
        return Err(format!("expected a number at {text:?}"));
    }
    let number: u64 = number.parse().map_err(|_| "too long a time")?;
    let milliseconds = number.checked_mul(unit(word)?).ok_or("too long a time")?;
    Ok((milliseconds, rest.trim_start()))
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.split_at(end)
}

fn unit(word: &str) -> Result<u64, String> {
    match word {
        "ms" | "msec" | "millis" => Ok(1),
        "s" | "sec" | "secs" | "second" | "seconds" => Ok(SECOND),
        "m" | "min" | "mins" | "minute" | "minutes" => Ok(MINUTE),
        "h" | "hr" | "hrs" | "hour" | "hours" => Ok(HOUR),
        "d" | "day" | "days" => Ok(DAY),
        "w" | "week" | "weeks" => Ok(WEEK),
        "" => Err("a number without a unit".to_owned()),
        other => Err(format!("unknown unit `{other}`")),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::milliseconds;

    #[test]
    fn units_add_up() {
        assert_eq!(milliseconds("200ms"), Ok(200));
        assert_eq!(milliseconds("90s"), Ok(90_000));
        assert_eq!(milliseconds("5m"), Ok(300_000));
        assert_eq!(milliseconds("30d"), Ok(30 * 86_400_000));
        assert_eq!(milliseconds("1d12h"), Ok(36 * 3_600_000));
        assert_eq!(milliseconds(" 1 day 12 hours "), Ok(36 * 3_600_000));
        assert_eq!(milliseconds("1s 5ms"), Ok(1005));
        assert_eq!(milliseconds("0ms"), Ok(0));
    }

    #[test]
    fn every_unit_means_what_it_does_in_cassette_toml() {
        let units = "ms msec millis s sec secs second seconds m min mins minute minutes \
                     h hr hrs hour hours d day days w week weeks";
        for unit in units.split_whitespace() {
            for text in [format!("3{unit}"), format!(" 1 {unit} 20{unit} 7ms ")] {
                let here = milliseconds(&text).map(Duration::from_millis);
                assert_eq!(
                    here,
                    Ok(humantime::parse_duration(&text).unwrap()),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn anything_else_says_what_is_wrong() {
        let error = |text| milliseconds(text).unwrap_err();
        assert_eq!(error(""), r#"expected a number at """#);
        assert_eq!(error("30"), "a number without a unit");
        assert_eq!(error("30 fortnights"), "unknown unit `fortnights`");
        assert_eq!(error("30 MS"), "unknown unit `MS`");
        assert_eq!(error("1.5d"), "a number without a unit");
        assert_eq!(error("-1d"), r#"expected a number at "-1d""#);
        assert_eq!(error("1d, 2h"), r#"expected a number at ", 2h""#);
        assert_eq!(error("99999999999999999999d"), "too long a time");
        assert_eq!(error("18446744073709551615s"), "too long a time");
        assert_eq!(error("18446744073709551615ms 1ms"), "too long a time");
    }
}
