//! `nullable` beside a `$ref`, and a nullable component behind one.
//!
//! OpenAPI 3.0 has a reference stand alone, so a reader drops what is beside it; and the generator drops what is said of
//! null at the root of a component. Both are facts about the place of use.
//!
//! ```yaml
//! # before                          # after
//! branch:                           branch:
//!   $ref: '#/…/Branch'                nullable: true
//!   nullable: true                    allOf: [{$ref: '#/…/Branch'}]
//! ```
//!
//! A choice with a variant that may be null may be null itself, and is said to be so.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::Report;
use crate::openapi::{
    Object, component, components_mut, join, reference, schema_name, schemas_mut, schemas_mut_beside,
};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    schemas_mut_beside(document, &mut |schema, pointer, rest| {
        let Some(object) = schema.as_object_mut() else { return };
        let is_nullable = |schema: &Value| {
            let behind = reference(schema).and_then(schema_name).and_then(|name| component(rest, name));
            schema["nullable"] == true || behind.is_some_and(|behind| behind["nullable"] == true)
        };
        let has_nullable = variants(object).any(|variant| is_nullable(variant));
        for variant in variants(object) {
            variant.as_object_mut().and_then(|variant| variant.shift_remove("nullable"));
        }
        if has_nullable && object.insert("nullable".to_owned(), true.into()) != Some(true.into()) {
            report.note(pointer, "a variant may be null; `nullable` moved to the choice");
        }
    });
    let mut nullable_components = HashSet::new();
    for (name, schema) in components_mut(document).into_iter().flatten() {
        let Some(object) = schema.as_object_mut() else { continue };
        if object.get("nullable") == Some(&Value::Bool(true)) {
            object.shift_remove("nullable");
            nullable_components.insert(name.clone());
            let place = join("/components/schemas", name);
            report.note(place, "`nullable` moved to each place that refers to this component");
        }
    }
    schemas_mut(document, &mut |schema, pointer| {
        let Some(object) = schema.as_object_mut() else { return };
        let Some(target) = object.get("$ref").and_then(Value::as_str) else { return };
        let beside = object.get("nullable") == Some(&Value::Bool(true));
        let behind = schema_name(target).is_some_and(|name| nullable_components.contains(name));
        if !beside && !behind {
            return;
        }
        let inner = json!({"$ref": target});
        object.shift_remove("$ref");
        object.insert("nullable".to_owned(), Value::Bool(true));
        object.insert("allOf".to_owned(), Value::Array(vec![inner]));
        if beside {
            report.note(pointer, "`nullable` beside a reference kept by an `allOf` around the reference");
        }
    });
    schemas_mut(document, &mut |schema, _| {
        let Some(object) = schema.as_object_mut() else { return };
        for variant in variants(object).filter(|variant| variant["nullable"] == true) {
            *variant = variant["allOf"][0].take();
        }
    });
}

/// The variants of a choice.
fn variants(object: &mut Object) -> impl Iterator<Item = &mut Value> {
    let lists = object.iter_mut().filter(|(key, _)| matches!(key.as_str(), "oneOf" | "anyOf"));
    lists.filter_map(|(_, list)| list.as_array_mut()).flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        super::{check, check_schema},
        *,
    };

    #[test]
    fn keeps_nullable_that_stands_beside_a_reference() {
        let reference = json!({"$ref": "#/components/schemas/B"});
        let notes = check_schema(
            run,
            json!({"properties": {"b": {"$ref": "#/components/schemas/B", "nullable": true}, "c": reference}}),
            json!({"properties": {"b": {"nullable": true, "allOf": [reference]}, "c": reference}}),
        );
        assert_eq!(notes.len(), 1);
    }

    #[test]
    fn a_choice_with_a_variant_that_may_be_null_may_be_null() {
        let b = json!({"$ref": "#/components/schemas/B"});
        let with = |a: Value, b: Value, used: Value| json!({"components": {"schemas": {"A": a, "B": b, "C": {"properties": {"a": used}}}}});
        let a = json!({"$ref": "#/components/schemas/A"});
        check(
            run,
            with(json!({"oneOf": [b, {"type": "string"}]}), json!({"type": "object", "nullable": true}), a.clone()),
            &with(
                json!({"oneOf": [b, {"type": "string"}]}),
                json!({"type": "object"}),
                json!({"nullable": true, "allOf": [a]}),
            ),
        );
        check_schema(
            run,
            json!({"properties": {"a": {"anyOf": [{"type": "string", "nullable": true}, {"type": "integer"}]}}}),
            json!({"properties": {"a": {"anyOf": [{"type": "string"}, {"type": "integer"}], "nullable": true}}}),
        );
    }

    #[test]
    fn moves_nullable_from_a_component_to_its_uses() {
        let reference = json!({"$ref": "#/components/schemas/B"});
        let with =
            |b: Value, used: Value| json!({"components": {"schemas": {"A": {"properties": {"b": used}}, "B": b}}});
        check(
            run,
            with(json!({"type": "object", "nullable": true}), reference.clone()),
            &with(json!({"type": "object"}), json!({"nullable": true, "allOf": [reference]})),
        );
    }
}
