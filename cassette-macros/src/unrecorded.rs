//! `#[unrecorded]`: the requests of a whole function go past the cassette.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, GenericArgument, PathArguments, ReturnType, Type, parse_quote};

use crate::errors::Errors;
use crate::function::{Function, ends_with};

/// Said where it stands together with `#[cassette]`, by whichever of the two comes first.
pub(crate) const ON_A_TEST: &str = "`#[unrecorded]` on a test with `#[cassette]` would leave nothing to record: \
     take one of them away, or put `#[unrecorded]` on what the test calls";

/// Expands `#[unrecorded]` above `item`; generated paths start at `root`.
///
/// ```text
/// Input:  async fn health(&self) -> Output { … }
/// Output: async fn health(&self) -> Output { unrecorded(async move { … }).await }
/// ```
///
/// A function that is not `async` gets a closure. No inner function, as a test gets: it would have no `self`.
pub(crate) fn unrecorded(
    arguments: TokenStream,
    item: TokenStream,
    root: &TokenStream,
) -> TokenStream {
    let mut errors = Errors::default();
    if !arguments.is_empty() {
        errors.on(
            arguments,
            "`#[unrecorded]` takes no arguments: rules by method, host and path are `#[cassette(unrecorded = […])]`",
        );
    }
    let expanded = match parse(item.clone(), &mut errors) {
        Some(function) => expand(&function, root),
        None => item,
    };
    let errors = errors.into_tokens();
    quote!(#expanded #errors)
}

/// The function; `None` after an error that leaves nothing to expand.
fn parse(item: TokenStream, errors: &mut Errors) -> Option<Function> {
    let Some(parsed) = Function::parse_item(item) else {
        errors.on_attribute(
            "`#[unrecorded]` goes on a function: around a future, write `unrecorded(future)`",
        );
        return None;
    };
    let function = errors.take(parsed)?;
    if let Some(attr) = function
        .attrs
        .iter()
        .find(|attr| ends_with(attr, "cassette"))
    {
        errors.on(attr, ON_A_TEST);
        return None;
    }
    if function.sig.asyncness.is_none() && names_future(&function.sig.output) {
        errors.on(
            &function.sig.output,
            "`#[unrecorded]` ends before a future does that is returned: make it an `async fn`, \
             or return `unrecorded(future)`",
        );
        return None;
    }
    Some(function)
}

fn expand(function: &Function, root: &TokenStream) -> TokenStream {
    let Function {
        attrs,
        vis,
        sig,
        body,
    } = function;
    let (inner_attrs, statements) = take_apart(body.stream());
    let returned = pinned(&sig.output);
    let block = with_span_of(body, quote!(#returned #statements));
    let ran = match sig.asyncness {
        Some(_) => quote!(#root::unrecorded(async move #block).await),
        None => quote!(#root::unrecorded_sync(move || #block)),
    };
    let braces = with_span_of(body, quote!(#(#inner_attrs)* #ran));
    quote!(#(#attrs)* #vis #sig #braces)
}

/// `impl Future`, `Pin<Box<dyn Future>>`, `BoxFuture`: what they ask for, they ask for later.
fn names_future(output: &ReturnType) -> bool {
    fn names(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => ident.to_string().ends_with("Future"),
            TokenTree::Group(group) => names(group.stream()),
            _ => false,
        })
    }
    names(output.to_token_stream())
}

/// `#![…]` is for the function, and no block below it can have it.
fn take_apart(body: TokenStream) -> (Vec<Attribute>, TokenStream) {
    let parts = |input: ParseStream<'_>| Ok((Attribute::parse_inner(input)?, input.parse()?));
    parts.parse2(body.clone()).unwrap_or((Vec::new(), body))
}

/// Errors that speak of the body as a whole show it.
fn with_span_of(body: &Group, tokens: TokenStream) -> Group {
    let mut braces = Group::new(Delimiter::Brace, tokens);
    braces.set_span(body.span());
    braces
}

/// A statement that says what the block returns: it has no type of its own, and `?` in it would convert into nobody
/// knows what.
fn pinned(output: &ReturnType) -> TokenStream {
    let output = match output {
        ReturnType::Default => parse_quote!(()),
        ReturnType::Type(_, output) => open_erased(output),
    };
    if matches!(output, Type::Infer(_) | Type::Never(_)) {
        return TokenStream::new();
    }
    let span = Span::mixed_site().located_at(output.span());
    quote_spanned! {span=>
        #[allow(
            unknown_lints,
            unreachable_code,
            clippy::diverging_sub_expression,
            clippy::empty_loop,
            clippy::let_unit_value,
            clippy::let_with_type_underscore,
            clippy::needless_return
        )]
        if false {
            let returned: #output = loop {};
            return returned;
        }
    }
}

/// The type with `_` for each `impl Trait`, which no variable can have; what it is the body says.
fn open_erased(output: &Type) -> Type {
    let mut output = output.clone();
    erase(&mut output);
    output
}

fn erase(of: &mut Type) {
    match of {
        Type::ImplTrait(_) => *of = parse_quote!(_),
        Type::Array(array) => erase(&mut array.elem),
        Type::Group(group) => erase(&mut group.elem),
        Type::Paren(paren) => erase(&mut paren.elem),
        Type::Reference(reference) => erase(&mut reference.elem),
        Type::Slice(slice) => erase(&mut slice.elem),
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(erase),
        Type::Path(path) => {
            let arguments = path
                .path
                .segments
                .iter_mut()
                .map(|segment| &mut segment.arguments);
            arguments.for_each(erase_arguments);
        }
        _ => {}
    }
}

fn erase_arguments(arguments: &mut PathArguments) {
    let PathArguments::AngleBracketed(arguments) = arguments else {
        return;
    };
    for argument in &mut arguments.args {
        if let GenericArgument::Type(of) = argument {
            erase(of);
        }
    }
}
