use std::fmt;

use http::HeaderName;
use regex_lite::Regex;

/// What `redact` and `keep` name: one line of theirs.
#[derive(Clone, Debug)]
pub(crate) enum Selector {
    /// A name, everywhere or in one kind of place; folded.
    Name(Option<Carrier>, String),
    /// A pointer into JSON, in which `*` is any key or index.
    Pointer(String),
    /// What this matches in any text.
    Text(Regex),
    /// What the variable of this name holds.
    Variable(String),
    /// Tokens of this shape.
    Shape(String),
}

/// Where a name can stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carrier {
    Header,
    /// The query or fragment of a URL.
    Query,
    /// A form, of parts too.
    Form,
    Json,
    /// An element or attribute.
    Xml,
    /// A name before `=` in other text.
    Text,
}

const KINDS: &str = "header, query, form, json, xml, text, env, shape";

impl Selector {
    /// Reads one, like `pin`, `header:x-session`, `json:/users/*/email` or `text:[0-9]{16}`.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wrong = |why: &dyn fmt::Display| format!("`{text}` names no place: {why}");
        let Some((kind, rest)) = text.split_once(':') else {
            return match text {
                _ if fold(text).trim().is_empty() => Err(wrong(&"it is empty")),
                _ if text.starts_with('/') => Err(wrong(&"a JSON pointer stands behind `json:`")),
                _ if text.trim() != text => Err(wrong(&"a space stands around it")),
                _ => Ok(Self::Name(None, fold(text))),
            };
        };
        if rest.trim().is_empty() {
            return Err(wrong(&format_args!("nothing stands behind `{kind}:`")));
        }
        if kind != "text" && rest.trim() != rest {
            return Err(wrong(&"a space stands around it"));
        }
        let named = |carrier| Ok(Self::Name(Some(carrier), fold(rest)));
        match kind {
            "header" => match HeaderName::from_bytes(rest.as_bytes()) {
                Ok(_) => named(Carrier::Header),
                Err(error) => Err(wrong(&error)),
            },
            "query" => named(Carrier::Query),
            "form" => named(Carrier::Form),
            "json" if rest.starts_with('/') => Ok(Self::Pointer(rest.to_owned())),
            "json" if rest.contains('/') => Err(wrong(&"a JSON pointer begins with `/`")),
            "json" => named(Carrier::Json),
            "xml" => named(Carrier::Xml),
            "text" => Regex::new(rest)
                .map(Self::Text)
                .map_err(|error| wrong(&error)),
            "env" if rest.contains('=') => Err(wrong(&"no variable has a `=` in its name")),
            "env" => Ok(Self::Variable(rest.to_owned())),
            "shape" => Ok(Self::Shape(rest.to_owned())),
            _ => Err(wrong(&format_args!("a kind of place is one of {KINDS}"))),
        }
    }
}

/// Returns a name as names are compared: in lower case, without `-` and `_`.
pub(crate) fn fold(name: &str) -> String {
    let chars = name.chars().filter(|c| !matches!(c, '-' | '_'));
    let mut folded = String::with_capacity(name.len());
    for c in chars {
        match c.is_ascii() {
            true => folded.push(c.to_ascii_lowercase()),
            false => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        let read = Selector::parse(text).map(|selector| format!("{selector:?}"));
        assert_eq!(read.unwrap_or_else(|error| error), expect);
    }

    #[test]
    fn selectors_name_a_place_a_text_or_a_value() {
        check("X-Pin_Code", r#"Name(None, "xpincode")"#);
        check("header:X-Session", r#"Name(Some(Header), "xsession")"#);
        check("json:e-mail", r#"Name(Some(Json), "email")"#);
        check("json:/a/*/B_c", r#"Pointer("/a/*/B_c")"#);
        check("text:[0-9]{4}", r#"Text(Regex("[0-9]{4}"))"#);
        check("env:ACME_PIN", r#"Variable("ACME_PIN")"#);
        check("xml:ns:Pin", r#"Name(Some(Xml), "ns:pin")"#);
    }

    #[test]
    fn what_names_no_place_is_refused() {
        check("", "`` names no place: it is empty");
        check(
            "/a",
            "`/a` names no place: a JSON pointer stands behind `json:`",
        );
        check(
            "query: a",
            "`query: a` names no place: a space stands around it",
        );
        check(
            "json:a/b",
            "`json:a/b` names no place: a JSON pointer begins with `/`",
        );
        check(
            "env:A=b",
            "`env:A=b` names no place: no variable has a `=` in its name",
        );
        check(
            "json:",
            "`json:` names no place: nothing stands behind `json:`",
        );
        check(
            "header:a b",
            "`header:a b` names no place: invalid HTTP header name",
        );
        check(
            "body:a",
            "`body:a` names no place: a kind of place is one of header, query, form, json, xml, text, env, shape",
        );
        assert!(
            Selector::parse("text:(")
                .unwrap_err()
                .starts_with("`text:(` names no place: ")
        );
    }
}
