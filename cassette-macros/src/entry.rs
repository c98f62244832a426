//! What stands in the lists of the attribute, each kind with its own rules. They are those of `cassette.toml`.

use std::fmt;

use proc_macro2::Ident;
use syn::{Lit, LitStr};

use crate::name;

mod route;
mod selector;
mod status;
pub(crate) mod tolerance;
mod url;

/// What the entries of a list are.
#[derive(Clone, Copy)]
pub(crate) enum Entry {
    Header,
    Parameter,
    Pointer,
    /// Places of secrets.
    Redacted,
    /// The same, and shapes.
    Kept,
    /// Statuses of responses, and classes of them.
    Status,
    /// Names of other cassettes.
    Cassette,
    /// Method, host and path.
    Route,
    /// Parts of URLs, and regular expressions.
    Url,
    /// Pointers, and how far a value there may be off.
    Tolerance,
}

impl Entry {
    /// Checks one, and gives it back as the builder takes it; `None` where it is not even the right kind of literal.
    pub(crate) fn check(self, entry: &Lit, key: &Ident) -> Option<syn::Result<LitStr>> {
        if matches!(self, Self::Status) {
            return status::check(entry);
        }
        let Lit::Str(literal) = entry else {
            return None;
        };
        if matches!(self, Self::Cassette) {
            return Some(name::check_other(literal));
        }
        let checked = self.check_text(&literal.value(), key);
        let error = |message| syn::Error::new_spanned(literal, message);
        Some(checked.map(|()| literal.clone()).map_err(error))
    }

    fn check_text(self, text: &str, key: &Ident) -> Result<(), String> {
        match self {
            Self::Header => check_header(text),
            Self::Parameter if text.is_empty() => {
                Err("the name of a parameter is empty: write one, or take it out".to_owned())
            }
            Self::Pointer if text.is_empty() => Err(whole_body(key)),
            Self::Pointer => check_pointer(text),
            Self::Redacted => selector::check(text, false),
            Self::Kept => selector::check(text, true),
            Self::Route => route::check(text),
            Self::Url => url::check(text),
            Self::Tolerance => tolerance::check(text),
            Self::Parameter | Self::Status | Self::Cassette => Ok(()),
        }
    }
}

fn check_header(name: &str) -> Result<(), String> {
    if is_token(name) {
        return Ok(());
    }
    Err(format!(
        "{name:?} cannot be the name of a header: use letters, digits and !#$%&'*+-.^_`|~"
    ))
}

fn whole_body(key: &Ident) -> String {
    let remedy = if key == "ignore_json" {
        "write `match_body = false`"
    } else {
        "write a place in it, or take it out"
    };
    format!("an empty pointer is the whole body: {remedy}")
}

fn check_pointer(text: &str) -> Result<(), String> {
    if text.starts_with('/') {
        return Ok(());
    }
    Err(format!(
        "a JSON pointer starts with `/`: write {:?}",
        format!("/{text}")
    ))
}

/// A regular expression is read by the same crate as in a test.
fn check_regex(pattern: &str) -> Result<(), String> {
    match regex_lite::Regex::new(pattern) {
        Ok(_) => Ok(()),
        Err(error) => Err(format!("{pattern:?} is no regular expression: {error}")),
    }
}

/// A `token` of RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !text.is_empty() && text.chars().all(token)
}

/// A list of some.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => r#"["accept", "x-version"]"#,
            Self::Parameter => r#"["page", "limit"]"#,
            Self::Pointer => r#"["/created", "/messages/*/id"]"#,
            Self::Redacted => r#"["pin", "header:x-session", "json:/users/*/email"]"#,
            Self::Kept => r#"["password_hint", "query:signature"]"#,
            Self::Status => r#"[401, 429, "5xx"]"#,
            Self::Cassette => r#"["login"]"#,
            Self::Route => r#"["GET api.example.com/health/*", "localhost:*"]"#,
            Self::Url => r#"["/metrics", "regex:[?&]token="]"#,
            Self::Tolerance => r#"["/price 0.5", "/usage/* 10%", "/choices/*/text type"]"#,
        })
    }
}
