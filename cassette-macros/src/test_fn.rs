//! The item below the attribute, if it is a function that can have a cassette.

use proc_macro2::{Group, Ident, TokenStream};
use quote::ToTokens;
use syn::{Attribute, FnArg, Pat, PatIdent, PatType, Signature, Visibility};

use crate::errors::Errors;
use crate::function::{Function, ends_with};
use crate::{origin, unrecorded};

/// A function that is run with a cassette.
pub(crate) struct TestFn {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: Group,
}

impl TestFn {
    /// Reads the item; `None` after an error that leaves nothing to expand.
    pub(crate) fn parse(item: TokenStream, errors: &mut Errors) -> Option<Self> {
        let Some(parsed) = Function::parse_item(item) else {
            errors.on_attribute("`#[cassette]` goes on a function: put it above a test");
            return None;
        };
        let mut test = Self::from(errors.take(parsed)?);
        test.check(errors).then_some(test)
    }

    /// Names of the arguments, in order.
    pub(crate) fn arguments(&self) -> Vec<&Ident> {
        typed(&self.sig)
            .filter_map(plain)
            .map(|pat| &pat.ident)
            .collect()
    }

    /// Whether an attribute of this one-word name stands below `#[cassette]`.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.attrs.iter().any(|attr| attr.path().is_ident(name))
    }

    fn check(&mut self, errors: &mut Errors) -> bool {
        self.remove_second(errors);
        self.remove_unrecorded(errors);
        if let Some(attribute) = origin::copied_by(&self.sig, &self.body) {
            let message = format!(
                "`#[cassette]` must stand above `#[{attribute}]`: \
                 below it, it sees only a call of the test"
            );
            errors.on_attribute(message);
            return false;
        }
        if let Some(attribute) = origin::made_sync_by(&self.sig, &self.attrs) {
            let message =
                format!("`#[cassette]` must stand above `#[{attribute}]`: move it up one line");
            errors.on_attribute(message);
            return false;
        }
        self.check_panics(errors) & self.check_inputs(errors)
    }

    /// A second `#[cassette]` is taken away: expanding it would only add errors to the one reported here.
    fn remove_second(&mut self, errors: &mut Errors) {
        let is_cassette = |attr: &Attribute| ends_with(attr, "cassette");
        for attr in self.attrs.iter().filter(|attr| is_cassette(attr)) {
            errors.on(attr, "`#[cassette]` is written twice: keep one of them");
        }
        self.attrs.retain(|attr| !is_cassette(attr));
    }

    /// Likewise one that would let all of its requests past the cassette.
    fn remove_unrecorded(&mut self, errors: &mut Errors) {
        let is_unrecorded = |attr: &Attribute| ends_with(attr, "unrecorded");
        for attr in self.attrs.iter().filter(|attr| is_unrecorded(attr)) {
            errors.on(attr, unrecorded::ON_A_TEST);
        }
        self.attrs.retain(|attr| !is_unrecorded(attr));
    }

    /// In rstest the attributes before a `#[case]` are that case's, but all cases share one body, so
    /// whether a panic passes cannot depend on the case.
    fn check_panics(&self, errors: &mut Errors) -> bool {
        let last_case = self.attrs.iter().rposition(is_case).unwrap_or_default();
        let of_one_case = self.attrs[..last_case]
            .iter()
            .find(|attr| attr.path().is_ident("should_panic"));
        if let Some(attr) = of_one_case {
            errors.on(attr, "`#[should_panic]` of one `#[case]` cannot have a cassette: move that case to a test of its own");
        }
        of_one_case.is_none()
    }

    fn check_inputs(&self, errors: &mut Errors) -> bool {
        let mut is_right = true;
        for input in &self.sig.inputs {
            if let Some((tokens, message)) = self.problem(input) {
                errors.push(syn::Error::new_spanned(tokens, message));
                is_right = false;
            }
        }
        is_right
    }

    fn problem<'a>(&self, input: &'a FnArg) -> Option<(&'a dyn ToTokens, &'static str)> {
        let FnArg::Typed(typed) = input else {
            return Some((
                input,
                "`#[cassette]` needs a function of its own: a test has no `self`",
            ));
        };
        let Some(pat) = plain(typed) else {
            return Some((
                &typed.pat,
                "`#[cassette]` passes arguments by plain identifier: give this one a name, \
                 and take it apart in the body",
            ));
        };
        // The call of the inner function would find the argument instead.
        (pat.ident == self.sig.ident).then_some((
            &pat.ident as &dyn ToTokens,
            "this argument has the name of the function: give it another one",
        ))
    }
}

impl From<Function> for TestFn {
    fn from(function: Function) -> Self {
        let Function {
            attrs,
            vis,
            sig,
            body,
        } = function;
        Self {
            attrs,
            vis,
            sig,
            body,
        }
    }
}

/// `#[case(…)]` and `#[case::name(…)]`.
fn is_case(attr: &Attribute) -> bool {
    attr.path()
        .segments
        .first()
        .is_some_and(|segment| segment.ident == "case")
}

fn typed(sig: &Signature) -> impl Iterator<Item = &PatType> {
    sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    })
}

/// The pattern, if it is `name` or `mut name`.
fn plain(typed: &PatType) -> Option<&PatIdent> {
    match &*typed.pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(pat),
        _ => None,
    }
}
