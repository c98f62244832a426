//! The attribute as its users see it: what it expands to, and what it says when it is used wrongly.

use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;

use crate::expand::cassette;

mod entry_messages;
mod expansion;
mod item_messages;
mod messages;
mod tracks;
mod unrecorded;

fn root() -> TokenStream {
    quote!(::cassette_reqwest::__private)
}

fn expand(arguments: &str, item: &str) -> TokenStream {
    expand_in(None, arguments, item)
}

/// Expands a test of the package in this folder.
fn expand_in(package: Option<&Path>, arguments: &str, item: &str) -> TokenStream {
    let package = || package.map(Path::to_owned);
    cassette(
        arguments.parse().unwrap(),
        item.parse().unwrap(),
        &root(),
        &package,
    )
}

/// The expansion, laid out for a reader.
fn pretty(tokens: TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens).unwrap())
}

/// The texts of all errors in an expansion, one per line.
fn messages(tokens: &TokenStream) -> String {
    let file: syn::File = syn::parse2(tokens.clone()).unwrap();
    let texts: Vec<_> = file.items.iter().filter_map(message).collect();
    texts.join("\n")
}

fn message(item: &syn::Item) -> Option<String> {
    let syn::Item::Macro(item) = item else {
        return None;
    };
    let is_error = item.mac.path.segments.last()?.ident == "compile_error";
    let text = item.mac.parse_body::<syn::LitStr>().ok()?;
    is_error.then(|| text.value())
}

/// Whether the item came out together with the errors.
fn has_function(tokens: &TokenStream, name: &str) -> bool {
    let file: syn::File = syn::parse2(tokens.clone()).unwrap();
    file.items
        .iter()
        .any(|item| matches!(item, syn::Item::Fn(item) if item.sig.ident == name))
}
