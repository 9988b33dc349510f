//! The types: what the generator made of the schemas, finished.

use std::{collections::HashSet, fmt::Write as _};

use proc_macro2::{Ident, Span};
use serde_json::Value;
use syn::{
    Attribute, Field, Fields, Item, ItemEnum, ItemImpl, ItemStruct, Token, Type, punctuated::Punctuated,
    visit_mut::VisitMut,
};

use super::{
    constructor::constructor,
    debug,
    docs::{code, comment, sentence},
    model::Model,
    print::{one_line, pretty},
};
use crate::{names, openapi::extension};

/// The code of `types.rs`.
pub(super) fn types(model: &Model<'_>, items: Vec<Item>) -> String {
    let is_string_enum = |item: &ItemEnum| {
        item.variants.iter().all(|variant| variant.fields == Fields::Unit)
            && model.schema(&item.ident.to_string()).is_some_and(|schema| schema.get("enum").is_some())
    };
    let string_enums: Vec<Ident> = (items.iter())
        .filter_map(|item| match item {
            Item::Enum(item) if is_string_enum(item) => Some(item.ident.clone()),
            _ => None,
        })
        .collect();
    // Modules alone, whose names no type can have.
    let mut out = String::from(
        "#[allow(unused_imports, reason = \"a document may have no forms, no personal data and no enums\")]\n\
         use crate::runtime::{form, hidden, string_enum::{closed_enum, open_enum}};\n",
    );
    let mut renames = Renames::default();
    for item in items {
        let code = match item {
            Item::Struct(item) => structure(model, item),
            Item::Enum(item) if string_enums.contains(&item.ident) => string_enum(model, &item),
            Item::Enum(mut item) => {
                renames.rename(&mut item);
                union(model, item)
            }
            // The macro brings all of these but a default that the document gives.
            Item::Impl(block) if is_for(&block, &string_enums) && !is_default(&block) => continue,
            Item::Impl(mut block) => {
                renames.rename_in(&mut block);
                pretty(Item::Impl(block))
            }
            other => pretty(other),
        };
        out.push('\n');
        out.push_str(&code);
    }
    out
}

