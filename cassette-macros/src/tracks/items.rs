//! The items of a file, under the names by which they are tracked.

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{File, Ident, ImplItem, Item, ItemMod, TraitItem, Type};

/// An item, or one in an `impl`, a trait or a module of this file.
pub(super) struct Named<'a> {
    /// `module::Type::method`.
    pub(super) path: String,
    pub(super) item: &'a dyn ToTokens,
}

/// All of them, in the order of the file. An `impl` is named like its type, so both are found under that name.
pub(super) fn of(file: &File) -> Vec<Named<'_>> {
    let mut all = Vec::new();
    add_all(&file.items, None, &mut all);
    all
}

/// Whether a module is declared here, and stands elsewhere.
pub(super) fn is_elsewhere(file: &File, module: &str) -> bool {
    file.items.iter().any(|item| {
        matches!(item, Item::Mod(ItemMod { ident, content: None, .. }) if ident.unraw() == module)
    })
}

fn add_all<'a>(items: &'a [Item], outer: Option<&str>, all: &mut Vec<Named<'a>>) {
    for item in items {
        let Some(name) = name(item) else { continue };
        let path = join(outer, name);
        all.push(Named {
            path: path.clone(),
            item,
        });
        match item {
            Item::Mod(ItemMod {
                content: Some((_, items)),
                ..
            }) => add_all(items, Some(&path), all),
            Item::Impl(block) => add_each(&block.items, of_impl, &path, all),
            Item::Trait(block) => add_each(&block.items, of_trait, &path, all),
            _ => {}
        }
    }
}

fn add_each<'a, T: ToTokens>(
    items: &'a [T],
    name: fn(&T) -> Option<&Ident>,
    outer: &str,
    all: &mut Vec<Named<'a>>,
) {
    all.extend(items.iter().filter_map(|item| {
        let path = join(Some(outer), name(item)?);
        Some(Named { path, item })
    }));
}

fn join(outer: Option<&str>, name: &Ident) -> String {
    let name = name.unraw();
    outer.map_or_else(|| name.to_string(), |outer| format!("{outer}::{name}"))
}

/// A module in another file has no name: its tokens here say nothing about it.
fn name(item: &Item) -> Option<&Ident> {
    match item {
        Item::Const(item) => (item.ident != "_").then_some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Impl(item) => of_type(&item.self_ty),
        Item::Macro(item) => item.ident.as_ref(),
        Item::Mod(item) => item.content.as_ref().map(|_| &item.ident),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::TraitAlias(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}

/// `Personas` of `&crate::Personas<T>`.
fn of_type(of: &Type) -> Option<&Ident> {
    match of {
        Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        Type::Reference(reference) => of_type(&reference.elem),
        Type::Group(group) => of_type(&group.elem),
        Type::Paren(paren) => of_type(&paren.elem),
        _ => None,
    }
}

fn of_impl(item: &ImplItem) -> Option<&Ident> {
    match item {
        ImplItem::Const(item) => Some(&item.ident),
        ImplItem::Fn(item) => Some(&item.sig.ident),
        ImplItem::Type(item) => Some(&item.ident),
        _ => None,
    }
}

fn of_trait(item: &TraitItem) -> Option<&Ident> {
    match item {
        TraitItem::Const(item) => Some(&item.ident),
        TraitItem::Fn(item) => Some(&item.sig.ident),
        TraitItem::Type(item) => Some(&item.ident),
        _ => None,
    }
}
