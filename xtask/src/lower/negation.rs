//! `not`, where it is more than a list of refused strings.
//!
//! `{type: string, not: {enum: […]}}` has a type: a string that refuses those values. Nothing else said with `not` has,
//! and the generator would drop it without a word or stop; here it is dropped with one.

use serde_json::Value;

use super::Report;
use crate::openapi;

pub(super) fn run(document: &mut Value, report: &mut Report) {
    openapi::schemas_mut(document, &mut |schema, pointer| {
        let Some(object) = schema.as_object_mut() else { return };
        let Some(not) = object.get("not") else { return };
        let refused = not.get("enum").and_then(Value::as_array);
        let is_list = refused.is_some_and(|values| !values.is_empty() && values.iter().all(Value::is_string));
        let is_alone = not.as_object().is_some_and(|not| not.keys().all(|key| key == "enum" || key == "type"));
        let constrains = |key: &str| {
            matches!(key, "enum" | "pattern" | "minLength" | "maxLength" | "format" | "allOf" | "oneOf" | "anyOf")
        };
        let is_string = object.get("type").is_none_or(|kind| kind == "string");
        if is_list && is_alone && is_string && !object.keys().any(|key| constrains(key)) {
            object.entry("type").or_insert_with(|| "string".into());
            return;
        }
        object.shift_remove("not");
        report.note(pointer, "`not` dropped: it has no type, so the server alone refuses what it forbids");
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::check_schema, *};

    #[test]
    fn keeps_a_list_of_refused_strings() {
        let schema = json!({"type": "string", "not": {"enum": ["a", "b"]}});
        assert_eq!(check_schema(run, schema.clone(), schema), Vec::<String>::new());
    }

    #[test]
    fn drops_the_rest_and_says_so() {
        for not in [json!({"type": "string"}), json!({"enum": [1]}), json!({"required": ["a"]}), json!({"enum": []})] {
            let notes = check_schema(run, json!({"type": "string", "not": not}), json!({"type": "string"}));
            assert_eq!(notes.len(), 1);
        }
    }
}
