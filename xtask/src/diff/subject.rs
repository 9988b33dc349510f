//! What a place is called in a sentence.

use serde_json::Value;

use crate::openapi::Place;
use crate::page::enumerated;

pub(super) fn is_component(place: &Place<'_>) -> bool {
    place.tokens().first().is_some_and(|token| token == "components")
}

/// A short name for what is at `place` of `document`: `GetUserResponse.data.kyc.status`, or `document_type` in the response
/// 200.
pub(super) fn subject(document: &Value, place: &Place<'_>) -> String {
    let tokens = place.tokens();
    let mut rest = tokens.iter().map(AsRef::as_ref).enumerate();
    let mut next = || rest.next();
    let mut root = String::new();
    let mut path = String::new();
    while let Some((index, token)) = next() {
        let mut name = || next().map(|(_, name)| name).unwrap_or_default();
        match (token, path.is_empty()) {
            ("components", true) => {
                let (kind, component) = (name(), name());
                match kind {
                    "parameters" => root = parameter(document, &tokens[..3], component),
                    "headers" => root = format!("the header `{component}`"),
                    "responses" => root = format!("the response `{component}`"),
                    "requestBodies" => root = format!("the request body `{component}`"),
                    "callbacks" => root = format!("the callback `{component}`"),
                    _ => path = component.to_owned(),
                }
            }
            ("paths", true) => drop(name()),
            ("callbacks", true) => {
                root = format!("the callback `{}`", name());
                name();
            }
            ("requestBody", true) => root = part("the request body", &root),
            ("responses", true) => root = part(&format!("the response {}", name()), &root),
            ("parameters", true) => {
                let number = name();
                root = part(&parameter(document, &tokens[..index + 2], number), &root);
            }
            ("headers", true) => root = part(&format!("the header `{}`", name()), &root),
            ("content", true) => drop(name()),
            ("properties", _) => {
                let name = name();
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
            }
            ("items", _) => path.push_str("[]"),
            ("additionalProperties", _) => path.push_str(".*"),
            ("oneOf" | "anyOf", _) => {
                let number = name().parse::<usize>().ok();
                path.push_str(&number.map_or(String::new(), |index| format!("<{}>", index + 1)));
            }
            ("allOf", _) => drop(name()),
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

/// `what` within what is known already.
fn part(what: &str, root: &str) -> String {
    if root.is_empty() { what.to_owned() } else { format!("{what} of {root}") }
}

/// What a parameter is called: by the name that it has on the wire.
fn parameter(document: &Value, tokens: &[std::borrow::Cow<'_, str>], key: &str) -> String {
    let mut value = Some(document);
    for token in tokens {
        value = value.and_then(|value| match value {
            Value::Array(list) => list.get(token.parse::<usize>().ok()?),
            object => object.get(token.as_ref()),
        });
    }
    let said = |word| value.and_then(|value| value.get(word)?.as_str());
    match (said("in"), said("name")) {
        (Some(location), Some(name)) => format!("the {location} parameter `{name}`"),
        _ => format!("the parameter `{key}`"),
    }
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
