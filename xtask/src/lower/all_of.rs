//! `allOf` of objects: an envelope and its payload, a base and what refines it.
//!
//! ```yaml
//! # before                          # after
//! allOf:                            type: object
//!   - $ref: '#/…/Envelope'          required: [success]
//!   - properties:                   properties:
//!       data: {type: object, …}       success: {type: boolean}
//!                                     data: {type: object, …}
//! ```
//!
//! A property that several parts describe must satisfy all of them: an empty description gives way, two objects merge,
//! and constraints add up. Where parts contradict each other, or one is no object, the `allOf` stays as it is.

use serde_json::Value;

use super::{Report, drop_unused};
use crate::openapi::{Object, Place, References, extension::ALTERNATIVES, reference, schemas_mut_beside, shape::parts};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let used = References::of(document);
    let before = report.notes.len();
    schemas_mut_beside(document, &mut |schema, pointer, rest| {
        let Some(parts) = schema.get("allOf").and_then(Value::as_array) else { return };
        // One reference in an `allOf` is how OpenAPI 3.0 says something more about it.
        if parts.len() == 1 && parts.iter().all(|part| reference(part).is_some()) && is_annotated_only(schema) {
            return;
        }
        let count = parts.len();
        if let Some(merged) = merged(schema, rest) {
            *schema = Value::Object(merged);
            report.note(pointer, format!("`allOf` of {count} merged into one object"));
        }
    });
    report.sort_since(before, document);
    drop_unused(document, &used, report, "a part of others alone, and merged into them");
}

fn is_annotated_only(schema: &Value) -> bool {
    let is_annotation = |key: &str| matches!(key, "allOf" | "nullable" | "description" | "title" | "example");
    schema.as_object().is_some_and(|object| object.keys().all(|key| is_annotation(key) || key.starts_with("x-")))
}

/// The object that `schema` describes, if it is one. It can't be a part of itself but through a property, which merging
/// never follows.
fn merged(schema: &Value, document: &Value) -> Option<Object> {
    let mut parts = parts(document, [Place::root(schema)]);
    let own = parts.pop()?;
    let mut whole = Object::new();
    whole.insert("type".to_owned(), "object".into());
    for part in parts.iter().filter(|part| reference(part.value).is_none()) {
        // What is said of the part as such (its description, its name) is not said of the whole.
        let is_structure =
            |key: &str| matches!(key, "type" | "properties" | "required" | "additionalProperties" | ALTERNATIVES);
        add(&mut whole, plain(part.value)?.iter().filter(|(key, _)| is_structure(key)))?;
    }
    add(&mut whole, plain(own.value)?.iter().filter(|(key, _)| *key != "allOf"))?;
    Some(whole)
}

/// The members of `schema`, if all of them can be merged.
fn plain(schema: &Value) -> Option<&Object> {
    let is_plain = |key: &str| {
        matches!(key, "allOf" | "type" | "properties" | "required" | "additionalProperties")
            || matches!(key, "nullable" | "description" | "title" | "example" | "discriminator" | "externalDocs")
            || key.starts_with("x-")
    };
    let object = schema.as_object()?;
    let is_object = object.get("type").is_none_or(|kind| kind == "object");
    (is_object && object.keys().all(|key| is_plain(key))).then_some(object)
}

/// Adds to `whole` what `part` demands, if both can hold at once.
fn add<'p>(whole: &mut Object, part: impl IntoIterator<Item = (&'p String, &'p Value)>) -> Option<()> {
    for (key, value) in part {
        let value = value.clone();
        match (key.as_str(), whole.get_mut(key)) {
            (_, None) => drop(whole.insert(key.clone(), value)),
            ("properties", Some(Value::Object(known))) => {
                let Value::Object(more) = value else { return None };
                for (name, property) in more {
                    match known.get_mut(&name) {
                        Some(slot) => *slot = both(std::mem::take(slot), property)?,
                        None => drop(known.insert(name, property)),
                    }
                }
            }
            ("required" | ALTERNATIVES, Some(Value::Array(known))) => {
                let Value::Array(more) = value else { return None };
                for name in more {
                    if !known.contains(&name) {
                        known.push(name);
                    }
                }
            }
            ("additionalProperties", Some(known)) => *known = both(std::mem::take(known), value)?,
            ("type", Some(known)) if *known != value => return None,
            // Null must satisfy every part.
            ("nullable", Some(known)) => *known = (*known == true && value == true).into(),
            (_, Some(known)) => *known = value,
        }
    }
    Some(())
}

