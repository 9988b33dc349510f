//! The Rust names that the generator makes of the document's names, so that other stages can find what it generated.

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

/// The type that is generated for `schema`; a component's is in the module `prefix`. `serde_json::Value` for what has none.
pub(crate) fn rust_type(schema: &Value, prefix: &str) -> String {
    if let Some(name) = target(schema) {
        return format!("{prefix}{}", pascal(name));
    }
    match (schema["type"].as_str(), schema["format"].as_str(), schema.get("items")) {
        (Some("array"), _, Some(items)) => format!("Vec<{}>", rust_type(items, prefix)),
        (Some("string"), Some("uuid"), _) => "Uuid".to_owned(),
        (Some("string"), ..) => "String".to_owned(),
        (Some("integer"), ..) => "i64".to_owned(),
        (Some("number"), ..) => "f64".to_owned(),
        (Some("boolean"), ..) => "bool".to_owned(),
        _ => "serde_json::Value".to_owned(),
    }
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
