//! Enum values that make one name: `+1` and `-1`, `a-b` and `a_b`.
//!
//! The generator panics at such an enum. A type that can't name its values is no better than a string, so it becomes one.

use std::collections::HashSet;

use serde_json::Value;

use super::Report;
use crate::{names, openapi};

pub(super) fn run(document: &mut Value, report: &mut Report) {
    openapi::schemas_mut(document, &mut |schema, pointer| {
        let Some(object) = schema.as_object_mut() else { return };
        let Some(values) = object.get("enum").and_then(Value::as_array) else { return };
        let mut known = HashSet::new();
        let mut repeated = values.iter().filter_map(Value::as_str).filter(|value| !known.insert(names::pascal(value)));
        let Some(second) = repeated.next().map(str::to_owned) else { return };
        object.shift_remove("enum");
        report.note(pointer, format!("`{second}` makes the same name as a value before it; taken for any string"));
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::check_schema, *};

    #[test]
    fn takes_values_without_names_of_their_own_for_strings() {
        let notes = check_schema(
            run,
            json!({"type": "string", "enum": ["heart", "up-+1", "up--1"]}),
            json!({"type": "string"}),
        );
        assert_eq!(
            notes,
            ["/components/schemas/A: `up--1` makes the same name as a value before it; taken for any string"]
        );
    }

    #[test]
    fn leaves_values_with_names_alone() {
        let schema = json!({"type": "string", "enum": ["+1", "-1", "a", "b"]});
        check_schema(run, schema.clone(), schema);
    }
}
