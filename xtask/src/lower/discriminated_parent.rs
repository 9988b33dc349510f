//! A parent with a discriminator, whose children are `allOf` of it.
//!
//! ```yaml
//! # before                              # after
//! Pet:                                  Pet:
//!   properties: {petType: …}              oneOf: [{$ref: Cat}, {$ref: PetBase}]
//!   discriminator: {propertyName: petType}  discriminator: {propertyName: petType, mapping: …}
//! Cat:                                  PetBase:
//!   allOf: [{$ref: Pet}, …]               properties: {petType: …}
//!                                       Cat:
//!                                         allOf: [{$ref: PetBase}, …]
//! ```
//!
//! Where the parent is expected, a child may come; only a choice can hold what the child has and the parent has not.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::Report;
use crate::openapi::{self, components_mut, join, reference, reference_to, schema_name};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    // Each component with those that are an `allOf` of it.
    let mut children: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, schema) in openapi::components(document) {
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        for parent in parts.filter_map(reference).filter_map(schema_name) {
            children.entry(parent).or_default().push(name);
        }
    }
    let is_parent = |schema: &Value| {
        schema.get("discriminator").is_some_and(|discriminator| discriminator["propertyName"].is_string())
            && schema.get("oneOf").is_none()
            && schema.get("anyOf").is_none()
    };
    let found: Vec<(String, Vec<String>)> = openapi::components(document)
        .filter(|(_, schema)| is_parent(schema))
        .map(|(name, _)| (name.clone(), descendants(name, &children)))
        .collect();
    for (name, below) in found {
        if let Some(schemas) = components_mut(document) {
            split(schemas, &name, &below, report);
        }
    }
}

/// All that are an `allOf` of `parent`, directly or through others, nearest first.
fn descendants(parent: &str, children: &BTreeMap<&str, Vec<&str>>) -> Vec<String> {
    let mut seen = BTreeSet::from([parent]);
    let mut found = Vec::new();
    let mut open = vec![parent];
    while let Some(next) = open.pop() {
        for child in children.get(next).into_iter().flatten() {
            if seen.insert(child) {
                found.push((*child).to_owned());
                open.push(child);
            }
        }
    }
    found
}

fn split(schemas: &mut Map<String, Value>, name: &str, below: &[String], report: &mut Report) {
    let pointer = join("/components/schemas", name);
    let Some(mut base) = schemas.get_mut(name).map(Value::take) else { return };
    let discriminator = base.as_object_mut().and_then(|base| base.shift_remove("discriminator")).unwrap_or_default();
    if below.is_empty() {
        schemas.insert(name.to_owned(), base);
        return report.note(join(&pointer, "discriminator"), "dropped; no schema is an `allOf` of this one");
    }
    let base_name = ["Base", "Fields", "Parent"].iter().map(|suffix| format!("{name}{suffix}"));
    let base_name =
        base_name.into_iter().find(|name| !schemas.contains_key(name)).unwrap_or_else(|| format!("{name}Base_"));
    // Values that are mapped to the parent are those of what has only its fields; else its own name is.
    let mut mapping = discriminator.get("mapping").and_then(Value::as_object).cloned().unwrap_or_default();
    let is_parent = |target: &str| schema_name(target).unwrap_or(target) == name;
    for target in mapping.values_mut().filter(|target| target.as_str().is_some_and(is_parent)) {
        *target = format!("#/components/schemas/{base_name}").into();
    }
    if !mapping.values().any(|target| target.as_str().is_some_and(|target| target.ends_with(&base_name))) {
        mapping.entry(name).or_insert_with(|| format!("#/components/schemas/{base_name}").into());
    }
    for child in below {
        let parts = schemas.get_mut(child).and_then(|child| child.get_mut("allOf")?.as_array_mut());
        for part in parts.into_iter().flatten() {
            if reference(part).and_then(schema_name) == Some(name) {
                *part = reference_to(&base_name);
            }
        }
    }
    let variants: Vec<Value> =
        below.iter().map(|child| reference_to(child)).chain([reference_to(&base_name)]).collect();
    let mut union = json!({
        "oneOf": variants,
        "discriminator": {"propertyName": discriminator["propertyName"], "mapping": mapping},
    });
    for key in ["description", "title", "nullable"] {
        if let Some(value) = base.get(key).cloned() {
            union[key] = value;
        }
    }
    report.note(pointer, format!("a choice between {} of its children and `{base_name}`, its own fields", below.len()));
    schemas.insert(name.to_owned(), union);
    schemas.insert(base_name, base);
}

#[cfg(test)]
mod tests {
    use super::{super::check, *};

    #[test]
    fn a_parent_becomes_a_choice_between_its_children_and_what_it_has_itself() {
        let own = json!({"properties": {"petType": {"type": "string"}}});
        let mut pet = own.clone();
        pet["discriminator"] = json!({"propertyName": "petType", "mapping": {"cat": "#/components/schemas/Cat"}});
        let child = |parent: &str| json!({"allOf": [reference_to(parent), {"properties": {"lives": {}}}]});
        let notes = check(
            run,
            json!({"components": {"schemas": {"Pet": pet, "Cat": child("Pet"), "Lion": child("Cat")}}}),
            &json!({"components": {"schemas": {
                "Pet": {"oneOf": [reference_to("Cat"), reference_to("Lion"), reference_to("PetBase")],
                    "discriminator": {"propertyName": "petType", "mapping": {
                        "cat": "#/components/schemas/Cat", "Pet": "#/components/schemas/PetBase"}}},
                "Cat": child("PetBase"), "Lion": child("Cat"), "PetBase": own}}}),
        );
        assert_eq!(
            notes,
            ["/components/schemas/Pet: a choice between 2 of its children and `PetBase`, its own fields"]
        );
    }

    #[test]
    fn a_discriminator_that_tells_nothing_apart_goes() {
        let notes = check(
            run,
            json!({"components": {"schemas": {"Pet": {"properties": {}, "discriminator": {"propertyName": "a"}}}}}),
            &json!({"components": {"schemas": {"Pet": {"properties": {}}}}}),
        );
        assert_eq!(notes, ["/components/schemas/Pet/discriminator: dropped; no schema is an `allOf` of this one"]);
    }
}
