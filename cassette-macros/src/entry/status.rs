//! What `reject_status` lists: `429`, `"5xx"`.

use syn::{Lit, LitInt, LitStr};

/// A status is told as text, which is what the builder takes both of.
pub(super) fn check(entry: &Lit) -> Option<syn::Result<LitStr>> {
    match entry {
        Lit::Int(number) => Some(of_number(number)),
        Lit::Str(class) => Some(of_class(class)),
        _ => None,
    }
}

fn of_number(number: &LitInt) -> syn::Result<LitStr> {
    let status = number.base10_parse::<u16>().ok();
    let status = status.filter(|status| (100..=999).contains(status) && number.suffix().is_empty());
    let text = status.map(|status| LitStr::new(&status.to_string(), number.span()));
    text.ok_or_else(|| {
        let message = format!("`{number}` is no status: write three digits such as 429");
        syn::Error::new_spanned(number, message)
    })
}

fn of_class(literal: &LitStr) -> syn::Result<LitStr> {
    let text = literal.value();
    let remedy = match text.as_bytes() {
        [b'1'..=b'5', b'x', b'x'] => return Ok(literal.clone()),
        [b'1'..=b'9', b'0'..=b'9', b'0'..=b'9'] => format!("a status has no quotes: write {text}"),
        _ => format!(
            r#"{text:?} is no class of statuses: there are "1xx" to "5xx", and numbers such as 429"#
        ),
    };
    Err(syn::Error::new_spanned(literal, remedy))
}
