//! What `unrecorded` lists: `GET api.example.com/health/*`, `localhost:*`, `!POST api.example.com/v1/**`.

use glob::Pattern;

use super::is_token;

/// Checks `[!][METHOD ]host[:port][/path]`; the error says what to write.
pub(super) fn check(text: &str) -> Result<(), String> {
    let place = check_method(text.strip_prefix('!').unwrap_or(text))?;
    if place.contains("://") {
        return Err(format!(
            "{text:?} has a scheme: write the host alone, as in `GET api.example.com/health/*`"
        ));
    }
    if place.contains(['?', '#']) {
        return Err(format!(
            "{text:?} has a query, which does not count here: write it in `exclude_urls`"
        ));
    }
    if place.contains(char::is_whitespace) {
        return Err(format!(
            "{text:?} has a space too many: one stands behind the method, and no other"
        ));
    }
    let (authority, path) = place.split_at(place.find('/').unwrap_or(place.len()));
    let (address, rest) = after_address(authority);
    let (name, port) = match rest.rsplit_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (rest, None),
    };
    if address.is_empty() && name.is_empty() {
        return Err(format!("{text:?} has no host: write one, or `*` for any"));
    }
    if port.is_some_and(str::is_empty) {
        return Err(format!(
            "{text:?} has no port behind the `:`: write one, or take the `:` out"
        ));
    }
    if port.is_some_and(|port| port.contains(char::is_alphabetic)) {
        return Err(format!(
            "{text:?} has a port that is no number: write one, or `*` for any"
        ));
    }
    [name, port.unwrap_or_default(), path]
        .into_iter()
        .try_for_each(check_pattern)
}

/// The brackets of an IPv6 address are none of a pattern. Returns the address, if it is one, and what is behind it.
fn after_address(authority: &str) -> (&str, &str) {
    let end = authority.strip_prefix('[').and_then(|rest| rest.find(']'));
    let is_address = |end: &usize| authority[..*end].contains(':');
    authority.split_at(
        end.map(|end| end + 2)
            .filter(is_address)
            .unwrap_or_default(),
    )
}

/// Returns what stands behind the method, if there is one.
fn check_method(text: &str) -> Result<&str, String> {
    let Some((method, place)) = text.split_once(' ') else {
        return Ok(text);
    };
    if method.is_empty() {
        return Err(format!(
            "{text:?} has a space too many: one stands behind the method, and no other"
        ));
    }
    if is_token(method) && !method.contains(char::is_lowercase) {
        return Ok(place);
    }
    let upper = method.to_uppercase();
    Err(if is_token(&upper) {
        format!("a method is in upper case: write `{upper} {place}`")
    } else {
        format!("{method:?} is no method: write one such as `GET`, or `*` for any")
    })
}

fn check_pattern(part: &str) -> Result<(), String> {
    match Pattern::new(part) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{part:?} is no pattern: {}", error.msg)),
    }
}
