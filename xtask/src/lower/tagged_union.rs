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

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use super::Report;
use crate::openapi::{References, component, components_mut, join, reference, schema_name, schemas_mut_beside};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let mut inlined: BTreeSet<String> = BTreeSet::new();
    let before = report.notes.len();
    schemas_mut_beside(document, &mut |schema, pointer, rest| {
        inline(schema, pointer, rest, &mut inlined, report);
    });
    report.sort_since(before, document);
    // A variant that was a component for the union alone would be a second type for the same thing.
    let used = References::of(document).schemas();
    let Some(components) = components_mut(document) else { return };
    inlined.retain(|name| !used.contains(name));
    components.retain(|name, _| !inlined.contains(name));
    for name in &inlined {
        report.note(join("/components/schemas", name), "used as a variant alone; it is a variant now");
    }
}

fn inline(schema: &mut Value, pointer: &str, rest: &Value, inlined: &mut BTreeSet<String>, report: &mut Report) {
    let Some(variants) = schema.get("oneOf").and_then(Value::as_array) else { return };
    let named = |variant: &Value| reference(variant).and_then(schema_name).map(str::to_owned);
    let names: Vec<String> = variants.iter().filter_map(named).collect();
    if names.is_empty() {
        return;
    }
    let resolve = |variant: &'_ Value| named(variant).and_then(|name| component(rest, &name).cloned());
    let resolved: Vec<Value> =
        variants.iter().map(|variant| resolve(variant).unwrap_or_else(|| variant.clone())).collect();
    let Some(tag) = tag(&resolved.iter().collect::<Vec<_>>()).map(str::to_owned) else { return };
    inlined.extend(names);
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
