//! Component schemas that nothing reaches: no operation, and no component that one uses.

use super::{places::Places, report::Findings};
use crate::openapi::{References, components, join};

pub(crate) fn run(places: &Places<'_>, findings: &mut Findings) {
    let references = References::with_discriminators(places.document);
    let is_schema = |owner: &&str| owner.starts_with("/components/schemas/");
    let reached = references.reach(references.owners().filter(|owner| !is_schema(owner)));
    for (name, _) in components(places.document) {
        let pointer = join("/components/schemas", name);
        if !reached.contains(pointer.as_str()) {
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
