//! Numbers by their value, however they are written.

use std::borrow::Cow;

/// A number is its digits, the last of them this power of ten; no zero stands before or behind them.
#[derive(Debug, PartialEq, Eq)]
struct Decimal<'a> {
    is_negative: bool,
    digits: Cow<'a, str>,
    exponent: i64,
}

/// Returns true for two JSON numbers that have the same value: `1`, `1.0` and `10e-1`. They are not
/// made floats, in which large ones are equal that differ.
pub(super) fn equal(left: &str, right: &str) -> bool {
    left == right
        || matches!((decimal(left), decimal(right)), (Some(left), Some(right)) if left == right)
}

/// Returns nothing for what is no JSON number, or has an exponent beyond all use.
fn decimal(text: &str) -> Option<Decimal<'_>> {
    let (is_negative, text) = match text.strip_prefix('-') {
        Some(text) => (true, text),
        None => (false, text),
    };
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let exponent: i64 = exponent.parse().ok()?;
    let all = if fraction.is_empty() {
        Cow::Borrowed(whole)
    } else {
        Cow::Owned([whole, fraction].concat())
    };
    let kept = all.trim_end_matches('0').len();
    let dropped = i64::try_from(all.len() - kept).ok()?;
    let digits = all[..kept].trim_start_matches('0').to_owned();
    let shift = dropped.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    Some(Decimal {
        // Zero has neither sign nor size.
        is_negative: is_negative && !digits.is_empty(),
        exponent: if digits.is_empty() {
            0
        } else {
            exponent.checked_add(shift)?
        },
        digits: digits.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_equal_by_value() {
        for (left, right, expect) in [
            ("1", "1.0", true),
            ("1", "10e-1", true),
            ("100", "1E+2", true),
            ("0.10", "1e-1", true),
            ("0", "-0.0e5", true),
            ("-1", "1", false),
            ("1", "1.0000000000000000000001", false),
            ("12345678901234567890123", "12345678901234567890124", false),
            ("1e400", "10e399", true),
            ("1e400", "1e401", false),
            ("1e99999999999999999999", "1e99999999999999999999", true),
            ("1e99999999999999999999", "1e99999999999999999998", false),
            ("1e9223372036854775807", "10e9223372036854775806", true),
            ("100e9223372036854775807", "1e9223372036854775807", false),
            ("true", "1", false),
            ("\"1\"", "1", false),
        ] {
            assert_eq!(equal(left, right), expect, "{left} {right}");
            assert_eq!(equal(right, left), expect, "{right} {left}");
        }
    }
}
