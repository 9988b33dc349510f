//! A choice between bare lists of required names, beside the properties that they speak of.
//!
//! ```yaml
//! # before                                  # after
//! required: [currency]                      oneOf:
//! properties:                                 - title: with crypto_amount
//!   currency: …                                 required: [currency, crypto_amount]
//!   crypto_amount: …                            properties: {currency: …, crypto_amount: …}
//!   fiat_amount: …                            - title: with fiat_amount
//! oneOf:                                        required: [currency, fiat_amount]
//!   - required: [crypto_amount]                 properties: {currency: …, fiat_amount: …}
//!   - required: [fiat_amount]
//! ```
//!
//! Exactly one may be there, so a variant lacks what the others require. `anyOf` demands at least one, for which there is
//! no type; all are optional then, and the server alone refuses a body without any.

use serde_json::Value;

use super::Report;
use crate::openapi::{Object, schemas_mut};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    schemas_mut(document, &mut |schema, pointer| {
        let Some(object) = schema.as_object_mut() else { return };
        if !object.get("properties").is_some_and(Value::is_object) {
            return;
        }
        if let Some(lists) = required_lists(object.get("anyOf")) {
            object.shift_remove("anyOf");
            let done = format!("at least one of `{}` is required; left to the server", lists.concat().join("`, `"));
            report.note(pointer, done);
        }
        if let Some(lists) = required_lists(object.get("oneOf")) {
            let variants: Vec<Value> = lists.iter().map(|list| variant(object, list, &lists)).collect();
            report.note(pointer, format!("{} alternatives written out", variants.len()));
            object.retain(|key, _| {
                matches!(key.as_str(), "description" | "nullable" | "title" | "example") || key.starts_with("x-")
            });
            object.insert("oneOf".to_owned(), Value::Array(variants));
        }
    });
}

/// The lists of names, if `alternatives` are that and nothing else.
fn required_lists(alternatives: Option<&Value>) -> Option<Vec<Vec<String>>> {
    let alternatives = alternatives?.as_array()?;
    let list = |alternative: &Value| {
        let object = alternative.as_object()?;
        let is_plain = |key: &String| matches!(key.as_str(), "required" | "title" | "description" | "type");
        let names = object.get("required")?.as_array()?.iter().map(|name| name.as_str().map(str::to_owned));
        let names = names.collect::<Option<Vec<_>>>()?;
        (object.keys().all(is_plain) && !names.is_empty()).then_some(names)
    };
    let lists = alternatives.iter().map(list).collect::<Option<Vec<_>>>()?;
    (lists.len() > 1).then_some(lists)
}

fn variant(whole: &Object, list: &[String], lists: &[Vec<String>]) -> Value {
    let mut variant = whole.clone();
    variant.retain(|key, _| matches!(key.as_str(), "type" | "properties" | "required" | "additionalProperties"));
    variant.insert("title".to_owned(), format!("with {}", list.join(" and ")).into());
    let mut required = whole.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let is_elsewhere = |name: &str| {
        !list.iter().any(|own| own == name)
            && !required.iter().any(|known| known == name)
            && lists.iter().flatten().any(|other| other == name)
    };
    if let Some(properties) = variant.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|name, _| !is_elsewhere(name));
        // A name that is required without being described may be anything.
        for name in list {
            properties.entry(name.clone()).or_insert_with(|| Value::Object(Object::new()));
        }
    }
    for name in list {
        if !required.iter().any(|known| known == name) {
            required.push(name.clone().into());
        }
    }
    variant.insert("required".to_owned(), Value::Array(required));
    Value::Object(variant)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::check_schema, *};

    #[test]
    fn writes_each_alternative_out() {
        let text = json!({"type": "string"});
        let notes = check_schema(
            run,
            json!({"type": "object", "description": "d", "required": ["c"], "properties": {"a": text, "b": text, "c": text},
                "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}),
            json!({"description": "d", "oneOf": [
                {"type": "object", "required": ["c", "a"], "properties": {"a": text, "c": text}, "title": "with a"},
                {"type": "object", "required": ["c", "b"], "properties": {"b": text, "c": text}, "title": "with b"}]}),
        );
        assert_eq!(notes, ["/components/schemas/A: 2 alternatives written out"]);
    }

    #[test]
    fn leaves_at_least_one_to_the_server_and_says_so() {
        let properties = json!({"a": {}, "b": {}});
        let notes = check_schema(
            run,
            json!({"properties": properties, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}),
            json!({"properties": properties}),
        );
        assert_eq!(notes, ["/components/schemas/A: at least one of `a`, `b` is required; left to the server"]);
    }

    #[test]
    fn leaves_other_choices_alone() {
        let schema = json!({"properties": {"a": {}}, "oneOf": [{"required": ["a"]}, {"properties": {"b": {}}}]});
        check_schema(run, schema.clone(), schema);
    }
}
