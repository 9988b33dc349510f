//! The types: the generator's, with what it can't do; and those that macros of the runtime make.

use std::{collections::HashMap, fmt::Write as _};

use proc_macro2::{Ident, Span};
use serde_json::Value;
use syn::{
    Attribute, Field, Fields, GenericArgument, Item, ItemImpl, ItemStruct, PathArguments, Token, Type,
    punctuated::Punctuated,
};

use super::{
    constructor::constructor,
    debug,
    docs::{code, comment, described, sentence},
    model::{Model, target_type},
    print::{listed, one_line, pretty},
};
use crate::{
    names::{self, STRING, distinct, pascal, rust_type},
    openapi::extension::{CHOICES, OPEN_ENUM, OPEN_UNION, TAG},
    type_kind::{TypeKind, variants},
};

/// The code of `types.rs`.
pub(super) fn types(model: &Model<'_>, items: Vec<Item>) -> String {
    // Modules alone, whose names no type can have.
    let mut out = String::from(
        "#[allow(unused_imports, reason = \"which of these are used depends on the document\")]\n\
         use crate::runtime::{\n    choice::choice, constrained::constrained_string, form, hidden,\n    \
         integer_enum::{closed_integer_enum, open_integer_enum}, object::object, params::params,\n    \
         string_enum::{closed_enum, open_enum}, union::union,\n};\n",
    );
    let mut error = None;
    for item in items {
        let code = match item {
            Item::Struct(item) => {
                let name = item.ident.to_string();
                match model.schema(&name).map(|schema| (TypeKind::of(schema), schema)) {
                    None | Some((TypeKind::Generated, _)) => structure(model, item),
                    Some((TypeKind::Strings, schema)) => string_enum(&name, schema),
                    Some((TypeKind::Integers, schema)) => integer_enum(&name, schema),
                    Some((TypeKind::Constrained, schema)) => constrained_string(&name, schema),
                    Some((TypeKind::Union, schema)) => union(model, &name, schema),
                    Some((TypeKind::Choice, schema)) => choice(model, &name, schema),
                }
            }
            Item::Impl(block) if is_made_by_macro(model, &block) || is_of_alias(model, &block) => continue,
            // Its one error is of conversions that the macros have their own for.
            Item::Mod(module) if module.ident == "error" => {
                error = Some(Item::Mod(module));
                continue;
            }
            other => pretty(other),
        };
        out.push('\n');
        out.push_str(&code);
    }
    if let Some(error) = error.filter(|_| out.contains("error::ConversionError")) {
        out.push('\n');
        out.push_str(&pretty(error));
    }
    out
}

/// Whether `block` makes text of a component that is another one by reference, as the generator takes all that macros make
/// for text.
fn is_of_alias(model: &Model<'_>, block: &ItemImpl) -> bool {
    let Type::Path(path) = &*block.self_ty else { return false };
    let of_trait = block.trait_.as_ref().and_then(|(path, _)| path.segments.last());
    let is_of_text =
        of_trait.is_some_and(|last| ["FromStr", "TryFrom", "Display"].iter().any(|name| last.ident == name));
    let schema = path.path.get_ident().and_then(|name| model.schema(&name.to_string()));
    is_of_text && schema.is_some_and(|schema| target_type(schema).is_some())
}

