//! The public items of the facade, a line for each: what a reviewer sees change when the API does.
//!
//! It lists what the sources write as `pub`, file by file. The lint `unreachable_pub` sees to it that nothing is written so
//! that can't be reached from outside. Auto traits and blanket implementations are left out; rustdoc's own description of a
//! crate has them, and needs a nightly compiler. Types that are made from the document are listed by name: their files are
//! generated, committed, and reviewed themselves.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::Context;
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Attribute, Fields, ImplItem, Item, ItemImpl, ItemMacro, TraitItem, Type, UseTree, Visibility,
    parse::{ParseStream, Parser},
};

/// Where the facade's sources are, from the root of the workspace.
const SOURCES: &str = "crates/unigox/src";

/// The public items of the facade in the workspace at `root`, by the files that they are in.
///
/// # Errors
///
/// If a source can't be read or parsed.
pub fn of_facade(root: &Path) -> anyhow::Result<String> {
    let sources = root.join(SOURCES);
    let mut files = Vec::new();
    collect(&sources, &sources, &mut files)?;
    files.sort();
    lines(&files)
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> anyhow::Result<()> {
    let failed = || format!("can't read {}", folder.display());
    for entry in fs::read_dir(folder).with_context(failed)? {
        let path = entry.with_context(failed)?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.push((name, text));
        }
    }
    Ok(())
}

/// The lines of files, each given by its name and its text.
fn lines(files: &[(String, String)]) -> anyhow::Result<String> {
    let mut parsed = Vec::new();
    for (name, text) in files {
        parsed.push((name, syn::parse_file(text).with_context(|| format!("can't parse {name}"))?.items));
    }
    let mut list = Lines::default();
    parsed.iter().for_each(|(_, items)| list.find_types(items));
    for (name, items) in parsed {
        let before = list.lines.len();
        list.items(&items, "");
        if list.lines.len() > before {
            list.lines.insert(before, format!("\n{name}"));
        }
    }
    Ok(list.lines.join("\n") + "\n")
}

#[derive(Default)]
struct Lines {
    /// The names of the public types.
    types: BTreeSet<String>,
    lines: Vec<String>,
}

