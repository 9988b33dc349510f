//! What a place is called in a sentence.

use serde_json::Value;

use crate::openapi::Place;
use crate::page::enumerated;

/// What two places are called that are compared: by its use, if only one of them is a component.
pub(super) fn about(old: &Place<'_>, new: &Place<'_>) -> String {
    let is_component = |place: &Place<'_>| place.tokens().first().is_some_and(|token| token == "components");
    subject(if is_component(new) && !is_component(old) { old } else { new })
}

/// A short name for what is at `place`: `GetUserResponse.data.kyc.status`, or `document_type` in the body of 200.
pub(super) fn subject(place: &Place<'_>) -> String {
    let tokens = place.tokens();
    let mut rest = tokens.iter().map(AsRef::as_ref);
    let mut root = String::new();
    let mut path = String::new();
    while let Some(token) = rest.next() {
        match (token, path.is_empty()) {
            ("components", true) => {
                rest.next();
                path = rest.next().unwrap_or_default().to_owned();
            }
            ("paths", true) => {
                rest.next();
                rest.next();
            }
            ("requestBody", true) => root = "the request body".to_owned(),
            ("responses", true) => root = format!("the response {}", rest.next().unwrap_or_default()),
            ("parameters", true) => root = format!("the parameter {}", rest.next().map_or(String::new(), parameter)),
            ("headers", true) => root = format!("the header `{}` of {root}", rest.next().unwrap_or_default()),
            ("content", true) => {
                rest.next();
            }
            ("properties", _) => {
                let name = rest.next().unwrap_or_default();
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
            }
            ("items", _) => path.push_str("[]"),
            ("additionalProperties", _) => path.push_str(".*"),
            ("oneOf" | "anyOf", _) => {
                let number = rest.next().and_then(|index| index.parse::<usize>().ok());
                path.push_str(&number.map_or(String::new(), |index| format!("<{}>", index + 1)));
            }
            ("allOf", _) => {
                rest.next();
            }
            _ => {}
        }
    }
    match (root.is_empty(), path.is_empty()) {
        (true, true) => "the document".to_owned(),
        (true, false) => format!("`{path}`"),
        (false, true) => root,
        (false, false) => format!("`{path}` in {root}"),
    }
}

fn parameter(index: &str) -> String {
    index.parse::<usize>().map_or_else(|_| format!("`{index}`"), |index| format!("number {}", index + 1))
}

/// The values, for a sentence.
pub(super) fn values(values: &[&Value]) -> String {
    let shown = |value: &&Value| match value {
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    };
    match values {
        [] => "nothing".to_owned(),
        values => enumerated(&values.iter().map(shown).collect::<Vec<_>>()),
    }
}
