//! The modules of crates as they are written, and what a path in one of them leads to.

use std::collections::BTreeMap;

use anyhow::Context;
use quote::ToTokens;
use syn::{Attribute, ImplItem, Item, ItemImpl, UseTree, Visibility, parse::Parser};

use super::expand::Rules;

/// The modules of all crates that are read.
#[derive(Debug, Default)]
pub(super) struct Modules {
    pub(super) all: Vec<Module>,
    /// The root of each crate.
    roots: BTreeMap<String, usize>,
}

#[derive(Debug)]
pub(super) struct Module {
    pub(super) crate_name: String,
    parent: Option<usize>,
    pub(super) children: Vec<Child>,
    pub(super) items: Vec<Entry>,
    pub(super) uses: Vec<Use>,
}

#[derive(Debug)]
pub(super) struct Child {
    pub(super) name: String,
    pub(super) module: usize,
    pub(super) is_public: bool,
}

/// An item, and on what it depends whether it is there.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) cfg: String,
    pub(super) item: Item,
}

/// `use path as name;`, where the name of a glob is `*`.
#[derive(Debug)]
pub(super) struct Use {
    pub(super) name: String,
    pub(super) path: Vec<String>,
    pub(super) is_public: bool,
}

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// The item at this place of this module.
    Item(usize, usize),
    Module(usize),
    /// Something that is not in the crates that are read, by its own path.
    Elsewhere(Vec<String>),
}

/// Gives the text of a source file below `src`; `None` if there is none.
pub(super) type Sources<'s> = &'s dyn Fn(&str) -> Option<String>;

impl Modules {
    /// Reads the crate `name`.
    pub(super) fn add(&mut self, name: &str, sources: Sources<'_>) -> anyhow::Result<()> {
        let text = sources("lib.rs").with_context(|| format!("the crate {name} has no lib.rs"))?;
        let items = syn::parse_file(&text).with_context(|| format!("can't parse lib.rs of {name}"))?.items;
        let first = self.all.len();
        let root = self.load(&Place { crate_name: name, folder: "", cfg: "", parent: None }, items, sources)?;
        self.roots.insert(name.to_owned(), root);
        self.expand(first);
        Ok(())
    }

    fn load(&mut self, place: &Place<'_>, items: Vec<Item>, sources: Sources<'_>) -> anyhow::Result<usize> {
        let id = self.all.len();
        let Place { crate_name, folder, parent, .. } = *place;
        let (children, uses) = (Vec::new(), Vec::new());
        self.all.push(Module { crate_name: crate_name.to_owned(), parent, children, items: Vec::new(), uses });
        for item in items {
            let Some(cfg) = condition(attributes(&item), place.cfg) else { continue };
            match item {
                Item::Mod(module) => {
                    let name = module.ident.to_string();
                    let folder = format!("{folder}{name}/");
                    let content = match module.content {
                        Some((_, items)) => items,
                        None => {
                            let path = folder.trim_end_matches('/').to_owned() + ".rs";
                            let text = sources(&path).or_else(|| sources(&format!("{folder}mod.rs")));
                            let text = text.with_context(|| format!("{crate_name} has no {path}"))?;
                            syn::parse_file(&text).with_context(|| format!("can't parse {path}"))?.items
                        }
                    };
                    let inside = Place { crate_name, folder: &folder, cfg: &cfg, parent: Some(id) };
                    let module_id = self.load(&inside, content, sources)?;
                    let is_public = is_public(&module.vis);
                    self.all[id].children.push(Child { name, module: module_id, is_public });
                }
                Item::Use(item) => {
                    let is_public = is_public(&item.vis);
                    flatten(&item.tree, &mut Vec::new(), is_public, &mut self.all[id].uses);
                }
                item => self.all[id].items.push(Entry { cfg, item }),
            }
        }
        Ok(id)
    }

