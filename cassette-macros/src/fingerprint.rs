//! Tells whether a test has changed, and only that: not how it is laid out, nor what its comments say.
//!
//! `TokenStream::to_string` would not do: its spacing changes between compilers. So the tokens are walked, and each
//! goes into the hash with its kind and the length of its text, so that no two programs look alike. A recording is
//! stale when the hash differs: whatever changes here needs a new `VERSION`, or every user's recordings are made again.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use sha2::{Digest, Sha256};
use syn::Signature;

use crate::params;

const VERSION: &str = "v1";

/// Fingerprint of the signature, without the function's name: renaming a test is no reason to record again.
pub(crate) fn of_signature(sig: &Signature) -> String {
    let mut sig = params::bare(sig);
    sig.ident = Ident::new("test", Span::call_site());
    of_tokens(sig.into_token_stream())
}

/// Fingerprint of any tokens.
pub(crate) fn of_tokens(tokens: TokenStream) -> String {
    let mut hash = Sha256::new();
    feed(&mut hash, &trailing_comma_dropped(visible(tokens)));
    shown(hash)
}

/// Fingerprint of what is no program.
pub(crate) fn of_bytes(bytes: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(bytes);
    shown(hash)
}

fn shown(hash: Sha256) -> String {
    let digest = hash.finalize();
    let hex: String = digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{VERSION}:{hex}")
}

fn feed(hash: &mut Sha256, tokens: &[TokenTree]) {
    let mut in_where = false;
    for (index, token) in tokens.iter().enumerate() {
        let before = &tokens[..index];
        let after = tokens.get(index + 1);
        in_where =
            is_ident(token, "where") || (in_where && !is_block(token) && !is_punct(token, ';'));
        match token {
            TokenTree::Group(group) => feed_group(hash, group, before),
            TokenTree::Punct(_) if is_comma(token) && ends_unseen_list(after, in_where) => {}
            TokenTree::Punct(punct) => feed_text(hash, b'p', &punct.as_char().to_string()),
            TokenTree::Ident(ident) => feed_text(hash, b'i', &ident.to_string()),
            TokenTree::Literal(literal) => feed_text(hash, b'l', &literal.to_string()),
        }
    }
}

fn feed_text(hash: &mut Sha256, kind: u8, text: &str) {
    hash.update([kind]);
    hash.update((text.len() as u64).to_le_bytes());
    hash.update(text);
}

fn feed_group(hash: &mut Sha256, group: &Group, before: &[TokenTree]) {
    let (open, close) = match group.delimiter() {
        Delimiter::Parenthesis => (b'(', b')'),
        Delimiter::Brace => (b'{', b'}'),
        Delimiter::Bracket => (b'[', b']'),
        // Never reached: `visible` has flattened these.
        Delimiter::None => (b'<', b'>'),
    };
    let tokens = visible(group.stream());
    let is_tuple = open == b'(' && has_one_element(&tokens) && !is_call(before);
    hash.update([open]);
    if is_tuple {
        feed(hash, &tokens);
    } else {
        feed(hash, &trailing_comma_dropped(tokens));
    }
    hash.update([close]);
}

/// The tokens a reader would call the program: invisible groups opened, documentation taken out.
fn visible(tokens: TokenStream) -> Vec<TokenTree> {
    let mut flat = Vec::new();
    flatten(tokens, &mut flat);
    without_docs(&flat)
}

fn flatten(tokens: TokenStream, flat: &mut Vec<TokenTree>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                flatten(group.stream(), flat);
            }
            other => flat.push(other),
        }
    }
}

fn without_docs(tokens: &[TokenTree]) -> Vec<TokenTree> {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut rest = tokens;
    while let Some((first, behind)) = rest.split_first() {
        let doc = doc_length(rest);
        if doc == 0 {
            kept.push(first.clone());
        }
        rest = if doc == 0 { behind } else { &rest[doc..] };
    }
    kept
}

/// The number of tokens of the `#[doc …]` or `#![doc …]` these begin with.
fn doc_length(tokens: &[TokenTree]) -> usize {
    match tokens {
        [hash, doc, ..] if is_punct(hash, '#') && is_doc(doc) => 2,
        [hash, bang, doc, ..] if is_punct(hash, '#') && is_punct(bang, '!') && is_doc(doc) => 3,
        _ => 0,
    }
}

fn is_doc(token: &TokenTree) -> bool {
    let TokenTree::Group(group) = token else {
        return false;
    };
    let first = group.stream().into_iter().next();
    group.delimiter() == Delimiter::Bracket && first.is_some_and(|token| is_ident(&token, "doc"))
}

/// Formatters add and remove the comma behind the last element.
fn trailing_comma_dropped(mut tokens: Vec<TokenTree>) -> Vec<TokenTree> {
    tokens.pop_if(|last| is_comma(last));
    tokens
}

/// Two lists whose end is no delimiter of the token tree: generics, up to `>`, and `where`, up to the body.
fn ends_unseen_list(after: Option<&TokenTree>, in_where: bool) -> bool {
    after.is_some_and(|after| is_punct(after, '>') || (in_where && is_block(after)))
}

/// `(a,)`, which is a tuple where `(a)` is not.
fn has_one_element(tokens: &[TokenTree]) -> bool {
    tokens.iter().filter(|token| is_comma(token)).count() == 1
}

/// Whether a parenthesis behind these tokens holds the arguments of a call, a declaration or a macro, where the comma
/// in `f(a,)` means nothing.
fn is_call(before: &[TokenTree]) -> bool {
    match before {
        [.., quote, TokenTree::Ident(_)] if is_punct(quote, '\'') => false,
        [.., TokenTree::Ident(ident)] => !is_keyword(&ident.to_string()),
        [.., TokenTree::Group(_)] => true,
        [.., arrow, last] if is_punct(last, '>') => !(is_punct(arrow, '-') || is_punct(arrow, '=')),
        [.., last] => is_punct(last, '!') || is_punct(last, '?') || is_punct(last, '>'),
        [] => false,
    }
}

/// Keywords a tuple can follow. `Self(a,)`, `fn(A,)` and `super::f` are none of them.
fn is_keyword(word: &str) -> bool {
    const KEYWORDS: &[&str] = &[
        "as", "async", "box", "break", "const", "continue", "do", "dyn", "else", "enum", "extern",
        "for", "gen", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub",
        "ref", "return", "static", "struct", "trait", "type", "unsafe", "use", "where", "while",
        "yield",
    ];
    KEYWORDS.contains(&word)
}

fn is_comma(token: &TokenTree) -> bool {
    is_punct(token, ',')
}

fn is_punct(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}

fn is_ident(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn is_block(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

#[cfg(test)]
mod tests;