fn is_made_by_macro(model: &Model<'_>, block: &ItemImpl) -> bool {
    // `impl From<Name> for String` is of `Name`, too.
    let of_trait = block.trait_.as_ref().and_then(|(path, _)| match &path.segments.last()?.arguments {
        PathArguments::AngleBracketed(list) => list.args.first(),
        _ => None,
    });
    let argument = of_trait.and_then(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    let is_made = |ty: &Type| {
        let Type::Path(path) = ty else { return false };
        let schema = path.path.get_ident().and_then(|name| model.schema(&name.to_string()));
        schema.is_some_and(|schema| TypeKind::of(schema) != TypeKind::Generated)
    };
    is_made(&block.self_ty) || argument.is_some_and(is_made)
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

/// The attributes that every generated type gets.
fn attributes(
    given: &[Attribute],
    description: Option<&str>,
    name: &Ident,
    has_default: bool,
    is_object: bool,
) -> Vec<Attribute> {
    let text = description.filter(|text| !text.trim().is_empty()).map(sentence);
    let mut all = docs(&text.unwrap_or_else(|| format!("`{name}` in the document.")));
    // Of an object, the macro has the rest.
    all.push(match (has_default, is_object) {
        (true, true) => syn::parse_quote!(#[derive(Clone, Default, PartialEq, ::serde::Serialize)]),
        (false, true) => syn::parse_quote!(#[derive(Clone, PartialEq, ::serde::Serialize)]),
        (true, false) => {
            syn::parse_quote!(#[derive(Clone, Default, PartialEq, ::serde::Deserialize, ::serde::Serialize)])
        }
        (false, false) => syn::parse_quote!(#[derive(Clone, PartialEq, ::serde::Deserialize, ::serde::Serialize)]),
    });
    all.push(syn::parse_quote!(#[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]));
    all.extend(
        given.iter().filter(|attribute| attribute.path().is_ident("serde") && has_serde(given, "transparent")).cloned(),
    );
    all.push(syn::parse_quote!(#[non_exhaustive]));
    all
}

fn structure(model: &Model<'_>, mut item: ItemStruct) -> String {
    let name = item.ident.clone();
    let type_name = name.to_string();
    let schema = model.schema(&type_name);
    let description = schema.and_then(|schema| schema.get("description")?.as_str());
    if let Fields::Unnamed(fields) = &item.fields {
        let debug = fields.unnamed.first().map(|field| debug::of_value(model, &type_name, &field.ty, schema));
        item.attrs = attributes(&item.attrs, description, &name, false, false);
        return format!("{}{}", pretty(Item::Struct(item)), debug.unwrap_or_default());
    }
    let fields = schema.filter(|schema| names::has_fields(schema)).map(names::fields);
    let wires: HashMap<String, &str> = fields.into_iter().flatten().collect();
    let mut about: Vec<(String, Type, Option<&Value>, bool)> = Vec::new();
    // How each field is read, if the macro reads them.
    let mut reads: HashMap<String, Read> = HashMap::new();
    let mut is_object = false;
    if let Fields::Named(fields) = &mut item.fields {
        let choices = choice_fields(schema);
        is_object = choices.is_empty() && is_open_object(fields, &wires);
        in_document_order(&mut fields.named, schema);
        rename_unlisted(fields, &choices);
        for field in &mut fields.named {
            let Some(ident) = field.ident.clone() else { continue };
            let is_required = if has_serde(&field.attrs, "flatten") {
                field.attrs = docs("Fields that the document does not list.");
                field.attrs.push(syn::parse_quote!(#[serde(flatten)]));
                false
            } else {
                match wires.get(&ident.to_string()) {
                    Some(wire) => {
                        let (is_required, read) = property(model, &type_name, schema, wire, field, is_object);
                        reads.insert(ident.to_string(), read);
                        is_required
                    }
                    None => as_generated(field),
                }
            };
            let wire = wires.get(&ident.to_string()).copied().unwrap_or_default();
            about.push((ident.to_string(), field.ty.clone(), model.property(&type_name, wire), is_required));
        }
        for (ident, ty) in choices {
            let Ok(ty) = syn::parse_str::<Type>(&ty) else { continue };
            let mut field: Field = syn::parse_quote!(#[serde(flatten)] pub field: #ty);
            field.attrs.splice(0..0, docs("One of the alternatives of the document."));
            field.ident = Some(Ident::new(&ident, Span::call_site()));
            fields.named.push(field);
            about.push((ident, ty, None, true));
        }
    }
    let has_default = !about.iter().any(|(_, _, _, is_required)| *is_required);
    item.attrs = attributes(&item.attrs, description, &name, has_default, is_object);
    let shown = about.iter().map(|(ident, ty, schema, _)| (ident.clone(), ty, *schema));
    let debug = if is_object {
        let fields = debug::shown_fields(model, shown).filter(|(ident, _)| ident != UNLISTED).map(|(ident, how)| {
            let wire = wires.get(&ident).filter(|wire| **wire != ident).map(|wire| format!(" {wire:?}"));
            let read = match reads.get(&ident) {
                Some(Read::Present) => " @present",
                Some(Read::OrNull) => " @or_null",
                _ => "",
            };
            format!("{ident}{}{how}{read}", wire.unwrap_or_default())
        });
        format!("\nobject! {{ {type_name} {{{}}} }}\n", listed(0, fields))
    } else {
        debug::of_fields(model, &type_name, shown)
    };
    let given: Vec<_> =
        about.iter().map(|(ident, ty, _, is_required)| (ident.clone(), one_line(ty), *is_required)).collect();
    format!("{}{}{debug}", pretty(Item::Struct(item)), constructor(&type_name, &given))
}

/// How the value of a field is read, where it is not simply what its type says.
enum Read {
    Plain,
    /// What is there is there, `null` included.
    Present,
    /// A list, which is empty if it is `null`.
    OrNull,
}

/// The usual name of the field for what a document does not list.
const UNLISTED: &str = "extra";

/// Whether all fields but one are properties of the schema, and that one is a map of any other.
fn is_open_object(fields: &syn::FieldsNamed, wires: &HashMap<String, &str>) -> bool {
    let (unlisted, listed): (Vec<_>, Vec<_>) =
        fields.named.iter().partition(|field| has_serde(&field.attrs, "flatten"));
    let [unlisted] = unlisted[..] else { return false };
    let names: Vec<_> = listed.iter().filter_map(|field| field.ident.as_ref().map(ToString::to_string)).collect();
    one_line(&unlisted.ty) == "::serde_json::Map<::std::string::String, ::serde_json::Value>"
        && names.iter().all(|name| wires.contains_key(name) && name != UNLISTED)
}

/// Keeps a field of a type that no component describes. Says whether it is required.
fn as_generated(field: &mut Field) -> bool {
    let mut attributes = docs("As the document has it.");
    attributes.extend(field.attrs.drain(..).filter(|attribute| attribute.path().is_ident("serde")));
    field.attrs = attributes;
    !has_serde(&field.attrs, "default") && !has_serde(&field.attrs, "skip_serializing_if")
}

/// Writes a field for its property: what is required is there, what may be left out is an `Option`, and what may be null
/// besides is one within it. Says whether it is required, and how it is read.
fn property(
    model: &Model<'_>,
    type_name: &str,
    whole: Option<&Value>,
    wire: &str,
    field: &mut Field,
    is_of_object: bool,
) -> (bool, Read) {
    let ident = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
    let schema = model.property(type_name, wire);
    let required = whole.and_then(|schema| schema.get("required")?.as_array());
    let is_required = required.is_some_and(|required| required.iter().any(|name| name == wire));
    let is_nullable = schema.is_some_and(|schema| schema["nullable"] == true);
    let ty = without_option(&field.ty);
    let is_any = one_line(&ty) == "::serde_json::Value";
    let text = schema.and_then(|schema| described(model, schema, schema));
    let mut attributes = docs(&text.unwrap_or_else(|| format!("`{wire}` in the document.")));
    if wire != ident {
        attributes.push(syn::parse_quote!(#[serde(rename = #wire)]));
    }
    let mut read = Read::Plain;
    field.ty = match (is_required, is_nullable) {
        (true, false) => {
            // Servers write an empty list as null, too.
            if is_list(&ty) {
                read = Read::OrNull;
            }
            ty
        }
        (true, true) => syn::parse_quote!(::std::option::Option<#ty>),
        (false, is_nullable) => {
            if is_nullable || is_any {
                read = Read::Present;
            }
            let inner: Type = if is_nullable && !is_any { syn::parse_quote!(::std::option::Option<#ty>) } else { ty };
            syn::parse_quote!(::std::option::Option<#inner>)
        }
    };
    let attribute: Option<Attribute> = match (&read, is_required, is_of_object) {
        (_, true, true) | (Read::Plain, true, false) => None,
        (Read::OrNull | Read::Present, true, false) => {
            Some(syn::parse_quote!(#[serde(deserialize_with = "crate::runtime::null::as_default")]))
        }
        (Read::Present, false, false) => Some(
            syn::parse_quote!(#[serde(default, skip_serializing_if = "::std::option::Option::is_none", deserialize_with = "crate::runtime::null::present")]),
        ),
        (_, false, _) => Some(syn::parse_quote!(#[serde(skip_serializing_if = "::std::option::Option::is_none")])),
    };
    attributes.extend(attribute);
    field.attrs = attributes;
    (is_required, read)
}

/// The type within an `Option`, which may be in a `Box`: the generator puts it there where a type holds itself.
fn without_option(ty: &Type) -> Type {
    let Some((outer, inner)) = generic(ty) else { return ty.clone() };
    match (outer.as_str(), generic(&inner)) {
        ("Option", _) => inner,
        ("Box", Some((option, innermost))) if option == "Option" => syn::parse_quote!(::std::boxed::Box<#innermost>),
        _ => ty.clone(),
    }
}

/// The name of a type with one parameter, and that.
fn generic(ty: &Type) -> Option<(String, Type)> {
    let Type::Path(path) = ty else { return None };
    // A component may be called like a type of the library.
    let last = path.path.segments.last().filter(|_| path.path.segments.len() > 1)?;
    let PathArguments::AngleBracketed(list) = &last.arguments else { return None };
    match list.args.first()? {
        GenericArgument::Type(inner) if list.args.len() == 1 => Some((last.ident.to_string(), inner.clone())),
        _ => None,
    }
}

/// The fields of the choices of an object: their names and types.
fn choice_fields(schema: Option<&Value>) -> Vec<(String, String)> {
    let choices = schema.and_then(|schema| schema.get(CHOICES)?.as_object()).into_iter().flatten();
    choices.filter_map(|(name, schema)| Some((names::snake(name), target_type(schema)?))).collect()
}

/// The generator calls the field for what the document does not list `extra`, whatever else is called so.
fn rename_unlisted(fields: &mut syn::FieldsNamed, choices: &[(String, String)]) {
    let is_unlisted = |field: &Field| has_serde(&field.attrs, "flatten");
    let taken: Vec<String> = (fields.named.iter().filter(|field| !is_unlisted(field)))
        .filter_map(|field| field.ident.as_ref().map(ToString::to_string))
        .chain(choices.iter().map(|(name, _)| name.clone()))
        .collect();
    let is_free = |name: &&str| !taken.iter().any(|taken| taken == name);
    let name = ["extra", "unlisted", "unlisted_fields"].into_iter().find(is_free).unwrap_or("unlisted_fields_");
    for field in fields.named.iter_mut().filter(|field| is_unlisted(field)) {
        field.ident = Some(Ident::new(name, Span::call_site()));
    }
}

/// The generator sorts fields by name. In the order of the document they read as they were meant, and two strings in a
/// row are not swapped as easily.
fn in_document_order(fields: &mut Punctuated<Field, Token![,]>, schema: Option<&Value>) {
    let known = schema.filter(|schema| names::has_fields(schema)).map(names::fields).into_iter().flatten();
    let order: HashMap<String, usize> = known.enumerate().map(|(index, (name, _))| (name, index)).collect();
    let position = |field: &Field| {
        let name = field.ident.as_ref().map(ToString::to_string);
        name.and_then(|name| order.get(&name).copied()).unwrap_or(usize::MAX)
    };
    let mut sorted: Vec<Field> = std::mem::take(fields).into_iter().collect();
    sorted.sort_by_key(position);
    fields.extend(sorted);
}

/// What is said of a type, and its name, as the beginning of the invocation of a macro.
fn about(schema: &Value, name: &str) -> String {
    let description = schema["description"].as_str().filter(|text| !text.trim().is_empty()).map(sentence);
    comment("    ", &description.unwrap_or_else(|| format!("`{name}` in the document.")))
}

/// A name for what the document does not list, which no listed one has.
fn unknown(taken: &[String]) -> &'static str {
    let is_taken = |name: &str| taken.iter().any(|taken| taken == name);
    ["Unknown", "UnknownValue", "Unlisted"].into_iter().find(|name| !is_taken(name)).unwrap_or("Unknown_")
}

/// An invocation of the macro that writes a string enum; a person reads it more easily than what it expands to.
fn string_enum(name: &str, schema: &Value) -> String {
    let values: Vec<&str> = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let names = distinct(values.iter().map(|value| (pascal(value), pascal(value))), &[]);
    values_enum(("open_enum", "closed_enum"), name, schema, &names, |index| format!("{:?}", values[index]))
}

fn integer_enum(name: &str, schema: &Value) -> String {
    let values: Vec<i64> = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_i64).collect();
    let called = |value: &i64| format!("{}{}", if *value < 0 { "Minus" } else { "Value" }, value.unsigned_abs());
    let names: Vec<String> = values.iter().map(called).collect();
    values_enum(("open_integer_enum", "closed_integer_enum"), name, schema, &names, |index| values[index].to_string())
}

fn values_enum(
    (open, closed): (&str, &str),
    name: &str,
    schema: &Value,
    variants: &[String],
    value: impl Fn(usize) -> String,
) -> String {
    let is_open = schema[OPEN_ENUM] == true;
    let unknown = if is_open { format!(", {}", unknown(variants)) } else { String::new() };
    let keyword = if is_open { open } else { closed };
    let mut out = format!("{keyword}! {{\n{}    {name}{unknown} {{\n", about(schema, name));
    for (index, variant) in variants.iter().enumerate() {
        let value = value(index);
        let _ = writeln!(out, "        /// {}.\n        {variant} = {value},", code(value.trim_matches('"')));
    }
    out.push_str("    }\n}\n");
    out
}

fn constrained_string(name: &str, schema: &Value) -> String {
    let (min, max, pattern) = (schema["minLength"].as_u64(), schema["maxLength"].as_u64(), schema["pattern"].as_str());
    let mut rules = Vec::new();
    let characters = |count: u64| format!("{count} {}", if count == 1 { "character" } else { "characters" });
    match (min, max) {
        (Some(min), Some(max)) if min == max => rules.push(format!("of {}", characters(min))),
        (Some(min), Some(max)) => rules.push(format!("of {min} to {}", characters(max))),
        (Some(min), None) => rules.push(format!("of at least {}", characters(min))),
        (None, Some(max)) => rules.push(format!("of at most {}", characters(max))),
        (None, None) => {}
    }
    rules.extend(pattern.map(|pattern| format!("that matches {}", code(pattern))));
    let refused = schema["not"]["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>();
    if !refused.is_empty() {
        rules.push(format!("other than {}", refused.iter().map(|value| code(value)).collect::<Vec<_>>().join(", ")));
    }
    let rule = format!("Text {}.", rules.join(", "));
    let said = schema["description"].as_str().filter(|text| !text.trim().is_empty()).map(sentence);
    let text = said.map_or_else(|| rule.clone(), |said| format!("{said}\n\n{rule}"));
    let mut out = format!("constrained_string! {{\n{}    {name}", comment("    ", &text));
    out.push_str(&min.map(|min| format!(", min {min}")).unwrap_or_default());
    out.push_str(&max.map(|max| format!(", max {max}")).unwrap_or_default());
    out.push_str(&pattern.map(|pattern| format!(", pattern {pattern:?}")).unwrap_or_default());
    if !refused.is_empty() {
        let _ = write!(out, ", not {refused:?}");
    }
    out.push_str("\n}\n");
    out
}

/// An invocation of the macro that writes a union.
fn union(model: &Model<'_>, name: &str, schema: &Value) -> String {
    let variants = variants(schema).map(Vec::as_slice).unwrap_or_default();
    let types: Vec<String> = variants.iter().map(|variant| rust_type(variant, "")).collect();
    let wanted = variants.iter().zip(&types).map(|(variant, ty)| variant_name(name, variant, ty));
    let names = distinct(wanted.map(|called| (called.clone(), called)), &[]);
    let unknown = if schema[OPEN_UNION] == true { format!(", {}", unknown(&names)) } else { String::new() };
    let tag = schema["discriminator"]["propertyName"].as_str();
    let tag = tag.map(|tag| format!(" tag {tag:?}")).unwrap_or_default();
    let mut out = format!("union! {{\n{}    {name}{unknown}{tag} {{\n", about(schema, name));
    for ((variant, ty), called) in variants.iter().zip(&types).zip(&names) {
        let is_boxed = target_type(variant).is_some_and(|target| model.is_circle(name, &target));
        let is_distinct = types.iter().filter(|other| *other == ty).count() == 1;
        let from = if is_distinct && !is_boxed { " from" } else { "" };
        let hidden = if debug::is_shown_as(model, ty, variant) { "" } else { " hidden" };
        let values: Vec<String> = variant[TAG]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(|value| format!("{value:?}"))
            .collect();
        let values = if values.is_empty() { String::new() } else { format!(" = {}", values.join(" | ")) };
        let ty = if is_boxed { format!("::std::boxed::Box<{ty}>") } else { ty.clone() };
        let about = described(model, variant, variant).unwrap_or_else(|| format!("`{called}`."));
        let _ = writeln!(out, "{}        {called}({ty}){from}{hidden}{values},", comment("        ", &about));
    }
    out.push_str("    }\n}\n");
    out
}

/// What a variant is called: its type, without what that has in common with the union; or else what kind of value it is.
fn variant_name(union: &str, variant: &Value, ty: &str) -> String {
    if let Some(target) = target_type(variant) {
        let rest = target.strip_prefix(union).filter(|rest| rest.starts_with(char::is_uppercase));
        return rest.unwrap_or(&target).to_owned();
    }
    match variant["type"].as_str() {
        Some("array") => "List".to_owned(),
        Some("object") => "Object".to_owned(),
        Some("string") if ty != STRING => pascal(variant["format"].as_str().unwrap_or("string")),
        Some(kind) => pascal(kind),
        None => "Value".to_owned(),
    }
}

/// An invocation of the macro that writes a choice between lists of required names.
fn choice(model: &Model<'_>, name: &str, schema: &Value) -> String {
    let mut out = format!("choice! {{\n{}    {name} {{\n", about(schema, name));
    for variant in variants(schema).into_iter().flatten() {
        let called = variant["title"].as_str().unwrap_or_default();
        let single = variant.get("properties").and_then(|properties| properties.as_object()?.iter().next());
        let (ty, property, key) = match single {
            Some((key, property)) => (rust_type(property, ""), property, format!(" = {key:?}")),
            None => (rust_type(variant, ""), variant, String::new()),
        };
        let hidden = if debug::is_shown_as(model, &ty, property) { "" } else { " hidden" };
        let about = described(model, property, property).unwrap_or_else(|| format!("`{called}`."));
        let _ = writeln!(out, "{}        {called}({ty}){hidden}{key},", comment("        ", &about));
    }
    out.push_str("    }\n}\n");
    out
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
    let last = path.path.segments.last().filter(|_| path.path.segments.len() > 1);
    let name = last.map(|last| last.ident.to_string());
    matches!(name.as_deref(), Some("Vec" | "Map" | "HashMap"))
}
