//! Multipart forms: a struct with a file for each binary field, which streams.

use std::fmt::Write as _;

use serde_json::Value;

use super::{
    call::{Call, Form},
    constructor::{FILE, constructor},
    debug,
    docs::{comment, described},
    model::Model,
};
use crate::{
    names::{distinct, rust_type, snake},
    openapi::is_json,
};

pub(super) fn form(model: &Model<'_>, call: &Call<'_>, form: &Form<'_>) -> String {
    let properties: Vec<(&String, &Value)> =
        form.schema.get("properties").and_then(Value::as_object).into_iter().flatten().collect();
    let wanted = properties.iter().map(|(name, _)| (snake(name), snake(name)));
    let idents = distinct(wanted, &[]);
    let required = form.schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|list| list.iter().any(|known| known == name));
    let (mut fields, mut parts, mut schemas) = (String::new(), String::new(), Vec::new());
    let mut given = Vec::new();
    for ((property, schema), ident) in properties.into_iter().zip(idents) {
        let is_required = is_required(property);
        let field = Field::of(schema, form.encoding[property.as_str()]["contentType"].as_str());
        let _ = write!(parts, "\n            {}", field.part(property, &ident, is_required));
        let ty = if is_required { field.ty } else { format!("::std::option::Option<{}>", field.ty) };
        let text = described(model, schema, schema).unwrap_or_else(|| format!("`{property}` in the document."));
        let _ = writeln!(fields, "{}    pub {ident}: {ty},", comment("    ", &text));
        given.push((ident.clone(), ty, is_required));
        schemas.push((ident, schema));
    }
    let about = described(model, form.schema, form.schema).unwrap_or_else(|| format!("The form of `{}`.", call.id()));
    let mut out = comment("", &about);
    out.push_str("///\n/// Its files stream.\n");
    if !given.iter().any(|(_, _, is_required)| *is_required) {
        out.push_str("#[derive(Default)]\n");
    }
    let name = &form.name;
    let _ = write!(out, "#[non_exhaustive]\npub struct {name} {{\n{fields}}}\n");
    out.push_str(&constructor(name, &given));
    let _ = write!(
        out,
        "\nimpl {name} {{\n    pub(crate) fn to_form(&self) -> form::Form {{\n        form::Form::default(){parts}\n    }}\n}}\n"
    );
    let types: Vec<Option<syn::Type>> = given.iter().map(|(_, ty, _)| syn::parse_str(ty).ok()).collect();
    let shown =
        schemas.into_iter().zip(&types).filter_map(|((ident, schema), ty)| Some((ident, ty.as_ref()?, Some(schema))));
    out.push_str(&debug::of_fields(model, name, shown));
    out
}

/// What a field of a form is, and how it becomes parts.
struct Field<'f> {
    ty: String,
    is_file: bool,
    is_list: bool,
    media_type: Option<&'f str>,
}

impl<'f> Field<'f> {
    fn of(schema: &Value, media_type: Option<&'f str>) -> Self {
        let is_binary = |schema: &Value| schema["type"] == "string" && schema["format"] == "binary";
        // A list of media types, or a range of them, leaves it to the caller.
        let media_type = media_type.filter(|media_type| !media_type.contains([',', '*']));
        let is_list = schema.get("items").is_some_and(is_binary);
        let ty = match (is_binary(schema), is_list) {
            (true, _) => FILE.to_owned(),
            (_, true) => format!("::std::vec::Vec<{FILE}>"),
            _ => rust_type(schema, ""),
        };
        Self { ty, is_file: is_binary(schema) || is_list, is_list, media_type }
    }

    /// The call that adds it to a form.
    fn part(&self, property: &str, ident: &str, is_required: bool) -> String {
        if !self.is_file {
            let media_type = match self.media_type {
                Some(media_type) if is_json(media_type) || media_type.starts_with("text/") => {
                    format!("Some({media_type:?})")
                }
                _ => "None".to_owned(),
            };
            return format!(".field({property:?}, {media_type}, &self.{ident})");
        }
        let media_type = match self.media_type {
            Some(media_type) => format!("Some({media_type:?})"),
            None => "None".to_owned(),
        };
        match (self.is_list, is_required) {
            (false, true) => format!(".file({property:?}, {media_type}, &self.{ident})"),
            (true, true) | (false, false) => format!(".files({property:?}, {media_type}, &self.{ident})"),
            (true, false) => format!(".files({property:?}, {media_type}, self.{ident}.iter().flatten())"),
        }
    }
}
