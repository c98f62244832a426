//! What `verify_tolerance` lists: `/price 0.5`, `/usage/* 10%`, `/choices/*/text type`.

use super::check_pointer;

/// Checks a pointer and what may differ there; the error says what to write.
pub(super) fn check(text: &str) -> Result<(), String> {
    let Some((pointer, amount)) = text.rsplit_once(' ') else {
        return Err(format!(
            "{text:?} does not say how much: write a number, a percentage or `type` behind the pointer, \
             as in `/price 0.5`, `/price 10%`, `/price type`"
        ));
    };
    if pointer.is_empty() || pointer.ends_with(' ') {
        return Err(format!(
            "{text:?} has no pointer before the one space: write it as in `/price 0.5`"
        ));
    }
    check_pointer(pointer)?;
    let number = amount.strip_suffix('%').unwrap_or(amount);
    if amount == "type" || is_number(number) {
        return Ok(());
    }
    Err(format!(
        "{amount:?} is no tolerance: write a number such as `0.5`, a percentage such as `10%`, or `type`"
    ))
}

/// The pointer of one that was checked.
pub(crate) fn pointer(text: &str) -> &str {
    text.rsplit_once(' ').map_or(text, |(pointer, _)| pointer)
}

/// A number as JSON has them, and not below zero.
fn is_number(text: &str) -> bool {
    let is_plain = text.starts_with(|c: char| c.is_ascii_digit());
    is_plain && text.parse().is_ok_and(f64::is_finite)
}
