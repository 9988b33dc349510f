//! The types: the generator's, with what it can't do; and those that macros of the runtime make.

use std::{collections::HashMap, fmt::Write as _};

use serde_json::Value;
use syn::{
    Attribute, Field, Fields, GenericArgument, Item, ItemImpl, ItemStruct, PathArguments, Token, Type, TypePath,
};

use super::{
    constructor::constructor,
    debug,
    docs::{code, comment, described, sentence},
    model::{Model, target_type},
    print::{self, one_line, pretty},
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

/// The comment and the attributes that every generated type gets, a line each.
fn head(given: &[Attribute], description: Option<&str>, name: &str, has_default: bool, is_object: bool) -> String {
    let text = description.filter(|text| !text.trim().is_empty()).map(sentence);
    let mut out = comment("", &text.unwrap_or_else(|| format!("`{name}` in the document.")));
    let default = if has_default { ", Default" } else { "" };
    // Of an object, the macro has the rest.
    let deserialize = if is_object { "" } else { ", ::serde::Deserialize" };
    let _ = writeln!(out, "#[derive(Clone{default}, PartialEq{deserialize}, ::serde::Serialize)]");
    out.push_str("#[cfg_attr(feature = \"schemars\", derive(::schemars::JsonSchema))]\n");
    if has_serde(given, "transparent") {
        out.push_str("#[serde(transparent)]\n");
    }
    out.push_str("#[non_exhaustive]\n");
    out
}

/// A field of a struct with names.
struct Member<'m> {
    ident: String,
    ty: Type,
    schema: Option<&'m Value>,
    is_required: bool,
    /// What is said of it.
    about: String,
    /// What is within `serde(…)`, if anything is.
    serde: String,
    read: Read,
}

