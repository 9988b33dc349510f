//! Values of a type from text, as parameters and forms have them.

use serde_json::{Number, Value};

use super::merged::{All, Merged};

/// What the schemas of a value say together, all alternatives included.
pub(crate) fn merged<'s>(whole: &'s Value, schemas: &[&'s Value]) -> Merged<'s> {
    Merged::new(whole, schemas, &mut All)
}

/// The values that `text` may stand for, as the schema's types allow: what it says most precisely is first, and text last.
pub(crate) fn candidates(types: &Merged<'_>, text: &str) -> Vec<Value> {
    let types = types.types();
    let has = |name: &str| types.contains(name);
    let mut candidates = Vec::new();
    if has("integer") || has("number") {
        candidates.extend(number(text, has("number")).map(Value::Number));
    }
    if has("boolean") {
        candidates.extend(text.parse().ok().map(Value::Bool));
    }
    if has("object") || has("array") {
        let json = serde_json::from_str(text).ok();
        candidates.extend(
            json.filter(|value: &Value| value.is_object() && has("object") || value.is_array() && has("array")),
        );
    }
    candidates.push(Value::String(text.to_owned()));
    candidates
}

/// The value that `text` stands for.
pub(crate) fn value(types: &Merged<'_>, text: &str) -> Value {
    candidates(types, text).swap_remove(0)
}

/// A number as JSON writes it.
fn number(text: &str, may_be_fraction: bool) -> Option<Number> {
    let is_number = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    let number = serde_json::from_str::<Number>(text).ok().filter(|_| is_number && text.trim() == text)?;
    (may_be_fraction || number.is_i64() || number.is_u64()).then_some(number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(schema: Value, text: &str, expected: Value) {
        assert_eq!(value(&merged(&schema, &[&schema]), text), expected, "{schema}");
    }

    #[test]
    fn text_is_a_value_of_a_type_that_the_schema_allows() {
        check(json!({"type": "integer"}), "17", json!(17));
        for text in ["1.0", " 1", "1e2", "0x1", "", "true", "+1", "01"] {
            check(json!({"type": "integer"}), text, json!(text));
        }
        check(json!({"type": "number"}), "-1.5e3", json!(-1500.0));
        check(json!({"type": "boolean"}), "false", json!(false));
        check(json!({"type": "boolean"}), "1", json!("1"));
        check(json!({"type": "string"}), "1", json!("1"));
        check(json!({"type": "object"}), r#"{"a": 1}"#, json!({"a": 1}));
        check(json!({"type": "object"}), "[1]", json!("[1]"));
        check(json!({"anyOf": [{"type": "integer"}, {"type": "string"}]}), "a", json!("a"));
        check(json!({}), "1", json!("1"));
    }
}
