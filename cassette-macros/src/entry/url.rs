//! What `exclude_urls` lists: `/metrics`, `regex:[?&]token=`.

use super::check_regex;

/// Checks a part of URLs, or a regular expression for them; the error says what to write.
pub(super) fn check(text: &str) -> Result<(), String> {
    let problem = match text.strip_prefix("regex:") {
        None if text.is_empty() => "an empty text is in every URL",
        None => return Ok(()),
        Some("") => "nothing stands behind `regex:`",
        Some(pattern) => return check_regex(pattern),
    };
    Err(format!("{problem}: write what is meant, or take it out"))
}
