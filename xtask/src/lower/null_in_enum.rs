//! `null` among the values of an enum.
//!
//! ```yaml
//! # before                          # after
//! type: string                      type: string
//! nullable: true                    nullable: true
//! enum: [retry, null]               enum: [retry]
//! ```

use serde_json::Value;

use super::Report;
use crate::openapi;

pub(super) fn run(document: &mut Value, report: &mut Report) {
    openapi::schemas_mut(document, &mut |schema, pointer| {
        let Some(object) = schema.as_object_mut() else { return };
        let Some(values) = object.get_mut("enum").and_then(Value::as_array_mut) else { return };
        if !values.iter().any(Value::is_null) {
            return;
        }
        values.retain(|value| !value.is_null());
        if values.is_empty() {
            object.shift_remove("enum");
        }
        object.insert("nullable".to_owned(), Value::Bool(true));
        report.note(pointer, "`null` among the values became `nullable: true`");
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{super::check_schema, *};

    #[test]
    fn turns_null_into_nullable() {
        let notes = check_schema(
            run,
            json!({"type": "string", "enum": ["retry", null]}),
            json!({"type": "string", "enum": ["retry"], "nullable": true}),
        );
        assert_eq!(notes.len(), 1);
    }

    #[test]
    fn leaves_no_empty_enum_behind() {
        check_schema(run, json!({"enum": [null]}), json!({"nullable": true}));
    }
}
