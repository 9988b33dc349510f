//! A line for each public item.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::{
    Attribute, Fields, GenericParam, Generics, ImplItem, Item, ItemImpl, Meta, Path, Token, TraitItem, Type, Variant,
    Visibility,
    punctuated::Punctuated,
    visit_mut::{self, VisitMut},
};

use super::{
    Exports,
    modules::{Modules, Target, attributes, condition, is_public},
};

/// Lines in the order in which they are read: by the path of the item, the item before what belongs to it.
pub(super) struct Lines<'m> {
    modules: &'m Modules,
    exports: &'m Exports,
    lines: BTreeSet<(String, u8, String)>,
}

/// What comes first among the lines of an item.
const ITEM: u8 = 0;
const MEMBER: u8 = 1;
const METHOD: u8 = 2;
const TRAIT: u8 = 3;

impl<'m> Lines<'m> {
    pub(super) fn of(modules: &'m Modules, exports: &'m Exports) -> Self {
        let mut lines = Self { modules, exports, lines: BTreeSet::new() };
        for (&(module, place), paths) in &exports.items {
            for path in paths {
                lines.item(module, place, path);
            }
        }
        for (module, here) in modules.all.iter().enumerate() {
            for entry in &here.items {
                match &entry.item {
                    Item::Impl(block) => lines.block(module, &entry.cfg, block),
                    Item::Macro(call) => lines.unknown(module, &call.mac),
                    _ => {}
                }
            }
        }
        lines
    }

    pub(super) fn text(&self) -> String {
        let others = self.exports.others.iter().map(String::as_str);
        let lines: Vec<_> = others.chain(self.lines.iter().map(|(_, _, line)| line.as_str())).collect();
        lines.join("\n") + "\n"
    }

    fn add(&mut self, path: &str, rank: u8, cfg: &str, line: &str) {
        self.lines.insert((path.to_owned(), rank, format!("{cfg}{line}")));
    }

    /// The item itself, its fields or variants, and what it derives.
    fn item(&mut self, module: usize, place: usize, path: &str) {
        let entry = &self.modules.all[module].items[place];
        let cfg = entry.cfg.clone() + &marks(attributes(&entry.item));
        match &entry.item {
            Item::Struct(item) => {
                let is_closed = item.fields.iter().any(|field| !is_public(&field.vis));
                let rest = if is_closed { " { .. }" } else { "" };
                let generics = self.code(module, &item.generics);
                self.add(path, ITEM, &cfg, &format!("pub struct {path}{generics}{rest}"));
                self.fields(module, path, path, &item.fields, "field");
                self.derives(module, path, &item.attrs, &item.generics, &entry.cfg);
            }
            Item::Enum(item) => {
                let generics = self.code(module, &item.generics);
                self.add(path, ITEM, &cfg, &format!("pub enum {path}{generics}"));
                item.variants.iter().for_each(|variant| self.variant(module, path, variant));
                self.derives(module, path, &item.attrs, &item.generics, &entry.cfg);
            }
            Item::Trait(item) => {
                let (generics, bounds) = (self.code(module, &item.generics), self.code(module, &item.supertraits));
                let bounds = if bounds.is_empty() { bounds } else { format!(": {bounds}") };
                self.add(path, ITEM, &cfg, &format!("pub trait {path}{generics}{bounds}"));
                for member in &item.items {
                    let code = match member {
                        TraitItem::Fn(function) => self.code(module, &function.sig),
                        other => self.code(module, other),
                    };
                    self.add(path, METHOD, "", &format!("in {path}: {code}"));
                }
            }
            Item::Type(item) => {
                let (generics, of) = (self.code(module, &item.generics), self.code(module, &*item.ty));
                self.add(path, ITEM, &cfg, &format!("pub type {path}{generics} = {of}"));
            }
            Item::Fn(item) => {
                let code = self.code(module, &item.sig);
                let code = code.replacen(&format!("fn {}", item.sig.ident), &format!("fn {path}"), 1);
                self.add(path, ITEM, &cfg, &format!("pub {code}"));
            }
            Item::Const(item) => {
                let of = self.code(module, &*item.ty);
                self.add(path, ITEM, &cfg, &format!("pub const {path}: {of}"));
            }
            Item::Static(item) => {
                let of = self.code(module, &*item.ty);
                self.add(path, ITEM, &cfg, &format!("pub static {path}: {of}"));
            }
            // A union, or something newer than this.
            other => {
                let code = self.code(module, other);
                self.add(path, ITEM, &cfg, &code);
            }
        }
    }

    fn fields(&mut self, module: usize, path: &str, owner: &str, fields: &Fields, of_what: &str) {
        for (place, field) in
            fields.iter().enumerate().filter(|(_, field)| is_public(&field.vis) || of_what == "variant")
        {
            let name = field.ident.as_ref().map_or_else(|| place.to_string(), ToString::to_string);
            let Some(cfg) = condition(&field.attrs, "") else { continue };
            let of = self.code(module, &field.ty);
            self.add(path, MEMBER, &(cfg + &marks(&field.attrs)), &format!("{of_what} {owner}::{name}: {of}"));
        }
    }

