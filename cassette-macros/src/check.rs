//! From what was written to what it means; everything that is wrong is said at its token.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Expr, ExprArray, ExprPath, Lit, LitBool, LitInt, LitStr};

use crate::args::{self, RawArgument};
use crate::errors::Errors;
use crate::known::{self, Choice, Kind};
use crate::latency::Latency;
use crate::tracks::{self, Package, Tracked};
use crate::{duration, name};

/// The attribute's arguments, each checked on its own and against the others.
#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) name: Option<LitStr>,
    pub(crate) config: Option<ExprPath>,
    /// What `tracks` names, as written.
    pub(crate) tracks: Vec<LitStr>,
    /// The same, as it is in the package.
    pub(crate) tracked: Vec<Tracked>,
    /// What becomes a builder call, in the order written.
    pub(crate) settings: Vec<Setting>,
}

/// One builder call.
pub(crate) struct Setting {
    pub(crate) key: Ident,
    pub(crate) value: Value,
}

pub(crate) enum Value {
    Text(LitStr),
    Flag(LitBool),
    /// Milliseconds.
    Duration(u64),
    Latency(Latency),
    Number(LitInt),
    Variant(Ident, Ident),
    List(Vec<LitStr>),
}

impl Arguments {
    /// Reads the attribute's tokens. What is wrong goes to `errors`, what is right is kept.
    pub(crate) fn parse(tokens: TokenStream, package: Package<'_>, errors: &mut Errors) -> Self {
        let mut arguments = Self::default();
        let mut seen = Vec::new();
        for raw in args::parse(tokens, errors) {
            if let Err(error) = arguments.add(raw, &mut seen, errors) {
                errors.push(error);
            }
        }
        arguments.tracked = tracks::read(&arguments.tracks, package, errors);
        arguments
    }

    fn add(
        &mut self,
        raw: RawArgument,
        seen: &mut Vec<String>,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        match raw {
            RawArgument::Positional(literal) => self.add_positional(&literal, seen),
            RawArgument::Named { key, value } => self.add_named(key, value, seen, errors),
        }
    }

    fn add_positional(&mut self, literal: &Lit, seen: &mut Vec<String>) -> syn::Result<()> {
        let Lit::Str(literal) = literal else {
            let message = "expected a name in quotes or `argument = value`";
            return Err(syn::Error::new_spanned(literal, message));
        };
        if seen.iter().any(|key| key == "name") {
            return Err(second_name(literal));
        }
        seen.push("name".to_owned());
        self.name = Some(name::check(literal)?);
        Ok(())
    }

    fn add_named(
        &mut self,
        key: Ident,
        value: Option<Expr>,
        seen: &mut Vec<String>,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        let text = key.to_string();
        let known = known::find(&text).map_err(|message| syn::Error::new_spanned(&key, message))?;
        if seen.contains(&text) {
            return Err(duplicate(&key));
        }
        seen.push(text);
        let Some(value) = value else {
            let message = format!(
                "`{key}` needs a value, `{key} = …`: it takes {}",
                known.kind
            );
            return Err(syn::Error::new_spanned(&key, message));
        };
        self.set(key, known.kind, &value, errors)
    }

    fn set(
        &mut self,
        key: Ident,
        kind: Kind,
        value: &Expr,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        let wrong = || syn::Error::new_spanned(value, format!("`{key}` takes {kind}"));
        let value = match kind {
            Kind::Name => {
                self.name = Some(name::check(string(value).ok_or_else(wrong)?)?);
                return Ok(());
            }
            Kind::Config => {
                self.config = Some(path(value).ok_or_else(wrong)?.clone());
                return Ok(());
            }
            Kind::Tracks => {
                self.tracks = list(value, &key, kind, errors, as_written).ok_or_else(wrong)?;
                return Ok(());
            }
            Kind::Text => text(string(value).ok_or_else(wrong)?, &key)?,
            Kind::Flag => Value::Flag(flag(value).ok_or_else(wrong)?.clone()),
            Kind::Age => age(string(value).ok_or_else(wrong)?, &key, kind)?,
            Kind::Latency => latency(string(value).ok_or_else(wrong)?, &key, kind)?,
            Kind::Bytes => Value::Number(number(value).ok_or_else(wrong)?.clone()),
            Kind::OneOf(choice) => variant(string(value).ok_or_else(wrong)?, &key, choice)?,
            Kind::List(entry) => {
                let check = |element: &Lit| entry.check(element, &key);
                Value::List(list(value, &key, kind, errors, check).ok_or_else(wrong)?)
            }
        };
        self.settings.push(Setting { key, value });
        Ok(())
    }
}