/// An attribute from parts: parsing each line of prose as code would take longer than everything else here.
fn doc(line: &str) -> Attribute {
    let line = format!(" {line}");
    let value = syn::Expr::Lit(syn::ExprLit {
        attrs: Vec::new(),
        lit: syn::Lit::Str(syn::LitStr::new(&line, Span::call_site())),
    });
    Attribute {
        pound_token: Token![#](Span::call_site()),
        style: syn::AttrStyle::Outer,
        bracket_token: syn::token::Bracket::default(),
        meta: syn::Meta::NameValue(syn::MetaNameValue {
            path: Ident::new("doc", Span::call_site()).into(),
            eq_token: Token![=](Span::call_site()),
            value,
        }),
    }
}

fn docs(text: &str) -> Vec<Attribute> {
    let strip = |line: &str| doc(line.trim_start_matches("///").strip_prefix(' ').unwrap_or_default());
    comment("", text).lines().map(strip).collect()
}

fn is_for(block: &ItemImpl, names: &[Ident]) -> bool {
    let of =
        |ty: &Type| matches!(ty, Type::Path(path) if path.path.get_ident().is_some_and(|name| names.contains(name)));
    let target = match &*block.self_ty {
        Type::Path(path) => path.path.get_ident().cloned(),
        _ => None,
    };
    target.is_some() && of(&block.self_ty)
}

fn is_default(block: &ItemImpl) -> bool {
    let name = block.trait_.as_ref().and_then(|(path, _)| path.segments.last());
    name.is_some_and(|last| last.ident == "Default")
}

/// The attributes that every generated type gets.
fn attributes(given: &[Attribute], description: Option<&str>, name: &Ident) -> Vec<Attribute> {
    let text = description.filter(|text| !text.trim().is_empty()).map(sentence);
    let mut all = docs(&text.unwrap_or_else(|| format!("`{name}` in the document.")));
    for attribute in given {
        if attribute.path().is_ident("doc") {
            continue;
        }
        if attribute.path().is_ident("derive") {
            let mut traits = Vec::new();
            let _ = attribute.parse_nested_meta(|meta| {
                traits.push(meta.path);
                Ok(())
            });
            let is = |path: &syn::Path, name: &str| path.segments.last().is_some_and(|last| last.ident == name);
            traits.retain(|path| !is(path, "Debug"));
            if !traits.iter().any(|path| is(path, "PartialEq")) {
                traits.push(syn::parse_quote!(PartialEq));
            }
            all.push(syn::parse_quote!(#[derive(#(#traits),*)]));
            all.push(syn::parse_quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]));
            continue;
        }
        all.push(attribute.clone());
    }
    all.push(syn::parse_quote!(#[non_exhaustive]));
    all
}

fn structure(model: &Model<'_>, mut item: ItemStruct) -> String {
    let name = item.ident.clone();
    let type_name = name.to_string();
    let schema = model.schema(&type_name);
    let description = schema.and_then(|schema| schema.get("description")?.as_str());
    item.attrs = attributes(&item.attrs, description, &name);
    let property = |field: &Ident, attributes: &[Attribute]| {
        let renamed = serde_value(attributes, "rename");
        model.property(&type_name, &renamed.unwrap_or_else(|| field.to_string()))
    };
    let mut schemas: Vec<(Ident, Option<&Value>)> = Vec::new();
    if let Fields::Named(fields) = &mut item.fields {
        in_document_order(&mut fields.named, schema);
        // The generator calls the field for what the document does not list `extra`, whatever else is called so.
        let is_extra = |field: &Field| field.ident.as_ref().is_some_and(|ident| ident == "extra");
        if fields.named.iter().filter(|field| is_extra(field)).count() > 1 {
            for field in fields.named.iter_mut().filter(|field| is_extra(field) && has_serde(&field.attrs, "flatten")) {
                field.ident = Some(Ident::new("unlisted", Span::call_site()));
            }
        }
        for field in &mut fields.named {
            let Some(ident) = field.ident.clone() else { continue };
            let schema = property(&ident, &field.attrs);
            let described = schema.and_then(|schema| model.description(schema)).filter(|text| !text.trim().is_empty());
            let text = match described {
                Some(text) => sentence(text),
                None if has_serde(&field.attrs, "flatten") => "Fields that the document does not list.".to_owned(),
                None => format!(
                    "`{}` in the document.",
                    serde_value(&field.attrs, "rename").unwrap_or_else(|| ident.to_string())
                ),
            };
            let mut attributes = docs(&text);
            attributes.extend(field.attrs.drain(..).filter(|attribute| !attribute.path().is_ident("doc")));
            if is_list(&field.ty) && !has_serde(&attributes, "flatten") && serde_value(&attributes, "default").is_none()
            {
                attributes.push(syn::parse_quote!(#[serde(deserialize_with = "crate::runtime::null::as_default")]));
            }
            field.attrs = attributes;
            schemas.push((ident, schema));
        }
    }
    let schema_of = |ident: &Ident| schemas.iter().find(|(known, _)| known == ident).and_then(|(_, schema)| *schema);
    let debug = debug::of_struct(model, &type_name, &item.fields, &schema_of, schema);
    let constructor = match &item.fields {
        Fields::Named(fields) => {
            let argument = |field: &Field| {
                let ident = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
                (ident, one_line(&field.ty), !is_optional(field), serde_value(&field.attrs, "default"))
            };
            let given: Vec<_> = fields.named.iter().map(argument).collect();
            let given = given.iter().map(|(ident, ty, is_required, default)| {
                (ident.as_str(), ty.as_str(), *is_required, default.as_deref())
            });
            constructor(&type_name, &given.collect::<Vec<_>>())
        }
        _ => String::new(),
    };
    format!("{}{constructor}{debug}", pretty(Item::Struct(item)))
}

/// The generator sorts fields by name. In the order of the document they read as they were meant, and two strings in a
/// row are not swapped as easily.
fn in_document_order(fields: &mut Punctuated<Field, Token![,]>, schema: Option<&Value>) {
    let properties = schema.and_then(|schema| schema.get("properties")?.as_object());
    let order: Vec<String> = properties.into_iter().flatten().map(|(name, _)| names::snake(name)).collect();
    let position = |field: &Field| {
        let name = field.ident.as_ref().map(ToString::to_string);
        order.iter().position(|known| Some(known) == name.as_ref()).unwrap_or(usize::MAX)
    };
    let mut sorted: Vec<Field> = std::mem::take(fields).into_iter().collect();
    sorted.sort_by_key(position);
    fields.extend(sorted);
}

fn is_optional(field: &Field) -> bool {
    has_serde(&field.attrs, "default")
        || has_serde(&field.attrs, "flatten")
        || has_serde(&field.attrs, "skip_serializing_if")
}

/// New names for the variants of unions. The generator cuts off what the names of the variants' types have in common,
/// which leaves `Optional` of `InstitutionOptional`; what they have in common with the union is enough.
#[derive(Default)]
struct Renames {
    of: Vec<(Ident, Vec<(Ident, Ident)>)>,
}

impl Renames {
    fn rename(&mut self, item: &mut ItemEnum) {
        let union = item.ident.to_string();
        let type_of = |variant: &syn::Variant| match &variant.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => match &fields.unnamed.first()?.ty {
                Type::Path(path) => path.path.get_ident().map(ToString::to_string),
                _ => None,
            },
            _ => None,
        };
        let is_untagged = has_serde(&item.attrs, "untagged");
        let Some(types) = item.variants.iter().map(type_of).collect::<Option<Vec<_>>>().filter(|_| is_untagged) else {
            return;
        };
        let short = |name: &String| {
            name.strip_prefix(&union).filter(|rest| rest.starts_with(char::is_uppercase)).map(str::to_owned)
        };
        let names = types.iter().map(short).collect::<Option<Vec<_>>>().unwrap_or(types);
        // The same type twice: the generator has told them apart by number.
        if names.iter().collect::<HashSet<_>>().len() < names.len() {
            return;
        }
        let mut renamed = Vec::new();
        for (variant, name) in item.variants.iter_mut().zip(names) {
            let new = Ident::new(&name, variant.ident.span());
            renamed.push((std::mem::replace(&mut variant.ident, new.clone()), new));
        }
        self.of.push((item.ident.clone(), renamed));
    }

    fn rename_in(&self, block: &mut ItemImpl) {
        struct Rename<'r>(&'r [(Ident, Ident)]);

        impl VisitMut for Rename<'_> {
            fn visit_path_mut(&mut self, path: &mut syn::Path) {
                if path.segments.len() == 2 && path.segments[0].ident == "Self" {
                    let variant = &mut path.segments[1].ident;
                    if let Some((_, new)) = self.0.iter().find(|(old, _)| old == variant) {
                        *variant = new.clone();
                    }
                }
                syn::visit_mut::visit_path_mut(self, path);
            }
        }

        let renamed = self.of.iter().find(|(name, _)| is_for(block, std::slice::from_ref(name)));
        if let Some((_, renamed)) = renamed {
            Rename(renamed).visit_item_impl_mut(block);
        }
    }
}

fn union(model: &Model<'_>, mut item: ItemEnum) -> String {
    let schema = model.schema(&item.ident.to_string());
    let description = schema.and_then(|schema| schema.get("description")?.as_str());
    item.attrs = attributes(&item.attrs, description, &item.ident);
    if item.variants.iter().any(|variant| !variant.ident.to_string().starts_with(char::is_uppercase)) {
        item.attrs.push(syn::parse_quote!(#[allow(non_camel_case_types, reason = "the names are the document's")]));
    }
    for variant in &mut item.variants {
        let text = match serde_value(&variant.attrs, "rename") {
            Some(value) => format!("`{value}`."),
            None => format!("`{}`.", variant.ident),
        };
        let mut attributes = docs(&text);
        attributes.extend(variant.attrs.drain(..).filter(|attribute| !attribute.path().is_ident("doc")));
        variant.attrs = attributes;
        for field in &mut variant.fields {
            let ident = field.ident.as_ref().map(ToString::to_string);
            field.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
            if let Some(ident) = ident {
                field.attrs.splice(0..0, docs(&format!("`{ident}` in the document.")));
            }
        }
    }
    let debug = debug::of_enum(model, &item, schema);
    format!("{}{debug}", pretty(Item::Enum(item)))
}

/// An invocation of the macro that writes a string enum; a person reads it more easily than what it expands to.
fn string_enum(model: &Model<'_>, item: &ItemEnum) -> String {
    let schema = model.schema(&item.ident.to_string());
    let is_open = schema.is_some_and(|schema| schema[extension::OPEN_ENUM] == true);
    let description = schema.and_then(|schema| schema.get("description")?.as_str());
    let text = description.filter(|text| !text.trim().is_empty()).map(sentence);
    let text = text.unwrap_or_else(|| format!("`{}` in the document.", item.ident));
    let is_taken = |name: &str| item.variants.iter().any(|variant| variant.ident == name);
    let unknown =
        ["Unknown", "UnknownValue", "Unlisted"].into_iter().find(|name| !is_taken(name)).unwrap_or("Unknown_");
    let mut out = if is_open { "open_enum! {\n".to_owned() } else { "closed_enum! {\n".to_owned() };
    out.push_str(&comment("    ", &text));
    let unknown = if is_open { format!(", {unknown}") } else { String::new() };
    out.push_str(&format!("    {}{unknown} {{\n", item.ident));
    for variant in &item.variants {
        let value = serde_value(&variant.attrs, "rename").unwrap_or_else(|| variant.ident.to_string());
        let _ = write!(out, "        /// {}.\n        {} = {value:?},\n", code(&value), variant.ident);
    }
    out.push_str("    }\n}\n");
    out
}

/// `#[serde(name = "value")]`.
fn serde_value(attributes: &[Attribute], name: &str) -> Option<String> {
    let mut found = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let _ = attribute.parse_nested_meta(|meta| {
            let is_it = meta.path.is_ident(name);
            if meta.input.peek(Token![=]) {
                let value: syn::LitStr = meta.value()?.parse()?;
                if is_it {
                    found = Some(value.value());
                }
            }
            Ok(())
        });
    }
    found
}

fn has_serde(attributes: &[Attribute], name: &str) -> bool {
    let mut found = false;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let _ = attribute.parse_nested_meta(|meta| {
            found |= meta.path.is_ident(name);
            if meta.input.peek(Token![=]) {
                let _: syn::Expr = meta.value()?.parse()?;
            }
            Ok(())
        });
    }
    found
}

/// Whether `ty` is a list or a map, which servers write as `null` when it is empty.
fn is_list(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let name = path.path.segments.last().map(|last| last.ident.to_string());
    matches!(name.as_deref(), Some("Vec" | "Map" | "HashMap"))
}
