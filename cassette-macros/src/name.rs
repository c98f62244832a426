//! The cassette's name, and the placeholders in it.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::LitStr;
use syn::ext::IdentExt;

/// A piece of a name.
enum Piece {
    /// Text, braces unescaped.
    Text(String),
    /// What stands between braces, up to the format specification.
    Placeholder(String),
}

/// Checks the name of another cassette, which must be known here; returns it without escaped braces.
pub(crate) fn check_other(literal: &LitStr) -> syn::Result<LitStr> {
    let wrong = |message: &str| Err(syn::Error::new_spanned(literal, message));
    match fixed(literal)? {
        None => {
            wrong("a placeholder names nothing here: write the whole name of the other cassette")
        }
        Some(name) if name.is_empty() => {
            wrong("the name of a cassette is empty: write one, or take it out")
        }
        Some(name) => match problem(&name) {
            Some(problem) => wrong(&problem),
            None => Ok(LitStr::new(&name, literal.span())),
        },
    }
}

/// The name, if no placeholder is in it.
pub(crate) fn fixed(literal: &LitStr) -> syn::Result<Option<String>> {
    let texts = pieces(literal)?.into_iter().map(|piece| match piece {
        Piece::Text(text) => Some(text),
        Piece::Placeholder(_) => None,
    });
    Ok(texts.collect())
}

/// Checks what can be checked without the function: whether every system can store a file of this name.
pub(crate) fn check(literal: &LitStr) -> syn::Result<LitStr> {
    let wrong = |message: &str| Err(syn::Error::new_spanned(literal, message));
    let pieces = pieces(literal)?;
    // A placeholder stands for something; what it is, only the running test knows.
    let path: String = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Placeholder(_) => "_",
        })
        .collect();
    match problem(&path) {
        Some(problem) => wrong(&problem),
        None => Ok(literal.clone()),
    }
}

fn problem(path: &str) -> Option<String> {
    if path.is_empty() {
        return Some("the name is empty: leave it out, and the test's own name is used".to_owned());
    }
    if path.contains('\\') {
        return Some("a name has no backslashes: separate folders with `/`".to_owned());
    }
    if path.starts_with('/') {
        return Some(
            "a name is relative: leave out the first `/`, and move the folder with `dir`"
                .to_owned(),
        );
    }
    if path.split('/').any(|segment| segment == "..") {
        return Some("a name has no `..`: move the folder with `dir`".to_owned());
    }
    if path
        .split('/')
        .any(|segment| segment.is_empty() || segment == ".")
    {
        return Some("a part of the name is empty: write each folder once".to_owned());
    }
    path.chars()
        .find(|c| c.is_control() || r#"<>:"|?*"#.contains(*c))
        .map(|c| {
            format!("{c:?} cannot stand in a file name on every system: use another character")
        })
}

/// The expression of the name at run time; a placeholder that names no argument is an error.
pub(crate) fn expression(
    literal: &LitStr,
    arguments: &[&Ident],
    root: &TokenStream,
) -> syn::Result<TokenStream> {
    if let Some(text) = fixed(literal)? {
        let text = LitStr::new(&text, literal.span());
        return Ok(quote!(#root::Name::Fixed(#text)));
    }
    for piece in pieces(literal)? {
        if let Piece::Placeholder(argument) = piece {
            require(&argument, arguments, literal)?;
        }
    }
    Ok(quote!(#root::Name::Filled(::std::format!(#literal))))
}

fn require(wanted: &str, arguments: &[&Ident], literal: &LitStr) -> syn::Result<()> {
    let names: Vec<_> = arguments
        .iter()
        .map(|name| name.unraw().to_string())
        .collect();
    if names.iter().any(|name| name == wanted) {
        return Ok(());
    }
    let message = if wanted.is_empty() {
        "a placeholder names an argument of the function: `{age}`, not `{}`".to_owned()
    } else if names.is_empty() {
        format!("`{{{wanted}}}` names no argument: the function has none")
    } else {
        format!(
            "`{{{wanted}}}` names no argument of the function: it has `{}`",
            names.join("`, `")
        )
    };
    Err(syn::Error::new_spanned(literal, message))
}

/// Splits a format string.
fn pieces(literal: &LitStr) -> syn::Result<Vec<Piece>> {
    let value = literal.value();
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = value.as_str();
    while let Some(start) = rest.find(['{', '}']) {
        text.push_str(&rest[..start]);
        let brace = &rest[start..=start];
        rest = &rest[start + 1..];
        if let Some(behind) = rest.strip_prefix(brace) {
            text.push_str(brace);
            rest = behind;
            continue;
        }
        let (inside, behind) = rest
            .split_once('}')
            .filter(|_| brace == "{")
            .ok_or_else(|| unbalanced(literal))?;
        pieces.push(Piece::Text(std::mem::take(&mut text)));
        let argument = inside.split(':').next().unwrap_or_default();
        pieces.push(Piece::Placeholder(argument.trim().to_owned()));
        rest = behind;
    }
    text.push_str(rest);
    pieces.push(Piece::Text(text));
    Ok(pieces)
}

fn unbalanced(literal: &LitStr) -> syn::Error {
    let message =
        "a brace without its other half: a placeholder is `{age}`, a plain brace `{{` or `}}`";
    syn::Error::new_spanned(literal, message)
}
