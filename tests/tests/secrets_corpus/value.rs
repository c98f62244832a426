//! The secrets that are planted.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What parts a value in the file, so that nobody who looks for secrets takes it for one.
const BREAK: char = '~';

/// A secret, by the name of its provider and its own: `openai.project-key`.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// Reads `secrets/values.toml`.
pub(crate) fn read_values() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/secrets/values.toml");
    let text = fs::read_to_string(path).expect("the values are there");
    let providers: BTreeMap<String, BTreeMap<String, String>> =
        toml::from_str(&text).unwrap_or_else(|error| panic!("values.toml: {error}"));
    let values = providers.into_iter().flat_map(|(provider, values)| {
        values.into_iter().map(move |(name, text)| Value {
            name: format!("{provider}.{name}"),
            text: text.replace(BREAK, ""),
        })
    });
    values.collect()
}

impl Value {
    /// Returns whether it is one of `names`: `aws.secret-key`, or `aws` for all of a provider.
    pub(crate) fn is_of(&self, names: &str) -> bool {
        let provider = self.name.split('.').next().unwrap_or_default();
        names
            .split_whitespace()
            .any(|name| name == self.name || name == provider)
    }

    /// Returns whether it can stand in a place that is only for values of these kinds.
    pub(crate) fn fits(&self, kinds: &str) -> bool {
        fits(&self.text, kinds)
    }
}

/// Returns whether a text is of all these kinds.
pub(crate) fn fits(text: &str, kinds: &str) -> bool {
    let has_lines = kinds.split_whitespace().any(|kind| kind == "lines");
    let mut kinds = kinds.split_whitespace();
    kinds.all(|kind| is(text, kind) || kind == "line" && has_lines)
}

fn is(text: &str, kind: &str) -> bool {
    match kind {
        // One line, as in a header.
        "line" => !text.contains(char::is_control) && text.trim() == text,
        // One that may have several.
        "lines" => true,
        // Long enough to be learned.
        "long" => text.chars().count() >= 12,
        // What is masked under names that are not always those of secrets.
        "opaque" => is_opaque(text),
        // A cookie's value (RFC 6265).
        "cookie" => !text.contains(|sign| !is_cookie(sign)),
        // What an environment variable may hold that is neither a URL nor a path.
        "variable" => !text.contains("://") && !text.starts_with(['/', '.', '~']),
        "ascii" => text.is_ascii(),
        _ => panic!("the kind {kind:?} is unknown"),
    }
}

fn is_opaque(text: &str) -> bool {
    let has = |part: fn(&char) -> bool| text.chars().any(|sign| part(&sign));
    text.chars().count() >= 16
        && text.chars().all(|sign| sign.is_ascii_graphic())
        && !text.contains("://")
        && has(char::is_ascii_digit)
        && has(char::is_ascii_alphabetic)
}

fn is_cookie(sign: char) -> bool {
    sign.is_ascii_graphic() && !"\",;\\".contains(sign)
}

/// Returns another secret of the same kind: each letter and digit is the next one.
pub(crate) fn another(text: &str) -> String {
    let next = |sign: char| match sign {
        'z' => 'a',
        'Z' => 'A',
        '9' => '0',
        sign if sign.is_ascii_alphanumeric() => (sign as u8 + 1) as char,
        sign => sign,
    };
    text.chars().map(next).collect()
}
