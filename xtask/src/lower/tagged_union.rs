//! Unions whose variants a property tells apart: by a discriminator, or by an enum of one value in each variant.
//!
//! ```yaml
//! # before                          # after
//! oneOf:                            oneOf:
//!   - $ref: '#/…/Circle'              - allOf: [{$ref: '#/…/Circle'}]
//!   - $ref: '#/…/Square'                x-lowered-tag: [round]
//! discriminator:                      - …
//!   propertyName: shape             discriminator: {propertyName: shape}
//!   mapping: {round: Circle, …}
//! ```
//!
//! The union reads and writes the property. A variant that is used nowhere else does not have it, so that nobody has to say
//! twice, or can say wrongly, which variant it is.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use super::Report;
use crate::{
    defect::Defect,
    openapi::{Object, component, components_mut, extension::TAG, join, references, schemas_mut_beside, target},
};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    references(document, &mut |_, target| *uses.entry(target.to_owned()).or_default() += 1);
    let mut tagged: Vec<(String, String)> = Vec::new();
    let before = report.notes.len();
    schemas_mut_beside(document, &mut |schema, pointer, rest| tell_apart(schema, pointer, rest, &mut tagged, report));
    report.sort_since(before, document);
    let Some(components) = components_mut(document) else { return };
    for (name, tag) in tagged {
        let pointer = join("/components/schemas", &name);
        if uses.get(&join("#/components/schemas", &name)) == Some(&1)
            && let Some(variant) = components.get_mut(&name).and_then(Value::as_object_mut)
            && without(variant, &tag)
        {
            report.note(pointer, format!("used as a variant alone; the union writes its `{tag}`"));
        }
    }
}

fn tell_apart(
    schema: &mut Value,
    pointer: &str,
    rest: &Value,
    tagged: &mut Vec<(String, String)>,
    report: &mut Report,
) {
    let Some(key) = ["oneOf", "anyOf"].into_iter().find(|key| schema.get(*key).is_some_and(Value::is_array)) else {
        return;
    };
    let Some(variants) = schema[key].as_array() else { return };
    // A variant may be annotated: what is null besides is read as an unknown one.
    let resolved: Vec<&Value> = variants
        .iter()
        .map(|variant| named(variant).and_then(|name| component(rest, name)).unwrap_or(variant))
        .collect();
    let given = schema.get("discriminator").and_then(|discriminator| discriminator["propertyName"].as_str());
    let Some(tag) = given.map(str::to_owned).or_else(|| constant_tag(&resolved).map(str::to_owned)) else { return };
    let mapping = schema.get("discriminator").and_then(|discriminator| discriminator["mapping"].as_object());
    let is_elsewhere = |target: &&str| target.contains(['/', '#']) && !target.starts_with("#/components/schemas/");
    if let Some(target) = mapping.into_iter().flatten().filter_map(|(_, target)| target.as_str()).find(is_elsewhere) {
        let problem = format!("a value of the discriminator is mapped to `{target}`, which is no component here");
        return report.defect(Defect::new(pointer, problem, "map it to a component of this document"));
    }
    let mut values: Vec<Vec<Value>> = Vec::new();
    for variant in variants {
        let known = variant.get(TAG).and_then(|known| known.as_array().cloned());
        let Some(found) = known.or_else(|| self::values(variant, rest, &tag, mapping)) else {
            let remedy = format!("give `{tag}` an enum of one value in each variant, or make each a component");
            let problem = format!("a variant without a name has no value of the discriminator `{tag}`");
            return report.defect(Defect::new(pointer, problem, remedy));
        };
        values.push(found);
    }
    let mut seen = HashSet::new();
    if let Some(twice) = values.iter().flatten().find(|value| !seen.insert(value.to_string())) {
        let twice = format!("several variants have the value {twice} of `{tag}`; of these the first that fits is read");
        report.note(pointer, twice);
        seen.extend(values.iter().flatten().map(Value::to_string));
    }
    let unmapped = mapping.into_iter().flatten().filter(|(value, _)| !seen.contains(&json!(value).to_string()));
    for (value, _) in unmapped {
        report.note(pointer, format!("`{value}` is mapped to no variant, and read as an unknown one"));
    }
    tagged.extend(variants.iter().filter_map(named).map(|name| (name.to_owned(), tag.clone())));
    let variants = schema[key].as_array_mut().map(std::mem::take).unwrap_or_default();
    let variants = variants.into_iter().zip(values).map(|(mut variant, values)| match variant.as_object_mut() {
        Some(object) if !object.contains_key("$ref") => {
            without(object, &tag);
            object.insert(TAG.to_owned(), values.into());
            variant
        }
        _ => json!({"allOf": [variant], TAG: values}),
    });
    schema[key] = variants.collect();
    schema["discriminator"] = json!({"propertyName": tag});
    report.note(pointer, format!("variants told apart by `{tag}`"));
}

/// The values of `tag` that stand for a variant: those that are mapped to it, those it lists itself, or its name.
pub(super) fn values(variant: &Value, rest: &Value, tag: &str, mapping: Option<&Object>) -> Option<Vec<Value>> {
    let name = named(variant);
    let mapped = mapping.into_iter().flatten().filter(|(_, to)| name.is_some() && to.as_str().map(last) == name);
    let mapped: Vec<Value> = mapped.map(|(value, _)| value.clone().into()).collect();
    if !mapped.is_empty() {
        return Some(mapped);
    }
    let target = name.and_then(|name| component(rest, name)).unwrap_or(variant);
    let listed = target.get("properties").and_then(|all| all.get(tag)?.get("enum")?.as_array().cloned());
    listed.filter(|listed| !listed.is_empty()).or_else(|| Some(vec![name?.into()]))
}

