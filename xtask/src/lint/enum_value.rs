//! Values of enums: each once, and of the type that the schema states.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    places::Places,
    report::{Findings, quoted},
};
use crate::openapi::join;

pub(crate) fn run(places: &Places<'_>, findings: &mut Findings) {
    for schema in &places.schemas {
        let Some(values) = schema.value.get("enum").and_then(Value::as_array) else { continue };
        let pointer = join(&schema.pointer, "enum");
        if values.is_empty() {
            findings.add(&pointer, "the enum has no values, so nothing fits it", "list the values, or remove it");
        }
        let kind = schema.value.get("type").and_then(Value::as_str);
        let is_nullable = schema.value.get("nullable") == Some(&Value::Bool(true));
        let mut seen = HashSet::new();
        for (index, value) in values.iter().enumerate() {
            let place = join(&pointer, &index.to_string());
            if !seen.insert(value.to_string()) {
                findings.add(&place, "the enum has this value already", "list it once");
            }
            if let Some(kind) = kind.filter(|kind| !is_of(kind, value, is_nullable)) {
                let problem = format!("the value is not of the type of the enum, {}", quoted(kind));
                let remedy = if value.is_null() { "say `nullable: true`" } else { "correct the value, or the type" };
                findings.add(&place, problem, remedy);
            }
        }
    }
}

fn is_of(kind: &str, value: &Value, is_nullable: bool) -> bool {
    match (kind, value) {
        (_, Value::Null) => is_nullable,
        ("string", value) => value.is_string(),
        ("boolean", value) => value.is_boolean(),
        ("number", value) => value.is_number(),
        ("integer", value) => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|n| n.fract() == 0.0),
        ("array", value) => value.is_array(),
        ("object", value) => value.is_object(),
        // No type of OpenAPI 3.0: not the fault of the values.
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn values_are_different_and_of_the_type() {
        let found = super::super::found(
            "enum-value",
            json!({"components": {"schemas": {
                "A": {"type": "string", "enum": ["a", "b", "a", 1, null]},
                "B": {"type": "string", "nullable": true, "enum": ["a", null]},
                "C": {"type": "number", "enum": [1, 1.5]},
                "D": {"enum": ["a", 1]},
                "E": {"enum": []},
            }}}),
        );
        assert_eq!(
            found,
            [
                "/components/schemas/A/enum/2: the enum has this value already",
                "/components/schemas/A/enum/3: the value is not of the type of the enum, `string`",
                "/components/schemas/A/enum/4: the value is not of the type of the enum, `string`",
                "/components/schemas/E/enum: the enum has no values, so nothing fits it",
            ]
        );
    }
}
