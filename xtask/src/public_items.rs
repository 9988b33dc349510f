//! The public items of a crate, a line for each: what a reviewer sees change when the API does.
//!
//! It reads sources, with the compiler that everything else is built with; rustdoc's own description of a crate needs a
//! nightly one. So it knows what is written, and no more: auto traits and blanket implementations are left out, and
//! macros are expanded if they are `macro_rules!` of the same crate (a line says so where one is not).

mod expand;
mod lines;
mod modules;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::Context;

use self::{
    lines::Lines,
    modules::{Modules, Target, is_public},
};

/// The public items of the facade in the workspace at `root`, sorted.
///
/// # Errors
///
/// If a source can't be read or parsed.
pub fn of_facade(root: &Path) -> anyhow::Result<String> {
    let mut modules = Modules::default();
    for (name, folder) in [("unigox_client", "crates/unigox-client/src"), ("unigox", "crates/unigox/src")] {
        modules.add(name, &|path| fs::read_to_string(root.join(folder).join(path)).ok())?;
    }
    let exports = Exports::of(&modules, "unigox").context("the facade was just read")?;
    Ok(Lines::of(&modules, &exports).text())
}

/// Everything that can be named from outside.
#[derive(Debug, Default)]
struct Exports {
    /// The paths of each item.
    items: BTreeMap<(usize, usize), BTreeSet<String>>,
    /// Public modules, and what is exported of crates that are not read.
    others: BTreeSet<String>,
}

impl Exports {
    fn of(modules: &Modules, crate_name: &str) -> Option<Self> {
        let mut exports = Self::default();
        exports.walk(modules, modules.root(crate_name)?, "", &mut Vec::new());
        Some(exports)
    }

    /// Adds what `module` exports, under the path `prefix`.
    fn walk(&mut self, modules: &Modules, module: usize, prefix: &str, above: &mut Vec<usize>) {
        if above.contains(&module) {
            return;
        }
        above.push(module);
        let here = &modules.all[module];
        for (place, entry) in here.items.iter().enumerate() {
            if let Some(name) = modules::name(&entry.item)
                && lines::visibility(&entry.item).is_some_and(is_public)
            {
                self.items.entry((module, place)).or_default().insert(format!("{prefix}{name}"));
            }
        }
        for child in here.children.iter().filter(|child| child.is_public) {
            self.add(modules, Target::Module(child.module), &format!("{prefix}{}", child.name), above);
        }
        for import in here.uses.iter().filter(|import| import.is_public) {
            for target in modules.resolve(module, &import.path) {
                match (import.name.as_str(), target) {
                    ("*", Target::Module(inside)) => self.walk(modules, inside, prefix, above),
                    (name, target) => self.add(modules, target, &format!("{prefix}{name}"), above),
                }
            }
        }
        above.pop();
    }

    fn add(&mut self, modules: &Modules, target: Target, path: &str, above: &mut Vec<usize>) {
        match target {
            Target::Item(module, place) => {
                self.items.entry((module, place)).or_default().insert(path.to_owned());
            }
            Target::Module(module) => {
                self.others.insert(format!("pub mod {path}"));
                self.walk(modules, module, &format!("{path}::"), above);
            }
            Target::Elsewhere(from) => {
                let from = from.join("::");
                let renamed = if from == path { String::new() } else { format!(" as {path}") };
                self.others.insert(format!("pub use {from}{renamed}"));
            }
        }
    }

    /// Whether something is exported under `path`.
    fn has(&self, path: &str) -> bool {
        self.items.values().any(|paths| paths.contains(path))
    }