    fn variant(&mut self, module: usize, path: &str, variant: &Variant) {
        let Some(cfg) = condition(&variant.attrs, "") else { return };
        let owner = format!("{path}::{}", variant.ident);
        self.add(path, MEMBER, &(cfg + &marks(&variant.attrs)), &format!("variant {owner}"));
        self.fields(module, path, &owner, &variant.fields, "variant");
    }

    fn derives(&mut self, module: usize, path: &str, attributes: &[Attribute], generics: &Generics, cfg: &str) {
        for (condition, name) in derived(attributes) {
            let name = self.code(module, &name);
            let parameters: Vec<_> = generics.params.iter().map(|parameter| parameter_name(parameter, None)).collect();
            let bounded: Vec<_> =
                generics.params.iter().map(|parameter| parameter_name(parameter, Some(&name))).collect();
            let in_angles = |list: Vec<String>| match list.is_empty() {
                true => String::new(),
                false => format!("<{}>", list.join(", ")),
            };
            let line = format!("impl{} {name} for {path}{}", in_angles(bounded), in_angles(parameters));
            self.add(path, TRAIT, &format!("{cfg}{condition}"), &line);
        }
    }

    /// The public methods and constants of an exported type, or that it has a trait.
    fn block(&mut self, module: usize, cfg: &str, block: &ItemImpl) {
        let Some(owner) = self.owner(module, &block.self_ty) else { return };
        let of = self.code(module, &*block.self_ty);
        if let Some((path, _)) = &block.trait_ {
            // A trait that can't be named tells nobody anything.
            if let Some(Target::Item(inside, place)) = self.target(module, path)
                && self.exports.path((inside, place)).is_none()
            {
                return;
            }
            let (generics, name) = (self.code(module, &block.generics), self.code(module, path));
            let condition = block.generics.where_clause.as_ref().map(|clause| self.code(module, clause));
            let condition = condition.map(|clause| format!(" {clause}")).unwrap_or_default();
            self.add(&owner, TRAIT, cfg, &format!("impl{generics} {name} for {of}{condition}"));
            for member in &block.items {
                if let ImplItem::Type(member) = member {
                    let is = self.code(module, &member.ty);
                    self.add(
                        &owner,
                        TRAIT,
                        cfg,
                        &format!("impl{generics} {name} for {of}: type {} = {is}", member.ident),
                    );
                }
            }
            return;
        }
        let has_bounds = block.generics.where_clause.is_some()
            || block.generics.type_params().any(|parameter| !parameter.bounds.is_empty());
        let bounds = match has_bounds {
            true => format!(" in impl{}", self.code(module, &block.generics)),
            false => String::new(),
        };
        for member in &block.items {
            match member {
                ImplItem::Fn(function) if is_public(&function.vis) => {
                    let Some(cfg) = condition(&function.attrs, cfg) else { continue };
                    let code = self.code(module, &function.sig);
                    let name = &function.sig.ident;
                    let code = code.replacen(&format!("fn {name}"), &format!("fn {of}::{name}"), 1);
                    self.add(&owner, METHOD, &(cfg + &marks(&function.attrs)), &format!("pub {code}{bounds}"));
                }
                ImplItem::Const(member) if is_public(&member.vis) => {
                    let Some(cfg) = condition(&member.attrs, cfg) else { continue };
                    let kind = self.code(module, &member.ty);
                    self.add(&owner, METHOD, &cfg, &format!("pub const {of}::{}: {kind}{bounds}", member.ident));
                }
                ImplItem::Macro(call) => self.unknown(module, &call.mac),
                _ => {}
            }
        }
    }

    /// A macro that was not expanded: what it makes is not known here.
    fn unknown(&mut self, module: usize, call: &syn::Macro) {
        let crate_name = &self.modules.all[module].crate_name;
        let line = format!("(not expanded: {}! in {crate_name})", call.path.to_token_stream());
        self.lines.insert((String::new(), ITEM, line));
    }

    /// The path of the exported item that a type is, or refers to.
    fn owner(&self, module: usize, of: &Type) -> Option<String> {
        match of {
            Type::Reference(reference) => self.owner(module, &reference.elem),
            Type::Path(path) => match self.target(module, &path.path)? {
                Target::Item(module, place) => self.exports.path((module, place)).map(str::to_owned),
                _ => None,
            },
            _ => None,
        }
    }

    fn target(&self, module: usize, path: &Path) -> Option<Target> {
        let path: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.modules.resolve(module, &path).into_iter().find(|target| !matches!(target, Target::Module(_)))
    }

    /// Code in one line, with every path as it is from outside, so that it does not matter what is imported.
    fn code(&self, module: usize, code: &(impl ToTokens + Clone + Rewrite)) -> String {
        let mut code = code.clone();
        code.rewrite(&mut Paths { lines: self, module });
        one_line(&code.to_token_stream().to_string())
    }
}

/// Rewrites paths to what they are from outside.
pub(super) struct Paths<'l, 'm> {
    lines: &'l Lines<'m>,
    module: usize,
}

