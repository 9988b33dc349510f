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

/// A field of a form.
pub(super) struct FormField<'d> {
    /// Its name in the document.
    pub(super) property: &'d str,
    /// Its name in Rust.
    pub(super) ident: String,
    pub(super) schema: &'d Value,
    /// Its type, if it is required.
    pub(super) ty: String,
    pub(super) is_required: bool,
    /// Whether it is a file, or a list of files.
    pub(super) is_file: bool,
    pub(super) is_list: bool,
    media_type: Option<&'d str>,
}

/// The fields of `form`, in the order of the document.
pub(super) fn fields<'d>(form: &Form<'d>) -> Vec<FormField<'d>> {
    let properties: Vec<(&'d String, &'d Value)> =
        form.schema.get("properties").and_then(Value::as_object).into_iter().flatten().collect();
    let wanted = properties.iter().map(|(name, _)| (snake(name), snake(name)));
    let idents = distinct(wanted, &[]);
    let required = form.schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|list| list.iter().any(|known| known == name));
    let field = |((property, schema), ident): ((&'d String, &'d Value), String)| {
        let media_type = form.encoding[property.as_str()]["contentType"].as_str();
        FormField::of(property, ident, schema, is_required(property), media_type)
    };
    properties.into_iter().zip(idents).map(field).collect()
}

pub(super) fn form(model: &Model<'_>, call: &Call<'_>, form: &Form<'_>) -> String {
    let (mut members, mut parts) = (String::new(), String::new());
    let mut given = Vec::new();
    let fields = fields(form);
    for field in &fields {
        let _ = write!(parts, "\n            {}", field.part());
        let ty = if field.is_required { field.ty.clone() } else { format!("::std::option::Option<{}>", field.ty) };
        let text = described(model, field.schema, field.schema)
            .unwrap_or_else(|| format!("`{}` in the document.", field.property));
        let _ = writeln!(members, "{}    pub {}: {ty},", comment("    ", &text), field.ident);
        given.push((field.ident.clone(), ty, field.is_required));
    }
    let about = described(model, form.schema, form.schema).unwrap_or_else(|| format!("The form of `{}`.", call.id()));
    let mut out = comment("", &about);
    out.push_str("///\n/// Its files stream.\n");
    if !given.iter().any(|(_, _, is_required)| *is_required) {
        out.push_str("#[derive(Default)]\n");
    }
    let name = &form.name;
    let _ = write!(out, "#[non_exhaustive]\npub struct {name} {{\n{members}}}\n");
    out.push_str(&constructor(name, &given));
    let _ = write!(
        out,
        "\nimpl {name} {{\n    pub(crate) fn to_form(&self) -> form::Form {{\n        form::Form::default(){parts}\n    }}\n}}\n"
    );
    let types: Vec<Option<syn::Type>> = given.iter().map(|(_, ty, _)| syn::parse_str(ty).ok()).collect();
    let shown = fields
        .iter()
        .zip(&types)
        .filter_map(|(field, ty)| Some((field.ident.clone(), ty.as_ref()?, Some(field.schema))));
    out.push_str(&debug::of_fields(model, name, shown));
    out
}

impl<'d> FormField<'d> {
    fn of(property: &'d str, ident: String, schema: &'d Value, is_required: bool, media_type: Option<&'d str>) -> Self {
        let is_binary = |schema: &Value| schema["type"] == "string" && schema["format"] == "binary";
        // A list of media types, or a range of them, leaves it to the caller.
        let media_type = media_type.filter(|media_type| !media_type.contains([',', '*']));
        let is_list = schema.get("items").is_some_and(is_binary);
        let ty = match (is_binary(schema), is_list) {
            (true, _) => FILE.to_owned(),
            (_, true) => format!("::std::vec::Vec<{FILE}>"),
            _ => rust_type(schema, ""),
        };
        let is_file = is_binary(schema) || is_list;
        Self { property, ident, schema, ty, is_required, is_file, is_list, media_type }
    }

    /// The call that adds it to a form.
    fn part(&self) -> String {
        let Self { property, ident, is_required, .. } = self;
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
        match (self.is_list, *is_required) {
            (false, true) => format!(".file({property:?}, {media_type}, &self.{ident})"),
            (true, true) | (false, false) => format!(".files({property:?}, {media_type}, &self.{ident})"),
            (true, false) => format!(".files({property:?}, {media_type}, self.{ident}.iter().flatten())"),
        }
    }
}
