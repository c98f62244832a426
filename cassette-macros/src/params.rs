//! The two signatures of a test: the one outside, which the test attributes see, and the user's own, inside.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{
    Attribute, FnArg, GenericParam, Lifetime, LifetimeParam, Pat, PatType, Signature, Type,
    parse_quote,
};

/// The signature outside: everything as written, but for `mut`, which only the body needs.
pub(crate) fn outer(sig: &Signature) -> Signature {
    let mut sig = sig.clone();
    for typed in typed_mut(&mut sig) {
        if let Pat::Ident(pat) = &mut *typed.pat {
            pat.mutability = None;
        }
    }
    sig
}

/// The user's own signature, without what attributes on arguments told the test attributes.
pub(crate) fn bare(sig: &Signature) -> Signature {
    let mut sig = sig.clone();
    for typed in typed_mut(&mut sig) {
        typed.attrs.clear();
    }
    sig
}

/// The signature inside.
pub(crate) fn inner(sig: &Signature, attrs: &[Attribute]) -> Signature {
    let mut inner = bare(sig);
    if attrs.iter().any(|attr| attr.path().is_ident("awt")) {
        return inner;
    }
    let mut lifetimes = Vec::new();
    for (typed, written) in typed_mut(&mut inner).zip(&sig.inputs) {
        if is_future(written) {
            lifetimes.extend(into_future(typed));
        }
    }
    for lifetime in lifetimes {
        let parameter = GenericParam::Lifetime(LifetimeParam::new(lifetime));
        inner.generics.params.insert(0, parameter);
    }
    inner
}

/// `::<T, N>`, for types and constants that no argument gives away; empty where there are none.
pub(crate) fn turbofish(sig: &Signature) -> TokenStream {
    let names: Vec<_> = sig
        .generics
        .params
        .iter()
        .filter_map(|param| match param {
            GenericParam::Type(param) => Some(&param.ident),
            GenericParam::Const(param) => Some(&param.ident),
            GenericParam::Lifetime(_) => None,
        })
        .collect();
    if names.is_empty() {
        return TokenStream::new();
    }
    quote!(::<#(#names),*>)
}

/// rstest's `#[future]` without `awt`: the test awaits this argument itself.
fn is_future(input: &FnArg) -> bool {
    let FnArg::Typed(typed) = input else {
        return false;
    };
    typed.attrs.iter().any(|attr| {
        let is_bare = || {
            attr.meta.require_path_only().is_ok()
                || attr.parse_args::<syn::parse::Nothing>().is_ok()
        };
        attr.path().is_ident("future") && is_bare()
    })
}

/// Does what rstest does to the signature it sees, because the inner function gets what rstest passes.
///
/// ```text
/// Input:  age: &u32
/// Output: age: impl Future<Output = &'_age u32>     and the lifetime '_age, for an elided one is refused there
/// ```
fn into_future(typed: &mut PatType) -> Option<Lifetime> {
    let lifetime = name_lifetime(typed);
    let output = &typed.ty;
    typed.ty = parse_quote!(impl ::core::future::Future<Output = #output>);
    lifetime
}

fn name_lifetime(typed: &mut PatType) -> Option<Lifetime> {
    let Pat::Ident(pat) = &*typed.pat else {
        return None;
    };
    let Type::Reference(reference) = &mut *typed.ty else {
        return None;
    };
    if reference.lifetime.is_some() {
        return None;
    }
    let ident = format_ident!("_{}", pat.ident);
    let lifetime = Lifetime {
        apostrophe: ident.span(),
        ident,
    };
    reference.lifetime = Some(lifetime.clone());
    Some(lifetime)
}

fn typed_mut(sig: &mut Signature) -> impl Iterator<Item = &mut PatType> {
    sig.inputs.iter_mut().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    })
}