impl VisitMut for Paths<'_, '_> {
    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        let Some(name) = self.name(path) else { return };
        let arguments = path.segments.last().map(|last| last.arguments.clone()).unwrap_or_default();
        if let Ok(mut renamed) = syn::parse_str::<Path>(&name) {
            if let Some(last) = renamed.segments.last_mut() {
                last.arguments = arguments;
            }
            *path = renamed;
        }
    }

    fn visit_attribute_mut(&mut self, _: &mut Attribute) {}
}

impl Paths<'_, '_> {
    fn name(&self, path: &Path) -> Option<String> {
        let target = if path.leading_colon.is_some() {
            Target::Elsewhere(path.segments.iter().map(|segment| segment.ident.to_string()).collect())
        } else {
            self.lines.target(self.module, path)?
        };
        match target {
            Target::Item(module, place) => {
                let inside = &self.lines.modules.all[module];
                let own =
                    || Some(format!("{}::{}", inside.crate_name, super::modules::name(&inside.items[place].item)?));
                self.lines.exports.path((module, place)).map(str::to_owned).or_else(own)
            }
            // What the standard library has needs no path to be known, unless the crate has a namesake.
            Target::Elsewhere(path) => match path.split_first()? {
                (first, rest) if matches!(first.as_str(), "std" | "core" | "alloc") => {
                    let name = rest.last()?;
                    Some(if self.lines.exports.has(name) { path.join("::") } else { name.clone() })
                }
                _ => Some(path.join("::")),
            },
            Target::Module(_) => None,
        }
    }
}

/// What paths can be rewritten in.
pub(super) trait Rewrite {
    fn rewrite(&mut self, paths: &mut Paths<'_, '_>);
}

macro_rules! rewrite {
    ($($kind:ty => $visit:ident,)*) => {$(
        impl Rewrite for $kind {
            fn rewrite(&mut self, paths: &mut Paths<'_, '_>) {
                paths.$visit(self);
            }
        }
    )*};
}

rewrite! {
    Generics => visit_generics_mut,
    Item => visit_item_mut,
    Path => visit_path_mut,
    TraitItem => visit_trait_item_mut,
    Type => visit_type_mut,
    syn::Signature => visit_signature_mut,
    syn::WhereClause => visit_where_clause_mut,
}

impl<P> Rewrite for Punctuated<syn::TypeParamBound, P> {
    fn rewrite(&mut self, paths: &mut Paths<'_, '_>) {
        self.iter_mut().for_each(|bound| paths.visit_type_param_bound_mut(bound));
    }
}

pub(super) fn visibility(item: &Item) -> Option<&Visibility> {
    Some(match item {
        Item::Struct(item) => &item.vis,
        Item::Enum(item) => &item.vis,
        Item::Union(item) => &item.vis,
        Item::Type(item) => &item.vis,
        Item::Trait(item) => &item.vis,
        Item::Const(item) => &item.vis,
        Item::Static(item) => &item.vis,
        Item::Fn(item) => &item.vis,
        _ => return None,
    })
}

/// Attributes that those outside notice.
fn marks(attributes: &[Attribute]) -> String {
    let seen = attributes.iter().filter_map(|attribute| {
        ["non_exhaustive", "deprecated"].into_iter().find(|name| attribute.path().is_ident(name))
    });
    seen.map(|name| format!("#[{name}] ")).collect()
}

/// What is derived, each with the feature that it takes.
fn derived(attributes: &[Attribute]) -> Vec<(String, Path)> {
    let mut found = Vec::new();
    for attribute in attributes {
        if attribute.path().is_ident("derive") {
            found.extend(paths(&attribute.meta).into_iter().map(|path| (String::new(), path)));
        } else if attribute.path().is_ident("cfg_attr") {
            let parts = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).unwrap_or_default();
            let mut parts = parts.into_iter();
            let Some(condition) = parts.next() else { continue };
            let condition = format!("#[cfg({})] ", condition.to_token_stream());
            let derives = parts.filter(|part| part.path().is_ident("derive"));
            found.extend(derives.flat_map(|part| paths(&part)).map(|path| (condition.clone(), path)));
        }
    }
    found
}

fn paths(derive: &Meta) -> Vec<Path> {
    let list =
        derive.require_list().and_then(|list| list.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated));
    list.into_iter().flatten().collect()
}

fn parameter_name(parameter: &GenericParam, bound: Option<&str>) -> String {
    match (parameter, bound) {
        (GenericParam::Type(parameter), Some(bound)) => format!("{}: {bound}", parameter.ident),
        (GenericParam::Type(parameter), None) => parameter.ident.to_string(),
        (GenericParam::Lifetime(parameter), _) => parameter.lifetime.to_string(),
        (GenericParam::Const(parameter), _) => parameter.ident.to_string(),
    }
}

/// Tokens as people space them.
fn one_line(tokens: &str) -> String {
    let mut text = tokens.to_owned();
    for (spaced, plain) in [
        (" :: ", "::"),
        (":: ", "::"),
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