    /// Puts what they expand to in the place of macros, in the modules from `first` on. What can't be expanded stays.
    fn expand(&mut self, first: usize) {
        let mut rules = BTreeMap::new();
        for module in &self.all[first..] {
            for entry in &module.items {
                if let Item::Macro(item) = &entry.item
                    && let Some(name) = &item.ident
                {
                    rules.insert(name.to_string(), Rules::parse(item.mac.tokens.clone()));
                }
            }
        }
        for module in &mut self.all[first..] {
            let mut expanded = Vec::new();
            for entry in std::mem::take(&mut module.items) {
                expand_item(entry, &rules, 0, &mut expanded);
            }
            module.items = expanded;
        }
    }

    /// What `path` leads to from `module`: a name can be that of a module and of a function.
    pub(super) fn resolve(&self, module: usize, path: &[String]) -> Vec<Target> {
        self.resolve_within(module, path, 0)
    }

    fn resolve_within(&self, module: usize, path: &[String], depth: usize) -> Vec<Target> {
        let elsewhere = || vec![Target::Elsewhere(path.to_vec())];
        let Some((first, rest)) = path.split_first() else { return vec![Target::Module(module)] };
        // Names that are re-exported in a circle lead nowhere.
        if depth > 32 {
            return elsewhere();
        }
        let root = || self.roots.get(&self.all[module].crate_name).copied();
        let start = match first.as_str() {
            "crate" => root().map(Target::Module).into_iter().collect(),
            "self" => vec![Target::Module(module)],
            "super" => self.all[module].parent.map(Target::Module).into_iter().collect(),
            name => match self.lookup(module, name, depth) {
                found if found.is_empty() => {
                    self.roots.get(name).map(|root| Target::Module(*root)).into_iter().collect()
                }
                found => found,
            },
        };
        if start.is_empty() {
            return elsewhere();
        }
        let mut found = Vec::new();
        for target in start {
            match target {
                target if rest.is_empty() => found.push(target),
                Target::Module(inside) => {
                    let names_only = self.lookup(inside, &rest[0], depth);
                    if matches!(rest[0].as_str(), "self" | "super") || !names_only.is_empty() {
                        found.extend(self.resolve_within(inside, rest, depth + 1));
                    }
                }
                Target::Elsewhere(mut start) => {
                    start.extend(rest.iter().cloned());
                    found.push(Target::Elsewhere(start));
                }
                Target::Item(..) => {}
            }
        }
        if found.is_empty() { elsewhere() } else { found }
    }

    /// What `name` is in `module`, by itself or by a `use`.
    fn lookup(&self, module: usize, name: &str, depth: usize) -> Vec<Target> {
        let here = &self.all[module];
        let children = here.children.iter().filter(|child| child.name == name);
        let mut found: Vec<_> = children.map(|child| Target::Module(child.module)).collect();
        let items = here.items.iter().enumerate().filter(|(_, entry)| self::name(&entry.item).as_deref() == Some(name));
        found.extend(items.map(|(place, _)| Target::Item(module, place)));
        for import in here.uses.iter().filter(|import| import.name == name) {
            // `use http;` and `use a::http` both make the name; the first of them is a crate's own.
            if import.path == [name] {
                let root = self.roots.get(name).map(|root| Target::Module(*root));
                found.push(root.unwrap_or_else(|| Target::Elsewhere(import.path.clone())));
            } else {
                found.extend(self.resolve_within(module, &import.path, depth + 1));
            }
        }
        let globs = here.uses.iter().filter(|import| import.name == "*" && depth <= 32);
        for target in globs.flat_map(|import| self.resolve_within(module, &import.path, depth + 1)) {
            if let Target::Module(inside) = target {
                found.extend(self.lookup(inside, name, depth + 1));
            }
        }
        found.sort();
        found.dedup();
        found
    }

    pub(super) fn root(&self, crate_name: &str) -> Option<usize> {
        self.roots.get(crate_name).copied()
    }
}

