//! A choice between bare lists of required names.
//!
//! ```yaml
//! # before                                  # after
//! required: [currency]                      required: [currency]
//! properties: …                             properties: …
//! oneOf:                                    x-lowered-alternatives:
//!   - required: [crypto_amount]               - - required: [crypto_amount]
//!   - required: [fiat_amount]                   - required: [fiat_amount]
//! ```
//!
//! Such a list speaks of properties that stand beside it, or in another part of an `allOf`. Set aside, it keeps nothing from
//! being merged; [`super::required_choice`] makes a field of it once the properties are in one place.
//!
//! `anyOf` demands at least one, for which there is no type; all are optional then, the description says it, and the server
//! alone refuses a body without any.

use serde_json::{Value, json};

use super::Report;
use crate::openapi::{
    extension::{ALTERNATIVES, LEAST, TYPE_NAME},
    schemas_mut,
};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    schemas_mut(document, &mut |schema, pointer| {
        let Some(object) = schema.as_object_mut() else { return };
        if let Some(list) = object.get("anyOf").and_then(alternatives) {
            object.shift_remove("anyOf");
            let groups: Vec<String> =
                list.iter().map(|group| names(group).collect::<Vec<_>>().join("` with `")).collect();
            let groups = groups.join("`, `");
            report.note(pointer, format!("at least one of `{groups}` is required; left to the server"));
            let said = object.get("description").and_then(Value::as_str).map(|text| format!("{}\n\n", text.trim_end()));
            let described = format!("{}At least one of `{groups}` is required.", said.unwrap_or_default());
            object.insert("description".to_owned(), described.into());
            let first = list.first().and_then(|group| group.get("required")).cloned();
            object.extend(first.map(|first| (LEAST.to_owned(), first)));
        }
        if let Some(list) = object.get("oneOf").and_then(alternatives) {
            object.shift_remove("oneOf");
            report.note(pointer, format!("{} alternatives set aside", list.len()));
            let known = object.entry(ALTERNATIVES).or_insert_with(|| json!([]));
            known.as_array_mut().into_iter().for_each(|known| known.push(Value::Array(list.clone())));
        }
    });
}

/// The alternatives, if they are lists of required names and nothing else.
fn alternatives(list: &Value) -> Option<Vec<Value>> {
    let is_list = |alternative: &Value| {
        let Some(object) = alternative.as_object() else { return false };
        let is_plain = |key: &String| matches!(key.as_str(), "required" | "title" | "description" | "type" | TYPE_NAME);
        let names = object.get("required").and_then(Value::as_array);
        object.keys().all(is_plain)
            && names.is_some_and(|names| !names.is_empty() && names.iter().all(Value::is_string))
    };
    let list = list.as_array().filter(|list| list.len() > 1)?;
    list.iter().all(is_list).then(|| list.clone())
}

/// The names that one of the alternatives lists.
fn names(alternative: &Value) -> impl Iterator<Item = &str> {
    alternative["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::{super::check_schema, *};

    #[test]
    fn sets_alternatives_aside_wherever_they_stand() {
        let lists = json!([{"required": ["a"]}, {"required": ["b"], "x-type-name": "Other"}]);
        let notes = check_schema(
            run,
            json!({"properties": {"a": {}, "b": {}}, "allOf": [{"oneOf": lists}]}),
            json!({"properties": {"a": {}, "b": {}}, "allOf": [{"x-lowered-alternatives": [lists]}]}),
        );
        assert_eq!(notes, ["/components/schemas/A/allOf/0: 2 alternatives set aside"]);
    }

    #[test]
    fn leaves_at_least_one_to_the_server_and_says_so() {
        let properties = json!({"a": {}, "b": {}});
        let notes = check_schema(
            run,
            json!({"properties": properties, "description": "D.", "anyOf": [{"required": ["a"]}, {"required": ["b", "a"]}]}),
            json!({
                "properties": properties,
                "description": "D.\n\nAt least one of `a`, `b` with `a` is required.",
                "x-lowered-least": ["a"],
            }),
        );
        assert_eq!(notes, ["/components/schemas/A: at least one of `a`, `b` with `a` is required; left to the server"]);
    }

    #[test]
    fn leaves_other_choices_alone() {
        let schema = json!({"properties": {"a": {}}, "oneOf": [{"required": ["a"]}, {"properties": {"b": {}}}]});
        check_schema(run, schema.clone(), schema);
    }
}
