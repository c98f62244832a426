//! Tells a test that a person wrote from one that an attribute above wrote for a case.
//!
//! `#[rstest]` and `#[test_case]` copy the attributes below them onto functions of their own, whose body only calls
//! the test: a cassette there has the wrong fingerprint, which never changes. The tokens alone do not give them away,
//! for a person may write `async fn case_1() { let a = 1; check(a).await }` as well; where they came from does. What
//! `quote!` makes has the attribute as its source text, and a person's `fn` has `fn`.

use proc_macro2::{Group, Ident, Span, TokenTree};
use syn::spanned::Spanned;
use syn::{Attribute, Block, Expr, Signature, Stmt};

use crate::function::ends_with;

/// Attributes known to write a function per case.
const PER_CASE: &[&str] = &["rstest", "test_case"];

/// The attribute that wrote this function to call the real test.
///
/// Without source text, as in some editors, nothing is found: that costs a message, and breaks nothing.
pub(crate) fn copied_by(sig: &Signature, body: &Group) -> Option<String> {
    copied_from(sig, body, |span| span.source_text())
}

fn copied_from(
    sig: &Signature,
    body: &Group,
    text_of: impl Fn(Span) -> Option<String>,
) -> Option<String> {
    let text = text_of(sig.fn_token.span)?;
    let attribute = attribute_path(&text)?.rsplit(':').next()?;
    // A renamed import is known by what it wrote: the call, which a body passed through has from its author.
    let wrote_call = || {
        let call = call_of_another(sig, body);
        call.is_some_and(|span| text_of(span).as_ref() == Some(&text))
    };
    let is_copy = PER_CASE.contains(&attribute) || wrote_call();
    is_copy.then(|| attribute.to_owned())
}

/// The attribute that has made a function out of an async one: it wrote the `#[test]` that now stands there.
///
/// tokio writes it with its full path, others do not; a person's own `#[test]` has `test` as its source text.
pub(crate) fn made_sync_by(sig: &Signature, attrs: &[Attribute]) -> Option<String> {
    let of_test = |attr: &&Attribute| ends_with(attr, "test");
    let mut tests = attrs.iter().filter(of_test);
    let written = tests.find_map(|attr| writer_of(attr, |span| span.source_text()));
    written.filter(|_| sig.asyncness.is_none())
}

fn writer_of(attr: &Attribute, text_of: impl Fn(Span) -> Option<String>) -> Option<String> {
    let segments = &attr.path().segments;
    let text = text_of(segments.last()?.ident.span());
    match text.as_deref().map(attribute_path) {
        Some(path) => path.map(str::to_owned),
        None => {
            let is_of_prelude = segments.iter().any(|segment| segment.ident == "prelude");
            is_of_prelude.then(|| "tokio::test".to_owned())
        }
    }
}

/// `test_case::test_case` of `#[test_case::test_case(1, 2)]`.
fn attribute_path(text: &str) -> Option<&str> {
    let path = text.strip_prefix("#[")?;
    let end = path.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))?;
    Some(&path[..end])
}

/// What calls another function, in a body that does nothing else: the `await`, or the parentheses.
fn call_of_another(sig: &Signature, body: &Group) -> Option<Span> {
    let body = TokenTree::from(body.clone());
    let block: Block = syn::parse2(body.into()).ok()?;
    let (Stmt::Expr(call, None), before) = block.stmts.split_last()? else {
        return None;
    };
    let binds_only = before.iter().all(|stmt| matches!(stmt, Stmt::Local(_)));
    let (called, span) = match call {
        Expr::Await(call) => (called(&call.base)?.0, call.await_token.span()),
        call => called(call)?,
    };
    (binds_only && *called != sig.ident).then_some(span)
}

/// The function of `function(…)`, and where its parentheses came from.
fn called(call: &Expr) -> Option<(&Ident, Span)> {
    let Expr::Call(call) = call else { return None };
    let Expr::Path(function) = &*call.func else {
        return None;
    };
    let parentheses = call.paren_token.span.open();
    Some((function.path.get_ident()?, parentheses))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use proc_macro2::TokenStream;
    use quote::quote;
    use syn::parse_quote;

    use super::*;
    use crate::errors::Errors;
    use crate::test_fn::TestFn;

    /// What is said of a function whose `fn` and whose `await` come from these texts.
    fn check(item: TokenStream, of_fn: &str, of_await: &str) -> Option<String> {
        let test = TestFn::parse(item, &mut Errors::default()).unwrap();
        let texts = Cell::new(vec![of_await, of_fn]);
        copied_from(&test.sig, &test.body, |_| {
            let mut rest = texts.take();
            let text = rest.pop().map(str::to_owned);
            texts.set(rest);
            text
        })
    }

    fn case() -> TokenStream {
        quote! { async fn case_1() { let a = 1; scores(a).await } }
    }

    #[test]
    fn a_case_is_told_by_the_attribute_that_wrote_it() {
        let check = |text| check(case(), text, text);
        assert_eq!(check("#[rstest]").as_deref(), Some("rstest"));
        assert_eq!(check("#[rstest::rstest]").as_deref(), Some("rstest"));
        assert_eq!(
            check("#[test_case(1; \"a\")]").as_deref(),
            Some("test_case")
        );
        assert_eq!(check("#[renamed]").as_deref(), Some("renamed"));
    }

    #[test]
    fn a_case_that_is_not_async_is_told_as_well() {
        let case = || quote! { fn case_1() { let a = 1; scores(a) } };
        assert_eq!(
            check(case(), "#[rstest]", "#[rstest]").as_deref(),
            Some("rstest")
        );
        assert_eq!(
            check(case(), "#[renamed]", "#[renamed]").as_deref(),
            Some("renamed")
        );
        assert_eq!(check(case(), "fn", "("), None);
        assert_eq!(check(case(), "#[traced]", "("), None);
    }

    #[test]
    fn what_a_person_wrote_is_left_alone() {
        assert_eq!(check(case(), "fn", "await"), None);
        assert_eq!(check(case(), "#[traced]", "await"), None);
    }

    #[test]
    fn a_test_attribute_is_told_by_the_attribute_that_wrote_it() {
        let writer = |attr: Attribute, text: &str| writer_of(&attr, |_| Some(text.to_owned()));
        let bare = || parse_quote!(#[test]);
        let full = || parse_quote!(#[::core::prelude::v1::test]);
        assert_eq!(
            writer(full(), "#[tokio::test]").as_deref(),
            Some("tokio::test")
        );
        assert_eq!(
            writer(bare(), "#[async_std::test]").as_deref(),
            Some("async_std::test")
        );
        assert_eq!(writer(bare(), "test"), None);
        assert_eq!(writer(full(), "test"), None);
    }

    #[test]
    fn without_source_text_the_full_path_gives_it_away() {
        let writer = |attr: Attribute| writer_of(&attr, |_| None);
        assert_eq!(writer(parse_quote!(#[test])), None);
        assert_eq!(writer(parse_quote!(#[tokio::test])), None);
        assert_eq!(
            writer(parse_quote!(#[::core::prelude::v1::test])).as_deref(),
            Some("tokio::test")
        );
    }

    #[test]
    fn what_other_attributes_write_is_left_alone() {
        let serial = quote! { async fn test() { async fn inner() {} lock(inner()).await; } };
        assert_eq!(check(serial, "#[serial]", "#[serial]"), None);
        let retry = quote! { async fn test() { async fn inner() {} inner().await } };
        assert_eq!(check(retry, "#[retry]", "#[retry]"), None);
    }
}