    /// The shortest path that leads to an item.
    fn path(&self, item: (usize, usize)) -> Option<&str> {
        self.items.get(&item)?.iter().min_by_key(|path| path.len()).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The public items of a crate with these files.
    fn items(files: &[(&str, &str)]) -> String {
        let mut modules = Modules::default();
        let source = |path: &str| files.iter().find(|(name, _)| *name == path).map(|(_, text)| (*text).to_owned());
        modules.add("mine", &source).expect("the sources are sound");
        Lines::of(&modules, &Exports::of(&modules, "mine").expect("it was just read")).text()
    }

    #[test]
    fn lists_what_can_be_named_from_outside_and_nothing_else() {
        let lib = "
            mod inner;
            pub mod shown { pub use crate::inner::deep::Deep as Shallow; pub(crate) struct Hidden; }
            pub use inner::{Kind, Thing, make};
            pub use {http, std::fmt};
            struct Private;
        ";
        let inner = "
            pub mod deep;
            use std::fmt;
            use http::StatusCode;
            #[derive(Clone, Debug)] #[cfg_attr(feature = \"schemars\", derive(JsonSchema))] #[non_exhaustive]
            pub struct Thing<T> { pub name: Option<T>, hidden: u8 }
            impl<T> Thing<T> {
                pub async fn send(&self, to: impl Into<String>) -> super::inner::Result<deep::Deep> { Ok(deep::Deep) }
                #[cfg(feature = \"extra\")] pub const fn status(self) -> StatusCode { StatusCode::OK }
                fn private(&self) {}
            }
            impl fmt::Display for Thing<u8> { fn fmt(&self) {} }
            impl Secret for Thing<u8> {}
            impl IntoIterator for &Thing<u8> { type Item = u8; }
            pub trait Secret {}
            #[derive(PartialEq)] pub enum Kind { One, Two(u8), Three { why: String } }
            pub type Result<T> = std::result::Result<T, Kind>;
            pub fn make<T: Clone>(from: &T) -> Thing<T> where T: Send { Thing { name: Some(from.clone()), hidden: 0 } }
        ";
        let deep = "pub struct Deep; #[cfg(test)] impl Deep { pub fn for_tests() {} }";
        insta::assert_snapshot!(items(&[("lib.rs", lib), ("inner.rs", inner), ("inner/deep.rs", deep)]), @r#"
        pub mod shown
        pub use http
        pub use std::fmt as fmt
        pub enum Kind
        variant Kind::One
        variant Kind::Three
        variant Kind::Three::why: String
        variant Kind::Two
        variant Kind::Two::0: u8
        impl PartialEq for Kind
        #[non_exhaustive] pub struct Thing<T> { .. }
        field Thing::name: Option<T>
        #[cfg(feature = "extra")] pub const fn Thing<T>::status(self) -> http::StatusCode
        pub async fn Thing<T>::send(&self, to: impl Into<String>) -> mine::Result<shown::Shallow>
        #[cfg(feature = "schemars")] impl<T: JsonSchema> JsonSchema for Thing<T>
        impl Display for Thing<u8>
        impl IntoIterator for &Thing<u8>
        impl IntoIterator for &Thing<u8>: type Item = u8
        impl<T: Clone> Clone for Thing<T>
        impl<T: Debug> Debug for Thing<T>
        pub fn make<T: Clone>(from: &T) -> Thing<T> where T: Send
        pub struct shown::Shallow
        "#);
    }

    #[test]
    fn macros_of_the_crate_are_expanded_and_others_are_mentioned() {
        let lib = "
            macro_rules! kind { ($name:ident { $($variant:ident,)* }) => {
                #[derive(Copy)] pub enum $name { $($variant,)* }
                crate::described!($name);
            } }
            macro_rules! described { ($name:ident) => { impl ::std::error::Error for $name {} } }
            macro_rules! setter { ($name:ident) => {
                pub fn $name(&mut self) {}
                fn hidden(&self) {}
            } }
            kind! { Kind { One, Two, } }
            pub struct Options;
            impl Options { setter!(name); other!(setter); }
            another! {}
        ";
        insta::assert_snapshot!(items(&[("lib.rs", lib)]), @r"
        (not expanded: another! in mine)
        (not expanded: other! in mine)
        pub enum Kind
        variant Kind::One
        variant Kind::Two
        impl Copy for Kind
        impl Error for Kind
        pub struct Options
        pub fn Options::name(&mut self)
        ");
    }
}