fn named(variant: &Value) -> Option<&str> {
    target(variant)
}

/// The name in a mapping's target: a reference, or the name itself.
fn last(target: &str) -> &str {
    target.rsplit('/').next().unwrap_or(target)
}

/// Takes the property `tag` away. Says whether it was there.
fn without(variant: &mut Object, tag: &str) -> bool {
    if let Some(required) = variant.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name != tag);
    }
    variant.get_mut("properties").and_then(Value::as_object_mut).is_some_and(|all| all.shift_remove(tag).is_some())
}

/// The property that tells the variants of a union apart: required in each, with one value in each, none twice.
fn constant_tag<'v>(variants: &[&'v Value]) -> Option<&'v str> {
    if variants.len() < 2 {
        return None;
    }
    let value = |variant: &'v Value, tag: &str| -> Option<&'v str> {
        let is_required = variant.get("required")?.as_array()?.iter().any(|name| name == tag);
        let [value] = variant.get("properties")?.get(tag)?.get("enum")?.as_array()?.as_slice() else { return None };
        value.as_str().filter(|_| is_required)
    };
    let candidates = variants.first()?.get("properties")?.as_object()?.keys();
    candidates.map(String::as_str).find(|tag| {
        let mut values = HashSet::new();
        variants.iter().all(|variant| value(variant, tag).is_some_and(|value| values.insert(value)))
    })
}

#[cfg(test)]
mod tests {
    use super::{super::check, *};
    use crate::openapi::{reference, reference_to};

    fn variant(method: &str) -> Value {
        json!({"type": "object", "required": ["method"], "properties": {"method": {"type": "string", "enum": [method]}, "a": {}}})
    }

    fn bare() -> Value {
        json!({"type": "object", "required": [], "properties": {"a": {}}})
    }

    fn tagged(schema: Value, values: &[&str]) -> Value {
        match reference(&schema) {
            Some(_) => json!({"allOf": [schema], TAG: values}),
            None => {
                let mut schema = schema;
                schema[TAG] = json!(values);
                schema
            }
        }
    }

    #[test]
    fn an_enum_of_one_value_tells_variants_apart() {
        let notes = check(
            run,
            json!({"components": {"schemas": {
                "U": {"oneOf": [reference_to("A"), reference_to("B"), variant("c")]}, "A": variant("a"), "B": variant("b"),
                "Other": {"properties": {"b": reference_to("B")}}}}}),
            &json!({"components": {"schemas": {
                "U": {"oneOf": [tagged(reference_to("A"), &["a"]), tagged(reference_to("B"), &["b"]), tagged(bare(), &["c"])],
                    "discriminator": {"propertyName": "method"}},
                "A": bare(), "B": variant("b"), "Other": {"properties": {"b": reference_to("B")}}}}}),
        );
        assert_eq!(
            notes,
            [
                "/components/schemas/U: variants told apart by `method`",
                "/components/schemas/A: used as a variant alone; the union writes its `method`",
            ]
        );
    }

    #[test]
    fn a_discriminator_maps_values_to_variants_or_to_their_names() {
        let shape = json!({"type": "object", "properties": {"kind": {"type": "string"}, "a": {}}});
        let bare = json!({"type": "object", "properties": {"a": {}}});
        let notes = check(
            run,
            json!({"components": {"schemas": {
                "U": {"oneOf": [reference_to("A"), reference_to("B")], "discriminator": {"propertyName": "kind", "mapping": {
                    "x": "#/components/schemas/A", "y": "A", "z": "C"}}}, "A": shape, "B": shape}}}),
            &json!({"components": {"schemas": {
                "U": {"oneOf": [tagged(reference_to("A"), &["x", "y"]), tagged(reference_to("B"), &["B"])],
                    "discriminator": {"propertyName": "kind"}}, "A": bare, "B": bare}}}),
        );
        assert_eq!(notes[0], "/components/schemas/U: `z` is mapped to no variant, and read as an unknown one");
    }

    #[test]
    fn variants_with_one_value_are_tried_in_order() {
        let notes = check(
            run,
            json!({"components": {"schemas": {"A": {}, "B": {}, "U": {
                "oneOf": [reference_to("A"), reference_to("B")],
                "discriminator": {"propertyName": "kind", "mapping": {"B": "A"}}}}}}),
            &json!({"components": {"schemas": {"A": {}, "B": {}, "U": {
                "oneOf": [tagged(reference_to("A"), &["B"]), tagged(reference_to("B"), &["B"])],
                "discriminator": {"propertyName": "kind"}}}}}),
        );
        let several = "several variants have the value \"B\" of `kind`; of these the first that fits is read";
        assert_eq!(notes[0], format!("/components/schemas/U: {several}"));
    }

    #[test]
    fn leaves_other_unions_alone() {
        for variants in [json!([variant("a"), {"type": "object"}]), json!([variant("a"), variant("a")])] {
            let document = json!({"components": {"schemas": {"U": {"oneOf": variants}}}});
            check(run, document.clone(), &document);
        }
    }
}