/// The schema of a property that has to satisfy both `a` and `b`.
fn both(a: Value, b: Value) -> Option<Value> {
    if a == b || b == true {
        return Some(a);
    }
    if a == true {
        return Some(b);
    }
    let (Value::Object(mut a), Value::Object(b)) = (a, b) else { return None };
    let is_annotation =
        |key: &str| matches!(key, "description" | "title" | "example" | "examples") || key.starts_with("x-");
    if a.keys().all(|key| is_annotation(key)) {
        a.extend(b);
        return Some(Value::Object(a));
    }
    if b.keys().all(|key| is_annotation(key)) {
        a.extend(b);
        return Some(Value::Object(a));
    }
    let is_object =
        |schema: &Object| schema.get("type").is_some_and(|kind| kind == "object") && !schema.contains_key("allOf");
    if is_object(&a) && is_object(&b) {
        add(&mut a, &b)?;
        return Some(Value::Object(a));
    }
    for (key, value) in b {
        match a.get_mut(&key) {
            Some(known) if *known == value || is_annotation(&key) => *known = value,
            Some(_) => return None,
            None => drop(a.insert(key, value)),
        }
    }
    Some(Value::Object(a))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        super::{check, check_schema},
        *,
    };

    #[test]
    fn merges_an_envelope_and_its_payload() {
        let envelope = json!({"type": "object", "required": ["success"], "properties": {
            "success": {"type": "boolean"}, "data": {"description": "payload"}}});
        let reference = json!({"$ref": "#/components/schemas/E"});
        let used = json!({"properties": {"e": reference}});
        let with = |a: Value| json!({"components": {"schemas": {"A": a, "E": envelope, "Other": used}}});
        let notes = check(
            run,
            with(json!({"description": "whole", "allOf": [reference, {"type": "object", "properties": {
                "data": {"type": "object", "properties": {"id": {"type": "string"}}}}}]})),
            &with(json!({"type": "object", "required": ["success"], "properties": {
                "success": {"type": "boolean"},
                "data": {"description": "payload", "type": "object", "properties": {"id": {"type": "string"}}}},
                "description": "whole"})),
        );
        assert_eq!(notes, ["/components/schemas/A: `allOf` of 2 merged into one object"]);
    }

    #[test]
    fn drops_a_base_that_is_nothing_but_a_part() {
        let base = json!({"type": "object", "properties": {"a": {"type": "string"}}});
        let notes = check(
            run,
            json!({"components": {"schemas": {"A": {"allOf": [{"$ref": "#/components/schemas/B"}, {}]}, "B": base}}}),
            &json!({"components": {"schemas": {"A": base}}}),
        );
        assert_eq!(notes.len(), 2);
    }

    #[test]
    fn keeps_a_component_that_only_it_itself_refers_to() {
        let reference = json!({"$ref": "#/components/schemas/Node"});
        let node = json!({"type": "object", "properties": {"next": {"nullable": true, "allOf": [reference]}}});
        let document = json!({"components": {"schemas": {"Node": node}}});
        assert_eq!(check(run, document.clone(), &document), Vec::<String>::new());
    }

    #[test]
    fn keeps_each_constraint_on_a_property_of_a_base() {
        let part = |rail: Value| json!({"type": "object", "properties": {"rail": rail}});
        check_schema(
            run,
            json!({"allOf": [part(json!({"type": "string"})), part(json!({"type": "string", "not": {"enum": ["a"]}}))]}),
            part(json!({"type": "string", "not": {"enum": ["a"]}})),
        );
    }

    #[test]
    fn leaves_contradictions_and_annotated_references_alone() {
        let part = |kind: &str| json!({"type": "object", "properties": {"a": {"type": kind}}});
        let contradiction = json!({"allOf": [part("string"), part("integer")]});
        check_schema(run, contradiction.clone(), contradiction);
        let annotated = json!({"nullable": true, "allOf": [{"$ref": "#/components/schemas/B"}]});
        check_schema(run, annotated.clone(), annotated);
    }
}
