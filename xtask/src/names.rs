//! The Rust names that the generator makes of the document's names, so that other stages can find what it generated.

use std::collections::HashSet;

use heck::{ToPascalCase, ToSnakeCase};
use serde_json::Value;
use unicode_ident::{is_xid_continue, is_xid_start};

use crate::openapi::target;

/// The name of the type that is generated for the schema `name`.
pub fn pascal(name: &str) -> String {
    identifier(&plain(name).to_pascal_case(), "X")
}

/// The name of the method that is generated for the operation or the field for the property `name`.
pub fn snake(name: &str) -> String {
    identifier(&plain(name).to_snake_case(), "x")
}

/// The type that is generated for `schema`; a component's is in the module `prefix`. `Value` for what has none.
pub(crate) fn rust_type(schema: &Value, prefix: &str) -> String {
    if let Some(name) = target(schema) {
        return format!("{prefix}{}", pascal(name));
    }
    let format = schema["format"].as_str().unwrap_or_default();
    match schema["type"].as_str() {
        Some("array") => {
            let member = schema.get("items").map_or_else(|| ANY.to_owned(), |items| nullable_type(items, prefix));
            format!("::std::vec::Vec<{member}>")
        }
        Some("string") => match format {
            "uuid" => "::uuid::Uuid",
            "date" => "::chrono::naive::NaiveDate",
            "date-time" => "::chrono::DateTime<::chrono::offset::Utc>",
            _ => STRING,
        }
        .to_owned(),
        Some("integer") => match format {
            "int8" | "int16" | "int32" => format.replace("int", "i"),
            "uint8" | "uint16" | "uint32" | "uint64" => format.replace("uint", "u"),
            _ => "i64".to_owned(),
        },
        Some("number") => if format == "float" { "f32" } else { "f64" }.to_owned(),
        Some("boolean") => "bool".to_owned(),
        Some("object") => match schema.get("additionalProperties").filter(|values| values.is_object()) {
            Some(values) if rust_type(values, prefix) != ANY => {
                format!("::std::collections::HashMap<{STRING}, {}>", nullable_type(values, prefix))
            }
            _ => format!("::serde_json::Map<{STRING}, {ANY}>"),
        },
        _ => ANY.to_owned(),
    }
}

/// As [`rust_type`], in an `Option` for what may be null.
pub(crate) fn nullable_type(schema: &Value, prefix: &str) -> String {
    let ty = rust_type(schema, prefix);
    if schema["nullable"] == true && ty != ANY { format!("::std::option::Option<{ty}>") } else { ty }
}

/// What a choice of `properties` is called: `CryptoAmount`, `SenderIdAndRecipientId`; of more than two the first, and how many
/// more.
pub(crate) fn chosen<S: AsRef<str>>(properties: &[S]) -> String {
    match properties {
        [one] => pascal(one.as_ref()),
        [one, two] => format!("{}And{}", pascal(one.as_ref()), pascal(two.as_ref())),
        [one, rest @ ..] => format!("{}And{}More", pascal(one.as_ref()), rest.len()),
        [] => String::new(),
    }
}

/// The type of text.
pub(crate) const STRING: &str = "::std::string::String";

/// The type of what may be anything.
const ANY: &str = "::serde_json::Value";

/// A name for each of `wanted`, in order: the wanted one, or else the second one given, or else with a number, so that none
/// is there twice or among `taken`.
pub(crate) fn distinct(wanted: impl IntoIterator<Item = (String, String)>, taken: &[&str]) -> Vec<String> {
    let mut known: HashSet<String> = taken.iter().map(|name| (*name).to_owned()).collect();
    let mut names: Vec<String> = Vec::new();
    for (first, second) in wanted {
        let between = if second.starts_with(char::is_uppercase) { "" } else { "_" };
        let numbered = (2..).map(|number| format!("{}{between}{number}", second.trim_end_matches('_')));
        let candidates = [first, second.clone()].into_iter().chain(numbered);
        let name = candidates.into_iter().find(|name| !known.contains(name)).unwrap_or_default();
        known.insert(name.clone());
        names.push(name);
    }
    names
}

/// Whether the fields of the type of the component `schema` are called as [`fields`] says. Of an `allOf` that no pass could merge
/// the generator decides.
pub(crate) fn has_fields(schema: &Value) -> bool {
    schema.get("allOf").is_none() && (schema.get("properties").is_some() || schema.get("required").is_some())
}

/// The fields of the type of an object: what each is called, and its property. What is required and described nowhere may be
/// anything. Two that would be called alike are told apart.
pub(crate) fn fields(schema: &Value) -> Vec<(String, &str)> {
    let listed =
        schema.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.as_str());
    let mut properties: Vec<&str> = listed.collect();
    let known: HashSet<&str> = properties.iter().copied().collect();
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let mut undescribed: Vec<&str> = required.filter(|name| !known.contains(name)).collect();
    undescribed.dedup();
    properties.extend(undescribed);
    let wanted = properties.iter().map(|name| snake(name)).map(|name| (name.clone(), name));
    distinct(wanted, &[]).into_iter().zip(properties).collect()
}

fn plain(name: &str) -> String {
    match name {
        "+1" => return "plus1".to_owned(),
        "-1" => return "minus1".to_owned(),
        _ => {}
    }
    name.replace('\'', "").replace(|c: char| !is_xid_continue(c), "-")
}

fn identifier(name: &str, prefix: &str) -> String {
    let name = match name.chars().next() {
        Some(first) if is_xid_start(first) || first == '_' => name.to_owned(),
        _ => format!("{prefix}{name}"),
    };
    if KEYWORDS.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// What no name can be, in any edition.
const KEYWORDS: [&str; 53] = [
    "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "Self", "self", "static", "struct",
    "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_names_apart_in_the_case_that_they_have() {
        let twice =
            |name: &str| distinct([(name.to_owned(), name.to_owned()), (name.to_owned(), name.to_owned())], &[]);
        assert_eq!(twice("List"), ["List", "List2"]);
        assert_eq!(twice("list"), ["list", "list_2"]);
    }

    #[test]
    fn agrees_with_the_generator() {
        assert_eq!(pascal("KYCSubmitDirectData"), "KycSubmitDirectData");
        assert_eq!(pascal("File Upload (multipart)"), "FileUploadMultipart");
        assert_eq!(pascal("2fa"), "X2fa");
        assert_eq!(snake("²"), "x");
        assert_eq!(snake("submitKYC"), "submit_kyc");
        assert_eq!(snake("uploadPartnerKYCDocument"), "upload_partner_kyc_document");
        assert_eq!(snake("type"), "type_");
    }
}