/// Where items that are read belong.
struct Place<'p> {
    crate_name: &'p str,
    folder: &'p str,
    cfg: &'p str,
    parent: Option<usize>,
}

/// The name of an item that can be named.
pub(super) fn name(item: &Item) -> Option<String> {
    let name = match item {
        Item::Struct(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Union(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Const(item) => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        _ => return None,
    };
    Some(name.to_string())
}

pub(super) fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

pub(super) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Const(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        _ => &[],
    }
}

/// The conditions of something, with those of what it is in; `None` if it is only there for tests.
pub(super) fn condition(attributes: &[Attribute], around: &str) -> Option<String> {
    let mut all = around.to_owned();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")) {
        let inside = attribute.meta.require_list().map(|list| list.tokens.to_string()).unwrap_or_default();
        if matches!(inside.as_str(), "test" | "doctest") {
            return None;
        }
        all += &format!("#[cfg({})] ", inside.replace(" (", "(").replace(" ,", ","));
    }
    Some(all)
}

fn flatten(tree: &UseTree, before: &mut Vec<String>, is_public: bool, found: &mut Vec<Use>) {
    let mut add = |name: String, last: Option<String>, before: &[String]| {
        let path = before.iter().cloned().chain(last).collect();
        found.push(Use { name, path, is_public });
    };
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            flatten(&path.tree, before, is_public, found);
            before.pop();
        }
        UseTree::Name(name) if name.ident == "self" => add(before.last().cloned().unwrap_or_default(), None, before),
        UseTree::Name(name) => add(name.ident.to_string(), Some(name.ident.to_string()), before),
        UseTree::Rename(name) => add(name.rename.to_string(), Some(name.ident.to_string()), before),
        UseTree::Glob(_) => add("*".to_owned(), None, before),
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, before, is_public, found)),
    }
}

fn expand_item(entry: Entry, rules: &BTreeMap<String, Rules>, depth: usize, found: &mut Vec<Entry>) {
    match entry.item {
        Item::Macro(item) if item.ident.is_some() => {}
        Item::Macro(item) => {
            let expanded = rules_of(&item.mac, rules).filter(|_| depth < 16).and_then(|rules| {
                let code = rules.expand(item.mac.tokens.clone())?;
                syn::parse2::<syn::File>(code).ok()
            });
            let Some(file) = expanded else {
                return found.push(Entry { cfg: entry.cfg, item: Item::Macro(item) });
            };
            for item in file.items {
                if let Some(cfg) = condition(attributes(&item), &entry.cfg) {
                    expand_item(Entry { cfg, item }, rules, depth + 1, found);
                }
            }
        }
        Item::Impl(mut block) => {
            expand_members(&mut block, rules);
            found.push(Entry { cfg: entry.cfg, item: Item::Impl(block) });
        }
        item => found.push(Entry { cfg: entry.cfg, item }),
    }
}

fn expand_members(block: &mut ItemImpl, rules: &BTreeMap<String, Rules>) {
    for member in std::mem::take(&mut block.items) {
        let ImplItem::Macro(call) = &member else {
            block.items.push(member);
            continue;
        };
        let expanded = rules_of(&call.mac, rules).and_then(|rules| {
            let members = |input: syn::parse::ParseStream<'_>| {
                let mut members = Vec::new();
                while !input.is_empty() {
                    members.push(input.parse::<ImplItem>()?);
                }
                Ok(members)
            };
            members.parse2(rules.expand(call.mac.tokens.clone())?).ok()
        });
        match expanded {
            Some(members) => block.items.extend(members),
            None => block.items.push(member),
        }
    }
}

fn rules_of<'r>(call: &syn::Macro, rules: &'r BTreeMap<String, Rules>) -> Option<&'r Rules> {
    rules.get(&call.path.segments.last()?.ident.to_token_stream().to_string())
}
