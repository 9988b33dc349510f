//! The methods of the facade, and which operations they reach.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::Context;
use quote::ToTokens;
use syn::{Block, ImplItem, Item, Type, Visibility};

use crate::names;

/// Where the sources of the facade are in the workspace.
pub(super) const SOURCES: &str = "crates/unigox/src";

/// The generated constant that describes `operation`; every call is made with it.
pub(super) fn constant(operation: &str) -> String {
    names::snake(operation).trim_end_matches('_').to_uppercase()
}

/// Every function of the facade, by the part of it that it is in: `verification` for `verification.rs` and all that is
/// below it.
#[derive(Debug, Default)]
pub(super) struct Facade(BTreeMap<String, Vec<Function>>);

#[derive(Debug)]
struct Function {
    /// `Type::name` of a public method.
    method: Option<String>,
    name: String,
    /// Every word of the body.
    words: BTreeSet<String>,
}

impl Facade {
    /// The facade whose sources are in `folder`.
    pub(super) fn read(folder: &Path) -> anyhow::Result<Self> {
        let mut facade = Self::default();
        for path in sources(folder)? {
            let text = fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
            let inside = path.strip_prefix(folder).unwrap_or(&path).with_extension("");
            let part = inside.iter().next().unwrap_or_default().to_string_lossy();
            facade.add(&part, &text).with_context(|| format!("can't parse {}", path.display()))?;
        }
        Ok(facade)
    }

    /// The facade of these parts, each with its source.
    #[cfg(test)]
    pub(super) fn parse<'p>(parts: impl IntoIterator<Item = (&'p str, &'p str)>) -> syn::Result<Self> {
        let mut facade = Self::default();
        parts.into_iter().try_for_each(|(part, text)| facade.add(part, text))?;
        Ok(facade)
    }

    fn add(&mut self, part: &str, text: &str) -> syn::Result<()> {
        let functions = self.0.entry(part.to_owned()).or_default();
        for item in syn::parse_file(text)?.items {
            match item {
                Item::Fn(function) => functions.push(Function {
                    method: None,
                    name: function.sig.ident.to_string(),
                    words: words(&function.block),
                }),
                Item::Impl(block) => {
                    let owner = owner(&block.self_ty).filter(|_| block.trait_.is_none());
                    let methods = block.items.into_iter().filter_map(|item| match item {
                        ImplItem::Fn(function) => Some(function),
                        _ => None,
                    });
                    functions.extend(methods.map(|function| {
                        let name = function.sig.ident.to_string();
                        let is_public = matches!(function.vis, Visibility::Public(_));
                        let method = owner.as_ref().filter(|_| is_public).map(|owner| format!("{owner}::{name}"));
                        Function { method, name, words: words(&function.block) }
                    }));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether the public `method` leads to a mention of `constant`, in its own body or in those of the functions of its
    /// part that have a name in common with what it calls; `None` if there is no such method.
    ///
    /// Going by names, it may take a method for more than it is, and never for less: a true row is never reported.
    /// Staying within a part keeps names such as `new` from leading everywhere.
    pub(super) fn reaches(&self, method: &str, constant: &str) -> Option<bool> {
        let is_it = |function: &&Function| function.method.as_deref() == Some(method);
        let (part, start) = self.0.values().find_map(|part| Some((part, part.iter().find(is_it)?)))?;
        let mut words = start.words.clone();
        loop {
            let called = part.iter().filter(|function| words.contains(&function.name));
            let more: BTreeSet<_> = called.flat_map(|function| function.words.iter().cloned()).collect();
            let before = words.len();
            words.extend(more);
            if words.contains(constant) || words.len() == before {
                return Some(words.contains(constant));
            }
        }
    }
}

/// Every Rust file below `folder`.
fn sources(folder: &Path) -> anyhow::Result<Vec<std::path::PathBuf>> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("can't read {}", folder.display()))?;
    for entry in entries {
        let path = entry.with_context(|| format!("can't read {}", folder.display()))?.path();
        if path.is_dir() {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn owner(of: &Type) -> Option<String> {
    let Type::Path(path) = of else { return None };
    path.path.segments.last().map(|segment| segment.ident.to_string())
}

fn words(block: &Block) -> BTreeSet<String> {
    let text = block.to_token_stream().to_string();
    text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect()
}