impl Lines {
    fn find_types(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Struct(item) if is_public(&item.vis) => drop(self.types.insert(item.ident.to_string())),
                Item::Enum(item) if is_public(&item.vis) => drop(self.types.insert(item.ident.to_string())),
                Item::Mod(item) => item.content.iter().for_each(|(_, items)| self.find_types(items)),
                _ => {}
            }
        }
    }

    fn add(&mut self, attributes: &[Attribute], code: impl ToTokens) {
        let seen = ["cfg", "cfg_attr", "deprecated", "derive", "must_use", "non_exhaustive"];
        let noticed = attributes.iter().filter(|attribute| seen.iter().any(|name| attribute.path().is_ident(name)));
        let line = one_line(&quote!(#(#noticed)* #code).to_string());
        self.lines.push(format!("    {line}"));
    }

    /// The public ones of `items`, which are in the module `prefix`.
    fn items(&mut self, items: &[Item], prefix: &str) {
        for item in items.iter().filter(|item| !is_for_tests(item)) {
            match item {
                Item::Struct(item) if is_public(&item.vis) => {
                    let (name, generics) = (&item.ident, &item.generics);
                    self.add(&item.attrs, quote!(pub struct #name #generics));
                    self.fields(&item.fields, &name.to_string(), true);
                }
                Item::Enum(item) if is_public(&item.vis) => {
                    let (name, generics) = (&item.ident, &item.generics);
                    self.add(&item.attrs, quote!(pub enum #name #generics));
                    for variant in &item.variants {
                        let of = &variant.ident;
                        self.add(&variant.attrs, quote!(#name::#of));
                        self.fields(&variant.fields, &format!("{name}::{of}"), false);
                    }
                }
                Item::Trait(item) if is_public(&item.vis) => {
                    let (name, generics, bounds) = (&item.ident, &item.generics, &item.supertraits);
                    self.add(&item.attrs, quote!(pub trait #name #generics: #bounds));
                    for member in &item.items {
                        match member {
                            TraitItem::Fn(function) => self.add(&function.attrs, &function.sig),
                            other => self.add(&[], other),
                        }
                    }
                }
                Item::Fn(item) if is_public(&item.vis) => {
                    let signature = &item.sig;
                    self.add(&item.attrs, quote!(pub #signature));
                }
                Item::Const(item) if is_public(&item.vis) => {
                    let (name, ty) = (&item.ident, &item.ty);
                    self.add(&item.attrs, quote!(pub const #name: #ty));
                }
                Item::Type(item) if is_public(&item.vis) => self.add(&item.attrs, item),
                Item::Use(item) if is_public(&item.vis) => self.exports(&item.tree, prefix, &mut Vec::new()),
                Item::Mod(item) => {
                    let inside = format!("{prefix}{}::", item.ident);
                    item.content.iter().for_each(|(_, items)| self.items(items, &inside));
                }
                Item::Impl(block) if self.is_of_public_type(&block.self_ty) => self.block(block),
                Item::Macro(definition) => self.definition(definition),
                _ => {}
            }
        }
    }

    fn fields(&mut self, fields: &Fields, owner: &str, are_private: bool) {
        for (place, field) in fields.iter().enumerate().filter(|(_, field)| !are_private || is_public(&field.vis)) {
            let name = field.ident.as_ref().map_or_else(|| place.to_string(), ToString::to_string);
            let ty = one_line(&field.ty.to_token_stream().to_string());
            self.lines.push(format!("    {owner}::{name}: {ty}"));
        }
    }

    /// A line for each name that is exported, so that one more is one line more.
    fn exports(&mut self, tree: &UseTree, prefix: &str, path: &mut Vec<String>) {
        match tree {
            UseTree::Path(inner) => {
                path.push(inner.ident.to_string());
                self.exports(&inner.tree, prefix, path);
                path.pop();
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.exports(tree, prefix, path)),
            leaf => {
                let path = path.iter().fold(String::new(), |path, part| path + part + "::");
                self.lines.push(format!("    {prefix}pub use {path}{}", one_line(&leaf.to_token_stream().to_string())));
            }
        }
    }

    fn is_of_public_type(&self, of: &Type) -> bool {
        match of {
            Type::Reference(reference) => self.is_of_public_type(&reference.elem),
            Type::Path(path) => {
                path.path.segments.last().is_some_and(|last| self.types.contains(&last.ident.to_string()))
            }
            _ => false,
        }
    }

    /// The public methods and constants of a type, or that it has a trait.
    fn block(&mut self, block: &ItemImpl) {
        let (generics, of, condition) = (&block.generics, &block.self_ty, &block.generics.where_clause);
        if let Some((path, _)) = &block.trait_ {
            self.add(&block.attrs, quote!(impl #generics #path for #of #condition));
            for member in &block.items {
                if let ImplItem::Type(member) = member {
                    self.add(&block.attrs, quote!(impl #generics #path for #of: #member));
                }
            }
            return;
        }
        self.members(&block.attrs, &block.items, &quote!(#of));
    }

    fn members(&mut self, outer: &[Attribute], members: &[ImplItem], owner: &TokenStream) {
        for member in members {
            let attributes = |own: &[Attribute]| [outer, own].concat();
            match member {
                ImplItem::Fn(function) if is_public(&function.vis) => {
                    let signature = &function.sig;
                    self.add(&attributes(&function.attrs), quote!(#owner: pub #signature));
                }
                ImplItem::Const(member) if is_public(&member.vis) => {
                    let (name, ty) = (&member.ident, &member.ty);
                    self.add(&attributes(&member.attrs), quote!(#owner: pub const #name: #ty));
                }
                ImplItem::Macro(call) => self.add(&attributes(&call.attrs), quote!(#owner: #call)),
                _ => {}
            }
        }
    }

    /// The public methods that a macro of the crate writes, as it writes them.
    fn definition(&mut self, definition: &ItemMacro) {
        let Some(name) = &definition.ident else { return };
        let members = |input: ParseStream<'_>| {
            let mut members = Vec::new();
            while !input.is_empty() {
                members.push(input.parse::<ImplItem>()?);
            }
            Ok(members)
        };
        let arms = definition.mac.tokens.clone().into_iter().filter_map(|tree| match tree {
            TokenTree::Group(group) => Some(group.stream()),
            _ => None,
        });
        for body in arms.skip(1).step_by(2) {
            self.members(&[], &members.parse2(without_dollars(body)).unwrap_or_default(), &quote!(#name!));
        }
    }
}

/// Variables of a macro as plain names, so that what it writes can be parsed.
fn without_dollars(code: TokenStream) -> TokenStream {
    let is_dollar = |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == '$');
    let plain = code.into_iter().filter(|tree| !is_dollar(tree)).map(|tree| match tree {
        TokenTree::Group(group) => {
            TokenTree::Group(proc_macro2::Group::new(group.delimiter(), without_dollars(group.stream())))
        }
        other => other,
    });
    plain.collect()
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Whether an item is there for tests alone.
fn is_for_tests(item: &Item) -> bool {
    let attributes = match item {
        Item::Mod(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        _ => return false,
    };
    let condition = |attribute: &Attribute| attribute.meta.require_list().map(|list| list.tokens.to_string());
    let mut conditions = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).map(condition);
    conditions.any(|condition| condition.is_ok_and(|condition| matches!(condition.as_str(), "test" | "doctest")))
}

/// Tokens as people space them.
fn one_line(tokens: &str) -> String {
    let mut text = tokens.to_owned();
    for (spaced, plain) in [
        (" :: ", "::"),
        (":: ", "::"),
        ("# [", "#["),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        ("& ", "&"),
        (" ,", ","),
        (" :", ":"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" ;", ";"),
        (" !", "!"),
        ("[ ", "["),
        (" ]", "]"),
        ("- >", "->"),
        (",)", ")"),
        (", )", ")"),
        ("->(", "-> ("),
        ("= (", "= ("),
        ("' ", "'"),
        (">where", "> where"),
        ("(mut self", "(self"),
    ] {
        text = text.replace(spaced, plain);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_what_is_public_where_it_is_written_and_nothing_else() {
        let lib = "
            mod inner;
            pub mod shown { pub use crate::inner::{Kind as Sort, Thing}; pub(crate) struct Hidden; }
            pub use std::fmt;
            struct Private;
            impl Private { pub fn unseen() {} }
        ";
        let inner = "
            #[derive(Clone, Debug)] #[non_exhaustive]
            pub struct Thing<T> { pub name: Option<T>, hidden: u8 }
            impl<T> Thing<T> {
                pub async fn send(&self, to: impl Into<String>) -> Result<T> { todo() }
                #[cfg(feature = \"extra\")] pub const fn status(mut self) -> StatusCode { OK }
                fn private(&self) {}
                setters!(\"a.\");
            }
            impl fmt::Display for Thing<u8> { fn fmt(&self) {} }
            impl IntoIterator for &Thing<u8> { type Item = u8; }
            pub enum Kind { One, Two(u8), Three { why: String } }
            pub fn make<T: Clone>(from: &T) -> Thing<T> where T: Send { other() }
            macro_rules! setters { ($prefix:literal) => {
                pub fn name(mut self, name: String) -> Self { check(concat!($prefix, \"name\")); self }
                fn unseen(&self) {}
            } }
            #[cfg(test)] mod tests { pub struct OfTests; }
        ";
        let files = [("inner.rs", inner), ("lib.rs", lib)].map(|(name, text)| (name.to_owned(), text.to_owned()));
        insta::assert_snapshot!(lines(&files).expect("the sources are sound"), @r##"

        inner.rs
            #[derive(Clone, Debug)] #[non_exhaustive] pub struct Thing<T>
            Thing::name: Option<T>
            Thing<T>: pub async fn send(&self, to: impl Into<String>) -> Result<T>
            #[cfg(feature = "extra")] Thing<T>: pub const fn status(self) -> StatusCode
            Thing<T>: setters!("a.");
            impl fmt::Display for Thing<u8>
            impl IntoIterator for &Thing<u8>
            impl IntoIterator for &Thing<u8>: type Item = u8;
            pub enum Kind
            Kind::One
            Kind::Two
            Kind::Two::0: u8
            Kind::Three
            Kind::Three::why: String
            pub fn make<T: Clone>(from: &T) -> Thing<T> where T: Send
            setters!: pub fn name(self, name: String) -> Self

        lib.rs
            shown::pub use crate::inner::Kind as Sort
            shown::pub use crate::inner::Thing
            pub use std::fmt
        "##);
    }
}
