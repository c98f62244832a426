//! What `tracks` names: files of the package and items in them, whose change makes a recording stale as that of the
//! test itself does.
//!
//! They are read when the attribute is expanded, so nothing has to be written at the code that is tracked.

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

use crate::errors::Errors;

mod items;
mod place;
mod source;

use place::Place;

/// Where the folder of the package is; asked only if something is tracked.
pub(crate) type Package<'a> = &'a dyn Fn() -> Option<PathBuf>;

/// An entry, and what stands there now.
pub(crate) struct Tracked {
    entry: LitStr,
    place: Place,
    fingerprint: String,
}

/// Reads what the entries name. What is wrong goes to `errors`, what is right is kept.
pub(crate) fn read(entries: &[LitStr], package: Package<'_>, errors: &mut Errors) -> Vec<Tracked> {
    let mut all = Vec::new();
    if entries.is_empty() {
        return all;
    }
    let Some(package) = package() else {
        errors.on_attribute(
            "`tracks` needs the package's folder, which cargo tells in `CARGO_MANIFEST_DIR`",
        );
        return all;
    };
    for entry in entries {
        match tracked(entry, &package, &all) {
            Ok(tracked) => all.push(tracked),
            Err(message) => errors.on(entry, message),
        }
    }
    all
}

fn tracked(entry: &LitStr, package: &Path, others: &[Tracked]) -> Result<Tracked, String> {
    let place = Place::find(&entry.value(), package)?;
    if others.iter().any(|other| other.place == place) {
        return Err(format!(
            "{:?} is tracked already: keep one of them",
            entry.value()
        ));
    }
    Ok(Tracked {
        entry: entry.clone(),
        fingerprint: source::fingerprint(&place)?,
        place,
    })
}

/// The fingerprints, each behind its name.
pub(crate) fn fingerprints(all: &[Tracked]) -> TokenStream {
    let pairs = all.iter().map(|tracked| {
        let (entry, fingerprint) = (&tracked.entry, &tracked.fingerprint);
        quote!((#entry, #fingerprint))
    });
    quote!(&[#(#pairs),*])
}

/// Makes the compiler look at the files as well, so that a change of theirs expands the attribute again.
pub(crate) fn included(all: &[Tracked]) -> TokenStream {
    let mut files: Vec<_> = all.iter().map(|tracked| &tracked.place.file).collect();
    files.sort_unstable();
    files.dedup();
    let includes = files.into_iter().map(|file| {
        let below = format!("/{file}");
        quote! {
            const _: &[u8] = ::core::include_bytes!(
                ::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #below)
            );
        }
    });
    includes.collect()
}
