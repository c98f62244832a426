//! Numbers and times for people.

use std::time::{Duration, SystemTime};

/// For example `1 interaction` and `2 interactions`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        number => format!("{number} {noun}s"),
    }
}

/// For example `3 days`; less than a minute is `now`.
pub(crate) fn age(time: SystemTime, now: SystemTime) -> String {
    let age = now.duration_since(time).unwrap_or_default().as_secs();
    let whole = |unit| usize::try_from(age / unit).unwrap_or(usize::MAX);
    match age {
        86_400.. => count(whole(86_400), "day"),
        3_600.. => count(whole(3_600), "hour"),
        60.. => count(whole(60), "minute"),
        _ => "now".to_owned(),
    }
}

/// For example `812 B`, `1.4 kB` and `23 MB`.
pub(crate) fn size(bytes: u64) -> String {
    let mut units = ["B", "kB", "MB", "GB"].into_iter();
    let (mut rest, mut size, mut unit) = (bytes, bytes as f64, units.next());
    while rest >= 1000 {
        let Some(next) = units.next() else { break };
        (rest, size, unit) = (rest / 1000, size / 1000.0, Some(next));
    }
    let unit = unit.unwrap_or_default();
    match bytes >= 1000 && size < 9.95 {
        true => format!("{size:.1} {unit}"),
        false => format!("{size:.0} {unit}"),
    }
}

/// For example `12 ms` and `3.4 s`.
pub(crate) fn duration(time: Duration) -> String {
    match time.as_millis() {
        millis @ ..1000 => format!("{millis} ms"),
        _ => format!("{:.1} s", time.as_secs_f64()),
    }
}

/// Returns a text in which nothing moves the cursor, colours what follows, or turns the direction of writing:
/// such characters are written out.
pub(crate) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => out.push(c),
            _ if c.is_control() || turns(c) => out.extend(c.escape_default()),
            _ => out.push(c),
        }
    }
    out
}

/// Returns a text of several lines in which each is [`printable`].
pub(crate) fn printable_lines(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(printable).collect();
    lines.join("\n")
}

/// Marks of direction, and what breaks a line without being a control character.
pub(crate) fn turns(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns the names that are most like `wanted`, the best first; none that is not alike at all.
pub(crate) fn near<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let score = |name: &str| {
        let last = name.rsplit('/').next().unwrap_or(name);
        strsim::jaro_winkler(wanted, name).max(strsim::jaro_winkler(wanted, last))
    };
    let mut scored: Vec<_> = names.map(|name| (score(name), name)).collect();
    scored.retain(|(score, _)| *score > 0.7);
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_two_digits_or_more() {
        let check = |bytes, expect| assert_eq!(size(bytes), expect);
        check(0, "0 B");
        check(999, "999 B");
        check(1_000, "1.0 kB");
        check(9_940, "9.9 kB");
        check(9_960, "10 kB");
        check(1_500_000, "1.5 MB");
        check(u64::MAX, "18446744074 GB");
    }

    #[test]
    fn ages_are_told_in_their_largest_unit() {
        let now = SystemTime::now();
        let check =
            |seconds, expect| assert_eq!(age(now - Duration::from_secs(seconds), now), expect);
        check(0, "now");
        check(60, "1 minute");
        check(7_200, "2 hours");
        check(86_400 * 40, "40 days");
        assert_eq!(age(now + Duration::from_secs(5), now), "now");
    }

    #[test]
    fn what_a_server_says_cannot_steer_the_terminal() {
        let check = |text, expect| assert_eq!(printable(text), expect);
        check("größe\t名前", "größe\t名前");
        check("\u{1b}[2Jgone\r\n", "\\u{1b}[2Jgone\\r\\n");
        check("a\u{202e}b\u{2028}", "a\\u{202e}b\\u{2028}");
        assert_eq!(printable_lines("one\r\n\u{9b}2J\n"), "one\n\\u{9b}2J");
    }

    #[test]
    fn near_names_are_those_with_a_like_name_or_last_segment() {
        let names = ["api/users/reads_a_user", "api/users/lists", "jobs/waits"];
        assert_eq!(
            near("reads_user", names.into_iter()),
            ["api/users/reads_a_user"]
        );
        assert_eq!(near("zzz", names.into_iter()), [""; 0]);
    }
}