fn structure(model: &Model<'_>, item: ItemStruct) -> String {
    let name = item.ident.to_string();
    let schema = model.schema(&name);
    let description = schema.and_then(|schema| schema.get("description")?.as_str());
    let fields = match item.fields {
        Fields::Named(fields) => fields.named,
        Fields::Unnamed(fields) => {
            let inner: Vec<String> =
                fields.unnamed.iter().map(|field| format!("pub {}", one_line(&field.ty))).collect();
            let head = head(&item.attrs, description, &name, false, false);
            let debug = fields.unnamed.first().map(|field| debug::of_value(model, &name, &field.ty, schema));
            return format!("{head}pub struct {name}({});\n{}", inner.join(", "), debug.unwrap_or_default());
        }
        Fields::Unit => return pretty(Item::Struct(item)),
    };
    let listed = schema.filter(|schema| names::has_fields(schema)).map(names::fields).unwrap_or_default();
    let places: HashMap<&str, (usize, &str)> =
        listed.iter().enumerate().map(|(place, (ident, wire))| (ident.as_str(), (place, *wire))).collect();
    let choices = choice_fields(schema);
    let (unlisted, mut fields): (Vec<Field>, Vec<Field>) =
        fields.into_iter().partition(|field| has_serde(&field.attrs, "flatten"));
    let ident = |field: &Field| field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
    // The generator sorts fields by name. In the order of the document they read as they were meant, and two strings in a
    // row are not swapped as easily.
    fields.sort_by_cached_key(|field| places.get(ident(field).as_str()).map_or(usize::MAX, |(place, _)| *place));
    let is_object = choices.is_empty() && is_open_object(&unlisted, fields.iter().map(ident), &places);
    let mut members: Vec<Member<'_>> = Vec::new();
    for field in fields {
        let ident = ident(&field);
        members.push(match places.get(ident.as_str()) {
            Some((_, wire)) => property(model, &name, schema, wire, (ident, field.ty), is_object),
            None => as_generated(ident, field),
        });
    }
    let unlisted_name = unlisted_name(&members, &choices);
    let flattened = |ident: String, ty: Type, about: &str, is_required: bool| Member {
        ident,
        ty,
        schema: None,
        is_required,
        about: about.to_owned(),
        serde: "flatten".to_owned(),
        read: Read::Plain,
    };
    for field in unlisted {
        let about = "Fields that the document does not list.";
        members.push(flattened(unlisted_name.to_owned(), field.ty, about, false));
    }
    for (ident, ty) in choices {
        let Ok(ty) = syn::parse_str::<Type>(&ty) else { continue };
        members.push(flattened(ident, ty, "One of the alternatives of the document.", true));
    }
    let has_default = !members.iter().any(|member| member.is_required);
    let mut out = head(&item.attrs, description, &name, has_default, is_object);
    let given: Vec<_> =
        members.iter().map(|member| (member.ident.clone(), one_line(&member.ty), member.is_required)).collect();
    let _ = writeln!(out, "pub struct {name} {{");
    for (member, (ident, ty, _)) in members.iter().zip(&given) {
        out.push_str(&comment("    ", &member.about));
        if !member.serde.is_empty() {
            let _ = writeln!(out, "    #[serde({})]", member.serde);
        }
        let _ = writeln!(out, "    pub {ident}: {ty},");
    }
    out.push_str("}\n");
    out.push_str(&constructor(&name, &given));
    let shown = members.iter().map(|member| (member.ident.clone(), &member.ty, member.schema));
    if !is_object {
        out.push_str(&debug::of_fields(model, &name, shown));
        return out;
    }
    let fields = debug::shown_fields(model, shown).zip(&members).filter(|((ident, _), _)| ident != UNLISTED);
    let fields = fields.map(|((ident, how), member)| {
        let wire = places.get(ident.as_str()).map(|(_, wire)| *wire).filter(|wire| **wire != ident);
        let wire = wire.map(|wire| format!(" {wire:?}")).unwrap_or_default();
        let read = match member.read {
            Read::Present => " @present",
            Read::OrNull => " @or_null",
            Read::Plain => "",
        };
        format!("{ident}{wire}{how}{read}")
    });
    let _ = writeln!(out, "\nobject! {{ {name} {{{}}} }}", print::listed(0, fields));
    out
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
fn is_open_object(
    unlisted: &[Field],
    mut listed: impl Iterator<Item = String>,
    places: &HashMap<&str, (usize, &str)>,
) -> bool {
    let [unlisted] = unlisted else { return false };
    one_line(&unlisted.ty) == "::serde_json::Map<::std::string::String, ::serde_json::Value>"
        && listed.all(|name| places.contains_key(name.as_str()) && name != UNLISTED)
}

/// A field of a type that no component describes.
fn as_generated<'m>(ident: String, field: Field) -> Member<'m> {
    let is_required = !has_serde(&field.attrs, "default") && !has_serde(&field.attrs, "skip_serializing_if");
    let lists = field.attrs.iter().filter_map(|attribute| attribute.meta.require_list().ok());
    let serde: Vec<String> =
        lists.filter(|list| list.path.is_ident("serde")).map(|list| one_line(&list.tokens)).collect();
    let about = "As the document has it.".to_owned();
    Member { ident, ty: field.ty, schema: None, is_required, about, serde: serde.join(", "), read: Read::Plain }
}

/// A field for a property: what is required is there, what may be left out is an `Option`, and what may be null besides is
/// one within it.
fn property<'m>(
    model: &'m Model<'_>,
    type_name: &str,
    whole: Option<&Value>,
    wire: &str,
    (ident, ty): (String, Type),
    is_of_object: bool,
) -> Member<'m> {
    let schema = model.property(type_name, wire);
    let required = whole.and_then(|schema| schema.get("required")?.as_array());
    let is_required = required.is_some_and(|required| required.iter().any(|name| name == wire));
    let is_nullable = schema.is_some_and(|schema| schema["nullable"] == true);
    let ty = without_option(&ty);
    let is_any = one_line(&ty) == "::serde_json::Value";
    let text = schema.and_then(|schema| described(model, schema, schema));
    let mut read = Read::Plain;
    let ty = match (is_required, is_nullable) {
        (true, false) => {
            // Servers write an empty list as null, too.
            if is_list(&ty) {
                read = Read::OrNull;
            }
            ty
        }
        (true, true) => option(ty),
        (false, is_nullable) => {
            if is_nullable || is_any {
                read = Read::Present;
            }
            option(if is_nullable && !is_any { option(ty) } else { ty })
        }
    };
    let rename = (wire != ident).then(|| format!("rename = {wire:?}"));
    let skip = (!is_required).then(|| "skip_serializing_if = \"::std::option::Option::is_none\"".to_owned());
    // Of an object, the macro reads the fields.
    let reads = match (&read, is_required, is_of_object) {
        (_, _, true) | (Read::Plain, _, false) => None,
        (_, true, false) => Some("deserialize_with = \"crate::runtime::null::as_default\"".to_owned()),
        (_, false, false) => Some("default, deserialize_with = \"crate::runtime::null::present\"".to_owned()),
    };
    let serde: Vec<String> = [rename, skip, reads].into_iter().flatten().collect();
    Member {
        ident,
        ty,
        schema,
        is_required,
        about: text.unwrap_or_else(|| format!("`{wire}` in the document.")),
        serde: serde.join(", "),
        read,
    }
}

fn option(ty: Type) -> Type {
    // Parsed once: there are hundreds of them.
    thread_local!(static OF_ANYTHING: TypePath = syn::parse_quote!(::std::option::Option<_>));
    let mut option = OF_ANYTHING.with(Clone::clone);
    if let Some(PathArguments::AngleBracketed(list)) = option.path.segments.last_mut().map(|last| &mut last.arguments)
        && let Some(inner) = list.args.first_mut()
    {
        *inner = GenericArgument::Type(ty);
    }
    Type::Path(option)
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

/// The field for what the document does not list, which the generator calls `extra`, whatever else is called so.
fn unlisted_name(members: &[Member<'_>], choices: &[(String, String)]) -> &'static str {
    let is_taken = |name: &str| {
        members.iter().any(|member| member.ident == name) || choices.iter().any(|(choice, _)| choice == name)
    };
    let is_free = |name: &&str| !is_taken(name);
    [UNLISTED, "unlisted", "unlisted_fields"].into_iter().find(is_free).unwrap_or("unlisted_fields_")
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
