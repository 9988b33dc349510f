//! Multipart forms: a struct with a file for each binary field, which streams.

use std::fmt::Write as _;

use serde_json::Value;

use super::{
    constructor::constructor,
    debug,
    docs::{comment, sentence},
    model::Model,
};
use crate::{names, openapi::Operation};

pub(super) fn form(model: &Model<'_>, operation: &Operation<'_>, name: &str, schema: &Value) -> String {
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| required.is_some_and(|list| list.iter().any(|known| known == name));
    let (mut fields, mut parts, mut schemas) = (String::new(), String::new(), Vec::new());
    let mut given = Vec::new();
    for (property, schema) in properties {
        let ident = names::snake(property);
        let (ty, is_file) = field_type(schema);
        let is_required = is_required(property);
        let part = match (is_file, is_required) {
            (true, true) => format!(".file({property:?}, self.{ident})"),
            (true, false) => format!(".optional_file({property:?}, self.{ident})"),
            (false, _) => format!(".value({property:?}, &self.{ident})"),
        };
        let _ = write!(parts, "\n            {part}");
        let ty = if is_required { ty } else { format!("::std::option::Option<{ty}>") };
        let text = described(schema).unwrap_or_else(|| format!("`{property}` in the document."));
        let _ = writeln!(fields, "{}    pub {ident}: {ty},", comment("    ", &text));
        given.push((ident.clone(), ty, is_required));
        schemas.push((ident, schema));
    }
    let mut out = comment(
        "",
        &described(schema).unwrap_or_else(|| format!("The form of `{}`.", operation.id().unwrap_or_default())),
    );
    out.push_str("///\n/// Its files stream.\n");
    if !given.iter().any(|(_, _, is_required)| *is_required) {
        out.push_str("#[derive(Default)]\n");
    }
    let _ = write!(out, "#[non_exhaustive]\npub struct {name} {{\n{fields}}}\n");
    let arguments = given.iter().map(|(ident, ty, is_required)| (ident.as_str(), ty.as_str(), *is_required, None));
    out.push_str(&constructor(name, &arguments.collect::<Vec<_>>()));
    let _ = write!(
        out,
        "\nimpl {name} {{\n    pub(crate) fn into_form(self) -> form::Form {{\n        form::Form::default(){parts}\n    }}\n}}\n"
    );
    // The generator has not seen this type; its fields are parsed to be judged like all others.
    let parsed: Result<syn::ItemStruct, _> = syn::parse_str(&format!("struct {name} {{ {fields} }}"));
    if let Ok(item) = parsed {
        let schema_of =
            |ident: &syn::Ident| schemas.iter().find(|(known, _)| ident == known).map(|(_, schema)| *schema);
        out.push_str(&debug::of_struct(model, name, &item.fields, &schema_of, Some(schema)));
    }
    out
}

fn described(schema: &Value) -> Option<String> {
    schema.get("description").and_then(Value::as_str).filter(|text| !text.trim().is_empty()).map(sentence)
}

/// The type of a field, and whether it is a file. Anything but a scalar and a component is one part, as JSON.
fn field_type(schema: &Value) -> (String, bool) {
    if schema["type"] == "string" && schema["format"] == "binary" {
        return ("form::FilePart".to_owned(), true);
    }
    let ty = match names::rust_type(schema, "").as_str() {
        "String" => "::std::string::String".to_owned(),
        "Uuid" => "::uuid::Uuid".to_owned(),
        other if other.starts_with("Vec<") || other.contains("::") => "::serde_json::Value".to_owned(),
        other => other.to_owned(),
    };
    (ty, false)
}
