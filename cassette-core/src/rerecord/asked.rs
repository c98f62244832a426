use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use http::HeaderValue;
use percent_encoding::percent_decode_str;

use crate::interaction::RecordedRequest;

/// The words of the requests of a new recording.
///
/// What a request asks for an answer has told the test: `POST /users` says which number the user has, and
/// `GET /users/42` follows. With an old number in that answer a replay would ask for another user.
#[derive(Debug, Default)]
pub(super) struct Asked<'a>(HashSet<Cow<'a, [u8]>>);

impl<'a> Asked<'a> {
    pub(super) fn of(requests: &'a [Arc<RecordedRequest>]) -> Self {
        let mut asked = Self::default();
        for request in requests {
            let headers = request.headers.values().map(HeaderValue::as_bytes);
            let texts = [request.url.as_bytes(), request.body.bytes()];
            let words_of = texts.into_iter().chain(headers).flat_map(words);
            asked.0.extend(words_of.map(Cow::Borrowed));
            let url: Vec<u8> = percent_decode_str(&request.url).collect();
            let words_of = words(&url).map(|word| Cow::Owned(word.to_vec()));
            asked.0.extend(words_of);
        }
        asked
    }

    /// Returns true when a request has all words of this value, and so may be about it.
    pub(super) fn has(&self, value: &[u8]) -> bool {
        let mut all = words(value).peekable();
        all.peek().is_some() && all.all(|word| self.0.contains(word))
    }
}

/// Letters and digits; other bytes than those of ASCII are letters.
fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_sign = |byte: &u8| byte.is_ascii() && !byte.is_ascii_alphanumeric();
    text.split(is_sign).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::redact::Redactor;

    #[test]
    fn a_value_is_asked_for_where_all_its_words_are() {
        let request = http::Request::post("http://e.com/users/user_42?at=2026-01-02T03%3A04Z")
            .header("x-parent", "6ba7b810-9dad")
            .body(Bytes::from(r#"{"ids":["é1"]}"#))
            .unwrap();
        let requests = [Arc::new(Redactor::default().request(&request).value)];
        let asked = Asked::of(&requests);
        for (value, expect) in [
            ("42", true),
            ("user_42", true),
            ("4", false),
            ("43", false),
            ("user_43", false),
            ("6ba7b810-9dad", true),
            ("6ba7b810-9dae", false),
            ("2026-01-02T03:04Z", true),
            ("é1", true),
            ("1", false),
            ("", false),
            (" - ", false),
        ] {
            assert_eq!(asked.has(value.as_bytes()), expect, "{value}");
        }
    }
}
