//! Durations as people write them: `30d`, `1d 12h`.

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;

/// The seconds of a duration made of numbers with units; the error says what is wrong with it.
pub(crate) fn seconds(text: &str) -> Result<u64, String> {
    let mut rest = text.trim();
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (seconds, behind) = piece(rest)?;
        total = total.checked_add(seconds).ok_or("too long a time")?;
        rest = behind.trim_start();
    }
    if total == 0 {
        return Err(format!("{text:?} is no time at all"));
    }
    Ok(total)
}

/// The first number with its unit, and what stands behind it.
fn piece(text: &str) -> Result<(u64, &str), String> {
    let (number, rest) = split(text, |c| c.is_ascii_digit());
    let (word, rest) = split(rest.trim_start(), char::is_alphabetic);
    if number.is_empty() {
        return Err(format!("expected a number at {text:?}"));
    }
    let number: u64 = number.parse().map_err(|_| "too long a time")?;
    let seconds = number.checked_mul(unit(word)?).ok_or("too long a time")?;
    Ok((seconds, rest))
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.split_at(end)
}

fn unit(word: &str) -> Result<u64, String> {
    match word {
        "s" | "sec" | "secs" | "second" | "seconds" => Ok(1),
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
    use super::seconds;

    #[test]
    fn units_add_up() {
        assert_eq!(seconds("90s"), Ok(90));
        assert_eq!(seconds("5m"), Ok(300));
        assert_eq!(seconds("5min"), Ok(300));
        assert_eq!(seconds("30d"), Ok(30 * 86_400));
        assert_eq!(seconds("2w"), Ok(14 * 86_400));
        assert_eq!(seconds("1d 12h"), Ok(36 * 3_600));
        assert_eq!(seconds("1d12h"), Ok(36 * 3_600));
        assert_eq!(seconds(" 1 day 12 hours "), Ok(36 * 3_600));
    }

    #[test]
    fn anything_else_says_what_is_wrong() {
        let error = |text| seconds(text).unwrap_err();
        assert_eq!(error(""), r#""" is no time at all"#);
        assert_eq!(error("0d 0h"), r#""0d 0h" is no time at all"#);
        assert_eq!(error("30"), "a number without a unit");
        assert_eq!(error("30 fortnights"), "unknown unit `fortnights`");
        assert_eq!(error("1.5d"), "a number without a unit");
        assert_eq!(error("-1d"), r#"expected a number at "-1d""#);
        assert_eq!(error("1d, 2h"), r#"expected a number at ", 2h""#);
        assert_eq!(error("99999999999999999999d"), "too long a time");
        assert_eq!(error("18446744073709551615d"), "too long a time");
        assert_eq!(error("18446744073709551615s 1s"), "too long a time");
    }
}
