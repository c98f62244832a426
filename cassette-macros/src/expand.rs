//! The attribute as a function from tokens to tokens.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::quote;
use syn::ReturnType;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::check::{Arguments, Setting};
use crate::errors::Errors;
use crate::test_fn::TestFn;
use crate::tracks::{self, Package};
use crate::{conflicts, fingerprint, name, params};

/// Expands `#[cassette(arguments)]` above `item`; generated paths start at `root`, and those of tracked files in
/// `package`.
///
/// The item comes out in any case, so that an editor keeps its bearings while something is wrong.
pub(crate) fn cassette(
    arguments: TokenStream,
    item: TokenStream,
    root: &TokenStream,
    package: Package<'_>,
) -> TokenStream {
    let mut errors = Errors::default();
    let arguments = Arguments::parse(arguments, package, &mut errors);
    conflicts::check(&arguments, &mut errors);
    let expanded = match TestFn::parse(item.clone(), &mut errors) {
        Some(test) => test_function(&test, &arguments, root, &mut errors),
        None => item,
    };
    let errors = errors.into_tokens();
    quote!(#expanded #errors)
}

/// The user's function becomes an inner one: errors in its body and its return type stay on the user's own tokens,
/// which an `async` block would lose, and `type_name` in it still ends in the test's name.
///
/// ```text
/// Input:  #[tokio::test] async fn gamer(mut age: u8) -> Output { … }
/// Output: #[tokio::test] async fn gamer(age: u8) -> Output {
///             async fn gamer(mut age: u8) -> Output { … }
///             run(Test { … }, gamer(age)).await
///         }
///
/// Input:  #[test] fn gamer(mut age: u8) -> Output { … }
/// Output: #[test] fn gamer(age: u8) -> Output {
///             fn gamer(mut age: u8) -> Output { … }
///             run_sync(Test { … }, || gamer(age))
///         }
/// ```
fn test_function(
    test: &TestFn,
    arguments: &Arguments,
    root: &TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    let TestFn {
        attrs, vis, body, ..
    } = test;
    let outer = params::outer(&test.sig);
    let inner = params::inner(&test.sig, attrs);
    let run = entry(test);
    let info = info(test, arguments, root, errors);
    let function = &test.sig.ident;
    let turbofish = params::turbofish(&test.sig);
    let passed = test.arguments();
    let included = tracks::included(&arguments.tracked);
    let call = quote!(#function #turbofish(#(#passed),*));
    let ran = match test.sig.asyncness {
        Some(_) => quote!(#root::#run(#info, #call).await),
        None => quote!(#root::#run(#info, || #call)),
    };
    let statements = quote!(#included #inner #body #ran);
    let braces = in_place_of(body, statements);
    quote!(#(#attrs)* #vis #outer #braces)
}

/// The function to call, on the tokens of the return type: it is what the bound there speaks of.
fn entry(test: &TestFn) -> Ident {
    let span = match &test.sig.output {
        ReturnType::Default => Span::call_site(),
        ReturnType::Type(_, output) => Span::call_site().located_at(output.span()),
    };
    let is_async = test.sig.asyncness.is_some();
    let name = match (is_async, test.has("should_panic")) {
        (true, false) => "run",
        (true, true) => "run_should_panic",
        (false, false) => "run_sync",
        (false, true) => "run_sync_should_panic",
    };
    Ident::new(name, span)
}

/// The test keeps its place in the file: the harness and the compiler's messages take it from where its body stands.
fn in_place_of(body: &Group, statements: TokenStream) -> Group {
    let mut braces = Group::new(Delimiter::Brace, statements);
    braces.set_span(body.span());
    braces
}

/// What the private door is told about the test.
fn info(
    test: &TestFn,
    arguments: &Arguments,
    root: &TokenStream,
    errors: &mut Errors,
) -> TokenStream {
    let function = test.sig.ident.unraw().to_string();
    let signature = fingerprint::of_signature(&test.sig);
    let body = fingerprint::of_tokens(test.body.stream());
    let name = arguments
        .name
        .as_ref()
        .and_then(|literal| errors.take(name::expression(literal, &test.arguments(), root)));
    let name = name.unwrap_or_else(|| quote!(#root::Name::Derived));
    let config = option(arguments.config.as_ref());
    let tracked = tracks::fingerprints(&arguments.tracked);
    let calls = arguments.settings.iter().map(|setting| call(setting, root));
    quote! {
        #root::Test {
            function: #function,
            module_path: ::core::module_path!(),
            file: ::core::file!(),
            package_dir: ::core::env!("CARGO_MANIFEST_DIR"),
            signature: #signature,
            body: #body,
            tracked: #tracked,
            name: #name,
            config: #config,
            attribute: |config| config #(#calls)*,
        }
    }
}

/// The argument's own token becomes the method's name, so that the editor leads from it to the builder.
fn call(setting: &Setting, root: &TokenStream) -> TokenStream {
    let method = &setting.key;
    let value = setting.value.to_tokens(root);
    quote!(.#method(#value))
}

fn option(value: Option<&impl quote::ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}
