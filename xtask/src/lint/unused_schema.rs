//! Component schemas that nothing reaches: no operation, and no component that one uses.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{places::Places, report::Findings};
use crate::openapi::{join, owner, references};

pub(crate) fn run(places: &Places<'_>, findings: &mut Findings) {
    let components = places.document.get("components").and_then(|components| components.get("schemas"));
    let components = components.and_then(Value::as_object);
    let mut uses: BTreeMap<Option<&str>, BTreeSet<&str>> = BTreeMap::new();
    let names: BTreeMap<String, &str> =
        components.into_iter().flatten().map(|(name, _)| (join("/components/schemas", name), name.as_str())).collect();
    let component = |pointer: &str| names.get(owner(pointer)).copied();
    references(places.document, &mut |pointer, target| {
        if let Some(target) = target.strip_prefix('#').and_then(component) {
            let from = component(pointer);
            uses.entry(from).or_default().insert(target);
            // What builds upon a schema with a discriminator is reached by whoever reaches that.
            let is_base = components.and_then(|all| all.get(target)?.get("discriminator")).is_some();
            if let Some(from) = from.filter(|_| is_base) {
                uses.entry(Some(target)).or_default().insert(from);
            }
        }
    });
    for schema in &places.schemas {
        let mapping = schema.value.get("discriminator").and_then(|discriminator| discriminator.get("mapping"));
        for target in mapping.and_then(Value::as_object).into_iter().flatten().filter_map(|(_, target)| target.as_str())
        {
            let named = join("/components/schemas", target);
            if let Some(target) = component(target.strip_prefix('#').unwrap_or(&named)) {
                uses.entry(component(&schema.pointer)).or_default().insert(target);
            }
        }
    }
    let mut reached: BTreeSet<Option<&str>> = BTreeSet::new();
    let mut open = vec![None];
    while let Some(next) = open.pop() {
        if reached.insert(next) {
            open.extend(uses.get(&next).into_iter().flatten().map(|target| Some(*target)));
        }
    }
    for (name, _) in components.into_iter().flatten() {
        if !reached.contains(&Some(name.as_str())) {
            let pointer = join("/components/schemas", name);
            findings.add(pointer, "nothing reaches the schema", "refer to it where it belongs, or remove it");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn a_schema_is_reached_from_an_operation_or_another_component() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let found = super::super::found(
            "unused-schema",
            json!({
                "components": {
                    "schemas": {
                        "Used": {"items": reference("Inner")}, "Inner": {"discriminator": {"propertyName": "t",
                            "mapping": {"m": "Mapped"}}},
                        "Mapped": {}, "Heir": {"allOf": [reference("Inner")]},
                        "Lonely": {"items": reference("Lonely")}, "Friend": {"items": reference("Lonely")},
                    },
                    "responses": {"R": {"content": {"application/json": {"schema": reference("Used")}}}},
                },
            }),
        );
        let unused = |name: &str| format!("/components/schemas/{name}: nothing reaches the schema");
        assert_eq!(found, [unused("Lonely"), unused("Friend")]);
    }
}
