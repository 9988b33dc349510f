//! An enum that may grow, written as `anyOf` of an enum and any string.
//!
//! ```yaml
//! # before                          # after
//! anyOf:                            type: string
//!   - type: string                  enum: [a, b]
//!     enum: [a, b]                  x-lowered-open-enum: true
//!   - type: string
//! ```

use serde_json::{Value, json};

use super::Report;
use crate::openapi::{self, components_mut, extension::OPEN_ENUM, reference, schema_name, schemas_mut};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    let is_string = |schema: &Value| schema["type"] == "string";
    let names: Vec<String> = openapi::components(document)
        .filter(|(_, schema)| is_string(schema) && schema.get("enum").is_some())
        .map(|(name, _)| name.clone())
        .collect();
    let mut opened = Vec::new();
    schemas_mut(document, &mut |schema, pointer| {
        let Some(variants) = schema.get("anyOf").and_then(Value::as_array) else { return };
        let is_any =
            |variant: &&Value| is_string(variant) && variant.get("enum").is_none() && variant.get("pattern").is_none();
        let enum_component = |variant: &&Value| {
            reference(variant).and_then(schema_name).is_some_and(|name| names.iter().any(|known| known == name))
        };
        let is_enum = |variant: &&Value| is_string(variant) && variant.get("enum").is_some();
        let [values] = variants.iter().filter(|v| is_enum(v) || enum_component(v)).collect::<Vec<_>>()[..] else {
            return;
        };
        if variants.iter().filter(is_any).count() + 1 != variants.len() || variants.len() < 2 {
            return;
        }
        let (values, reference) = (values.get("enum").cloned(), values.get("$ref").cloned());
        let Some(object) = schema.as_object_mut() else { return };
        object.shift_remove("anyOf");
        if let Some(values) = values {
            object.insert("type".to_owned(), "string".into());
            object.insert("enum".to_owned(), values);
            object.insert(OPEN_ENUM.to_owned(), true.into());
        } else if let Some(reference) = reference {
            opened.extend(reference.as_str().and_then(schema_name).map(str::to_owned));
            if object.is_empty() {
                object.insert("$ref".to_owned(), reference);
            } else {
                object.insert("allOf".to_owned(), json!([{"$ref": reference}]));
            }
        }
        report.note(pointer, "`anyOf` of known values and any string became an open enum");
    });
    for name in opened {
        if let Some(schema) = components_mut(document).and_then(|schemas| schemas.get_mut(&name)) {
            schema[OPEN_ENUM] = true.into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{check, check_schema},
        *,
    };

    #[test]
    fn becomes_an_open_enum() {
        let notes = check_schema(
            run,
            json!({"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "string"}]}),
            json!({"type": "string", "enum": ["a"], "x-lowered-open-enum": true}),
        );
        assert_eq!(notes.len(), 1);
    }

    #[test]
    fn opens_a_component() {
        let reference = json!({"$ref": "#/components/schemas/B"});
        let with = |b: Value, a: Value| json!({"components": {"schemas": {"A": {"properties": {"b": a}}, "B": b}}});
        check(
            run,
            with(json!({"type": "string", "enum": ["a"]}), json!({"anyOf": [reference, {"type": "string"}]})),
            &with(json!({"type": "string", "enum": ["a"], "x-lowered-open-enum": true}), reference.clone()),
        );
    }

    #[test]
    fn leaves_other_unions_alone() {
        let schema = json!({"anyOf": [{"type": "string", "enum": ["a"]}, {"type": "integer"}]});
        check_schema(run, schema.clone(), schema);
    }
}
