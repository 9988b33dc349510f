//! Choices that come down to something simpler, and properties that stand beside a choice.
//!
//! A choice between strings is a string, one that takes anything is no choice, and one with a single variant is the variant.
//! Properties beside a choice hold for each of its variants.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::Report;
use crate::{
    defect::Defect,
    openapi::{Object, extension::TAG, reference, resolve, schemas_mut_beside},
};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    schemas_mut_beside(document, &mut |schema, pointer, rest| simplify(schema, pointer, rest, report));
}

fn simplify(schema: &mut Value, pointer: &str, rest: &Value, report: &mut Report) {
    let Some(object) = schema.as_object_mut() else { return };
    if object.contains_key("oneOf") && object.contains_key("anyOf") {
        let remedy = "write one of them, or each in a part of an `allOf`, with an overlay action";
        return report.defect(Defect::new(pointer, "`oneOf` beside `anyOf`, which have no type together", remedy));
    }
    let Some(key) = ["oneOf", "anyOf"].into_iter().find(|key| object.get(*key).is_some_and(Value::is_array)) else {
        return;
    };
    let mut variants = object.get_mut(key).and_then(Value::as_array_mut).map(std::mem::take).unwrap_or_default();
    let mut seen = HashSet::new();
    variants.retain(|variant| seen.insert(variant.to_string()));
    let resolved: Vec<&Value> = variants.iter().map(|variant| resolve(rest, variant).unwrap_or(variant)).collect();
    if resolved.is_empty() || resolved.iter().any(|variant| takes_anything(variant)) {
        object.shift_remove(key);
        object.shift_remove("discriminator");
        return report.note(pointer, format!("`{key}` with a variant that takes anything; taken for any value"));
    }
    if let Some(simple) = in_common(&resolved) {
        object.shift_remove(key);
        object.shift_remove("discriminator");
        report.note(pointer, format!("`{key}` of {} that are each {}; taken for that", variants.len(), simple["type"]));
        return simple.into_iter().for_each(|(key, value)| drop(object.insert(key, value)));
    }
    if variants.len() == 1 && !object.contains_key("discriminator") {
        object.shift_remove(key);
        let part = variants.remove(0);
        report.note(pointer, format!("`{key}` with one variant; taken for the variant"));
        if object.keys().all(|key| matches!(key.as_str(), "description" | "title" | "example"))
            && reference(&part).is_none()
        {
            let said = std::mem::replace(schema, part);
            if let (Some(object), Value::Object(said)) = (schema.as_object_mut(), said) {
                object.extend(said);
            }
        } else {
            let parts = object.entry("allOf").or_insert_with(|| json!([]));
            parts.as_array_mut().into_iter().for_each(|parts| parts.push(part.clone()));
        }
        return;
    }
    object.insert(key.to_owned(), Value::Array(variants));
}

fn takes_anything(schema: &Value) -> bool {
    let is_annotation = |key: &String| {
        matches!(key.as_str(), "description" | "title" | "example" | "nullable" | "default" | "deprecated")
            || key.starts_with("x-")
    };
    schema == true
        || schema.as_object().is_some_and(|object| !object.contains_key(TAG) && object.keys().all(is_annotation))
}

/// What all of `variants` are, if it is one scalar type: values that are listed in each add up.
fn in_common(variants: &[&Value]) -> Option<Object> {
    if variants.len() < 2 {
        return None;
    }
    let kind = |variant: &Value| match variant.get("type")?.as_str()? {
        "integer" | "number" => Some("number"),
        "string" => Some("string"),
        _ => None,
    };
    let first = kind(variants[0])?;
    if !variants.iter().all(|variant| kind(variant) == Some(first)) {
        return None;
    }
    let all_integers = variants.iter().all(|variant| variant["type"] == "integer");
    let mut whole = Object::new();
    whole.insert("type".to_owned(), if all_integers { "integer".into() } else { first.into() });
    let lists: Option<Vec<&Vec<Value>>> = variants.iter().map(|variant| variant.get("enum")?.as_array()).collect();
    if let Some(lists) = lists {
        let mut values: Vec<Value> = Vec::new();
        lists.into_iter().flatten().for_each(|value| {
            if !values.contains(value) {
                values.push(value.clone())
            }
        });
        whole.insert("enum".to_owned(), Value::Array(values));
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use super::{super::check_schema, *};

    #[test]
    fn strings_of_any_kind_are_strings() {
        for key in ["anyOf", "oneOf"] {
            let notes = check_schema(
                run,
                json!({"description": "d", key: [{"type": "string", "format": "date"}, {"type": "string", "pattern": "a"}]}),
                json!({"description": "d", "type": "string"}),
            );
            assert_eq!(
                notes,
                [format!("/components/schemas/A: `{key}` of 2 that are each \"string\"; taken for that")]
            );
        }
        check_schema(
            run,
            json!({"oneOf": [{"type": "string", "enum": ["a"]}, {"type": "string", "enum": ["b", "a"]}]}),
            json!({"type": "string", "enum": ["a", "b"]}),
        );
        check_schema(run, json!({"oneOf": [{"type": "integer"}, {"type": "number"}]}), json!({"type": "number"}));
    }

    #[test]
    fn a_variant_that_takes_anything_takes_all() {
        check_schema(run, json!({"oneOf": [{}, {}]}), json!({}));
        check_schema(run, json!({"anyOf": [{"type": "string"}, {"description": "any"}]}), json!({}));
    }

    #[test]
    fn one_variant_is_the_variant() {
        check_schema(
            run,
            json!({"description": "d", "oneOf": [{"type": "object", "properties": {"a": {}}}]}),
            json!({"description": "d", "type": "object", "properties": {"a": {}}}),
        );
        let other = json!({"$ref": "#/components/schemas/B"});
        check_schema(run, json!({"nullable": true, "oneOf": [other]}), json!({"nullable": true, "allOf": [other]}));
    }

    #[test]
    fn leaves_a_choice_that_is_one() {
        let choice = json!({"oneOf": [{"type": "string"}, {"type": "boolean"}]});
        check_schema(run, choice.clone(), choice);
    }

    #[test]
    fn refuses_both_kinds_of_choice_at_once() {
        let mut report = Report::default();
        let variants = json!([{"type": "string"}, {"type": "boolean"}]);
        run(&mut json!({"components": {"schemas": {"A": {"oneOf": variants, "anyOf": variants}}}}), &mut report);
        assert_eq!(report.defects.len(), 1);
        assert_eq!(report.defects[0].place, "/components/schemas/A");
    }
}
