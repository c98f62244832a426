//! The attributes `#[cassette]` and `#[unrecorded]`: tokens in, tokens out.
//!
//! Each entry below belongs to one crate that re-exports it, because the expansion must name a path that exists with
//! one single dev-dependency. The attributes themselves are documented where they are re-exported.

#![warn(clippy::unwrap_used)] // nothing from outside is taken for granted

use std::path::PathBuf;

use quote::quote;

mod args;
mod check;
mod conflicts;
mod duration;
mod entry;
mod errors;
mod expand;
mod fingerprint;
mod function;
mod known;
mod latency;
mod name;
mod near;
mod origin;
mod params;
mod test_fn;
mod tracks;
mod unrecorded;

#[cfg(test)]
mod tests;

/// Documented where it is re-exported: in `cassette_core`.
#[proc_macro_attribute]
pub fn cassette(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    let root = quote!(::cassette_core::__private);
    expand::cassette(arguments.into(), item.into(), &root, &package_dir).into()
}

/// Documented where it is re-exported: in `cassette_reqwest`, as `cassette`.
#[proc_macro_attribute]
pub fn cassette_for_reqwest(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    let root = quote!(::cassette_reqwest::__private);
    expand::cassette(arguments.into(), item.into(), &root, &package_dir).into()
}

/// Documented where it is re-exported: in `cassette_core`.
#[proc_macro_attribute]
pub fn unrecorded(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    let root = quote!(::cassette_core::__private);
    unrecorded::unrecorded(arguments.into(), item.into(), &root).into()
}

/// Documented where it is re-exported: in `cassette_reqwest`, as `unrecorded`.
#[proc_macro_attribute]
pub fn unrecorded_for_reqwest(
    arguments: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    let root = quote!(::cassette_reqwest::__private);
    unrecorded::unrecorded(arguments.into(), item.into(), &root).into()
}

/// The folder of the package that is compiled.
#[expect(
    clippy::disallowed_methods,
    reason = "no other variable is read, and this one only to find what `tracks` names"
)]
fn package_dir() -> Option<PathBuf> {
    std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from)
}
