//! `Debug` that hides personal data.
//!
//! A field is shown only if it is known to be harmless: the overlay says so, or its type can't hold personal data (a
//! number, a flag, an id, a time, an enum, or another generated type, which decides for itself). Everything else is
//! hidden, so a field that the vendor adds tomorrow is hidden until somebody has looked at it.

use serde_json::Value;
use syn::{GenericArgument, PathArguments, Type};

use super::{model::Model, print::listed};
use crate::openapi::extension::SENSITIVE;

/// Whether a value of `ty`, described by `schema`, is shown.
pub(super) fn is_shown(model: &Model<'_>, ty: &Type, schema: Option<&Value>) -> bool {
    match schema.and_then(|schema| schema.get(SENSITIVE)).and_then(Value::as_bool) {
        Some(is_sensitive) => !is_sensitive,
        None => is_harmless(model, ty),
    }
}

fn is_harmless(model: &Model<'_>, ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let name = last.ident.to_string();
    let mut arguments = match &last.arguments {
        PathArguments::AngleBracketed(list) => list.args.iter().collect(),
        _ => Vec::new(),
    };
    // A component may be called like a type of the library.
    if path.path.segments.len() == 1 && model.is_type(&name) {
        return !model.is_constrained(&name);
    }
    match name.as_str() {
        "Option" | "Vec" | "Box" | "HashSet" | "BTreeSet" => {
            arguments.drain(..).all(|inner| matches!(inner, GenericArgument::Type(inner) if is_harmless(model, inner)))
        }
        "bool" | "Uuid" | "DateTime" => true,
        _ => {
            let number = name.strip_prefix("NonZero").unwrap_or(&name).to_lowercase();
            matches!(number.as_str(), "f32" | "f64" | "usize")
                || number.strip_prefix(['i', 'u']).is_some_and(|bits| bits.parse::<u8>().is_ok())
        }
    }
}

fn is_option(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    path.path.segments.len() > 1 && path.path.segments.last().is_some_and(|last| last.ident == "Option")
}

/// As [`is_shown`], for a type as text.
pub(super) fn is_shown_as(model: &Model<'_>, ty: &str, schema: &Value) -> bool {
    syn::parse_str(ty).is_ok_and(|ty| is_shown(model, &ty, Some(schema)))
}

/// The fields of a struct, each given with its type and its schema, and how the macro that writes `Debug` shows them.
pub(super) fn shown_fields<'f>(
    model: &Model<'_>,
    fields: impl Iterator<Item = (String, &'f Type, Option<&'f Value>)>,
) -> impl Iterator<Item = (String, &'static str)> {
    fields.map(|(ident, ty, schema)| match (is_shown(model, ty, schema), is_option(ty)) {
        (true, _) => (ident, ""),
        (false, true) => (ident, ": optional"),
        (false, false) => (ident, ": hidden"),
    })
}

/// An invocation of the macro that writes `Debug` for a struct: its fields, each with its type and its schema.
pub(super) fn of_fields<'f>(
    model: &Model<'_>,
    name: &str,
    fields: impl Iterator<Item = (String, &'f Type, Option<&'f Value>)>,
) -> String {
    let fields = shown_fields(model, fields).map(|(ident, how)| ident + how);
    format!("\nhidden::debug! {{ {name} {{{}}} }}\n", listed(0, fields))
}

/// As [`of_fields`], for a struct that is one value without a name.
pub(super) fn of_value(model: &Model<'_>, name: &str, ty: &Type, schema: Option<&Value>) -> String {
    let how = if is_shown(model, ty, schema) { "" } else { "hidden" };
    format!("\nhidden::debug! {{ {name}({how}) }}\n")
}
