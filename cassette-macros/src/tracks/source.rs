//! What stands at a place, as its fingerprint.

use std::collections::HashSet;
use std::fs;

use proc_macro2::TokenStream;

use super::items;
use super::place::Place;
use crate::{fingerprint, near};

/// The most names that a message lists.
const MOST: usize = 8;

/// Of Rust the tokens count, of another file the bytes; how its lines end counts in neither.
pub(super) fn fingerprint(place: &Place) -> Result<String, String> {
    let unreadable = |error| format!("`{}` cannot be read: {error}", place.file);
    let bytes = without_carriage_returns(&fs::read(&place.path).map_err(unreadable)?);
    if !place.is_rust() {
        return Ok(fingerprint::of_bytes(&bytes));
    }
    let tokens = tokens(&bytes).map_err(|error| format!("`{}` is no Rust: {error}", place.file))?;
    match &place.item {
        None => Ok(fingerprint::of_tokens(tokens)),
        Some(item) => of_item(place, item, tokens),
    }
}

/// Git may write lines of a text file either way.
fn without_carriage_returns(bytes: &[u8]) -> Vec<u8> {
    let is_kept = |index: usize| bytes[index] != b'\r' || bytes.get(index + 1) != Some(&b'\n');
    let kept = (0..bytes.len()).filter(|index| is_kept(*index));
    kept.map(|index| bytes[index]).collect()
}

fn tokens(bytes: &[u8]) -> Result<TokenStream, String> {
    let text = str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    without_shebang(text)
        .parse()
        .map_err(|error: proc_macro2::LexError| error.to_string())
}

/// `#!/usr/bin/env` is for the system; `#![allow(…)]` is Rust.
fn without_shebang(text: &str) -> &str {
    match text.strip_prefix("#!") {
        Some(rest) if !rest.trim_start().starts_with('[') => {
            text.find('\n').map_or("", |end| &text[end..])
        }
        _ => text,
    }
}

/// All items of this name count: there may be one for each system, and several `impl`s.
fn of_item(place: &Place, item: &str, tokens: TokenStream) -> Result<String, String> {
    let file: syn::File = syn::parse2(tokens).map_err(|error| {
        format!(
            "`{0}` cannot be taken apart: {error}; track it as a whole, as `{0}`",
            place.file
        )
    })?;
    let all = items::of(&file);
    let wanted = plain(item);
    let mut tokens = TokenStream::new();
    let found = all.iter().filter(|named| named.path == wanted);
    found.for_each(|named| named.item.to_tokens(&mut tokens));
    if tokens.is_empty() {
        let paths = all.iter().map(|named| named.path.as_str()).collect();
        return Err(missing(place, &wanted, paths, &file));
    }
    Ok(fingerprint::of_tokens(tokens))
}

/// Without the prefix of raw identifiers.
fn plain(item: &str) -> String {
    let names = item
        .split("::")
        .map(|name| name.strip_prefix("r#").unwrap_or(name));
    names.collect::<Vec<_>>().join("::")
}

fn missing(place: &Place, item: &str, mut paths: Vec<&str>, file: &syn::File) -> String {
    let module = item.split("::").next().unwrap_or_default();
    if items::is_elsewhere(file, module) {
        return format!(
            "the module `{module}` is in a file of its own: write that file before `::`"
        );
    }
    let said = format!("`{}` has no `{item}`", place.file);
    let near = near(item, &paths);
    if !near.is_empty() {
        return format!("{said}: did you mean {}?", quoted(&near, " or "));
    }
    distinct(&mut paths);
    let more = paths.len().saturating_sub(MOST);
    paths.truncate(MOST);
    match more {
        _ if paths.is_empty() => format!("{said}: nothing in it has a name"),
        0 => format!("{said}: it has {}", quoted(&paths, ", ")),
        _ => format!("{said}: it has {} and {more} more", quoted(&paths, ", ")),
    }
}

/// What ends in the same name, else what is spelled like it.
fn near<'a>(item: &str, paths: &[&'a str]) -> Vec<&'a str> {
    let last = |path: &str| path.rsplit("::").next().map(str::to_owned);
    let mut same: Vec<_> = paths
        .iter()
        .copied()
        .filter(|path| last(path) == last(item))
        .collect();
    distinct(&mut same);
    same.truncate(MOST);
    if same.is_empty() {
        return near::all(item, paths.iter().copied());
    }
    same
}

/// A type and its `impl`s have one name.
fn distinct(paths: &mut Vec<&str>) {
    let mut seen = HashSet::new();
    paths.retain(|path| seen.insert(*path));
}

fn quoted(names: &[&str], between: &str) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(between)
}
