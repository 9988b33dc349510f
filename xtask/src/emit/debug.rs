//! `Debug` that hides personal data.
//!
//! A field is shown only if it is known to be harmless: the overlay says so, or its type can't hold personal data (a
//! number, a flag, an id, a time, an enum, or another generated type, which decides for itself). Everything else is
//! hidden, so a field that the vendor adds tomorrow is hidden until somebody has looked at it.

use std::fmt::Write as _;

use proc_macro2::Ident;
use serde_json::Value;
use syn::{Fields, GenericArgument, PathArguments, Type};

use super::model::Model;
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
    match name.as_str() {
        "Option" | "Vec" | "Box" | "HashSet" | "BTreeSet" => {
            arguments.drain(..).all(|inner| matches!(inner, GenericArgument::Type(inner) if is_harmless(model, inner)))
        }
        "bool" | "Uuid" | "DateTime" => true,
        _ if path.path.segments.len() == 1 && model.is_type(&name) => true,
        _ => {
            let number = name.strip_prefix("NonZero").unwrap_or(&name).to_lowercase();
            matches!(number.as_str(), "f32" | "f64" | "usize")
                || number.strip_prefix(['i', 'u']).is_some_and(|bits| bits.parse::<u8>().is_ok())
        }
    }
}

fn is_option(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}

/// What stands for a value in the output: the value, or that it is hidden.
fn stand_in(model: &Model<'_>, ty: &Type, schema: Option<&Value>, value: &str) -> String {
    if is_shown(model, ty, schema) {
        value.to_owned()
    } else if is_option(ty) {
        format!("&hidden::optional({value})")
    } else {
        "&hidden::Hidden".to_owned()
    }
}

/// `impl Debug` for a struct. `schema` finds the schema of a field by its name in Rust; `whole` is that of the struct.
pub(super) fn of_struct<'v>(
    model: &Model<'_>,
    name: &str,
    fields: &Fields,
    schema: &dyn Fn(&Ident) -> Option<&'v Value>,
    whole: Option<&Value>,
) -> String {
    let mut body = String::new();
    match fields {
        Fields::Named(fields) => {
            let _ = write!(body, "f.debug_struct({name:?})");
            for field in &fields.named {
                let Some(ident) = &field.ident else { continue };
                let value = stand_in(model, &field.ty, schema(ident), &format!("&self.{ident}"));
                let _ = write!(body, "\n            .field(\"{ident}\", {value})");
            }
            body.push_str("\n            .finish()");
        }
        Fields::Unnamed(fields) => {
            let _ = write!(body, "f.debug_tuple({name:?})");
            for (index, field) in fields.unnamed.iter().enumerate() {
                let _ = write!(body, ".field({})", stand_in(model, &field.ty, whole, &format!("&self.{index}")));
            }
            body.push_str(".finish()");
        }
        Fields::Unit => {
            let _ = write!(body, "f.write_str({name:?})");
        }
    }
    implementation(name, &body)
}

/// `impl Debug` for an enum whose variants hold something.
pub(super) fn of_enum(model: &Model<'_>, item: &syn::ItemEnum, whole: Option<&Value>) -> String {
    if item.variants.is_empty() {
        return implementation(&item.ident.to_string(), "let _ = f;\n        match *self {}");
    }
    let mut body = "match self {\n".to_owned();
    for variant in &item.variants {
        let name = &variant.ident;
        let bind = |ty: &Type, schema: Option<&Value>, name: &str| {
            if is_shown(model, ty, schema) || is_option(ty) { name.to_owned() } else { "_".to_owned() }
        };
        let (mut bound, mut lines) = (Vec::new(), String::new());
        for (index, field) in variant.fields.iter().enumerate() {
            match &field.ident {
                Some(ident) => {
                    let value = stand_in(model, &field.ty, None, &ident.to_string());
                    let _ = write!(lines, ".field(\"{ident}\", {value})");
                    bound.push(match bind(&field.ty, None, "").as_str() {
                        "_" => format!("{ident}: _"),
                        _ => ident.to_string(),
                    });
                }
                None => {
                    let value = format!("v{index}");
                    let _ = write!(lines, ".field({})", stand_in(model, &field.ty, whole, &value));
                    bound.push(bind(&field.ty, whole, &value));
                }
            }
        }
        let bound = bound.join(", ");
        let arm = match &variant.fields {
            Fields::Unit => format!("Self::{name} => f.write_str(\"{name}\")"),
            Fields::Unnamed(_) => format!("Self::{name}({bound}) => f.debug_tuple(\"{name}\"){lines}.finish()"),
            Fields::Named(_) => format!("Self::{name} {{ {bound} }} => f.debug_struct(\"{name}\"){lines}.finish()"),
        };
        let _ = writeln!(body, "            {arm},");
    }
    body.push_str("        }");
    implementation(&item.ident.to_string(), &body)
}

/// `impl Debug for name`, with `body`.
pub(super) fn implementation(name: &str, body: &str) -> String {
    format!(
        "\nimpl ::std::fmt::Debug for {name} {{\n    \
             fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {{\n        \
                 {body}\n    \
             }}\n\
         }}\n"
    )
}
