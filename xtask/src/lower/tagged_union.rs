//! Unions whose variants tell themselves apart by a one-value enum.
//!
//! ```yaml
//! # before                          # after
//! oneOf:                            oneOf:
//!   - $ref: '#/…/DirectData'          - required: [method, data]
//!   - $ref: '#/…/Handoff'               properties:
//!                                         method: {enum: [direct_data]}
//!                                         data: …
//!                                     - …
//! ```
//!
//! Behind references the generator sees no tag and makes an `untagged` enum, which tries one variant after the other and
//! fails without a reason. With the variants in place it makes a tagged one.

use std::collections::HashSet;

use serde_json::Value;

use super::Report;
use crate::walk::{self, Object, join, reference, schema_name};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let mut inlined: Vec<String> = Vec::new();
    let mut components = walk::components(document).map(std::mem::take).unwrap_or_default();
    let names: Vec<String> = components.keys().cloned().collect();
    for name in names {
        let Some(slot) = components.get_mut(&name) else { continue };
        let mut pointer = join("/components/schemas", &name);
        let mut schema = std::mem::take(slot);
        walk::schema_mut(&mut schema, &mut pointer, &mut |schema, pointer| {
            inline(schema, pointer, &components, &mut inlined, report);
        });
        if let Some(slot) = components.get_mut(&name) {
            *slot = schema;
        }
    }
    walk::schemas_in_use_mut(document, &mut |schema, pointer| {
        inline(schema, pointer, &components, &mut inlined, report);
    });
    if let Some(slot) = walk::components(document) {
        *slot = components;
    }
    // A variant that was a component for the union alone would be a second type for the same thing.
    let mut used = HashSet::new();
    walk::references(document, &mut |_, target| used.extend(schema_name(target).map(str::to_owned)));
    if let Some(components) = walk::components(document) {
        inlined.sort();
        inlined.dedup();
        for name in inlined.into_iter().filter(|name| !used.contains(name)) {
            components.shift_remove(&name);
            report.note(join("/components/schemas", &name), "used as a variant alone; it is a variant now");
        }
    }
}

fn inline(schema: &mut Value, pointer: &str, components: &Object, inlined: &mut Vec<String>, report: &mut Report) {
    let Some(variants) = schema.get("oneOf").and_then(Value::as_array) else { return };
    let resolved: Vec<&Value> = variants
        .iter()
        .map(|variant| {
            reference(variant).and_then(schema_name).and_then(|name| components.get(name)).unwrap_or(variant)
        })
        .collect();
    let Some(tag) = tag(&resolved).map(str::to_owned) else { return };
    if !variants.iter().any(|variant| reference(variant).is_some()) {
        return;
    }
    inlined.extend(variants.iter().filter_map(|variant| reference(variant).and_then(schema_name)).map(str::to_owned));
    let resolved: Vec<Value> = resolved.into_iter().cloned().collect();
    schema["oneOf"] = Value::Array(resolved);
    report.note(pointer, format!("variants told apart by `{tag}` written in place"));
}

/// The property that tells the variants of a union apart: required in each, with one value in each, none twice.
pub(super) fn tag<'v>(variants: &[&'v Value]) -> Option<&'v str> {
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
    use serde_json::json;

    use super::{super::check, *};

    fn variant(method: &str) -> Value {
        json!({"type": "object", "required": ["method"], "properties": {"method": {"type": "string", "enum": [method]}}})
    }

    fn union(variants: [Value; 2]) -> Value {
        json!({"oneOf": variants})
    }

    #[test]
    fn writes_tagged_variants_in_place() {
        let refer = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let notes = check(
            run,
            json!({"components": {"schemas": {
                "U": union([refer("A"), refer("B")]), "A": variant("a"), "B": variant("b"), "Other": refer("B")}}}),
            &json!({"components": {"schemas": {
                "U": union([variant("a"), variant("b")]), "B": variant("b"), "Other": refer("B")}}}),
        );
        assert_eq!(
            notes,
            [
                "/components/schemas/U: variants told apart by `method` written in place",
                "/components/schemas/A: used as a variant alone; it is a variant now",
            ]
        );
    }

    #[test]
    fn sees_no_tag_where_two_variants_share_its_value() {
        assert_eq!(tag(&[&variant("a"), &variant("b")]), Some("method"));
        assert_eq!(tag(&[&variant("a"), &variant("a")]), None);
        let mut optional = variant("b");
        optional["required"] = json!([]);
        assert_eq!(tag(&[&variant("a"), &optional]), None);
    }
}
