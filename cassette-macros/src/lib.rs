//! The attributes `#[cassette]` and `#[unrecorded]`: tokens in, tokens out.
//!
//! Each entry below belongs to one crate that re-exports it, because the expansion must name a path that exists with
//! one single dev-dependency. What is the same for all stands in `cassette.md` and `unrecorded.md`; above it each crate shows
//! its own clients where it re-exports them.

#![warn(clippy::unwrap_used)] // nothing from outside is taken for granted

use std::path::PathBuf;

use proc_macro::TokenStream;
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

/// The two entries of a crate that re-exports them.
macro_rules! entries {
    ($($root:ident: $cassette:ident, $unrecorded:ident;)*) => {$(
        #[doc = include_str!("cassette.md")]
        #[proc_macro_attribute]
        pub fn $cassette(arguments: TokenStream, item: TokenStream) -> TokenStream {
            let root = quote!(::$root::__private);
            expand::cassette(arguments.into(), item.into(), &root, &package_dir).into()
        }

        #[doc = include_str!("unrecorded.md")]
        #[proc_macro_attribute]
        pub fn $unrecorded(arguments: TokenStream, item: TokenStream) -> TokenStream {
            let root = quote!(::$root::__private);
            unrecorded::unrecorded(arguments.into(), item.into(), &root).into()
        }
    )*};
}

entries! {
    cassette_core: cassette, unrecorded;
    cassette_proxy: cassette_for_proxy, unrecorded_for_proxy;
    cassette_reqwest: cassette_for_reqwest, unrecorded_for_reqwest;
    cassette_tower: cassette_for_tower, unrecorded_for_tower;
}

/// The folder of the package that is compiled.
#[expect(
    clippy::disallowed_methods,
    reason = "no other variable is read, and this one only to find what `tracks` names"
)]
fn package_dir() -> Option<PathBuf> {
    std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from)
}