impl Value {
    /// The argument of the builder call; enums live behind the private door at `root`.
    pub(crate) fn to_tokens(&self, root: &TokenStream) -> TokenStream {
        match self {
            Self::Text(text) => quote!(#text),
            Self::Flag(flag) => quote!(#flag),
            Self::Duration(milliseconds) => duration::to_tokens(*milliseconds),
            Self::Latency(latency) => latency.to_tokens(root),
            Self::Number(number) => quote!(#number),
            Self::Variant(of, variant) => quote!(#root::#of::#variant),
            // Without a type, nothing would say what an empty list is a list of.
            Self::List(entries) if entries.is_empty() => quote!([] as [&str; 0]),
            Self::List(entries) => quote!([#(#entries),*]),
        }
    }
}

fn duplicate(key: &Ident) -> syn::Error {
    if key == "name" {
        return second_name(key);
    }
    let message = format!("`{key}` is written twice: keep one of them");
    syn::Error::new_spanned(key, message)
}

fn second_name(tokens: impl ToTokens) -> syn::Error {
    syn::Error::new_spanned(tokens, "the cassette has a name already: keep one of them")
}

fn text(literal: &LitStr, key: &Ident) -> syn::Result<Value> {
    if literal.value().is_empty() {
        let message = format!("`{key}` is empty: leave it out, or write what it is");
        return Err(syn::Error::new_spanned(literal, message));
    }
    Ok(Value::Text(literal.clone()))
}

fn age(literal: &LitStr, key: &Ident, kind: Kind) -> syn::Result<Value> {
    match duration::milliseconds(&literal.value()) {
        Ok(0) => Err(format!("{:?} is no time at all", literal.value())),
        read => read.map(Value::Duration),
    }
    .map_err(|why| unreadable(literal, key, kind, &why))
}

fn latency(literal: &LitStr, key: &Ident, kind: Kind) -> syn::Result<Value> {
    Latency::parse(&literal.value())
        .map(Value::Latency)
        .map_err(|why| unreadable(literal, key, kind, &why))
}

fn unreadable(literal: &LitStr, key: &Ident, kind: Kind, why: &str) -> syn::Error {
    syn::Error::new_spanned(literal, format!("{why}: `{key}` takes {kind}"))
}

fn variant(literal: &LitStr, key: &Ident, choice: &Choice) -> syn::Result<Value> {
    let written = literal.value();
    let found = choice.values.iter().find(|(text, _)| *text == written);
    let Some((_, variant)) = found else {
        let message = format!("unknown value {written:?}: `{key}` takes one of {choice}");
        return Err(syn::Error::new_spanned(literal, message));
    };
    // At the literal's place, so that the editor leads from the string to the variant.
    let at_literal = |text| Ident::new(text, literal.span());
    Ok(Value::Variant(at_literal(choice.of), at_literal(variant)))
}

/// The entries that are right; to `check` some are no entries at all.
fn list(
    value: &Expr,
    key: &Ident,
    kind: Kind,
    errors: &mut Errors,
    check: impl Fn(&Lit) -> Option<syn::Result<LitStr>>,
) -> Option<Vec<LitStr>> {
    let mut entries = Vec::new();
    for element in &array(value)?.elems {
        let checked = literal(element).and_then(&check).unwrap_or_else(|| {
            let message = format!("`{key}` takes {kind}");
            Err(syn::Error::new_spanned(element, message))
        });
        entries.extend(errors.take(checked));
    }
    Some(entries)
}

fn as_written(element: &Lit) -> Option<syn::Result<LitStr>> {
    match element {
        Lit::Str(string) => Some(Ok(string.clone())),
        _ => None,
    }
}

fn literal(value: &Expr) -> Option<&Lit> {
    match value {
        Expr::Lit(literal) => Some(&literal.lit),
        // A literal that came through `macro_rules!` arrives in an invisible group.
        Expr::Group(group) => literal(&group.expr),
        _ => None,
    }
}

fn string(value: &Expr) -> Option<&LitStr> {
    match literal(value)? {
        Lit::Str(string) => Some(string),
        _ => None,
    }
}

fn flag(value: &Expr) -> Option<&LitBool> {
    match literal(value)? {
        Lit::Bool(flag) => Some(flag),
        _ => None,
    }
}

/// A whole number as `cassette.toml` has them too: its type is no affair of the writer's.
fn number(value: &Expr) -> Option<&LitInt> {
    match literal(value)? {
        Lit::Int(number) if number.suffix().is_empty() => {
            number.base10_parse::<u64>().is_ok().then_some(number)
        }
        _ => None,
    }
}

fn array(value: &Expr) -> Option<&ExprArray> {
    match value {
        Expr::Array(array) => Some(array),
        Expr::Group(group) => array(&group.expr),
        _ => None,
    }
}

fn path(value: &Expr) -> Option<&ExprPath> {
    match value {
        Expr::Path(path) => Some(path),
        Expr::Group(group) => path(&group.expr),
        _ => None,
    }
}
