//! The `#[cassette]` attribute: tokens in, tokens out.
//!
//! Each entry below belongs to one crate that re-exports it, because the expansion must name a path that exists with
//! one single dev-dependency. The attribute itself is documented where it is re-exported.

#![warn(clippy::unwrap_used)] // nothing from outside is taken for granted

use quote::quote;

mod args;
mod check;
mod conflicts;
mod duration;
mod errors;
mod expand;
mod fingerprint;
mod known;
mod latency;
mod name;
mod origin;
mod params;
mod selector;
mod test_fn;

#[cfg(test)]
mod tests;

/// Documented where it is re-exported: in `cassette_core`.
#[proc_macro_attribute]
pub fn cassette(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    let root = quote!(::cassette_core::__private);
    expand::cassette(arguments.into(), item.into(), &root).into()
}

/// Documented where it is re-exported: in `cassette_reqwest`, as `cassette`.
#[proc_macro_attribute]
pub fn cassette_for_reqwest(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    let root = quote!(::cassette_reqwest::__private);
    expand::cassette(arguments.into(), item.into(), &root).into()
}
