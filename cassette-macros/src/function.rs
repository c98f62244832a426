//! A function below one of the attributes.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Signature, Visibility};

/// A function whose body is not parsed: half-written code must reach the compiler, and syntax newer than the parser
/// must not fail here.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: Group,
}

impl Function {
    /// Reads the item; `None` where it is something else.
    pub(crate) fn parse_item(item: TokenStream) -> Option<syn::Result<Self>> {
        let item = without_invisible_group(item);
        let is_function = item.clone().into_iter().any(is_fn);
        let parsed = syn::parse2(item);
        (is_function || parsed.is_ok()).then_some(parsed)
    }
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self {
            attrs: input.call(Attribute::parse_outer)?,
            vis: input.parse()?,
            sig: input.parse()?,
            body: input.call(parse_body)?,
        })
    }
}

fn parse_body(input: ParseStream<'_>) -> syn::Result<Group> {
    let span = input.span();
    let mut tokens = without_invisible_group(input.parse()?).into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(body)), None) if body.delimiter() == Delimiter::Brace => Ok(body),
        _ => Err(syn::Error::new(
            span,
            "the attribute needs a function with a body",
        )),
    }
}

/// What a `macro_rules!` fragment arrives in is no part of the program.
fn without_invisible_group(tokens: TokenStream) -> TokenStream {
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            without_invisible_group(group.stream())
        }
        _ => tokens,
    }
}

fn is_fn(token: TokenTree) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == "fn")
}

/// Whether this is the attribute of this name, however its path begins.
pub(crate) fn ends_with(attr: &Attribute, name: &str) -> bool {
    let last = attr.path().segments.last();
    last.is_some_and(|segment| segment.ident == name)
}
