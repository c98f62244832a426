//! What was written between the parentheses, before anybody asks what it means.

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Expr, Lit, Token};

use crate::errors::Errors;

/// One piece between commas.
pub(crate) enum RawArgument {
    /// `"gamer"`: the name of the cassette.
    Positional(Lit),
    /// `key = value`; the value is missing where only the key was written.
    Named { key: Ident, value: Option<Expr> },
}

/// Splits the attribute's tokens. A broken piece becomes an error and costs only itself, so that the others are
/// still checked.
pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Vec<RawArgument> {
    let mut pieces = Vec::new();
    let parsed = (|input: ParseStream<'_>| {
        while !input.is_empty() {
            match errors.take(input.parse()) {
                Some(piece) => {
                    pieces.push(piece);
                    errors.take(at_end(input));
                }
                None => skip_piece(input)?,
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    })
    .parse2(tokens);
    errors.take(parsed);
    pieces
}

impl Parse for RawArgument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(Lit) {
            return input.parse().map(Self::Positional);
        }
        if !input.peek(Ident::peek_any) {
            return Err(input.error("expected a name in quotes or `argument = value`"));
        }
        let key = input.call(Ident::parse_any)?;
        let value = parse_value(input)?;
        Ok(Self::Named { key, value })
    }
}

fn parse_value(input: ParseStream<'_>) -> syn::Result<Option<Expr>> {
    if !input.peek(Token![=]) {
        skip_piece(input)?;
        return Ok(None);
    }
    input.parse::<Token![=]>()?;
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(None);
    }
    input.parse().map(Some)
}

/// Says what stands between a piece and the next comma, and leaves it behind.
fn at_end(input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    let left_over = input.error("expected `,`");
    skip_piece(input)?;
    Err(left_over)
}

fn skip_piece(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}
